//! Everything of an installation as one file, and back (SPEC 15.3); and the same trade as sorted text, to compare two databases by.
//!
//! A backup is logical and knows no engine: that is how one moves from SQLite to PostgreSQL. It holds personal data and hashed secrets,
//! and must be kept like the database itself. Which tables and columns there are is read from the migrations, so that a new one is never
//! forgotten here.

mod backup;
pub mod queries;
mod restore;
pub(crate) mod schema;
mod stable;
#[cfg(test)]
mod tests;

pub use backup::{Saved, backup};
pub use restore::{Restored, restore};
pub use stable::stable;

/// Why a file could not be written or read. In words for whoever typed the command.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The disk said no.
    #[error("The file cannot be written or read: {0}")]
    Io(#[from] std::io::Error),
    /// It is no backup, or not a whole one.
    #[error("{0}")]
    Unfit(String),
    /// The database said no.
    #[error("The database refused: {0}")]
    Store(#[from] store::Error),
    /// The trade said no.
    #[error("{0}")]
    Domain(#[from] crate::Error),
}
