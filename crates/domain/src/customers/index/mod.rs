//! The customer index: a compact image in memory of one merchant's customers, which answers what a
//! database does not at once: any substring, exact totals, the count of every option, and the order of the list
//! (SPEC 1.3 to 1.7, 1.9, 16; DESIGN, Data). This half is pure: no SQL, no clock. Whoever holds an [`Image`] fills it, keeps it
//! current from the change table before each answer and puts a lock around it. It must never be the source of a row that is
//! shown: rows come from the database, by key.

mod arena;
mod bits;
mod counts;
mod fold;
mod idpart;
mod image;
mod keymap;
mod page;
mod pass;
mod query;
mod scan;
mod search;
mod sets;
#[cfg(test)]
mod tests;
mod walk;

pub use counts::Counts;
pub use fold::fold;
pub use image::{Entry, Image, Key, country_code, country_letters};
pub use query::{Cursor, Found, Mark, Query, Sort, SortBy, Span};
pub use search::{Word, words};
