//! From the register to SQL: which rows of a table are a customer's.

use super::columns::{Belongs, Table, find};

/// What must hold of a row of this table (with the short name `alias`) that belongs to one of these customers, for merchant `$1`; `ids` is
/// the inside of an IN. `None` for tables that lead to no customer.
pub(crate) fn holds(table: &Table, alias: &str, ids: &str) -> Option<String> {
    match table.belongs {
        Belongs::Customer(column) => Some(format!("{alias}.merchant_id = $1 AND {alias}.{column} IN ({ids})")),
        Belongs::Parent { column, table: parent, key } => {
            let inner = format!("{alias}p");
            let of_parent = holds(find(parent)?, &inner, ids)?;
            Some(format!("{alias}.merchant_id = $1 AND {alias}.{column} IN (SELECT {inner}.{key} FROM {parent} {inner} WHERE {of_parent})"))
        }
        Belongs::Mention | Belongs::MentionById | Belongs::House => None,
    }
}

/// The table with the customer's id by which rows of this one are a customer's: itself, or its parent's parent.
pub(crate) fn root(table: &'static Table) -> Option<&'static Table> {
    match table.belongs {
        Belongs::Customer(_) => Some(table),
        Belongs::Parent { table: parent, .. } => root(find(parent)?),
        Belongs::Mention | Belongs::MentionById | Belongs::House => None,
    }
}
