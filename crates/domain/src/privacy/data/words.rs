//! The words of the file for people: what columns are called there, what codes say, and which columns only programs need.

use super::cells::Cell;
use crate::customers::{MethodStatus, Status};
use crate::privacy::columns::{Tag, find};

/// Columns that say to a person what another column says already (the normal form of an address, the name as lists order it), or nothing: counts of
/// changes, ids that lead into tables the file does not show.
pub(super) fn is_for_programs(table: &str, name: &str) -> bool {
    let anywhere = ["customer_id", "version", "event_version", "change_stamp", "sort_name", "folded", "position", "import_id", "avatar_id"];
    let own = match table {
        "customers" => ["id", "shop_id", "group_id", "default_method_id", "oldest_method_id", "lifetime_missing"].contains(&name),
        "customer_contacts" | "blocks" => ["id", "key"].contains(&name),
        _ => false,
    };
    own || anywhere.contains(&name) || name.ends_with("_key")
}

/// What a column is called: `first_name` is `First name`.
pub(super) fn label(table: &str, name: &str) -> String {
    match (table, name) {
        ("customers", "delivery_same") => "Delivered to the billing address".to_owned(),
        ("customers", "marketing_at") => "Asked about marketing".to_owned(),
        ("customers", "lifetime") => "Paid in all".to_owned(),
        ("customers", "order_total") => "Ordered in all".to_owned(),
        ("blocks", "shown") => "Blocked".to_owned(),
        (_, "at") => "When".to_owned(),
        _ => capital(&name.replace('_', " ")),
    }
}

/// What a value says, where it is a code; `None` where it says it itself.
pub(super) fn said(table: &str, name: &str, cell: &Cell) -> Option<String> {
    match (table, name, cell) {
        ("customers", "status", Cell::Number(code)) => Status::of(*code).map(|s| s.label().to_owned()),
        ("customers", "method_status", Cell::Number(code)) => MethodStatus::of(*code).map(|s| s.label().to_owned()),
        ("customers", "marketing", Cell::Yes(agreed)) => Some(if *agreed { "agreed" } else { "not agreed" }.to_owned()),
        (_, _, Cell::Text(text)) if is_code(text) && is_neither(table, name) => Some(capital(&text.replace(['_', '.'], " "))),
        _ => None,
    }
}

/// A word of the program: `partly_paid`, `customer.edited`.
fn is_code(text: &str) -> bool {
    text.len() < 40 && text.bytes().all(|c| c.is_ascii_lowercase() || c == b'_' || c == b'.')
}

fn is_neither(table: &str, name: &str) -> bool {
    find(table).and_then(|t| t.column(name)).is_some_and(|c| c.tag == Tag::Neither) && name != "id" && !name.ends_with("_id")
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
