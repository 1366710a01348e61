//! What a database needs besides reads and writes: long reads, migrations, checkpoints, copies. Each on a connection of its own, so that
//! nobody waits behind it.

use std::path::Path;

use crate::db::{Db, lost};
use crate::job::guarded;
use crate::sqlite::{self, Conn, Role};
use crate::tx::{Link, Tx};
use crate::{Error, Migration, Stmt, Target, migrate};

/// Ends the write-ahead log's segment, and each that was renamed ahead of it: those still hold what they held before, until they are written over.
const WRITE_PAST: &str = "DO $$ DECLARE ahead INT; BEGIN
    SELECT COUNT(*) INTO ahead FROM pg_ls_waldir() WHERE name COLLATE \"C\" ~ '^[0-9A-F]{24}$'
        AND name COLLATE \"C\" > pg_walfile_name(pg_current_wal_insert_lsn());
    FOR i IN 0..ahead LOOP PERFORM pg_logical_emit_message(FALSE, 'regulars', 'past'); PERFORM pg_switch_wal(); END LOOP;
END $$";

impl Db {
    /// A long read (export, verify) on a connection and a snapshot of its own, without a time limit. Blocks. Spool to a file and let go:
    /// while it runs, SQLite's WAL cannot shrink.
    pub fn spool<T, E>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send) -> Result<T, E>
    where
        T: Send,
        E: From<Error> + Send,
    {
        self.apart(|| match (&self.0.target, &self.0.connector) {
            (Target::Sqlite(path), _) => {
                let conn = Conn::open(path, Role::Reader, &self.0.options)?;
                conn.raw.execute_batch("BEGIN DEFERRED").map_err(|e| sqlite::fault(e).error)?;
                guarded(|| f(&mut Tx::new(Link::Sqlite(&conn), false)))
            }
            (Target::Postgres(_), Some(connector)) => {
                let mut session = connector.connect(None)?;
                session.say("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").map_err(|fault| fault.error)?;
                guarded(|| f(&mut Tx::new(Link::Postgres(&mut session), false)))
            }
            (Target::Postgres(_), None) => Err(E::from(Error::Other("no connector".to_owned()))),
        })
    }

    /// Applies the migrations that are missing and gives their number. Two processes that start together do it once. Refuses a database
    /// newer than this program, and one whose migrations were edited afterwards. Blocks.
    pub fn migrate(&self, migrations: &[Migration]) -> Result<usize, Error> {
        self.apart(|| migrate::migrate(&self.0.target, self.0.connector.as_ref(), &self.0.options, migrations))
    }

    /// Prepares a statement without running it, on this engine. Blocks.
    pub fn prepare(&self, stmt: &Stmt) -> Result<(), Error> {
        let text = stmt.text().to_owned();
        let prepared: Result<(), Error> = self.read_now(move |tx| tx.prepare(&Stmt::built(text.clone())));
        prepared.map_err(|error| Error::Other(format!("{}: {error}", stmt.name())))
    }

    /// SQLite: moves everything from the WAL into the file and empties it, so that erased bytes are gone from both. Refuses with
    /// [`Error::Busy`] while a reader holds an older snapshot. PostgreSQL: nothing. Blocks.
    pub fn checkpoint(&self) -> Result<(), Error> {
        let Target::Sqlite(path) = &self.0.target else { return Ok(()) };
        let mut options = self.0.options.clone();
        options.busy_timeout = options.busy_timeout.min(std::time::Duration::from_secs(1));
        let conn = Conn::open(path, Role::Writer, &options)?;
        let held: i64 = conn.raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(|e| sqlite::fault(e).error)?;
        if held == 0 { Ok(()) } else { Err(Error::Busy) }
    }

    /// The maintenance behind which erased bytes are in none of the database's files. SQLite: [`Db::checkpoint`]. PostgreSQL: rewrites every table of the
    /// database and lets go of the write-ahead log that spoke of the old rows, which needs its superuser and locks each table while it is rewritten. Blocks.
    pub fn maintain(&self) -> Result<(), Error> {
        let (Target::Postgres(_), Some(connector)) = (&self.0.target, &self.0.connector) else { return self.checkpoint() };
        self.apart(|| {
            let mut session = connector.connect(None)?;
            let mut say = |sql: &str| session.say(sql).map_err(|fault| fault.error);
            say("SET statement_timeout = 0")?;
            say("VACUUM (FULL, ANALYZE)")?;
            // What the planner noted as most common values, too.
            say("VACUUM FULL pg_catalog.pg_statistic")?;
            // Segments are renamed and used again with their old bytes in them, unless they are told not to be.
            say("ALTER SYSTEM SET wal_recycle = off")?;
            say("SELECT pg_reload_conf()")?;
            let gone = (0..2).try_for_each(|_| [WRITE_PAST, "CHECKPOINT"].into_iter().try_for_each(&mut say));
            say("ALTER SYSTEM RESET wal_recycle")?;
            say("SELECT pg_reload_conf()")?;
            gone
        })
    }

    /// Does the database answer? For `/readyz`.
    pub async fn ping(&self) -> Result<(), Error> {
        static PING: Stmt = Stmt::new("store::ping", "SELECT 1");
        self.read(|tx| tx.scalar::<i64>(&PING, &[]).map(|_| ())).await
    }

    /// A copy of a SQLite database into a new file, while others read and write. PostgreSQL has pg_dump. Blocks.
    pub fn copy_to(&self, file: &Path) -> Result<(), Error> {
        let Target::Sqlite(path) = &self.0.target else { return Err(Error::Other("use pg_dump for a PostgreSQL database".to_owned())) };
        let conn = Conn::open(path, Role::Writer, &self.0.options)?;
        let name = file.to_str().ok_or_else(|| Error::Other("the file's name is not UTF-8".to_owned()))?;
        conn.raw.execute("VACUUM INTO ?1", [name]).map(|_| ()).map_err(|e| sqlite::fault(e).error)
    }

    /// Runs on a thread of its own and waits: the PostgreSQL client must not be used on an async worker.
    fn apart<T: Send, E: From<Error> + Send>(&self, run: impl FnOnce() -> Result<T, E> + Send) -> Result<T, E> {
        std::thread::scope(|scope| scope.spawn(run).join()).unwrap_or_else(|_| Err(lost().into()))
    }
}
