//! What the erased person can be found by afterwards: their strong values, and the ids of their things. Kept until nothing has them any more.

use std::collections::BTreeSet;

use store::{Stmt, Tx};

use super::clear::whose;
use super::columns::{self, Belongs, Table};
use super::queries as q;
use crate::dump::schema::{self, Type};
use crate::kit::{Ctx, CustomerId, ErasureId, Result};

/// Too short to find anybody by.
const SHORTEST: usize = 6;
/// Too short to be looked for in what staff searched by.
pub(super) const TYPED: usize = 3;
/// What a person is searched by beside what finds them: alone it says not who it is.
const NAMES: [&str; 3] = ["first_name", "last_name", "company"];

/// Rows whose ids find nobody where they are told alone: too many, and always told with what they belong to.
const UNNAMED: [&str; 2] = ["events", "erasures"];

/// The end of the address of somebody who was erased.
const GONE: &str = "@anonymised.invalid";

/// What finds erased people.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Ids of theirs and of their things.
    pub ids: BTreeSet<String>,
    /// Strong values: whatever has one speaks of them.
    pub values: BTreeSet<String>,
    /// Weaker ones, which are only held against what staff typed to search by.
    pub parts: BTreeSet<String>,
}

/// Everything that finds these customers, before it is cleared.
pub(super) fn gather(tx: &mut Tx, ctx: &Ctx, all: &[CustomerId]) -> Result<Gathered> {
    let Gathered { mut ids, mut values, mut parts } = Gathered::default();
    for id in all {
        ids.insert(id.to_string());
        ids.extend(tx.rows(&q::IDS, &[&ctx.merchant, id], |r| r.get::<String>(0))?);
        for table in columns::tables() {
            let typed = |name: &str| table.name == "customers" && NAMES.contains(&name);
            let found: Vec<(&str, bool)> = table.columns.iter().filter(|c| c.finds || typed(c.name)).map(|c| (c.name, c.finds)).collect();
            let has_id = has_id(table);
            if (found.is_empty() && !has_id) || matches!(table.belongs, Belongs::House) || table.is_searched() {
                continue;
            }
            let columns: Vec<String> =
                has_id.then_some("id").into_iter().chain(found.iter().map(|(c, _)| *c)).map(|c| format!("COALESCE({c}, '')")).collect();
            let sql = format!("SELECT DISTINCT {} FROM {} WHERE merchant_id = $1 AND {}", columns.join(", "), table.name, whose(table));
            tx.each(&Stmt::built(sql), &[&ctx.merchant, id], |r| {
                if has_id {
                    ids.insert(r.str(0)?.to_owned());
                }
                for (at, (_, finds)) in found.iter().enumerate() {
                    let word = r.str(at + usize::from(has_id))?.trim();
                    if *finds && is_strong(word) {
                        values.insert(word.to_owned());
                    } else if word.chars().count() >= TYPED && !word.ends_with(GONE) {
                        parts.insert(word.to_owned());
                    }
                }
                Ok(())
            })?;
        }
    }
    ids.retain(|id| id.len() >= SHORTEST);
    Ok(Gathered { ids, values, parts })
}

/// Have the rows of this table ids of their own, by which answers and messages name them?
fn has_id(table: &Table) -> bool {
    let real = schema::table(table.name);
    !UNNAMED.contains(&table.name)
        && real.is_some_and(|t| t.key == ["merchant_id", "id"] && t.columns.iter().any(|c| c.name == "id" && c.kind == Type::Text))
}

/// Keeps them with the erasure.
pub(super) fn keep(tx: &mut Tx, ctx: &Ctx, erasure: &ErasureId, found: &Gathered) -> Result<()> {
    let of = |kind: &'static str, words: &'_ BTreeSet<String>| words.iter().map(|w| (kind, w.clone())).collect::<Vec<_>>();
    let all = [of("id", &found.ids), of("value", &found.values), of("part", &found.parts)].concat();
    for (position, (kind, word)) in all.into_iter().enumerate() {
        tx.exec(&q::WORD, &[&ctx.merchant, erasure, &(position as i64), &kind, &word])?;
    }
    Ok(())
}

/// An address, a number, or two words: what says who it is. A first name alone does not.
pub(super) fn is_strong(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.chars().count() >= SHORTEST && !word.ends_with(GONE) && (word.contains('@') || digits >= 4 || word.contains([' ', '_', '-']))
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
