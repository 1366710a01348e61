//! Secrets at rest: sealed with a key that stands in the configuration and not in the database, bound to the account they belong to, so that a row copied
//! to another account opens nothing.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

use crate::kit::{Error, Result};

/// The key of the configuration. Cheap to clone; shows nothing of itself.
#[derive(Clone)]
pub struct Vault(Arc<Keys>);

struct Keys {
    secrets: LessSafeKey,
    legal: LessSafeKey,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// With a key of 32 bytes.
    ///
    /// # Errors
    /// `Internal`, which cannot happen with 32 bytes.
    pub fn new(key: &[u8; 32]) -> Result<Self> {
        let made = |key: &[u8]| {
            let key = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| Error::Internal("a key of 32 bytes was refused".to_owned()))?;
            Ok::<_, Error>(LessSafeKey::new(key))
        };
        // A key of its own: what opens a provider's secrets opens no legal copy.
        let legal = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), b"legal copies of invoices");
        Ok(Self(Arc::new(Keys { secrets: made(key)?, legal: made(legal.as_ref())? })))
    }

    /// Seals a text for one owner.
    ///
    /// # Errors
    /// `Internal` when the system gives no chance.
    pub fn seal(&self, owner: &str, plain: &str) -> Result<String> {
        seal(&self.0.secrets, owner, plain)
    }

    /// Opens what was sealed for this owner with this key; `None` for anything else.
    pub fn open(&self, owner: &str, sealed: &str) -> Option<String> {
        open(&self.0.secrets, owner, sealed)
    }

    /// Seals a legal copy, with the key of legal copies.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub(crate) fn seal_legal(&self, owner: &str, plain: &str) -> Result<String> {
        seal(&self.0.legal, owner, plain)
    }

    /// Opens a legal copy.
    pub(crate) fn open_legal(&self, owner: &str, sealed: &str) -> Option<String> {
        open(&self.0.legal, owner, sealed)
    }
}

/// Under this name a secret of a merchant's row is sealed: copied to another row or merchant it opens nothing.
pub(crate) fn seal_name(merchant: impl std::fmt::Display, id: impl std::fmt::Display) -> String {
    format!("{merchant}/{id}")
}

fn seal(key: &LessSafeKey, owner: &str, plain: &str) -> Result<String> {
    let mut nonce = [0u8; NONCE_LEN];
    getrandom::fill(&mut nonce).map_err(|_| Error::Internal("the system gives no chance".to_owned()))?;
    let mut sealed = plain.as_bytes().to_vec();
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner), &mut sealed)
        .map_err(|_| Error::Internal("a secret could not be sealed".to_owned()))?;
    Ok(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
}

fn open(key: &LessSafeKey, owner: &str, sealed: &str) -> Option<String> {
    let mut bytes = STANDARD.decode(sealed).ok()?;
    if bytes.len() < NONCE_LEN {
        return None;
    }
    let mut rest = bytes.split_off(NONCE_LEN);
    let nonce = Nonce::try_assume_unique_for_key(&bytes).ok()?;
    let plain = key.open_in_place(nonce, Aad::from(owner), &mut rest).ok()?;
    String::from_utf8(plain.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_for_its_owner_with_its_key_and_unaltered() {
        let vault = Vault::new(&[7; 32]).unwrap();
        let sealed = vault.seal("pac_1", "sk_live_1").unwrap();
        assert!(!sealed.contains("sk_live"));
        assert_eq!(vault.open("pac_1", &sealed).as_deref(), Some("sk_live_1"));
        assert_ne!(vault.seal("pac_1", "sk_live_1").unwrap(), sealed, "each seal is another");
        assert_eq!(vault.open("pac_2", &sealed), None);
        assert_eq!(vault.open_legal("pac_1", &sealed), None, "legal copies have a key of their own");
        let copy = vault.seal_legal("mer/ivc", "buyer").unwrap();
        assert_eq!((vault.open_legal("mer/ivc", &copy).as_deref(), vault.open("mer/ivc", &copy)), (Some("buyer"), None));
        assert_eq!(Vault::new(&[8; 32]).unwrap().open("pac_1", &sealed), None);
        let mut bytes = STANDARD.decode(&sealed).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        assert_eq!(vault.open("pac_1", &STANDARD.encode(bytes)), None);
        for nonsense in ["", "AAAA", "???"] {
            assert_eq!(vault.open("pac_1", nonsense), None);
        }
    }
}
