//! Reading and writing the files a merchant brings and takes away: CSV in whatever encoding and
//! separator it came, CSV, XLSX and JSON Lines out. Everything streams in bounded memory and is pure:
//! no database, no clock, no network. Nothing here decides what a customer is; it only says
//! which cell belongs to which field (SPEC 9.1, 9.2).

pub mod countries;
mod dates;
mod fault;
pub mod formula;
pub mod headers;
mod json_lines;
pub mod kind;
mod known;
mod layout;
pub mod map;
mod other;
mod read;
mod separator;
mod source;
mod table;
mod target;
mod text;
pub mod values;
mod workbook;
mod write;
mod xlsx;

pub use dates::{DateOrder, Moment};
pub use fault::{Fault, FaultKind};
pub use headers::recognise;
pub use layout::{Field, Join, Kind, Layout};
pub use map::{MapError, choose, columns_of, parse_map, said};
pub use other::as_csv;
pub use read::{MAX_CELL, MAX_CELLS};
pub use source::UNPACKED_MAX;
pub use table::{Options, Row, Table};
pub use target::Target;
pub use text::Encoding;
pub use workbook::WORKBOOK_MAX;
pub use write::{Cell, Format, WriteError, Writer, Written};

#[cfg(test)]
pub(crate) mod tests;
