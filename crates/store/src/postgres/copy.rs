//! Many rows at once by COPY, in its text form, which fits every column type.

use std::io::Write;

use postgres::{Client, Statement};

use super::session::Session;
use crate::error::Fault;
use crate::{Bind, ValueRef};

/// Bytes sent at once.
const CHUNK: usize = 60 * 1024;

/// Writes the rows; the caller has checked their widths and NULs.
pub(crate) fn insert_many<V: Bind>(session: &mut Session, table: &str, columns: &[&str], rows: &[Vec<V>]) -> Result<u64, Fault> {
    let stmt = session.statement(&format!("COPY {table} ({}) FROM STDIN", columns.join(", ")))?;
    send(&mut session.client, &stmt, rows).map_err(|error| session.fault(&error))
}

fn send<V: Bind>(client: &mut Client, stmt: &Statement, rows: &[Vec<V>]) -> Result<u64, postgres::Error> {
    let mut writer = client.copy_in(stmt)?;
    let mut text = Vec::with_capacity(CHUNK + 1024);
    for row in rows {
        line(row, &mut text);
        if text.len() >= CHUNK {
            if writer.write_all(&text).is_err() {
                break; // the server's own reason comes from `finish`
            }
            text.clear();
        }
    }
    let _sent = writer.write_all(&text);
    writer.finish()
}

fn line<V: Bind>(row: &[V], out: &mut Vec<u8>) {
    for (at, value) in row.iter().enumerate() {
        if at > 0 {
            out.push(b'\t');
        }
        match value.value_ref().flat() {
            // `flat` follows what is owned, so nothing of that kind comes here.
            ValueRef::Null | ValueRef::Owned(_) => out.extend_from_slice(b"\\N"),
            ValueRef::Text(text) => escape(text, out),
            ValueRef::Int(n) => out.extend_from_slice(n.to_string().as_bytes()),
            ValueRef::Bool(b) => out.push(if b { b't' } else { b'f' }),
            ValueRef::Bytes(bytes) => {
                out.extend_from_slice(b"\\\\x");
                bytes.iter().for_each(|byte| out.extend_from_slice(format!("{byte:02x}").as_bytes()));
            }
        }
    }
    out.push(b'\n');
}

fn escape(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            other => out.push(other),
        }
    }
}
