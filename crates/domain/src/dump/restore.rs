//! Reading a backup into an empty database of either engine. The file is read to its end before the first row is written, so that a
//! cut file leaves nothing behind.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use serde_json::Value as Json;
use store::{Db, Tx, Value};

use super::backup::{FORMAT, LEFT_OUT};
use super::schema::{self, Table};
use super::{DumpError, queries};

/// Rows written in one transaction.
const SLICE: usize = 1_000;
/// Bytes of their lines, about.
const SLICE_BYTES: usize = 1 << 20;

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Rows of all tables.
    pub rows: u64,
}

/// Fills an empty database from a backup. Blocks.
///
/// # Errors
/// [`DumpError::Unfit`] when the file is no backup, is cut, is of another version, or when the database holds something already.
pub fn restore(db: &Db, file: &Path) -> Result<Restored, DumpError> {
    empty(db)?;
    read(file, &mut |_, _, _| Ok(()))?;
    let mut rows = Vec::with_capacity(SLICE);
    let (mut bytes, mut current) = (0, None::<&'static Table>);
    let count = read(file, &mut |table, values, size| {
        if current.is_some_and(|c| c.name != table.name) || rows.len() >= SLICE || bytes >= SLICE_BYTES {
            flush(db, current, &mut rows)?;
            bytes = 0;
        }
        current = Some(table);
        bytes += size;
        rows.push(values);
        Ok(())
    })?;
    flush(db, current, &mut rows)?;
    Ok(Restored { rows: count })
}

fn empty(db: &Db) -> Result<(), DumpError> {
    let found = db.read_now(|tx: &mut Tx| {
        for table in schema::tables() {
            if tx.opt(&queries::any_of(table), &[], |_| Ok(()))?.is_some() {
                return Ok::<_, store::Error>(Some(table.name));
            }
        }
        Ok(None)
    })?;
    match found {
        Some(table) => {
            Err(DumpError::Unfit(format!("The database is not empty ({table}). Restore into a new one: give another --database.")))
        }
        None => Ok(()),
    }
}

fn flush(db: &Db, table: Option<&'static Table>, rows: &mut Vec<Vec<Value>>) -> Result<(), DumpError> {
    let Some(table) = table.filter(|_| !rows.is_empty()) else { return Ok(()) };
    let stamped = table.columns.iter().position(|c| c.name == "change_stamp");
    let batch = Arc::new(std::mem::take(rows));
    db.write_slice_now(move |tx: &mut Tx| {
        let Some(at) = stamped else { return tx.insert_many(table.name, &table.names(), &batch) };
        // A stamp counts the transactions of one database; in another it starts anew.
        let stamp = tx.stamp()?;
        let mut rows = batch.to_vec();
        rows.iter_mut().for_each(|row| row[at] = Value::Int(stamp));
        tx.insert_many(table.name, &table.names(), &rows)
    })?;
    Ok(())
}

/// Reads the file to its end and hands over each row; gives their number.
fn read(file: &Path, row: &mut dyn FnMut(&'static Table, Vec<Value>, usize) -> Result<(), DumpError>) -> Result<u64, DumpError> {
    let unfit = |why: &str| DumpError::Unfit(why.to_owned());
    let mut lines = BufReader::with_capacity(1 << 16, MultiGzDecoder::new(BufReader::new(File::open(file)?)));
    let (mut text, mut number, mut count) = (String::new(), 0u64, 0u64);
    let (mut table, mut ended) = (None::<&'static Table>, false);
    loop {
        text.clear();
        let size = lines.read_line(&mut text).map_err(|e| DumpError::Unfit(format!("This is not a whole backup: {e}.")))?;
        if size == 0 {
            break;
        }
        number += 1;
        if ended {
            return Err(unfit("The backup goes on behind its end. Take another copy."));
        }
        match serde_json::from_str::<Json>(&text)
            .map_err(|_| DumpError::Unfit(format!("Line {number} of the backup cannot be read. Take another copy.")))?
        {
            Json::Array(cells) => {
                let table = table.ok_or_else(|| unfit("The backup has a row before a table. Take another copy."))?;
                let values = table
                    .values(&cells)
                    .ok_or_else(|| DumpError::Unfit(format!("Line {number} of the backup is not a row of {}.", table.name)))?;
                count += 1;
                row(table, values, size)?;
            }
            head if number == 1 => check(&head)?,
            Json::Object(part) if part.contains_key("end") => {
                ended = true;
                if part["end"].as_u64() != Some(count) {
                    return Err(DumpError::Unfit(format!(
                        "The backup should hold {} rows and holds {count}. Take another copy.",
                        part["end"]
                    )));
                }
            }
            next => table = Some(known(&next)?),
        }
    }
    if ended { Ok(count) } else { Err(unfit("This is not a whole backup: its end is missing. Take another copy.")) }
}

fn check(head: &Json) -> Result<(), DumpError> {
    match (head["regulars"].as_i64(), head["migration"].as_i64()) {
        (Some(FORMAT), Some(version)) if version == schema::version() => Ok(()),
        (Some(_), Some(version)) => Err(DumpError::Unfit(format!(
            "The backup is of database version {version}, this program writes {}. Restore with the program that made it, then migrate.",
            schema::version()
        ))),
        _ => Err(DumpError::Unfit("This is no backup of Regulars.".to_owned())),
    }
}

fn known(json: &Json) -> Result<&'static Table, DumpError> {
    let name = json["table"].as_str().unwrap_or_default();
    let table = schema::table(name).filter(|t| !LEFT_OUT.contains(&t.name));
    let same = |t: &Table| json["columns"].as_array().is_some_and(|c| c.iter().map(|c| c.as_str().unwrap_or_default()).eq(t.names()));
    table.filter(|t| same(t)).ok_or_else(|| DumpError::Unfit(format!("The backup has a table this program does not know: {name:?}.")))
}
