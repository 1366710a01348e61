//! What can go wrong in a database, by what the caller can do next; the same names for both engines. It never carries a parameter's
//! value, so that an error can be logged without personal data.

/// Every failure of the store. Constraint errors name columns, never constraints: SQLite knows no constraint's name.
#[derive(thiserror::Error, Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// `Tx::one` found nothing.
    #[error("no such row")]
    NoRow,
    /// A unique key is taken. `columns` in the order of the key.
    #[error("{table} ({}) must be unique", columns.join(", "))]
    Unique { table: String, columns: Vec<String> },
    /// A foreign key does not hold. SQLite does not say which: the verb checks beforehand.
    #[error("a referenced row is missing, or a row is still referenced")]
    ForeignKey,
    /// A CHECK (its name or text) or a NOT NULL (`table.column`) does not hold.
    #[error("check failed: {0}")]
    Check(String),
    /// Someone else holds what this needs, also after waiting and running again.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached or opened now; nothing was written.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// No space left; nothing was written.
    #[error("no space left for the database")]
    Full,
    /// The COMMIT failed: the write may or may not have happened. The caller's Idempotency-Key decides.
    #[error("nobody knows whether the write was committed")]
    UnknownOutcome,
    /// It waited longer for its turn than allowed, or ran longer than allowed; nothing was written.
    #[error("the database did not get to it in time")]
    Deadline,
    /// The closure panicked; nothing was written.
    #[error("a database closure panicked: {0}")]
    Panicked(String),
    /// A text holds U+0000, which PostgreSQL cannot store; refused on both engines.
    #[error("text must not contain NUL")]
    BadText,
    /// `Tx::lock` was called with a lower rank after a higher one: two such transactions could wait for each other.
    #[error("locks are taken in the wrong order")]
    LockOrder,
    /// A cell does not hold what the reader wants.
    #[error("column {column} does not hold {want}")]
    Decode { column: String, want: &'static str },
    /// A fault of the program or of the database, not of the input.
    #[error("{0}")]
    Other(String),
}

/// What the caller can do about an [`Error`]; the doors make a status code of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing there: 404.
    NotFound,
    /// The input contradicts what is stored, or cannot be stored: 409 or 422.
    Refused,
    /// Try again later: 503.
    Unavailable,
    /// No space: 507.
    Full,
    /// Try again with the same Idempotency-Key: 503.
    Unknown,
    /// A fault of ours: 500, logged once.
    Internal,
}

impl Error {
    /// What the caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Error::NoRow => Kind::NotFound,
            Error::Unique { .. } | Error::ForeignKey | Error::Check(_) | Error::BadText => Kind::Refused,
            Error::Busy | Error::Unavailable(_) | Error::Deadline => Kind::Unavailable,
            Error::Full => Kind::Full,
            Error::UnknownOutcome => Kind::Unknown,
            Error::Panicked(_) | Error::LockOrder | Error::Decode { .. } | Error::Other(_) => Kind::Internal,
        }
    }

    /// Is this a taken unique key whose columns, apart from `merchant_id`, are just these?
    pub fn is_unique(&self, wanted: &[&str]) -> bool {
        matches!(self, Error::Unique { columns, .. }
            if columns.iter().filter(|c| *c != "merchant_id").map(String::as_str).eq(wanted.iter().copied().filter(|c| *c != "merchant_id")))
    }
}

/// What an engine says about a failed statement; `Tx` keeps it, because the caller's own error may hide it.
pub(crate) struct Fault {
    pub error: Error,
    /// The engine failed, so the transaction can only end; otherwise a caller's callback or parameter did.
    pub engine: bool,
    /// Running the closure again may well succeed (deadlock, serialisation, stale plan, a connection that was already dead).
    pub retry: bool,
}

impl Fault {
    pub fn engine(error: Error) -> Fault {
        Fault { error, engine: true, retry: false }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault { error, engine: false, retry: false }
    }
}
