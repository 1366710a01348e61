//! What is taken off a line, as people type it and as pages say it: orders, offers, invoices and returns show the same.

use domain::kit::{Currency, Discount, typed_number};

use super::orders::page::price;

/// As people type it: `12,5 %`, `5,00`. What can be read in two ways stays as it is, and the verb refuses it beside its field.
pub fn typed(text: String) -> String {
    let read = match text.trim().strip_suffix('%') {
        Some(part) => typed_number(part).map(|part| format!("{part}%")),
        None => typed_number(&text),
    };
    read.unwrap_or(text)
}

/// In words: `10% off`; empty for nothing.
pub fn shown(discount: Option<Discount>, currency: Currency) -> String {
    match discount {
        None => String::new(),
        Some(Discount::Percent(part)) => format!("{}% off", part.normalize()),
        Some(Discount::Amount(amount)) => format!("{} off", price(&amount.normalize().to_string(), currency)),
    }
}
