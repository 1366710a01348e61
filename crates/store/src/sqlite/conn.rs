//! One SQLite connection with the settings everything else relies on, and a limit on how long it may work at one thing.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::fault;
use crate::{Error, Options};

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Writer,
    Reader,
    /// As a writer, with foreign keys off so that a migration can rebuild a table (it checks them itself), and without a time limit.
    Migrator,
}

pub(crate) struct Conn {
    pub raw: Connection,
    limit: Limit,
}

/// How long a statement may work.
#[derive(Clone)]
struct Limit {
    start: Instant,
    /// Milliseconds a statement has; 0 for no limit.
    each: Arc<AtomicU64>,
    /// Milliseconds since `start` at which SQLite interrupts itself; 0 for never.
    until: Arc<AtomicU64>,
}

impl Conn {
    pub(crate) fn open(path: &Path, role: Role, options: &Options) -> Result<Conn, Error> {
        let mut flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if role == Role::Reader {
            flags |= OpenFlags::SQLITE_OPEN_READ_ONLY;
        } else {
            private_file(path)?;
            flags |= OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        }
        let raw = Connection::open_with_flags(path, flags).map_err(|e| unavailable(path, e))?;
        let mut conn = Conn { raw, limit: Limit { start: Instant::now(), each: Arc::default(), until: Arc::default() } };
        conn.set_up(role, options).map_err(|e| unavailable(path, e))?;
        Ok(conn)
    }

    fn set_up(&mut self, role: Role, options: &Options) -> rusqlite::Result<()> {
        self.raw.busy_timeout(options.busy_timeout)?;
        self.raw.set_prepared_statement_cache_capacity(512);
        // A plan is made once for each statement and not again for each value: without this SQLite reads and plans the text anew whenever
        // a parameter that an index could be chosen by is bound.
        self.raw.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        // No memory map: each connection's map would count as memory of the process (SPEC 16).
        self.raw.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;")?;
        if role == Role::Reader {
            self.raw.execute_batch(&format!("PRAGMA query_only = ON; PRAGMA cache_size = -{};", options.cache_kib))?;
        } else {
            self.raw.execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = {}; PRAGMA secure_delete = ON; PRAGMA foreign_keys = {};
                 PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -{};",
                if options.durable { "FULL" } else { "OFF" },
                if role == Role::Migrator { "OFF" } else { "ON" },
                options.cache_kib.saturating_mul(2),
            ))?;
            if let Some(pages) = options.max_pages {
                self.raw.execute_batch(&format!("PRAGMA max_page_count = {pages};"))?;
            }
        }
        let limit = self.limit.clone();
        self.raw.progress_handler(4_000, Some(move || limit.is_over()))
    }

    /// From now on each statement has so long, or is without end.
    pub(crate) fn allow(&self, time: Option<Duration>) {
        self.limit.each.store(time.map_or(0, |time| millis(time).max(1)), Ordering::Relaxed);
        self.begun();
    }

    /// A statement begins: its time is its own, however long those before it took, as on PostgreSQL.
    pub(crate) fn begun(&self) -> &Connection {
        let until = match self.limit.each.load(Ordering::Relaxed) {
            0 => 0,
            each => millis(self.limit.start.elapsed()).saturating_add(each),
        };
        self.limit.until.store(until, Ordering::Relaxed);
        &self.raw
    }
}

impl Limit {
    fn is_over(&self) -> bool {
        let until = self.until.load(Ordering::Relaxed);
        until != 0 && millis(self.start.elapsed()) >= until
    }
}

fn millis(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}

fn unavailable(path: &Path, error: rusqlite::Error) -> Error {
    match fault(error).error {
        Error::Busy => Error::Busy,
        Error::Full => Error::Full,
        other => Error::Unavailable(format!("{}: {other}", path.display())),
    }
}

/// Customers' data is nobody else's on this machine; the -wal and -shm files take the rights of the file.
fn private_file(path: &Path) -> Result<(), Error> {
    if path.exists() {
        return Ok(());
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ()).map_err(|e| Error::Unavailable(format!("{}: {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_planned_once_whatever_is_bound() {
        let dir = tempfile::tempdir().unwrap();
        let conn = Conn::open(&dir.path().join("plan.db"), Role::Writer, &Options::default()).unwrap().raw;
        conn.execute_batch("CREATE TABLE t (id TEXT PRIMARY KEY, key TEXT NOT NULL); CREATE INDEX k ON t (key) WHERE key <> '';").unwrap();
        let mut stmt = conn.prepare("SELECT id FROM t WHERE key = ?1 AND key <> '' AND id LIKE ?2").unwrap();
        for n in 0..5 {
            stmt.query((format!("k{n}"), format!("a{n}%"))).unwrap().next().unwrap();
        }
        assert_eq!(stmt.get_status(rusqlite::StatementStatus::RePrepare), 0);
    }
}
