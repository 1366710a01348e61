//! Lists of what belongs to a merchant, beside the customers: payments, disputes, subscriptions, orders, invoices, requests about data, mailings. One mechanism for all of them (SPEC 1.3 to 1.7).
//!
//! A list is described once, by a [`List`]: its columns, filters, ranges, sorts, search, views and what it exports. From that alone come the
//! grammar of the address bar ([`Query`]), the statements of its rows and counts, saved views, the file of an export. Rows come by an
//! index and page by key, never by counting rows off; text of the source goes into statements, what people typed into parameters.
//!
//! The customers themselves are found by their image ([`crate::customers::list`]); views and the memory of what a person used are shared.

mod build;
mod count;
mod describe;
pub(crate) mod encode;
mod export;
mod find;
pub mod kept;
mod parse;
pub(crate) mod parts;
pub mod queries;
mod query;
mod registry;
mod search;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_speed;

pub use count::{Counts, count};
pub use describe::{BuiltIn, By, Column, Filter, Kind, Link, List, Of, Opt, Options, Owner, Range, Search, Sort, Sum, Tags, Values};
pub use export::{Exported, Selection, export};
pub use find::{Found, MOST_CUSTOMERS, find, is_large, pick};
pub(crate) use parse::{PLACES, amount, date, no_value, shorten};
pub use query::{Chip, PER, Query, View};
pub use registry::statements;

/// All lists that are described so.
pub static ALL: [&List; 14] = [
    &crate::privacy::requests::listed::LIST,
    &crate::contracts::listed::LIST,
    &crate::invoices::listed::LIST,
    &crate::offers::listed::LIST,
    &crate::orders::listed::LIST,
    &crate::mail::listed::LIST,
    &crate::payment_links::listed::LIST,
    &crate::payments::listed::LIST,
    &crate::payments::listed_disputes::LIST,
    &crate::returns::listed::LIST,
    &crate::subscriptions::listed::LIST,
    &crate::tasks::listed::LIST,
    &crate::tickets::listed::LIST,
    &crate::mailings::listed::LIST,
];

/// The list of this name.
pub fn named(name: &str) -> Option<&'static List> {
    ALL.into_iter().find(|list| list.name == name)
}
