//! Where an import stands: its row, its counts, and the place behind which it goes on.

use serde::{Deserialize, Serialize};
use store::{Row, Tx};

use super::changes::Check;
use super::queries;
use crate::kit::{Ctx, Error, ImportId, Micros, Result, Right, ShopId, words};

words! {
    /// How far an import came.
    pub enum State {
        /// The file is here; which column is which can be said.
        Uploaded = "uploaded", "Not started";
        /// A dry run is under way.
        Checking = "checking", "Being checked";
        /// A dry run has told what would happen.
        Checked = "checked", "Checked";
        /// Being worked on, or waiting to be taken up again after a kill.
        Running = "running", "Running";
        /// All rows were looked at.
        Done = "done", "Done";
        /// Being taken back.
        Cancelling = "cancelling", "Being taken back";
        /// Stopped and taken back.
        Cancelled = "cancelled", "Cancelled";
        /// The file could not be read to its end: taken back.
        Failed = "failed", "Failed";
        /// Taken back after it was done.
        Undone = "undone", "Undone";
    }
}

words! {
    /// What a worker is to do with an import.
    pub enum Task {
        /// Nothing.
        Rest = "", "";
        /// The dry run.
        Check = "check", "check";
        /// The import.
        Run = "run", "run";
        /// Stop and take back.
        Cancel = "cancel", "cancel";
        /// Take back what was done.
        Undo = "undo", "undo";
    }
}

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Going {
    /// What is done now, in words.
    pub phase: String,
    /// Done of `total`.
    pub done: u64,
    /// Bytes of the file, or units; 0 while not known.
    pub total: u64,
}

/// What became of the rows. For a file of orders a row is a customer or an invoice, and a failed one a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Made.
    pub created: i64,
    /// Brought up to date.
    pub changed: i64,
    /// Known already, just so.
    pub unchanged: i64,
    /// Not taken: see the reason of each.
    pub failed: i64,
    /// Customers made by a file of orders.
    pub customers: i64,
    /// Orders made.
    pub orders: i64,
    /// Of these, without a customer.
    pub guest_orders: i64,
    /// Payments made.
    pub payments: i64,
    /// Of these, without a customer.
    pub guest_payments: i64,
    /// Refunds made.
    pub refunds: i64,
    /// Their sum, minor units of the import's currency.
    pub refunded: i64,
    /// Kept because they fit no payment.
    pub unmatched: i64,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub fn plus(self, o: Self) -> Self {
        Self {
            created: self.created + o.created,
            changed: self.changed + o.changed,
            unchanged: self.unchanged + o.unchanged,
            failed: self.failed + o.failed,
            customers: self.customers + o.customers,
            orders: self.orders + o.orders,
            guest_orders: self.guest_orders + o.guest_orders,
            payments: self.payments + o.payments,
            guest_payments: self.guest_payments + o.guest_payments,
            refunds: self.refunds + o.refunds,
            refunded: self.refunded + o.refunded,
            unmatched: self.unmatched + o.unmatched,
        }
    }
}

/// The place behind which it goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// Units behind it.
    pub done: u64,
    /// The last position of the journal.
    pub journal: i64,
    /// The moment of the last slice that wrote, so that its events are found when they are taken back.
    pub moment: Micros,
}

impl Cursor {
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As it stands in the row: nothing before the first slice.
    pub(super) fn stored(&self) -> String {
        if *self == Self::default() { String::new() } else { self.text() }
    }
}

/// An import.
#[derive(Clone, Debug, Serialize)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// `customers` or `orders`.
    pub kind: String,
    /// The layout of the file.
    pub layout: String,
    /// The file's name, without folders.
    pub file_name: String,
    /// Which shop.
    pub shop: Option<ShopId>,
    /// How far it came.
    pub state: State,
    #[serde(skip)]
    pub(super) cursor: String,
    /// Units done.
    pub done: i64,
    /// Units in all; 0 while not known.
    pub total: i64,
    /// What became of the rows.
    pub counts: Counts,
    /// Why it failed, or what could not be taken back.
    pub message: String,
    /// Bytes of the uploaded file; 0 when it came from the command line.
    pub size: i64,
    /// What the dry run found.
    pub checked: Option<Check>,
    /// What is done at the moment.
    pub progress: Option<Going>,
    /// Until when its file lies here, microseconds UTC: the upload, and when it is done the rows that were not taken.
    pub kept_until: Option<Micros>,
    #[serde(skip)]
    pub(super) input: String,
    /// What a worker is to do with it next.
    #[serde(skip)]
    pub task: Task,
    #[serde(skip)]
    pub(super) tries: i64,
    #[serde(skip)]
    pub(super) asked_by: String,
    /// Who asked for it.
    pub actor_name: String,
    /// When, microseconds UTC.
    pub started_at: Micros,
    /// When it ended.
    pub finished_at: Option<Micros>,
}

/// What stands in `imports.result`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    pub counts: Counts,
    pub message: String,
}

impl Kept {
    pub(super) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// One import of this merchant.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] without [`Right::Import`].
pub fn load(tx: &mut Tx, ctx: &Ctx, id: &ImportId) -> Result<Import> {
    ctx.must(Right::Import)?;
    tx.opt(&queries::LOAD, &[&ctx.merchant, id], row)?.ok_or(Error::NotFound("import"))
}

impl State {
    /// Is it, or was it, worked on at length? Then it is a job that people follow; what only lies here or was checked is none yet.
    pub fn is_work(self) -> bool {
        !matches!(self, Self::Uploaded | Self::Checked)
    }

    /// Is it being worked on, or about to be?
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Checking | Self::Running | Self::Cancelling)
    }
}

/// How many are being worked on, for the top bar; nothing for who may not import.
///
/// # Errors
/// What the database says.
pub fn under_way(tx: &mut Tx, ctx: &Ctx) -> Result<usize> {
    if !ctx.may(Right::Import) {
        return Ok(0);
    }
    let n: i64 = tx.scalar(&queries::UNDER_WAY, &[&ctx.merchant])?;
    Ok(usize::try_from(n).unwrap_or(0))
}

/// The newest imports of this merchant, from behind `after` on.
///
/// # Errors
/// [`Error::Forbidden`] without [`Right::Import`].
pub fn list(tx: &mut Tx, ctx: &Ctx, after: Option<&ImportId>, limit: i64) -> Result<Vec<Import>> {
    ctx.must(Right::Import)?;
    let Some(after) = after else { return Ok(tx.rows(&queries::LIST, &[&ctx.merchant, &limit], row)?) };
    let Some(at) = tx.opt(&queries::LOAD, &[&ctx.merchant, after], row)?.map(|i| i.started_at) else { return Ok(Vec::new()) };
    Ok(tx.rows(&queries::LIST_AFTER, &[&ctx.merchant, &limit, &at, after], row)?)
}

pub(super) fn row(r: &Row<'_>) -> std::result::Result<Import, store::Error> {
    let kept = Kept::read(r.str(13)?);
    Ok(Import {
        id: r.get(0)?,
        kind: r.get(1)?,
        layout: r.get(2)?,
        file_name: r.get(3)?,
        shop: r.get(4)?,
        state: r.get(5)?,
        cursor: r.get(6)?,
        done: r.get(7)?,
        total: r.get(8)?,
        counts: kept.counts,
        message: kept.message,
        actor_name: r.get(14)?,
        started_at: r.get(15)?,
        finished_at: r.get(16)?,
        size: r.get(17)?,
        checked: serde_json::from_str(r.str(18)?).ok(),
        progress: serde_json::from_str(r.str(19)?).ok(),
        kept_until: r.get(20)?,
        input: r.get(21)?,
        task: r.get(22)?,
        tries: r.get(23)?,
        asked_by: r.get(24)?,
    })
}
