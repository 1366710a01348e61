//! Cells on their way out. A row is looked at where the engine holds it; text and bytes are copied only when a `String` or `Vec` is asked for.

use crate::Error;
use crate::postgres::RawCell;

/// One row of an answer, valid inside the callback it is handed to.
pub struct Row<'a>(pub(crate) Held<'a>);

pub(crate) enum Held<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a ::postgres::Row),
}

/// One cell as the engine holds it. SQLite has no booleans: there they are `Int` 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    Null,
    Text(&'a str),
    Int(i64),
    Bool(bool),
    Bytes(&'a [u8]),
}

/// Something a cell can become. A newtype of the trade implements it by way of the type it wraps.
pub trait FromCell: Sized {
    /// What is wanted, for the error: "a text".
    const WANT: &'static str;
    /// None when the cell holds something else.
    fn from_cell(cell: Cell<'_>) -> Option<Self>;
}

/// A column by number (from 0, fast) or by name.
pub trait ColumnIndex: Copy + std::fmt::Display {
    fn find(self, row: &Row<'_>) -> Option<usize>;
}

impl ColumnIndex for usize {
    fn find(self, _: &Row<'_>) -> Option<usize> {
        Some(self)
    }
}

impl ColumnIndex for &str {
    fn find(self, row: &Row<'_>) -> Option<usize> {
        match row.0 {
            Held::Sqlite(row) => row.as_ref().column_index(self).ok(),
            Held::Postgres(row) => row.columns().iter().position(|column| column.name() == self),
        }
    }
}

impl Row<'_> {
    /// The value of a column. Refuses a missing column, and a cell of another type ([`Error::Decode`]).
    pub fn get<T: FromCell>(&self, column: impl ColumnIndex) -> Result<T, Error> {
        self.cell(column).and_then(T::from_cell).ok_or_else(|| Error::Decode { column: column.to_string(), want: T::WANT })
    }

    /// A text without copying it. Refuses NULL.
    pub fn str(&self, index: usize) -> Result<&str, Error> {
        match self.cell(index) {
            Some(Cell::Text(text)) => Ok(text),
            _ => Err(Error::Decode { column: index.to_string(), want: "a text" }),
        }
    }

    /// A text without copying it, or None for NULL.
    pub fn opt_str(&self, index: usize) -> Result<Option<&str>, Error> {
        match self.cell(index) {
            Some(Cell::Null) => Ok(None),
            _ => self.str(index).map(Some),
        }
    }

    /// The cell itself; None when there is no such column, or its type is none of the portable ones.
    pub fn cell(&self, column: impl ColumnIndex) -> Option<Cell<'_>> {
        let index = column.find(self)?;
        match self.0 {
            Held::Sqlite(row) => match row.get_ref(index).ok()? {
                rusqlite::types::ValueRef::Null => Some(Cell::Null),
                rusqlite::types::ValueRef::Integer(n) => Some(Cell::Int(n)),
                rusqlite::types::ValueRef::Text(text) => std::str::from_utf8(text).ok().map(Cell::Text),
                rusqlite::types::ValueRef::Blob(bytes) => Some(Cell::Bytes(bytes)),
                rusqlite::types::ValueRef::Real(_) => None,
            },
            Held::Postgres(row) => row.try_get::<_, RawCell<'_>>(index).ok().map(|raw| raw.0),
        }
    }
}

impl FromCell for String {
    const WANT: &'static str = "a text";
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Text(text) = cell { Some(text.to_owned()) } else { None }
    }
}

impl FromCell for Vec<u8> {
    const WANT: &'static str = "bytes";
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Bytes(bytes) = cell { Some(bytes.to_vec()) } else { None }
    }
}

impl FromCell for i64 {
    const WANT: &'static str = "a whole number";
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if let Cell::Int(n) = cell { Some(n) } else { None }
    }
}

impl FromCell for i32 {
    const WANT: &'static str = "a whole number of 32 bits";
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        i64::from_cell(cell)?.try_into().ok()
    }
}

impl FromCell for u32 {
    const WANT: &'static str = "a whole number of 32 bits, not negative";
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        i64::from_cell(cell)?.try_into().ok()
    }
}

impl FromCell for bool {
    const WANT: &'static str = "true or false";
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        match cell {
            Cell::Bool(b) => Some(b),
            Cell::Int(0) => Some(false),
            Cell::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl<T: FromCell> FromCell for Option<T> {
    const WANT: &'static str = T::WANT;
    fn from_cell(cell: Cell<'_>) -> Option<Self> {
        if cell == Cell::Null { Some(None) } else { T::from_cell(cell).map(Some) }
    }
}
