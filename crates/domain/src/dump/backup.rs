//! Writing a backup: one snapshot, table after table, each row a line of JSON, packed by gzip. Streams.

use std::io::{BufWriter, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use store::{Db, Tx};

use super::{DumpError, queries, schema};

/// What a backup says of itself in its first line.
pub(super) const FORMAT: i64 = 1;

/// Not worth keeping: how often a door was tried, who is signed in on which device, claims that live as long as a transaction.
pub(super) const LEFT_OUT: [&str; 3] = ["attempts", "sessions", "claims"];

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Tables.
    pub tables: u64,
    /// Rows of all.
    pub rows: u64,
}

/// Writes everything of the installation to `out`, in one snapshot, while others read and write. Blocks.
///
/// # Errors
/// When the file cannot be written or the database cannot be read; the file is then not whole, and `restore` says so.
pub fn backup(db: &Db, out: impl Write + Send) -> Result<Saved, DumpError> {
    let mut out = GzEncoder::new(BufWriter::new(out), Compression::fast());
    line(&mut out, &json!({ "regulars": FORMAT, "migration": schema::version() }))?;
    let mut saved = Saved::default();
    db.spool(|tx| {
        for table in schema::tables().iter().filter(|t| !LEFT_OUT.contains(&t.name)) {
            line(&mut out, &json!({ "table": table.name, "columns": table.names() }))?;
            saved.rows += rows(tx, table, &mut out)?;
            saved.tables += 1;
        }
        Ok::<_, DumpError>(())
    })?;
    line(&mut out, &json!({ "end": saved.rows }))?;
    out.finish()?.flush()?;
    Ok(saved)
}

fn rows(tx: &mut Tx, table: &schema::Table, out: &mut impl Write) -> Result<u64, DumpError> {
    let (mut count, mut failed) = (0, None);
    let done = tx.each(&queries::all_of(table), &[], |row| {
        count += 1;
        let written = serde_json::to_writer(&mut *out, &table.json(row)?).map_err(std::io::Error::from).and_then(|()| out.write_all(b"\n"));
        written.map_err(|e| {
            let said = store::Error::Other(e.to_string());
            failed = Some(e);
            said
        })
    });
    match failed {
        Some(error) => Err(error.into()),
        None => done.map(|()| count).map_err(DumpError::from),
    }
}

fn line(out: &mut impl Write, json: &serde_json::Value) -> Result<(), DumpError> {
    writeln!(out, "{json}")?;
    Ok(())
}
