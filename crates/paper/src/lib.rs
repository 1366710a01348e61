//! Sets an invoice in type (SPEC 2.9, 5.3): plain data in; out the EN 16931 data as CII XML, and an A4 page or more as PDF/A-3b with
//! that XML inside (Factur-X).
//!
//! Pure: no clock, no database, no network; the same document always gives the same bytes. It decides nothing about money: a document
//! whose amounts do not add up is refused, not corrected.

mod check;
mod country;
mod document;
mod language;
mod pdf;
mod xml;

pub use check::{Fault, not_in_norm};
pub use country::country;
pub use document::{Bank, Category, Date, Document, Earlier, Kind, Line, Logo, Moment, Off, Party, TaxGroup};
pub use language::amount;
pub use pdf::pdf;
pub use xml::xml;
