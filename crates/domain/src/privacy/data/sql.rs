//! The statement that reads a table for one person, made from its line in the register.

use store::Stmt;

use crate::privacy::columns::{Access, Belongs, Table, Tag, find, tables};
use crate::privacy::whose;

/// A statement, and what its columns are called. A last one without a name is the currency of the rows, where their table has none.
pub(super) struct Asked {
    pub(super) statement: Stmt,
    pub(super) columns: Vec<&'static str>,
}

/// The name of the column that only says the currency.
pub(super) const CURRENCY: &str = "";

/// What to read of a table for so many ids: `$1` is the merchant, then the ids. `None` for a table that leads to no customer.
pub(super) fn of(table: &Table, ids: usize) -> Option<Asked> {
    let places: Vec<String> = (2..ids + 2).map(|n| format!("${n}")).collect();
    let holds = if table.name == "blocks" { blocks(&places.join(", ")) } else { whose::holds(table, "t", &places.join(", "))? };
    read(table, &holds)
}

/// So many things of nobody are asked for at once.
pub(super) const TOGETHER: usize = 100;
/// What a guest's things stand in.
const ROOTS: [&str; 4] = ["orders", "payments", "invoices", "conversations"];

/// What to read of a table for so many things of `root` that name no customer. `None` for a table that does not hang on those.
pub(super) fn of_guests(table: &Table, root: &str, ids: usize) -> Option<Asked> {
    let places: Vec<String> = (2..ids + 2).map(|n| format!("${n}")).collect();
    read(table, &hangs(table, "t", root, &places.join(", "))?)
}

/// What must hold of a row that is one of these rows of `root`, or hangs on one.
fn hangs(table: &Table, alias: &str, root: &str, ids: &str) -> Option<String> {
    if table.name == root {
        return Some(format!("{alias}.merchant_id = $1 AND {alias}.id IN ({ids})"));
    }
    let (column, parent, key) = match (table.name, table.belongs) {
        // They have a customer of their own, and none here.
        ("entries" | "tickets", _) => ("conversation_id", "conversations", "id"),
        (_, Belongs::Parent { column, table: parent, key }) => (column, parent, key),
        _ => return None,
    };
    let inner = format!("{alias}p");
    let of_parent = hangs(find(parent)?, &inner, root, ids)?;
    // A ticket that was linked is its customer's, wherever it began.
    let linked = if table.name == "tickets" { format!("{alias}.customer_id IS NULL AND ") } else { String::new() };
    Some(format!("{linked}{alias}.merchant_id = $1 AND {alias}.{column} IN (SELECT {inner}.{key} FROM {parent} {inner} WHERE {of_parent})"))
}

fn read(table: &Table, holds: &str) -> Option<Asked> {
    let shown = table.columns.iter().filter(|c| matches!(c.tag, Tag::Personal | Tag::Neither) && c.name != "merchant_id");
    let mut columns: Vec<&'static str> = shown.map(|c| c.name).collect();
    // Who and when first, as people look for it.
    columns.sort_by_key(|name| ["id", "number", "name", "email"].iter().position(|first| first == name).unwrap_or(9));
    let mut asked: Vec<String> = columns.iter().map(|name| format!("t.{name}")).collect();
    if let Belongs::Parent { column, table: parent, key } = table.belongs
        && table.column("currency").is_none()
        && find(parent)?.column("currency").is_some()
    {
        asked.push(format!("(SELECT c.currency FROM {parent} c WHERE c.merchant_id = t.merchant_id AND c.{key} = t.{column})"));
        columns.push(CURRENCY);
    }
    // Said so that no planner walks the key of a whole table for the order's sake.
    let order: Vec<&str> = [("id", "COALESCE(t.id, '')"), ("position", "COALESCE(t.position, 0)")]
        .into_iter()
        .filter(|(name, _)| table.column(name).is_some())
        .map(|(_, order)| order)
        .collect();
    let order = if order.is_empty() { String::new() } else { format!(" ORDER BY {}", order.join(", ")) };
    let text = format!("SELECT {} FROM {} t WHERE {holds}{order}", asked.join(", "), table.name);
    Some(Asked { statement: Stmt::built(text), columns })
}

/// Blocks of the customers `ids`: those that name one, and those of an address or a card of theirs that name nobody, as anonymising finds them.
fn blocks(ids: &str) -> String {
    let keys = [
        ("email_key", "customers", "id"),
        ("key", "customer_contacts", "customer_id"),
        ("fingerprint", "payment_methods", "customer_id"),
        ("key", "payment_keys", "customer_id"),
    ]
    .map(|(key, table, of)| format!("SELECT {key} FROM {table} WHERE merchant_id = $1 AND {of} IN ({ids})"));
    format!(
        "t.merchant_id = $1 AND t.id IN (SELECT id FROM blocks WHERE merchant_id = $1 AND customer_id IN ({ids})
        UNION SELECT id FROM blocks WHERE merchant_id = $1 AND customer_id IS NULL AND key <> '' AND key IN ({}))",
        keys.join(" UNION ")
    )
}

/// Every statement that is built, for the test that prepares all of them.
pub fn statements() -> Vec<Stmt> {
    let shown = tables().iter().filter(|table| matches!(table.access, Access::Shown(_)));
    let of_guests = |table| ROOTS.into_iter().map(move |root| of_guests(table, root, 2));
    shown
        .flat_map(|table| [of(table, 1), of(table, 3)].into_iter().chain(of_guests(table)))
        .flatten()
        .map(|asked| asked.statement)
        .collect()
}
