//! What an import made and what changed customers were before, written in the same transaction as the change. The journal is all that
//! taking back knows.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::Tx;

use super::fieldwise::Made;
use super::queries;
use super::state::Cursor;
use super::stood::Stood;
use crate::dump::schema;
use crate::kit::{Ctx, CustomerId, Error, ImportId, NoteId, Result};

/// Kinds of lines.
pub(super) mod kind {
    /// Customers made; their ids with blanks between.
    pub const CUSTOMERS: &str = "customers";
    /// A customer that was there and was changed, as it was.
    pub const BEFORE: &str = "before";
    /// A customer that was there and got orders, and no change: the status of before.
    pub const SEEN: &str = "seen";
    /// A note, in a journal from before they stood with their customer.
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
pub(super) const TABLES: [&str; 4] = ["customers", "customer_contacts", "customer_tags", "external_ids"];

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
    /// How many events it had before the import's own change.
    pub event_version: i64,
    /// Rows of [`TABLES`].
    pub tables: Vec<Vec<Vec<Json>>>,
    /// What the import made of it; nothing in a journal from before this was kept.
    #[serde(default)]
    pub made: Option<Made>,
    /// A note that the import wrote.
    #[serde(default)]
    pub note: Option<NoteId>,
    /// The status it had, and why.
    #[serde(default)]
    pub stood: Option<Stood>,
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
        Ok(Self { version, event_version, tables, made: None, note: None, stood: Some(Stood::of(tx, ctx, id)?) })
    }

    /// Notes what the import made of it, in the transaction of the change.
    pub(super) fn done(&mut self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
        self.version = tx.scalar(&queries::VERSION, &[&ctx.merchant, id])?;
        self.made = Some(Made::of(tx, ctx, id, &self.tables)?);
        Ok(())
    }

    /// As it stands in the journal.
    pub(super) fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| Error::Internal(e.to_string()))
    }

    /// The way back.
    pub(super) fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|e| Error::Internal(format!("the journal cannot be read: {e}")))
    }
}

pub(super) fn table(name: &str) -> Result<&'static schema::Table> {
    schema::table(name).ok_or_else(|| Error::Internal(format!("no table {name}")))
}
