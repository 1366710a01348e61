//! Where the database is and how much of it to use. A password never leaves [`Target`] by way of `Debug` or `Display`.

use std::path::PathBuf;
use std::time::Duration;

use crate::Error;

/// The two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    Sqlite(PathBuf),
    /// A libpq URL. Without `sslmode` it is `prefer`: encrypted where the server offers it, not verified. `require` (and
    /// `verify-full`) verifies the server against the system's roots (`SSL_CERT_FILE` adds one's own).
    Postgres(String),
}

impl Target {
    /// `postgres://…`, `postgresql://…`, `sqlite:PATH` or just a path. Refuses an empty text and other schemes.
    pub fn parse(text: &str) -> Result<Target, Error> {
        let text = text.trim();
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Target::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
        if path.is_empty() || path.contains("://") {
            return Err(Error::Other("a database is postgres://USER:PASSWORD@HOST/NAME, sqlite:PATH, or the path of a file".to_owned()));
        }
        Ok(Target::Sqlite(PathBuf::from(path)))
    }

    pub fn engine(&self) -> Engine {
        match self {
            Target::Sqlite(_) => Engine::Sqlite,
            Target::Postgres(_) => Engine::Postgres,
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::Sqlite(path) => write!(f, "SQLite file {}", path.display()),
            Target::Postgres(url) => match url.parse::<postgres::Config>() {
                Ok(config) => write!(f, "PostgreSQL database {} on {:?}", config.get_dbname().unwrap_or("?"), config.get_hosts()),
                Err(_) => f.write_str("PostgreSQL"),
            },
        }
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// How much of the machine the database may use, and how long anybody waits. The default is what a server wants.
#[derive(Debug, Clone)]
pub struct Options {
    /// SQLite: threads that read, each with a connection.
    pub readers: usize,
    /// PostgreSQL: threads with a connection each, made when first needed.
    pub pool: usize,
    /// How long a read or write may wait for its turn before it is refused with `Error::Deadline`. Slices wait as long as it takes.
    pub queue_deadline: Duration,
    /// How many reads or writes may wait before more are refused with `Error::Busy`.
    pub queue_length: usize,
    /// How long one statement (PostgreSQL), or one transaction (SQLite), may run. `spool` is exempt.
    pub statement_timeout: Duration,
    /// How long SQLite waits for another process (the CLI beside a server).
    pub busy_timeout: Duration,
    /// Page cache of each SQLite connection, in KiB. The writer takes twice that.
    pub cache_kib: u32,
    /// SQLite: every commit reaches the disk before it is answered (`synchronous=FULL`). Only a test says no.
    pub durable: bool,
    /// SQLite: refuse to grow beyond so many pages of 4 KiB, as if the disk were full.
    pub max_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            readers: 4,
            pool: 12,
            queue_deadline: Duration::from_secs(5),
            queue_length: 10_000,
            statement_timeout: Duration::from_secs(30),
            busy_timeout: Duration::from_secs(10),
            cache_kib: 4_096,
            durable: true,
            max_pages: None,
        }
    }
}
