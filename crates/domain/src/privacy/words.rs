//! What the erased person can be found by afterwards: their strong values, and the ids of their things. Kept until nothing has them any more.

use std::collections::BTreeSet;

use store::{Stmt, Tx};

use super::clear::whose;
use super::columns::{self, Belongs};
use super::queries as q;
use crate::kit::{Ctx, CustomerId, ErasureId, Result};

/// Too short to find anybody by.
const SHORTEST: usize = 6;

/// Everything that finds these customers, before it is cleared.
pub(super) fn gather(tx: &mut Tx, ctx: &Ctx, all: &[CustomerId]) -> Result<(BTreeSet<String>, BTreeSet<String>)> {
    let (mut ids, mut values) = (BTreeSet::new(), BTreeSet::new());
    for id in all {
        ids.insert(id.to_string());
        ids.extend(tx.rows(&q::IDS, &[&ctx.merchant, id], |r| r.get::<String>(0))?);
        for table in columns::tables() {
            let found: Vec<&str> = table.columns.iter().filter(|c| c.finds).map(|c| c.name).collect();
            if found.is_empty() || matches!(table.belongs, Belongs::House) || table.is_searched() {
                continue;
            }
            let columns: Vec<String> = found.iter().map(|c| format!("COALESCE({c}, '')")).collect();
            let sql = format!("SELECT DISTINCT {} FROM {} WHERE merchant_id = $1 AND {}", columns.join(", "), table.name, whose(table));
            tx.each(&Stmt::built(sql), &[&ctx.merchant, id], |r| {
                for at in 0..found.len() {
                    let word = r.str(at)?.trim();
                    if is_strong(word) {
                        values.insert(word.to_owned());
                    }
                }
                Ok(())
            })?;
        }
    }
    ids.retain(|id| id.len() >= SHORTEST);
    Ok((ids, values))
}

/// Keeps them with the erasure.
pub(super) fn keep(tx: &mut Tx, ctx: &Ctx, erasure: &ErasureId, ids: &BTreeSet<String>, values: &BTreeSet<String>) -> Result<()> {
    let all = ids.iter().map(|w| ("id", w)).chain(values.iter().map(|w| ("value", w)));
    for (position, (kind, word)) in all.enumerate() {
        tx.exec(&q::WORD, &[&ctx.merchant, erasure, &(position as i64), &kind, word])?;
    }
    Ok(())
}

/// An address, a number, or two words: what says who it is. A first name alone does not.
pub(super) fn is_strong(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.chars().count() >= SHORTEST
        && !word.ends_with("@anonymised.invalid")
        && (word.contains('@') || digits >= 4 || word.contains([' ', '_', '-']))
}

#[cfg(test)]
mod tests {
    use super::is_strong;

    #[test]
    fn one_is_found_by_what_only_one_has() {
        for strong in ["ana@example.com", "+34612345678", "Ana Ruiz Prado", "cus_Qx81jd", "Calle Mayor 1", "DE123456789"] {
            assert!(is_strong(strong), "{strong}");
        }
        for weak in ["", "Ana", "Madrid", "Amsterdam", "en", "1001", "anon-4f2k@anonymised.invalid"] {
            assert!(!is_strong(weak), "{weak}");
        }
    }
}
