//! Brings the schema to what this program needs. Migrations are portable text; an engine's own text replaces it where it must differ.
//! It must never run on a database that a newer program has changed, nor pass over a migration whose text was edited after it ran.

use std::sync::Arc;

use crate::postgres::{Connector, Session};
use crate::sqlite::{self, Conn, Role};
use crate::tx::{Link, Tx};
use crate::{Engine, Error, Options, Stmt, Target};

/// One step of the schema, forward only.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub version: i64,
    pub name: &'static str,
    /// Portable text; used where the engine has none of its own.
    pub sql: &'static str,
    pub sqlite: Option<&'static str>,
    pub postgres: Option<&'static str>,
}

impl Migration {
    /// A migration whose text is portable.
    pub const fn new(version: i64, name: &'static str, sql: &'static str) -> Migration {
        Migration { version, name, sql, sqlite: None, postgres: None }
    }

    fn text(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
        .unwrap_or(self.sql)
    }
}

const TABLES: &str =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS store_counter (id BIGINT PRIMARY KEY CHECK (id = 1), n BIGINT NOT NULL);
    INSERT INTO store_counter (id, n) VALUES (1, 0) ON CONFLICT DO NOTHING";
/// Any number that nobody else uses: two processes that start together take turns.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7203114905521)";

static APPLIED: Stmt = Stmt::new("store::applied", "SELECT version, name, checksum FROM schema_migrations ORDER BY version");
static RECORD: Stmt = Stmt::new("store::record", "INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)");
static BROKEN_KEYS: Stmt = Stmt::new("store::broken_keys", "SELECT \"table\" FROM pragma_foreign_key_check");

/// Where a migration runs, and where a database is looked at.
pub(crate) enum Place {
    Sqlite(Box<Conn>),
    Postgres(Box<Session>),
}

/// Applies what is missing, each in a transaction under a lock. Gives the number this call applied.
pub(crate) fn migrate(
    target: &Target,
    connector: Option<&Arc<Connector>>,
    options: &Options,
    migrations: &[Migration],
) -> Result<usize, Error> {
    let mut place = match (target, connector) {
        (Target::Sqlite(path), _) => Place::Sqlite(Box::new(Conn::open(path, Role::Migrator, options)?)),
        (Target::Postgres(_), Some(connector)) => Place::Postgres(Box::new(connector.connect(None)?)),
        (Target::Postgres(_), None) => return Err(Error::Other("no connector".to_owned())),
    };
    let mut applied = 0;
    while place.step(migrations)? {
        applied += 1;
    }
    Ok(applied)
}

impl Place {
    /// One migration, if one is missing. The lock is taken first and everything is looked at again under it.
    fn step(&mut self, migrations: &[Migration]) -> Result<bool, Error> {
        self.say(if self.engine() == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" })?;
        let done = self.step_inside(migrations);
        self.say(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        done
    }

    fn step_inside(&mut self, migrations: &[Migration]) -> Result<bool, Error> {
        let engine = self.engine();
        if engine == Engine::Postgres {
            self.say(LOCK)?;
        }
        self.say(&self.dialect(TABLES))?;
        let applied = self.tx().rows(&APPLIED, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let Some(next) = missing(engine, migrations, &applied)? else { return Ok(false) };
        let named = |error: Error| Error::Other(format!("migration {} {}: {error}", next.version, next.name));
        self.say(&self.dialect(next.text(engine))).map_err(named)?;
        self.tx().exec(&RECORD, &[&next.version, &next.name, &checksum(next.text(engine))])?;
        if engine == Engine::Sqlite
            && let Some(table) = self.tx().opt(&BROKEN_KEYS, &[], |row| row.get::<String>(0))?
        {
            return Err(named(Error::Other(format!("rows of {table} refer to nothing"))));
        }
        Ok(true)
    }

    pub(crate) fn engine(&self) -> Engine {
        match self {
            Place::Sqlite(_) => Engine::Sqlite,
            Place::Postgres(_) => Engine::Postgres,
        }
    }

    fn dialect(&self, sql: &str) -> String {
        match self {
            Place::Sqlite(_) => crate::dialect::to_sqlite(sql),
            Place::Postgres(_) => sql.to_owned(),
        }
    }

    pub(crate) fn say(&mut self, sql: &str) -> Result<(), Error> {
        match self {
            Place::Sqlite(conn) => conn.raw.execute_batch(sql).map_err(|e| sqlite::fault(e).error),
            Place::Postgres(session) => session.say(sql).map_err(|fault| fault.error),
        }
    }

    pub(crate) fn tx(&mut self) -> Tx<'_> {
        match self {
            Place::Sqlite(conn) => Tx::new(Link::Sqlite(conn), true),
            Place::Postgres(session) => Tx::new(Link::Postgres(session), true),
        }
    }
}

/// How many migrations are still to come. Refuses as [`migrate`] does, and changes nothing.
pub(crate) fn to_come(place: &mut Place, migrations: &[Migration]) -> Result<usize, Error> {
    let applied = place.tx().rows(&APPLIED, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let next = missing(place.engine(), migrations, &applied)?;
    Ok(next.map_or(0, |next| migrations.iter().filter(|m| m.version >= next.version).count()))
}

/// The first migration that was not applied. Refuses a database that does not fit this program.
fn missing<'m>(engine: Engine, wanted: &'m [Migration], applied: &[(i64, String, String)]) -> Result<Option<&'m Migration>, Error> {
    if let Some(pair) = wanted.windows(2).find(|pair| pair[0].version >= pair[1].version) {
        return Err(Error::Other(format!("migration {} does not come after {}", pair[1].version, pair[0].version)));
    }
    for (version, name, sum) in applied {
        let Some(known) = wanted.iter().find(|m| m.version == *version) else {
            return Err(Error::Other(format!(
                "the database is newer than this program (it has migration {version} {name}); use the newer program"
            )));
        };
        if checksum(known.text(engine)) != *sum {
            return Err(Error::Other(format!("migration {version} {name} was changed after it ran on this database")));
        }
    }
    let last = applied.last().map_or(i64::MIN, |(version, _, _)| *version);
    match wanted.iter().find(|m| applied.iter().all(|(version, _, _)| *version != m.version)) {
        Some(late) if late.version < last => {
            Err(Error::Other(format!("migration {} {} comes too late: {last} has run already", late.version, late.name)))
        }
        other => Ok(other),
    }
}

/// FNV-1a, 64 bits: it finds an edit, not an attacker.
pub(crate) fn checksum(text: &str) -> String {
    let sum = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{sum:016x}")
}
