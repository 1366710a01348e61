//! The first answer to a request that is sent twice (SPEC 13.1: Idempotency-Key on every write; a form pressed twice).
//!
//! The answer is stored in the transaction of the change itself, so either both stand or neither: a repeat after a crash, or after an
//! unknown outcome of a commit, finds the answer or does the work.

pub mod queries;
#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};
use store::Tx;

use crate::kit::{Ctx, DAY, Error, Micros, Problems, Result, decode, hex};

/// How long an answer is kept: a day.
pub const KEPT: Micros = DAY;

/// The longest key, in bytes.
pub const LONGEST: usize = 200;

/// What is said to a key that is empty or too long, also where nothing is kept.
pub fn no_key() -> Error {
    Problems::one("Idempotency-Key", "invalid", "Use 1 to 200 characters.")
}

/// An answer that can be given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Where the new thing is, or empty.
    pub location: String,
    /// The body, JSON.
    pub body: String,
    /// It was given before.
    pub repeated: bool,
}

impl Reply {
    /// A fresh answer.
    pub fn new(status: u16, location: impl Into<String>, body: impl Into<String>) -> Self {
        Self { status, location: location.into(), body: body.into(), repeated: false }
    }
}

/// A fingerprint of a request: method, path and body. Behind it the ids of the path stand in clear: an answer alone (a note, a line of store credit)
/// does not say whose it is, and the pass behind an erasure finds it by them.
pub fn fingerprint(method: &str, path: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), b"\n", path.as_bytes(), b"\n", body] {
        hash.update(part);
    }
    let path = path.split('?').next().unwrap_or_default();
    std::iter::once(hex(&hash.finalize()).as_str()).chain(path.split('/').filter(|part| is_id(part))).collect::<Vec<_>>().join(" ")
}

/// Is this part of a path an id of ours?
fn is_id(part: &str) -> bool {
    part.split_once('_')
        .is_some_and(|(prefix, rest)| !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_lowercase()) && decode(rest).is_some())
}

/// Is it the same request? One that was kept by an earlier version has no ids behind its hash.
fn is_same(kept: &str, request: &str) -> bool {
    let hash = |whole: &str| whole.split(' ').next().map(str::to_owned);
    hash(kept) == hash(request)
}

/// Does `work` once for a key of this actor. Without a key it is simply done.
///
/// # Errors
/// A conflict `key_reused` when the key came with another request; what `work` refuses (a refusal is not kept: nothing happened).
pub fn once(tx: &mut Tx, ctx: &Ctx, key: Option<&str>, request: &str, work: impl FnOnce(&mut Tx) -> Result<Reply>) -> Result<Reply> {
    let Some(key) = key else { return work(tx) };
    if key.is_empty() || key.len() > LONGEST || key.contains('\0') {
        return Err(no_key());
    }
    // A program may have made its key of somebody's address: what stands here can be compared and not read.
    let key = fingerprint("", "", key.as_bytes());
    // Taken first: of two at once the second waits here until the first has ended, and then finds its answer.
    let taken = tx.exec(&queries::TAKE, &[&ctx.merchant, &ctx.actor.id, &key, &request, &ctx.now])? == 1;
    if taken {
        let reply = work(tx)?;
        tx.exec(&queries::KEEP, &[&ctx.merchant, &ctx.actor.id, &key, &i64::from(reply.status), &reply.location, &reply.body])?;
        return Ok(reply);
    }
    let (hash, reply) = tx.one(&queries::FIND, &[&ctx.merchant, &ctx.actor.id, &key], |r| {
        let status: i64 = r.get(1)?;
        Ok((
            r.get::<String>(0)?,
            Reply { status: u16::try_from(status).unwrap_or(500), location: r.get(2)?, body: r.get(3)?, repeated: true },
        ))
    })?;
    if is_same(&hash, request) {
        Ok(reply)
    } else {
        Err(Error::conflict("key_reused", "This Idempotency-Key was used for another request. Use a new one."))
    }
}

/// Was this key of this actor answered before? What is checked ahead of the work then asks nothing more.
pub fn is_taken(tx: &mut Tx, ctx: &Ctx, key: &str) -> Result<bool> {
    let key = fingerprint("", "", key.as_bytes());
    Ok(tx.opt(&queries::FIND, &[&ctx.merchant, &ctx.actor.id, &key], |_| Ok(()))?.is_some())
}

/// Forgets answers older than [`KEPT`]; at most 1,000 at a time.
pub fn forget(tx: &mut Tx, ctx: &Ctx) -> Result<u64> {
    Ok(tx.exec(&queries::FORGET, &[&ctx.merchant, &(ctx.now - KEPT)])?)
}
