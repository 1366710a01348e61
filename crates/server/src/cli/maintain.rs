//! `regulars maintain`: behind it erased bytes are in none of the database's files (SPEC 11.2).

use domain::kit::SystemClock;
use domain::privacy::{self, Ledger};

use super::{Done, Place};

/// SQLite: empties the write-ahead log, which a running `serve` also does by itself. PostgreSQL: rewrites the tables and lets go of old segments of its
/// log; needs its superuser, and writes wait meanwhile.
///
/// # Errors
/// In words.
pub fn run(place: &Place) -> Done {
    let db = place.open_there()?;
    let ledger = Ledger::of(&place.folder(&place.file()?)?);
    privacy::settle(&db, &ledger, &SystemClock).map_err(|e| e.to_string())?;
    db.maintain().map_err(|e| match e {
        store::Error::Busy => "Somebody is reading an older state of the database. Try again in a minute.".to_owned(),
        other => format!("The maintenance did not come through: {other}"),
    })?;
    privacy::scrubbed(&db, &SystemClock, &|| Ok(())).map_err(|e| e.to_string())?;
    println!("Erased data is gone from the files of the database.");
    Ok(())
}
