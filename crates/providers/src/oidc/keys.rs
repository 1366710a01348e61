//! A provider's public keys (JWK, RFC 7517). Two kinds and no other: RSA for RS256, P-256 for ES256. A key that both sides would know is never read, so
//! no token can be signed with what everybody has.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

use crate::json::{list, some, text};
use crate::wire::Reply;

/// A way of signing that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Es256,
}

impl Algorithm {
    /// By its name in a token; `none`, HS256 and all others are no way.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    /// Modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
    /// A point, uncompressed.
    P256(Vec<u8>),
}

/// The keys that a provider shows, those that are read here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(Vec<(Option<String>, Key)>);

impl Keys {
    /// Reads the set; what is of another kind or use is passed over.
    ///
    /// # Errors
    /// In words.
    pub fn read(reply: &Reply) -> Result<Self, String> {
        if reply.status != 200 {
            return Err(format!("It answers {} where its keys should be.", reply.status));
        }
        let said = reply.json().ok_or("Its keys are no JSON.")?;
        Ok(Self(list(&said, &["keys"]).iter().filter_map(|k| Some((some(k, &["kid"]), key(k)?))).collect()))
    }

    /// None that is read here.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key that a token names. One that names none means the only one of its kind.
    pub(super) fn find(&self, algorithm: Algorithm, kid: Option<&str>) -> Option<Checker<'_>> {
        let fits = |key: &Key| matches!((algorithm, key), (Algorithm::Rs256, Key::Rsa(..)) | (Algorithm::Es256, Key::P256(_)));
        let mut found = self.0.iter().filter(|(id, key)| fits(key) && (kid.is_none() || id.as_deref() == kid));
        match (found.next(), found.next()) {
            (Some((_, key)), None) => Some(Checker(key)),
            _ => None,
        }
    }
}

fn key(k: &Value) -> Option<Key> {
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(text(k, &[name]).trim_end_matches('=')).ok();
    let (purpose, algorithm) = (text(k, &["use"]), text(k, &["alg"]));
    if !matches!(purpose.as_str(), "" | "sig") {
        return None;
    }
    match (text(k, &["kty"]).as_str(), algorithm.as_str()) {
        ("RSA", "" | "RS256") => {
            let bare = |number: Vec<u8>| number.into_iter().skip_while(|b| *b == 0).collect::<Vec<u8>>();
            let (n, e) = (bare(bytes("n")?), bare(bytes("e")?));
            ((256..=1024).contains(&n.len()) && (1..=8).contains(&e.len())).then_some(Key::Rsa(n, e))
        }
        ("EC", "" | "ES256") if text(k, &["crv"]) == "P-256" => {
            let (x, y) = (bytes("x")?, bytes("y")?);
            (x.len() == 32 && y.len() == 32).then(|| Key::P256([&[4][..], &x, &y].concat()))
        }
        _ => None,
    }
}

/// A key that checks.
#[derive(Debug)]
pub(super) struct Checker<'a>(&'a Key);

impl Checker<'_> {
    /// Was this signed with the private half?
    pub(super) fn fits(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.0 {
            Key::Rsa(n, e) => RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
            Key::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature),
        }
        .is_ok()
    }
}
