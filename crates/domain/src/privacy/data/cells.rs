//! A value of a row as people and programs read it: amounts with their currency, moments as moments, JSON as what it says.

use serde_json::Value as Json;
use store::Row;

use super::sql::CURRENCY;
use crate::dump::schema::{self, Type};
use crate::kit::{Currency, Micros, Money};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Nothing,
    Text(String),
    Number(i64),
    Yes(bool),
    Amount(Money),
    At(Micros),
    Day(String),
    Json(Json),
    /// A file with its media type.
    File(Vec<u8>, String),
}

/// Columns of amounts in minor units.
const AMOUNTS: [&str; 18] = [
    "amount",
    "total",
    "net",
    "tax",
    "paid",
    "refunded",
    "refund_pending",
    "lost",
    "balance",
    "discount",
    "shipping",
    "credited",
    "prepaid",
    "lifetime",
    "order_total",
    "balance_due",
    "shown",
    "value",
];
/// Columns of day numbers since 1970.
const DAYS: [&str; 5] = ["issued_on", "due_on", "received_on", "method_expires_day", "valid_until"];

/// The cells of a row. Amounts are in the row's own currency, else in that of what it belongs to, else in the merchant's.
pub(super) fn of(
    r: &Row<'_>,
    table: &str,
    columns: &[&'static str],
    own: Currency,
) -> std::result::Result<Vec<(&'static str, Cell)>, store::Error> {
    // An engine without truth values keeps numbers.
    let real = schema::table(table);
    let is_bool = |name: &str| real.is_some_and(|t| t.columns.iter().any(|c| c.name == name && c.kind == Type::Bool));
    let place = |name: &str| columns.iter().position(|c| *c == name);
    let text = |at: Option<usize>| at.and_then(|at| r.get::<Option<String>>(at).ok().flatten());
    let currency = text(place("currency").or(place(CURRENCY))).as_deref().and_then(Currency::of).unwrap_or(own);
    let media = text(place("content_type")).unwrap_or_else(|| "application/octet-stream".to_owned());
    let mut cells = Vec::with_capacity(columns.len());
    for (at, name) in columns.iter().enumerate().filter(|(_, name)| **name != CURRENCY) {
        let missing = || store::Error::Decode { column: (*name).to_owned(), want: "a value" };
        let cell = match r.cell(at).ok_or_else(missing)? {
            store::Cell::Null => Cell::Nothing,
            store::Cell::Text(text) => said(text),
            store::Cell::Int(n) if is_bool(name) => Cell::Yes(n != 0),
            store::Cell::Int(n) => number(name, n, currency),
            store::Cell::Bool(b) => Cell::Yes(b),
            store::Cell::Bytes(bytes) => Cell::File(bytes.to_vec(), media.clone()),
        };
        cells.push((*name, cell));
    }
    Ok(cells)
}

/// Text; JSON where it is some.
fn said(text: &str) -> Cell {
    if text.starts_with(['{', '['])
        && let Ok(json) = serde_json::from_str(text)
    {
        return Cell::Json(json);
    }
    Cell::Text(text.to_owned())
}

fn number(name: &str, n: i64, currency: Currency) -> Cell {
    match name {
        _ if AMOUNTS.contains(&name) => Cell::Amount(Money::new(n, currency)),
        _ if DAYS.contains(&name) => Cell::Day(crate::invoices::due_days(n).to_string()),
        _ if name.ends_with("_at") || name == "at" || name == "trial_until" || name == "status_until" => Cell::At(n),
        _ => Cell::Number(n),
    }
}
