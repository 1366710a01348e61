//! A transaction as a verb sees it: run statements, take locks, get the stamp for change tables. One type for both engines. After an
//! engine error it can only end, on SQLite too, so that no verb works on one engine and fails on the other.

use crate::error::Fault;
use crate::postgres::Session;
use crate::row::Row;
use crate::{Bind, Engine, Error, FromCell, Stmt, ValueRef, postgres, sqlite};

/// What can be locked, in one fixed order over the whole program: a transaction never locks a lower rank after a higher one.
#[derive(Debug)]
pub struct Lockable {
    pub rank: u8,
    /// A table with the key (merchant_id, id).
    pub table: &'static str,
}

/// An open transaction; handed to closures only.
pub struct Tx<'a> {
    link: Link<'a>,
    write: bool,
    failure: Option<Error>,
    retry: bool,
    rank: u8,
    stamp: Option<i64>,
}

pub(crate) enum Link<'a> {
    Sqlite(&'a sqlite::Conn),
    Postgres(&'a mut Session),
}

static STAMP_SQLITE: Stmt = Stmt::new("store::stamp", "UPDATE store_counter SET n = n + 1 WHERE id = 1 RETURNING n");
static STAMP_POSTGRES: Stmt = Stmt::new("store::stamp", "SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)");
static HORIZON_SQLITE: Stmt = Stmt::new("store::horizon", "SELECT n + 1 FROM store_counter WHERE id = 1");
static HORIZON_POSTGRES: Stmt = Stmt::new("store::horizon", "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)");

impl<'a> Tx<'a> {
    pub(crate) fn new(link: Link<'a>, write: bool) -> Tx<'a> {
        Tx { link, write, failure: None, retry: false, rank: 0, stamp: None }
    }

    pub fn engine(&self) -> Engine {
        match self.link {
            Link::Sqlite(_) => Engine::Sqlite,
            Link::Postgres(_) => Engine::Postgres,
        }
    }

    /// The engine error that ended this transaction, if one did, also when the closure hid it.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.failure.clone()
    }

    /// Did an engine error happen that running again may cure?
    pub(crate) fn wants_retry(&self) -> bool {
        self.retry
    }

    /// Runs a statement that gives no rows. Gives the number of rows it changed.
    pub fn exec(&mut self, s: &Stmt, params: &[&dyn Bind]) -> Result<u64, Error> {
        let values = self.ready(s, params)?;
        let done = match &mut self.link {
            Link::Sqlite(conn) => sqlite::exec(conn.begun(), s.text_for(Engine::Sqlite), &values),
            Link::Postgres(session) => session.exec(s.text(), &values),
        };
        self.note(s.name(), done)
    }

    /// Hands each row of the answer to `f` as it comes, in bounded memory. An error of `f` ends it.
    pub fn each(&mut self, s: &Stmt, params: &[&dyn Bind], mut f: impl FnMut(&Row<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let values = self.ready(s, params)?;
        let done = match &mut self.link {
            Link::Sqlite(conn) => sqlite::each(conn.begun(), s.text_for(Engine::Sqlite), &values, &mut f),
            Link::Postgres(session) => session.each(s.text(), &values, &mut f),
        };
        self.note(s.name(), done)
    }

    /// All rows of the answer.
    pub fn rows<T>(&mut self, s: &Stmt, params: &[&dyn Bind], mut f: impl FnMut(&Row<'_>) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        self.each(s, params, |row| {
            found.push(f(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row of the answer, if there is one.
    pub fn opt<T>(&mut self, s: &Stmt, params: &[&dyn Bind], mut f: impl FnMut(&Row<'_>) -> Result<T, Error>) -> Result<Option<T>, Error> {
        let mut found = None;
        self.each(s, params, |row| {
            if found.is_none() {
                found = Some(f(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The first row of the answer. Refuses with [`Error::NoRow`], which does not end the transaction.
    pub fn one<T>(&mut self, s: &Stmt, params: &[&dyn Bind], f: impl FnMut(&Row<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.opt(s, params, f)?.ok_or(Error::NoRow)
    }

    /// The first column of the first row; for counts and sums.
    pub fn scalar<T: FromCell>(&mut self, s: &Stmt, params: &[&dyn Bind]) -> Result<T, Error> {
        self.one(s, params, |row| row.get(0))
    }

    /// Writes many rows at once: COPY on PostgreSQL, one prepared statement on SQLite. Gives their number. Table and columns are text
    /// of the source; each row has one value for each column.
    pub fn insert_many<V: Bind>(&mut self, table: &'static str, columns: &[&'static str], rows: &[Vec<V>]) -> Result<u64, Error> {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        if rows.iter().any(|row| row.len() != columns.len()) {
            return Err(Error::Other(format!("{table}: a row does not have {} values", columns.len())));
        }
        rows.iter().flatten().try_for_each(|value| value.value_ref().check())?;
        if rows.is_empty() {
            return Ok(0);
        }
        let done = match &mut self.link {
            Link::Sqlite(conn) => sqlite::insert_many(conn.begun(), table, columns, rows),
            Link::Postgres(session) => postgres::insert_many(session, table, columns, rows),
        };
        self.note(table, done)
    }

    /// Locks rows until the end of the transaction, in the order of their ids, whatever order they are given in. On SQLite the one
    /// writer is lock enough; the order of ranks is checked there too. A missing row is no error.
    pub fn lock(&mut self, what: &'static Lockable, merchant: &str, ids: &[&str]) -> Result<(), Error> {
        if what.rank < self.rank {
            return Err(Error::LockOrder);
        }
        if !self.write {
            return Err(Error::Other("a read takes no locks".to_owned()));
        }
        self.rank = what.rank;
        if self.engine() == Engine::Sqlite {
            return Ok(());
        }
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let text = format!("SELECT id FROM {} WHERE merchant_id = $1 AND id = $2 FOR UPDATE", what.table);
        let stmt = Stmt::built(text);
        ids.iter().try_for_each(|id| self.each(&stmt, &[&merchant, id], |_| Ok(())))
    }

    /// A slice that runs several verbs, one after the other, says so before each: every verb begins its own order of locks. What this
    /// allows on PostgreSQL is a deadlock, which ends one of the two and runs it again; so it is for slices of long work, not for requests.
    pub fn next_verb(&mut self) {
        self.rank = 0;
    }

    /// The number to write into `change_stamp` columns; the same for the whole transaction. Only in a write.
    pub fn stamp(&mut self) -> Result<i64, Error> {
        if let Some(stamp) = self.stamp {
            return Ok(stamp);
        }
        if !self.write {
            return Err(Error::Other("a read has no stamp".to_owned()));
        }
        let stamp = match self.engine() {
            Engine::Sqlite => self.scalar(&STAMP_SQLITE, &[])?,
            Engine::Postgres => self.scalar(&STAMP_POSTGRES, &[])?,
        };
        self.stamp = Some(stamp);
        Ok(stamp)
    }

    /// Whatever commits after this transaction's snapshot has a stamp of at least this. A reader that remembers it, and next time reads
    /// every change with `change_stamp >= horizon`, misses none; it may see some twice.
    pub fn horizon(&mut self) -> Result<i64, Error> {
        match self.engine() {
            Engine::Sqlite => self.scalar(&HORIZON_SQLITE, &[]),
            Engine::Postgres => self.scalar(&HORIZON_POSTGRES, &[]),
        }
    }

    /// Prepares without running, for the registry test.
    pub(crate) fn prepare(&mut self, s: &Stmt) -> Result<(), Error> {
        s.check(s.parameters())?;
        let done = match &mut self.link {
            Link::Sqlite(conn) => sqlite::prepare(&conn.raw, s.text_for(Engine::Sqlite), s.parameters()),
            Link::Postgres(session) => session.statement(s.text()).map(|_| ()),
        };
        self.note(s.name(), done)
    }

    fn ready<'p>(&self, s: &Stmt, params: &'p [&dyn Bind]) -> Result<Vec<ValueRef<'p>>, Error> {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        s.check(params.len())?;
        let values: Vec<ValueRef<'p>> = params.iter().map(|param| param.value_ref()).collect();
        values.iter().try_for_each(ValueRef::check)?;
        Ok(values)
    }

    fn note<T>(&mut self, name: &str, done: Result<T, Fault>) -> Result<T, Error> {
        done.map_err(|fault| {
            let error = match fault.error {
                Error::Other(text) if fault.engine => Error::Other(format!("{name}: {text}")),
                error => error,
            };
            self.retry |= fault.retry;
            if fault.engine {
                self.failure = Some(error.clone());
            }
            error
        })
    }
}
