//! What PostgreSQL's errors mean, by SQLSTATE: its messages are translated and may carry values.

use postgres::error::{DbError, SqlState};

use crate::Error;
use crate::error::Fault;

/// Is the connection of no more use after this error?
pub(crate) fn is_broken(error: &postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => is_fatal(db),
        None => error.is_closed() || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>()),
    }
}

fn is_fatal(db: &DbError) -> bool {
    let code = db.code().code();
    code.starts_with("08") || matches!(code, "57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "53300")
}

/// An engine error of PostgreSQL as the store's. `columns` finds the columns of a unique constraint.
pub(crate) fn fault(error: &postgres::Error, columns: impl FnOnce(&DbError) -> Vec<String>) -> Fault {
    let Some(db) = error.as_db_error() else {
        let text = std::error::Error::source(error).map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        let broken = is_broken(error);
        return Fault { error: if broken { Error::Unavailable(text) } else { Error::Other(text) }, engine: true, retry: broken };
    };
    Fault { error: meaning(db, columns), engine: true, retry: is_fatal(db) || is_retryable(db) }
}

/// Deadlock, serialisation failure, and a prepared statement whose tables a migration changed meanwhile.
pub(crate) fn is_retryable(db: &DbError) -> bool {
    let code = db.code();
    *code == SqlState::T_R_SERIALIZATION_FAILURE
        || *code == SqlState::T_R_DEADLOCK_DETECTED
        || (*code == SqlState::FEATURE_NOT_SUPPORTED && db.message().contains("cached plan"))
}

fn meaning(db: &DbError, columns: impl FnOnce(&DbError) -> Vec<String>) -> Error {
    let name = |text: Option<&str>| text.unwrap_or_default().to_owned();
    match db.code().code() {
        "23505" => Error::Unique { table: name(db.table()), columns: columns(db) },
        "23503" => Error::ForeignKey,
        "23514" => Error::Check(name(db.constraint())),
        "23502" => Error::Check(format!("{}.{}", name(db.table()), name(db.column()))),
        "40001" | "40P01" | "55P03" => Error::Busy,
        "57014" => Error::Deadline,
        "53100" => Error::Full,
        "22021" => Error::BadText,
        code if is_fatal(db) || code.starts_with("53") => Error::Unavailable(format!("{code}: {}", db.message())),
        // Class 22, data exceptions, quotes the value.
        code if code.starts_with("22") => Error::Other(format!("{code}: a value does not fit")),
        code => Error::Other(format!("{code}: {}", db.message())),
    }
}
