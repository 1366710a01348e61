//! SQLite: one file, one thread that writes and a few that read, each with a connection of its own.

mod conn;
mod fault;
mod reader;
mod writer;

use rusqlite::types::{ToSqlOutput, ValueRef as Raw};

pub(crate) use conn::{Conn, Role};
pub(crate) use fault::fault;
pub(crate) use reader::read_loop;
pub(crate) use writer::Writer;

use crate::error::Fault;
use crate::row::{Held, Row};
use crate::{Bind, Error, Value, ValueRef};

impl rusqlite::ToSql for ValueRef<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            ValueRef::Owned(Value::Text(text)) => Raw::Text(text.as_bytes()),
            ValueRef::Owned(Value::Bytes(bytes)) => Raw::Blob(bytes),
            ValueRef::Owned(Value::Int(n)) => Raw::Integer(*n),
            ValueRef::Owned(Value::Bool(b)) => Raw::Integer(i64::from(*b)),
            ValueRef::Null | ValueRef::Owned(Value::Null) => Raw::Null,
            ValueRef::Text(text) => Raw::Text(text.as_bytes()),
            ValueRef::Int(n) => Raw::Integer(*n),
            ValueRef::Bool(b) => Raw::Integer(i64::from(*b)),
            ValueRef::Bytes(bytes) => Raw::Blob(bytes),
        }))
    }
}

fn bind(stmt: &mut rusqlite::Statement<'_>, values: &[ValueRef<'_>]) -> rusqlite::Result<()> {
    values.iter().enumerate().try_for_each(|(at, value)| stmt.raw_bind_parameter(at + 1, value))
}

pub(crate) fn exec(conn: &rusqlite::Connection, text: &str, values: &[ValueRef<'_>]) -> Result<u64, Fault> {
    let mut stmt = conn.prepare_cached(text).map_err(fault)?;
    bind(&mut stmt, values).map_err(fault)?;
    stmt.raw_execute().map(|n| n as u64).map_err(fault)
}

pub(crate) fn each(
    conn: &rusqlite::Connection,
    text: &str,
    values: &[ValueRef<'_>],
    f: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
) -> Result<(), Fault> {
    let mut stmt = conn.prepare_cached(text).map_err(fault)?;
    bind(&mut stmt, values).map_err(fault)?;
    let mut rows = stmt.raw_query();
    while let Some(row) = rows.next().map_err(fault)? {
        f(&Row(Held::Sqlite(row)))?;
    }
    Ok(())
}

pub(crate) fn insert_many<V: Bind>(conn: &rusqlite::Connection, table: &str, columns: &[&str], rows: &[Vec<V>]) -> Result<u64, Fault> {
    let places: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    let text = format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "));
    let mut stmt = conn.prepare_cached(&text).map_err(fault)?;
    for row in rows {
        for (at, value) in row.iter().enumerate() {
            stmt.raw_bind_parameter(at + 1, value.value_ref()).map_err(fault)?;
        }
        stmt.raw_execute().map_err(fault)?;
    }
    Ok(rows.len() as u64)
}

pub(crate) fn prepare(conn: &rusqlite::Connection, text: &str, parameters: usize) -> Result<(), Fault> {
    let stmt = conn.prepare(text).map_err(fault)?;
    if stmt.parameter_count() == parameters {
        return Ok(());
    }
    Err(Fault::engine(Error::Other(format!("SQLite sees {} parameters, not {parameters}", stmt.parameter_count()))))
}
