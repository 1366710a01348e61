//! Many keys looked up with one statement, so many at a time: one question for each row of a file is half of an import.

use std::collections::HashSet;

use store::{Bind, Stmt, Tx};

use super::{MerchantId, Result};

/// Keys in one statement.
const TOGETHER: usize = 64;

/// The places of the keys in a statement for [`known`]; the merchant is `$1`.
pub fn places() -> String {
    (2..TOGETHER + 2).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// Which of the keys the statement finds.
///
/// # Errors
/// What the database says.
pub fn known(tx: &mut Tx, statement: &Stmt, merchant: &MerchantId, keys: &[&str]) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for some in keys.chunks(TOGETHER) {
        let padded = some.iter().chain(std::iter::repeat(&some[0])).take(TOGETHER);
        let mut values: Vec<&dyn Bind> = vec![merchant];
        values.extend(padded.map(|key| key as &dyn Bind));
        found.extend(tx.rows(statement, &values, |r| r.get::<String>(0))?);
    }
    Ok(found)
}
