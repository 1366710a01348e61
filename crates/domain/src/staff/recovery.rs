//! Recovery codes: ten, for the day the phone is gone. Each works once. They have eighty bits of chance, so a fast hash is enough; they are shown
//! when they are made and never again.

use store::Tx;

use super::{queries, totp};
use crate::kit::{Micros, PersonId, Result, secret_hash};

/// How many a person gets.
pub const HOW_MANY: usize = 10;
/// Characters of a code, without what stands between them.
const LENGTH: usize = 16;

/// Makes new ones; the old ones stop working. Gives them as they are shown: `abcd-efgh-ijkl-mnop`. The caller holds the person's factor.
pub(super) fn renew(tx: &mut Tx, person: &PersonId, now: Micros) -> Result<Vec<String>> {
    tx.exec(&queries::CODES_DELETE, &[person])?;
    let mut codes = Vec::with_capacity(HOW_MANY);
    while codes.len() < HOW_MANY {
        let code = totp::base32(&totp::chance(10)).to_lowercase();
        tx.exec(&queries::CODE_INSERT, &[person, &hash(person, &code), &now])?;
        codes.push([&code[..4], &code[4..8], &code[8..12], &code[12..]].join("-"));
    }
    Ok(codes)
}

/// What was typed, as a code is kept; `None` for what cannot be one.
pub(super) fn plain(typed: &str) -> Option<String> {
    let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_lowercase();
    (code.len() == LENGTH && code.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(code)
}

/// Uses one up; no when it is none of theirs or was used.
pub(super) fn take(tx: &mut Tx, person: &PersonId, code: &str, now: Micros) -> Result<bool> {
    Ok(tx.exec(&queries::CODE_USE, &[person, &hash(person, code), &now])? > 0)
}

/// How many are left.
pub(super) fn left(tx: &mut Tx, person: &PersonId) -> Result<i64> {
    Ok(tx.one(&queries::CODES_LEFT, &[person], |r| r.get(0))?)
}

fn hash(person: &PersonId, code: &str) -> String {
    secret_hash(&format!("recovery {person} {code}"))
}
