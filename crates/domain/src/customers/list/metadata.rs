//! Who has a key of metadata with a value (SPEC 13.1). The text of the column finds who may, what stands in it decides: any key and any value is compared
//! exactly, whatever letters it has.

use std::collections::{BTreeMap, HashSet};

use store::Tx;

use super::queries as q;
use crate::customers::index::Key;
use crate::kit::{Ctx, CustomerId, Result};

/// For each key that is asked for, who has one of its values.
pub(super) fn having(tx: &mut Tx, ctx: &Ctx, asked: &[(String, String)]) -> Result<Vec<Vec<Key>>> {
    let mut keys: BTreeMap<&str, HashSet<Key>> = BTreeMap::new();
    for (key, value) in asked {
        let found = tx.rows(&q::METADATA, &[&ctx.merchant, &pattern(key, value)], |r| {
            Ok((CustomerId::from_db(r.get(0)?).bytes(), has(r.str(1)?, key, value)))
        })?;
        keys.entry(key).or_default().extend(found.into_iter().filter(|(_, has)| *has).map(|(key, _)| key));
    }
    Ok(keys.into_values().map(|found| found.into_iter().collect()).collect())
}

/// The pair as it stands in the text, for LIKE with a backslash: without telling great letters from small ones on SQLite.
fn pattern(key: &str, value: &str) -> String {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let pair = format!("{}:{}", text(key), text(value));
    format!("%{}%", pair.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// Does it stand in the text as a pair of its own?
fn has(text: &str, key: &str, value: &str) -> bool {
    serde_json::from_str::<BTreeMap<String, String>>(text).is_ok_and(|all| all.get(key).is_some_and(|found| found == value))
}

#[cfg(test)]
mod tests {
    use super::{has, pattern};

    #[test]
    fn what_looks_like_the_pair_is_not_it() {
        let text = |key: &str, value: &str| serde_json::json!({ key: value }).to_string();
        assert!(has(&text("tier", "gold"), "tier", "gold") && !has(&text("tier", "Gold"), "tier", "gold"));
        assert!(!has(&text("x", "\"tier\":\"gold\""), "tier", "gold") && !has(&text("x\"tier", "gold"), "tier", "gold"));
        assert_eq!(pattern("a_b", "50% \"x\\"), r#"%"a\_b":"50\% \\"x\\\\"%"#);
    }
}
