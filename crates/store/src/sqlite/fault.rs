//! What SQLite's errors mean. Its messages name tables and columns, never values.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::Error;
use crate::error::Fault;

/// An engine error of SQLite as the store's.
pub(crate) fn fault(error: rusqlite::Error) -> Fault {
    let (code, extended, message) = match &error {
        rusqlite::Error::SqliteFailure(failure, message) => (failure.code, failure.extended_code, message.clone().unwrap_or_default()),
        rusqlite::Error::SqlInputError { error, msg, .. } => (error.code, error.extended_code, msg.clone()),
        _ => return Fault::engine(Error::Other(error.to_string())),
    };
    let retry = extended == ffi::SQLITE_BUSY_SNAPSHOT;
    Fault { error: meaning(code, extended, message), engine: true, retry }
}

fn meaning(code: ErrorCode, extended: i32, message: String) -> Error {
    match code {
        ErrorCode::ConstraintViolation => constraint(extended, message),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy,
        ErrorCode::DiskFull => Error::Full,
        ErrorCode::OperationInterrupted => Error::Deadline,
        ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory => Error::Unavailable(message),
        _ => Error::Other(message),
    }
}

fn constraint(extended: i32, message: String) -> Error {
    // "UNIQUE constraint failed: t.a, t.b"; the words before the colon are fixed in SQLite's source.
    let what = message.split_once("failed: ").map_or(message.as_str(), |(_, what)| what);
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => unique(what),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::ForeignKey,
        ffi::SQLITE_CONSTRAINT_CHECK | ffi::SQLITE_CONSTRAINT_NOTNULL => Error::Check(what.to_owned()),
        _ => Error::Other(message),
    }
}

/// An index over expressions is named instead of its columns: "index 'name'".
fn unique(what: &str) -> Error {
    let mut table = String::new();
    let columns = what.split(", ").map(|part| match part.split_once('.') {
        Some((owner, column)) => {
            owner.clone_into(&mut table);
            column.to_owned()
        }
        None => part.trim_start_matches("index ").trim_matches('\'').to_owned(),
    });
    let columns = columns.collect();
    Error::Unique { table, columns }
}
