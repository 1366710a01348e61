//! What an import made and what changed customers were before, written in the same transaction as the change. The journal is all that
//! taking back knows.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::Tx;

use super::fieldwise::After;
use super::queries;
use super::state::Cursor;
use crate::dump::schema;
use crate::kit::{Ctx, CustomerId, ImportId, Result};

/// Kinds of lines.
pub(super) mod kind {
    /// Customers made; their ids with blanks between.
    pub const CUSTOMERS: &str = "customers";
    /// A customer that was there, as it was.
    pub const BEFORE: &str = "before";
    pub const NOTE: &str = "note";
    pub const GROUP: &str = "group";
    pub const TAG: &str = "tag";
    pub const ORDER: &str = "order";
    pub const REFUND: &str = "refund";
    pub const UNMATCHED: &str = "unmatched";
    /// The moment at which the slices that follow wrote.
    pub const MOMENT: &str = "moment";
    /// A row of the file that was not taken, and why.
    pub const FAILED: &str = "failed";
}

/// Tables that hold what an edit can change about a customer, its own row first.
pub(super) const TABLES: [&str; 6] =
    ["customers", "customer_contacts", "customer_tags", "external_ids", "customer_totals", "customer_shops"];

/// Writes lines behind the last one.
pub(super) struct Journal<'a> {
    pub import: &'a ImportId,
    pub cursor: Cursor,
}

impl Journal<'_> {
    pub(super) fn note(&mut self, tx: &mut Tx, ctx: &Ctx, kind: &str, row: &str, before: Option<&str>) -> Result<()> {
        if kind != kind::FAILED && self.cursor.moment != ctx.now {
            self.cursor.moment = ctx.now;
            self.line(tx, ctx, kind::MOMENT, &ctx.now.to_string(), None)?;
        }
        self.line(tx, ctx, kind, row, before)
    }

    fn line(&mut self, tx: &mut Tx, ctx: &Ctx, kind: &str, row: &str, before: Option<&str>) -> Result<()> {
        self.cursor.journal += 1;
        tx.exec(&queries::NOTE, &[&ctx.merchant, self.import, &self.cursor.journal, &kind, &row, &before])?;
        Ok(())
    }

    /// Notes a row that was not taken.
    pub(super) fn failed(&mut self, tx: &mut Tx, ctx: &Ctx, row: u64, reason: &str) -> Result<()> {
        self.note(tx, ctx, kind::FAILED, &row.to_string(), Some(reason))
    }
}

/// A customer as it was.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Before {
    /// The version after the import's own change: when it is another, somebody edited since.
    pub version: i64,
    pub event_version: i64,
    /// Rows of [`TABLES`].
    pub tables: Vec<Vec<Vec<Json>>>,
    /// What the import made of it; nothing in a journal from before this was kept.
    #[serde(default)]
    pub after: Option<After>,
}

impl Before {
    /// Reads a customer whole. `version` is still the one before.
    pub(super) fn of(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Self> {
        let mut tables = Vec::with_capacity(TABLES.len());
        for name in TABLES {
            let table = table(name)?;
            tables.push(tx.rows(&queries::of_customer(table), &[&ctx.merchant, id], |r| table.json(r))?);
        }
        let version: i64 = tx.scalar(&queries::VERSION, &[&ctx.merchant, id])?;
        let event_version: i64 = tx.scalar(&queries::EVENT_VERSION, &[&ctx.merchant, id])?;
        Ok(Self { version, event_version, tables, after: None })
    }

    /// Notes what the import made of it, in the transaction of the change.
    pub(super) fn done(&mut self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
        self.version = tx.scalar(&queries::VERSION, &[&ctx.merchant, id])?;
        self.after = Some(After::of(tx, ctx, id, &self.tables)?);
        Ok(())
    }

    /// Puts it back, but for the stamp, which tells the images in memory to look again, and the counters of versions and events, which only go on.
    pub(super) fn put_back(&self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
        let going_on = [
            ("change_stamp", tx.stamp()?),
            ("version", tx.scalar(&queries::VERSION, &[&ctx.merchant, id])?),
            ("event_version", tx.scalar(&queries::EVENT_VERSION, &[&ctx.merchant, id])?),
        ];
        for (name, rows) in TABLES.iter().zip(&self.tables) {
            let table = table(name)?;
            let mut values = Vec::with_capacity(rows.len());
            for row in rows {
                values.push(table.values(row).ok_or_else(|| crate::Error::Internal(format!("the journal does not fit {name}")))?);
            }
            if *name == "customers" {
                let Some(mut row) = values.pop() else { continue };
                for (counter, value) in going_on {
                    if let Some(at) = table.columns.iter().position(|c| c.name == counter) {
                        row[at] = store::Value::Int(value);
                    }
                }
                let row: Vec<&dyn store::Bind> = row.iter().map(|v| v as &dyn store::Bind).collect();
                tx.exec(&queries::put_back(table), &row)?;
            } else {
                tx.exec(&queries::drop_of(table), &[&ctx.merchant, id])?;
                tx.insert_many(table.name, &table.names(), &values)?;
            }
        }
        Ok(())
    }
}

pub(super) fn table(name: &str) -> Result<&'static schema::Table> {
    schema::table(name).ok_or_else(|| crate::Error::Internal(format!("no table {name}")))
}
