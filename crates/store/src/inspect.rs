//! Looks at a database and changes nothing in it: it makes no file, no table and no migration. What a check of an installation asks before anybody serves.

use std::sync::Arc;

use crate::job::guarded;
use crate::migrate::{self, Place};
use crate::postgres::Connector;
use crate::sqlite::{self, Conn, Role};
use crate::tx::{Link, Tx};
use crate::{Engine, Error, Migration, Options, Stmt, Target};

static VERSION: Stmt = Stmt::new("inspect::version", "SELECT CAST(current_setting('server_version_num') AS BIGINT)");
static THERE_POSTGRES: Stmt =
    Stmt::new("inspect::there", "SELECT COUNT(*) FROM pg_tables WHERE tablename = 'schema_migrations' AND schemaname = current_schema()");
static THERE_SQLITE: Stmt =
    Stmt::new("inspect::there", "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'");
static CLOCK: Stmt = Stmt::new("inspect::clock", "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)");

/// How the schema of a database stands to this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Nothing was made in it yet.
    Empty,
    /// So many migrations are still to come.
    Behind(usize),
    /// What this program needs.
    Current,
}

/// A connection that only reads. Blocks; never on an async worker.
pub struct Inspection {
    place: Place,
}

impl Inspection {
    /// Opens it. A SQLite file that is not there is [`Error::Unavailable`]; none is made.
    pub fn open(target: &Target, options: &Options) -> Result<Inspection, Error> {
        let mut place = match target {
            Target::Sqlite(path) => Place::Sqlite(Box::new(Conn::open(path, Role::Reader, options)?)),
            Target::Postgres(url) => Place::Postgres(Box::new(Arc::new(Connector::new(url)?).connect(Some(options.statement_timeout))?)),
        };
        if place.engine() == Engine::Postgres {
            place.say("SET default_transaction_read_only = on")?;
        }
        Ok(Inspection { place })
    }

    /// The version of the engine as a number, and as people write it: `(150004, "15.4")`, `(3046001, "3.46.1")`.
    pub fn version(&mut self) -> Result<(i64, String), Error> {
        match self.place.engine() {
            Engine::Sqlite => Ok((i64::from(rusqlite::version_number()), rusqlite::version().to_owned())),
            Engine::Postgres => {
                let number: i64 = self.place.tx().scalar(&VERSION, &[])?;
                Ok((number, format!("{}.{}", number / 10_000, number % 10_000)))
            }
        }
    }

    /// How the schema stands to these migrations. Refuses a database that a newer program has changed, and one whose migrations were edited.
    pub fn schema(&mut self, migrations: &[Migration]) -> Result<Schema, Error> {
        let there = if self.place.engine() == Engine::Sqlite { &THERE_SQLITE } else { &THERE_POSTGRES };
        if self.place.tx().scalar::<i64>(there, &[])? == 0 {
            return Ok(Schema::Empty);
        }
        Ok(match migrate::to_come(&mut self.place, migrations)? {
            0 => Schema::Current,
            n => Schema::Behind(n),
        })
    }

    /// How SQLite keeps its journal (`wal`); `None` on PostgreSQL.
    pub fn journal(&self) -> Result<Option<String>, Error> {
        match &self.place {
            Place::Sqlite(conn) => {
                conn.raw.query_row("PRAGMA journal_mode", [], |row| row.get(0)).map(Some).map_err(|e| sqlite::fault(e).error)
            }
            Place::Postgres(_) => Ok(None),
        }
    }

    /// What time it is where the database is, microseconds UTC; `None` on SQLite, which has the clock of this machine.
    pub fn clock(&mut self) -> Result<Option<i64>, Error> {
        match self.place.engine() {
            Engine::Sqlite => Ok(None),
            Engine::Postgres => self.place.tx().scalar(&CLOCK, &[]).map(Some),
        }
    }

    /// Reads in one snapshot.
    pub fn read<T, E: From<Error>>(&mut self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let begin =
            if self.place.engine() == Engine::Sqlite { "BEGIN DEFERRED" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
        self.place.say(begin)?;
        let link = match &mut self.place {
            Place::Sqlite(conn) => Link::Sqlite(conn),
            Place::Postgres(session) => Link::Postgres(session),
        };
        let done = guarded(|| f(&mut Tx::new(link, false)));
        // What it read is answered whatever the end of the snapshot says.
        let _ended = self.place.say("ROLLBACK");
        done
    }
}

impl std::fmt::Debug for Inspection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Inspection({:?})", self.place.engine())
    }
}
