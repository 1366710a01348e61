//! Whoever wanted no marketing still wants none when the same address comes again, though nobody here knows the address any more: it stands as a
//! keyed hash, which can be compared and not read.

use ring::hmac;
use store::Tx;

use super::queries as q;
use super::read::Kept;
use crate::kit::{Ctx, CustomerId, Result, hex, secret};

/// Keeps the refusals of these customers.
pub(super) fn keep(tx: &mut Tx, ctx: &Ctx, all: &[CustomerId], kept: &mut Vec<Kept>) -> Result<()> {
    let mut count = 0;
    for id in all {
        for key in tx.rows(&q::OPT_OUT, &[&ctx.merchant, id], |r| r.get::<String>(0))?.iter().filter(|k| !k.is_empty()) {
            let hash = hash(&key_of(tx, ctx)?, key);
            count += refuse(tx, ctx, &hash)?;
        }
    }
    if count > 0 {
        kept.push(Kept {
            what: "That an address wants no marketing, as a keyed hash".to_owned(),
            rule: "Opting out outlasts the person’s data: the address is known again without being kept.".to_owned(),
            count: Some(count),
            until: None,
        });
    }
    Ok(())
}

/// Takes the consent off those of these new customers whose address had refused before; by id and the key of the address.
pub(crate) fn refuse_again<'a>(tx: &mut Tx, ctx: &Ctx, new: impl Iterator<Item = (&'a CustomerId, &'a str)>) -> Result<()> {
    let mut key: Option<Option<String>> = None;
    for (id, address) in new {
        if key.is_none() {
            key = Some(self::key(tx, ctx)?);
        }
        let Some(Some(key)) = &key else { return Ok(()) };
        if tx.opt(&q::REFUSED, &[&ctx.merchant, &hash(key, address)], |_| Ok(()))?.is_some() {
            tx.exec(&q::NO_MARKETING, &[&ctx.merchant, id, &ctx.now])?;
        }
    }
    Ok(())
}

/// Keeps that whoever has the address behind this hash wants no marketing; 1 when that is new.
pub(crate) fn refuse(tx: &mut Tx, ctx: &Ctx, hash: &str) -> Result<u64> {
    Ok(tx.exec(&q::REFUSE, &[&ctx.merchant, &hash, &ctx.now])?)
}

/// The merchant's key while there is one; in a transaction that only reads.
pub(crate) fn key(tx: &mut Tx, ctx: &Ctx) -> Result<Option<String>> {
    Ok(tx.opt(&q::HASH_KEY, &[&ctx.merchant], |r| r.get(0))?)
}

/// The merchant's key, made when it is first needed.
pub(crate) fn key_of(tx: &mut Tx, ctx: &Ctx) -> Result<String> {
    if let Some(key) = tx.opt(&q::HASH_KEY, &[&ctx.merchant], |r| r.get::<String>(0))? {
        return Ok(key);
    }
    tx.exec(&q::SAVE_KEY, &[&ctx.merchant, &secret(), &ctx.now])?;
    Ok(tx.one(&q::HASH_KEY, &[&ctx.merchant], |r| r.get(0))?)
}

/// What stands for an address (its key, [`crate::kit::email_key`]): it can be compared and not read.
pub(crate) fn hash(key: &str, address: &str) -> String {
    hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), address.as_bytes()).as_ref())
}
