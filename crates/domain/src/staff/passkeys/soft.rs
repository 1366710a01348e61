//! An authenticator in software, for tests: it makes and uses passkeys as devices do, and lies when it is told to.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::json;

use super::Party;
use crate::kit::secret;

/// The user was there, and it is the right one.
pub const SEEN: u8 = 5;

enum Half {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(RsaKeyPair),
}

/// A device with one passkey.
pub struct Soft {
    half: Half,
    /// The passkey's number.
    pub id: Vec<u8>,
    /// The person's number, as it was told when the passkey was made.
    pub user: String,
    /// How often it was used; `None` for a device that does not count.
    pub count: Option<u32>,
    /// What it says of its user.
    pub flags: u8,
    /// What it says it was asked, in the place of the truth.
    pub says: Option<&'static str>,
    /// Its frame belongs to another site.
    pub framed: bool,
}

impl std::fmt::Debug for Soft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Soft").field("count", &self.count).finish_non_exhaustive()
    }
}

impl Soft {
    fn of(half: Half) -> Self {
        let id = secret().into_bytes();
        Self { half, id, user: String::new(), count: Some(0), flags: SEEN, says: None, framed: false }
    }

    /// One that signs with ES256.
    pub fn es256() -> Self {
        let (chance, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_ASN1_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(kind, &chance).expect("chance");
        Self::of(Half::Es256(EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &chance).expect("a key")))
    }

    /// One that signs with EdDSA.
    pub fn eddsa() -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("chance");
        Self::of(Half::EdDsa(Ed25519KeyPair::from_pkcs8(document.as_ref()).expect("a key")))
    }

    /// One that signs with RS256, with a key of these tests.
    pub fn rs256() -> Self {
        let document = STANDARD.decode(RSA.concat()).expect("base64");
        Self::of(Half::Rs256(RsaKeyPair::from_pkcs8(&document).expect("a key")))
    }

    /// Makes the passkey: the answer as a page sends it.
    pub fn create(&mut self, party: &Party, challenge: &str, handle: &str) -> String {
        handle.clone_into(&mut self.user);
        let mut data = self.data(party, 64);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&u16::try_from(self.id.len()).expect("short").to_be_bytes());
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&self.cose());
        let mut object = vec![0xa3];
        object.extend_from_slice(b"\x63fmt\x64none\x67attStmt\xa0\x68authData");
        object.extend(bytes(&data));
        let client = self.client("webauthn.create", party, challenge);
        json!({ "id": text(&self.id), "client": text(&client), "made": text(&object) }).to_string()
    }

    /// Uses it: the answer as a page sends it.
    pub fn get(&mut self, party: &Party, challenge: &str) -> String {
        self.count = self.count.map(|n| n + 1);
        let (client, data) = (self.client("webauthn.get", party, challenge), self.data(party, 0));
        let message = [&data[..], digest(&SHA256, &client).as_ref()].concat();
        json!({ "id": text(&self.id), "client": text(&client), "data": text(&data), "signature": text(&self.sign(&message)), "user": self.user })
            .to_string()
    }

    fn data(&self, party: &Party, more: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, party.id.as_bytes()).as_ref().to_vec();
        data.push(self.flags | more);
        data.extend_from_slice(&self.count.unwrap_or(0).to_be_bytes());
        data
    }

    fn client(&self, kind: &str, party: &Party, challenge: &str) -> Vec<u8> {
        let kind = self.says.unwrap_or(kind);
        json!({ "type": kind, "challenge": challenge, "origin": party.origin, "crossOrigin": self.framed }).to_string().into_bytes()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let chance = SystemRandom::new();
        match &self.half {
            Half::Es256(key) => key.sign(&chance, message).expect("signs").as_ref().to_vec(),
            Half::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Half::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &chance, message, &mut signature).expect("signs");
                signature
            }
        }
    }

    /// The public key as devices write it.
    pub fn cose(&self) -> Vec<u8> {
        match &self.half {
            Half::Es256(key) => {
                let point = key.public_key().as_ref();
                [b"\xa5\x01\x02\x03\x26\x20\x01\x21", &bytes(&point[1..33])[..], b"\x22", &bytes(&point[33..])].concat()
            }
            Half::EdDsa(key) => [b"\xa4\x01\x01\x03\x27\x20\x06\x21", &bytes(key.public_key().as_ref())[..]].concat(),
            Half::Rs256(key) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(key.public());
                [b"\xa4\x01\x03\x03\x39\x01\x00\x20", &bytes(&public.n)[..], b"\x21", &bytes(&public.e)].concat()
            }
        }
    }
}

/// Bytes as CBOR writes them.
fn bytes(of: &[u8]) -> Vec<u8> {
    let head = match of.len() {
        n @ 0..24 => vec![0x40 | u8::try_from(n).expect("short")],
        n @ 24..256 => vec![0x58, u8::try_from(n).expect("short")],
        n => [&[0x59][..], &u16::try_from(n).expect("short").to_be_bytes()].concat(),
    };
    [head, of.to_vec()].concat()
}

/// Bytes as pages send them.
pub fn text(of: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(of)
}

/// A key that proves nothing outside of tests.
const RSA: &[&str] = &[
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDqGLGe7CENdTvS1cnIQ6Z2TP/Qh6/F+XsVhXKdtsk/aJftO+oD",
    "MyKi+cCNKcMse/NiAyOgKCpGHdaFfMIIlPIzLWCuGiZ3++fiOXsnGj26lLrdNPWaV4c8YZpPSHER9lMcQynhSdSWHcqpjnt+ra8h",
    "Tts99RYntQQ/N9PSjnXYiLnz+xirZpEWXc3urzOwYZsDVSpyXdlXlIloJWis4pLT7EWTLesPSVABnQT+TZRULcgjd0eQ4s1zDyCT",
    "2o+KJJ6eP6g644iZjdzFBTyIOYZSBeAdcyzX/srcgtQr5IoSNRRvnmVcWObfnk+FKTJxBF8em1ubDXgLrYuGak+P3GATAgMBAAEC",
    "ggEANEnQvtUyas2hT64WFKfbsjfvufXc0qUvk3aLy+OMnx+vM7u6wP02gt2zXzSRVknXarCV0Au4qZG3nXho5L7UPI8ptam8pvc6",
    "68J4GhtX52maNZfDNjbPy7JnY8ckDmWNWdY8sAgsNl2wK2BagEiuQgvZl8S7LqJVsQM4yqKsevFd6PoydgHUXue0OFPB4zgoe6YD",
    "r7yE2Ze8N2mg9V8cIIpByvSb19KNBU0ZtN2bMAaxKo3tH7E9KiM2qZPgbulF9fwjkMV8nz//BkjnDMK/+GDdBYpD92R5Tb/jsrxK",
    "Y9ffHxRIiK46QFdHDISiaMiXFi0yNb+wA0SmHdN4/S2Q2QKBgQD6BrvBX06xb0azdby2OfYkTBSMVKwiJnbklcesR+cWJqCvW9y0",
    "B7QvYjSmJUiwtRddhwEDM1VPe7FsE5cOLpvoGm2zvyFYADq9+7Jmq96x+v0pzdIfEhSVScHZuWK+5d7uWRiFAm1Z3ZKuek7vjMlm",
    "mGUd7OdLVdjJQRCl6uNiWQKBgQDvsIbZ3mlPK59r06Hf8ohBIHhEi9A43UjyofG5BO14ZgHFtcsKceCS77qDGel+ORKZxbk+VHhT",
    "PrPGwyV4IKXb8ZmiNA5p6YF1gVFF6cEUGXYTb+GGD/ylppl2/KDipg7eJsMpWyg+m4VQO7qMPzZdbRXR5uHle12NlGCnBMEQSwKB",
    "gG4fAxkjYiSST0CBjdFw6/GGtNIuBPaxnFIHij9eF/DQqJszyZxdfEYWafv3lfGGgTkHWjHPrTZp03Y3lqN/cdmjskel2gjJaRX+",
    "QtAnyNj5JAICjhZzPy+VodTEazKLSkoOYddLf2BCT/WbFyM5Dgeq/XZVvnWW5PmXN77sGqRZAoGBAJKF6DnBY8EZGrCww/EB81dU",
    "wRCuI5DPfWuNohYHtB94xDaXplJxQOayE+NW8MzPmNZV76LxwkipOP8Vho9D7gBhVhi5F+KY8yHg9sz1U6m00uCY8VWh6kFdcc0y",
    "LCvBda9KJN3gMt7q9XkRuj1H2zULnV4edRNy8cK95MPU/Sy3AoGANEz5vnRnxgYnRd66lahDmUciyV7DBzuAoqg+vpgr4PrDnsH6",
    "JiLTlnYTxSJcMG8ACpKSDmQGWzcAwJePjjFHPdWdRx9jzVqY+wY3uETJ2QUgKCP2Liqx+8+9fe53FqcHe7FbhSUFe+gPjhV1PPOc",
    "cRw1W9Y7yhDgaZX+Ph4WMFQ=",
];
