//! One connection with its prepared statements.

use std::collections::HashMap;
use std::sync::Arc;

use postgres::error::DbError;
use postgres::fallible_iterator::FallibleIterator;
use postgres::{Client, Statement};
use postgres_types::ToSql;

use super::connect::Connector;
use super::fault::{fault, is_broken};
use crate::error::Fault;
use crate::row::{Held, Row};
use crate::{Error, ValueRef};

/// Prepared statements a connection keeps; lists with many filters build many texts.
const STATEMENTS: usize = 512;

pub(crate) struct Session {
    pub(super) client: Client,
    statements: HashMap<String, Statement>,
    connector: Arc<Connector>,
    /// The server has ended the connection, or a prepared plan is stale: not to be used again.
    broken: bool,
    /// It has served before, so that its death is no news about the server.
    pub(super) used: bool,
}

/// What ended a stream of rows: the server, or the callback.
enum Ended {
    Server(postgres::Error),
    Caller(Error),
}

impl Session {
    pub(super) fn new(client: Client, connector: Arc<Connector>) -> Session {
        Session { client, statements: HashMap::new(), connector, broken: false, used: false }
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken || self.client.is_closed()
    }

    /// Says something without parameters: BEGIN, COMMIT, a migration.
    pub(crate) fn say(&mut self, sql: &str) -> Result<(), Fault> {
        self.client.batch_execute(sql).map_err(|e| self.fault(&e))
    }

    /// Commits. `UnknownOutcome` when the connection broke before the answer; any other error means that nothing was written.
    pub(crate) fn commit(&mut self) -> Result<(), Fault> {
        self.client.batch_execute("COMMIT").map_err(|e| {
            if is_broken(&e) || e.as_db_error().is_none() {
                self.broken = true;
                return Fault::engine(Error::UnknownOutcome);
            }
            self.fault(&e)
        })
    }

    /// A prepared statement, made once for each text.
    pub(crate) fn statement(&mut self, text: &str) -> Result<Statement, Fault> {
        if let Some(found) = self.statements.get(text) {
            return Ok(found.clone());
        }
        let made = self.client.prepare(text).map_err(|e| self.fault(&e))?;
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(text.to_owned(), made.clone());
        Ok(made)
    }

    pub(crate) fn exec(&mut self, text: &str, values: &[ValueRef<'_>]) -> Result<u64, Fault> {
        let stmt = self.statement(text)?;
        let params: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        self.client.execute(&stmt, &params).map_err(|e| self.fault(&e))
    }

    pub(crate) fn each(
        &mut self,
        text: &str,
        values: &[ValueRef<'_>],
        f: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Fault> {
        let stmt = self.statement(text)?;
        match stream(&mut self.client, &stmt, values, f) {
            Ok(()) => Ok(()),
            Err(Ended::Server(error)) => Err(self.fault(&error)),
            Err(Ended::Caller(error)) => Err(error.into()),
        }
    }

    pub(super) fn fault(&mut self, error: &postgres::Error) -> Fault {
        let made = fault(error, |db| self.unique_columns(db));
        // A stale plan lives in this connection: a new one has none.
        self.broken |= is_broken(error) || error.as_db_error().is_some_and(|db| db.code().code() == "0A000");
        made
    }

    fn unique_columns(&self, db: &DbError) -> Vec<String> {
        let named = self.connector.unique_columns(db.schema().unwrap_or_default(), db.constraint().unwrap_or_default());
        named.unwrap_or_else(|| db.detail().map(columns_of_detail).unwrap_or_default())
    }
}

/// The answer comes as fast as it is read and is never held as a whole.
fn stream(
    client: &mut Client,
    stmt: &Statement,
    values: &[ValueRef<'_>],
    f: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
) -> Result<(), Ended> {
    let mut rows = client.query_raw(stmt, values.iter()).map_err(Ended::Server)?;
    while let Some(row) = rows.next().map_err(Ended::Server)? {
        f(&Row(Held::Postgres(&row))).map_err(Ended::Caller)?;
    }
    Ok(())
}

/// `Key (merchant_id, email)=(…) already exists.`: the parentheses stand in every language.
fn columns_of_detail(detail: &str) -> Vec<String> {
    let key = detail.split_once(")=(").and_then(|(left, _)| left.split_once('('));
    key.map(|(_, columns)| columns.split(", ").map(|column| column.trim_matches('"').to_owned()).collect()).unwrap_or_default()
}
