//! Public keys as authenticators write them (COSE, RFC 9053) and the signatures made with them. Three kinds and no other: ES256, EdDSA over Ed25519,
//! RS256. The cryptography is `ring`'s.

use minicbor::decode::Decoder;
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};

use super::cbor::{self, Value};

/// The numbers of the kinds that are read (COSE), the one preferred first: ES256, EdDSA, RS256.
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// A public key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A point of P-256, uncompressed.
    Es256([u8; 65]),
    /// A key of Ed25519.
    EdDsa([u8; 32]),
    /// Modulus and exponent, most significant byte first.
    Rs256(Vec<u8>, Vec<u8>),
}

/// What stands at the beginning of these bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// A key, of so many bytes.
    Key(Key, usize),
    /// A key of a kind that is not read here.
    OtherKind,
    /// No key.
    Nothing,
}

/// Reads a COSE key.
pub(super) fn read(bytes: &[u8]) -> Read {
    let mut d = Decoder::new(bytes);
    let Some(parts) = Parts::read(&mut d) else { return Read::Nothing };
    if !parts.algorithm.is_some_and(|a| ALGORITHMS.contains(&a)) {
        return Read::OtherKind;
    }
    parts.key().map_or(Read::Nothing, |key| Read::Key(key, d.position()))
}

#[derive(Default)]
struct Parts {
    kind: Option<i64>,
    algorithm: Option<i64>,
    /// The curve; of RSA the modulus.
    one: Option<Value>,
    /// x; of RSA the exponent.
    two: Option<Value>,
    /// y.
    three: Option<Value>,
}

impl Parts {
    fn read(d: &mut Decoder<'_>) -> Option<Self> {
        let mut parts = Self::default();
        for _ in 0..cbor::map(d)? {
            let (label, value) = (d.i64().ok()?, cbor::value(d).ok()?);
            match (label, value) {
                (1, Value::Number(n)) => parts.kind = Some(n),
                (3, Value::Number(n)) => parts.algorithm = Some(n),
                (-1, value) => parts.one = Some(value),
                (-2, value) => parts.two = Some(value),
                (-3, value) => parts.three = Some(value),
                _ => {}
            }
        }
        Some(parts)
    }

    fn key(self) -> Option<Key> {
        match (self.kind?, self.algorithm?, self.one?, self.two?, self.three) {
            (2, -7, Value::Number(1), Value::Bytes(x), Some(Value::Bytes(y))) if x.len() == 32 && y.len() == 32 => {
                let mut point = [4; 65];
                point[1..33].copy_from_slice(&x);
                point[33..].copy_from_slice(&y);
                Some(Key::Es256(point))
            }
            (1, -8, Value::Number(6), Value::Bytes(x), _) => Some(Key::EdDsa(x.try_into().ok()?)),
            (3, -257, Value::Bytes(n), Value::Bytes(e), _) => {
                let bare = |number: Vec<u8>| number.into_iter().skip_while(|b| *b == 0).collect::<Vec<u8>>();
                let (n, e) = (bare(n), bare(e));
                ((256..=1024).contains(&n.len()) && (1..=8).contains(&e.len())).then_some(Key::Rs256(n, e))
            }
            _ => None,
        }
    }
}

impl Key {
    /// Was this signed with the private half?
    pub(super) fn fits(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature),
            Self::EdDsa(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::Rs256(n, e) => RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        }
        .is_ok()
    }
}
