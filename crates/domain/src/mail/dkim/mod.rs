//! Signing what leaves (DKIM, RFC 6376): a merchant's key is sealed, its public half stands in the DNS under selector and domain. Without a key mail
//! leaves unsigned.

mod sign;
#[cfg(test)]
mod tests;

pub use sign::Signer;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair, RsaKeyPair};
use store::Tx;

use super::queries;
use crate::events::Event;
use crate::kit::{Ctx, Error, MerchantId, Micros, Problems, Result, Right, clean};
use crate::providers::{Vault, seal_name};

/// The key of a merchant as the page shows it: its private half is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dkim {
    /// The domain that signs.
    pub domain: String,
    /// Under which name of it the key stands.
    pub selector: String,
    /// What stands there: a TXT record.
    pub record: String,
    /// Since when, microseconds UTC.
    pub created_at: Micros,
}

impl Dkim {
    /// The name of the TXT record.
    pub fn name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }
}

/// A key that signs.
pub(super) enum Key {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// The key that is set. Needs [`Right::Settings`].
pub fn dkim(tx: &mut Tx, ctx: &Ctx) -> Result<Option<Dkim>> {
    ctx.must(Right::Settings)?;
    Ok(tx.opt(&queries::DKIM, &[&ctx.merchant], |r| {
        Ok(Dkim { domain: r.get(0)?, selector: r.get(1)?, record: r.get(2)?, created_at: r.get(3)? })
    })?)
}

/// Sets it: `pem` is a private key in PKCS #8 or, for RSA, PKCS #1; blank makes one of Ed25519. Needs [`Right::Settings`].
///
/// # Errors
/// Field errors for `domain`, `selector` and `key`.
pub fn set_dkim(tx: &mut Tx, ctx: &Ctx, vault: &Vault, (domain, selector): (&str, &str), pem: &str) -> Result<()> {
    ctx.must(Right::Settings)?;
    let mut problems = Problems::default();
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let (domain, selector) =
        (clean(&mut problems, "domain", domain, 200).to_lowercase(), clean(&mut problems, "selector", selector, 60).to_lowercase());
    if !domain.contains('.') || !domain.split('.').all(label) {
        problems.add("domain", "invalid", "Give the domain that mail comes from, such as example.com.");
    }
    if !selector.split('.').all(label) {
        problems.add("selector", "invalid", "Use letters, digits and hyphens, such as desk.");
    }
    let made = if pem.trim().is_empty() { Some(fresh()?) } else { der(pem) };
    let key = made.as_deref().and_then(read);
    if key.is_none() {
        problems.add(
            "key",
            "invalid",
            "This is no private key of RSA (2048 bits and more) or Ed25519 in PEM. Leave it blank and one is made.",
        );
    }
    problems.check()?;
    let (Some(made), Some(key)) = (made, key) else { return Err(Error::Internal("a key that was read is gone".to_owned())) };
    let sealed = vault.seal(&owner(&ctx.merchant), &STANDARD.encode(&made))?;
    tx.exec(&queries::SET_DKIM, &[&ctx.merchant, &domain, &selector, &sealed, &record(&key), &ctx.now])?;
    Event::new("dkim.set").data(serde_json::json!({ "domain": domain, "selector": selector })).record(tx, ctx)?;
    Ok(())
}

/// Forgets it: mail leaves unsigned. Needs [`Right::Settings`].
pub fn remove_dkim(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    ctx.must(Right::Settings)?;
    if tx.exec(&queries::DROP_DKIM, &[&ctx.merchant])? > 0 {
        Event::new("dkim.removed").record(tx, ctx)?;
    }
    Ok(())
}

/// What signs the mail of a merchant; `None` without a key, and when it was sealed with another secrets key.
pub fn signer(tx: &mut Tx, vault: &Vault, merchant: &MerchantId) -> Result<Option<Signer>> {
    let found = tx.opt(&queries::DKIM_KEY, &[merchant], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?, r.get::<String>(2)?)))?;
    Ok(found.and_then(|(domain, selector, sealed)| {
        let plain = STANDARD.decode(vault.open(&owner(merchant), &sealed)?).ok()?;
        Some(Signer { domain, selector, key: read(&plain)? })
    }))
}

/// A key as it is kept, for a check of the installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Whose.
    pub merchant: MerchantId,
    /// The domain that signs.
    pub domain: String,
    /// The name of the TXT record.
    pub name: String,
    /// The key opens, and the record is of its public half.
    pub is_whole: bool,
}

/// The key of a merchant, looked at whole; `None` without one.
pub fn kept(tx: &mut Tx, vault: &Vault, merchant: &MerchantId) -> Result<Option<Kept>> {
    let found = tx.opt(&queries::DKIM, &[merchant], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?, r.get::<String>(2)?)))?;
    let Some((domain, selector, text)) = found else { return Ok(None) };
    let is_whole = signer(tx, vault, merchant)?.is_some_and(|signer| record(&signer.key) == text);
    Ok(Some(Kept { merchant: merchant.clone(), name: format!("{selector}._domainkey.{domain}"), domain, is_whole }))
}

/// Under this name the key is sealed: a row copied to another merchant opens nothing.
fn owner(merchant: &MerchantId) -> String {
    seal_name(merchant, "dkim")
}

fn fresh() -> Result<Vec<u8>> {
    let made =
        Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| Error::Internal("the system gives no chance".to_owned()))?;
    Ok(made.as_ref().to_vec())
}

/// The bytes between the lines of a PEM.
fn der(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("PRIVATE KEY-----")?;
    let body: String = rest.split("-----END").next()?.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(body).ok()
}

fn read(der: &[u8]) -> Option<Key> {
    let rsa = RsaKeyPair::from_pkcs8(der).or_else(|_| RsaKeyPair::from_der(der));
    rsa.map(|k| Key::Rsa(Box::new(k))).ok().or_else(|| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Key::Ed25519))
}

/// The TXT record of the public half. RSA is published as SubjectPublicKeyInfo, Ed25519 as its 32 bytes (RFC 8463).
fn record(key: &Key) -> String {
    match key {
        Key::Ed25519(key) => format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(key.public_key().as_ref())),
        Key::Rsa(key) => {
            const RSA: [u8; 15] = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
            let bits = [&[0_u8][..], key.public_key().as_ref()].concat();
            let inner = [&RSA[..], &tagged(0x03, &bits)].concat();
            format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(tagged(0x30, &inner)))
        }
    }
}

/// A value of DER with its tag and length.
fn tagged(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len();
    let head = match length {
        0..=127 => vec![tag, length as u8],
        128..=255 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [head.as_slice(), value].concat()
}
