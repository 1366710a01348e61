//! The log (SPEC 2.13): every try with when, what, result and message; for a customer and for a run.

use store::{Row, Tx};

use super::work::{Export, read as export};
use super::{Action, Connection, ExportState, Kind, Outcome, Service, queries, run};
use crate::kit::{AccountingId, Ctx, CustomerId, ExportLogId, JobId, Micros, PageKey, Result, Right};

/// A line of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: ExportLogId,
    /// Through which connection.
    pub connection: AccountingId,
    /// Which service.
    pub service: Service,
    /// In which run.
    pub run: JobId,
    /// What.
    pub kind: Kind,
    /// The id of the customer or invoice.
    pub subject: String,
    /// Whose.
    pub customer: Option<CustomerId>,
    /// The number of the invoice, the reference of the customer.
    pub reference: String,
    /// What was tried.
    pub action: Action,
    /// What came of it.
    pub outcome: Outcome,
    /// What people there call it.
    pub remote_number: String,
    /// The message.
    pub words: String,
    /// When, microseconds UTC.
    pub created_at: Micros,
    /// How far the export came meanwhile.
    pub state: Option<ExportState>,
    /// Is it paid in the books, as far as they say?
    pub paid: Option<bool>,
    /// It is in the books.
    pub booked: bool,
}

impl Entry {
    /// Can it be tried again?
    pub fn may_retry(&self) -> bool {
        let mended_there = self.kind == Kind::Invoice && self.booked;
        self.outcome == Outcome::Refused && self.state == Some(ExportState::Refused) && !mended_there
    }
}

/// A page of the log, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The lines.
    pub entries: Vec<Entry>,
    /// Where the next page begins.
    pub next: Option<PageKey>,
}

/// Of a customer and its invoices. Needs [`Right::Read`].
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, after: Option<&PageKey>, limit: i64) -> Result<Page> {
    ctx.must(Right::Read)?;
    let after = after.cloned().unwrap_or_else(PageKey::newest);
    let rows = tx.rows(&queries::LOG_OF_CUSTOMER, &[&ctx.merchant, customer, &after.at, &after.id, &(limit + 1)], read)?;
    Ok(paged(rows, limit))
}

/// Of a run. Needs [`Right::Payments`].
///
/// # Errors
/// [`crate::Error::NotFound`].
pub fn of_run(tx: &mut Tx, ctx: &Ctx, id: &JobId, after: Option<&PageKey>, limit: i64) -> Result<Page> {
    run::one(tx, ctx, id)?;
    let after = after.cloned().unwrap_or_else(PageKey::newest);
    let rows = tx.rows(&queries::LOG_OF_RUN, &[&ctx.merchant, id, &after.at, &after.id, &(limit + 1)], read)?;
    Ok(paged(rows, limit))
}

fn paged(mut entries: Vec<Entry>, limit: i64) -> Page {
    let more = entries.len() as i64 > limit;
    entries.truncate(usize::try_from(limit).unwrap_or(0));
    let next = entries.last().filter(|_| more).map(|e| PageKey { at: e.created_at, id: e.id.to_string() });
    Page { entries, next }
}

pub(super) fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    c: &Connection,
    row: &Export,
    action: Action,
    result: Outcome,
    number: &str,
    words: &str,
) -> Result<()> {
    let (id, words): (ExportLogId, String) = (ctx.id(), words.chars().take(500).collect());
    let whose: [&dyn store::Bind; 7] = [&ctx.merchant, &id, &c.id, &row.run, &row.kind, &row.subject, &row.customer];
    let what: [&dyn store::Bind; 6] = [&row.reference, &action, &result, &number, &words, &ctx.now];
    tx.exec(&queries::LOG, &[whose.as_slice(), &what].concat())?;
    Ok(())
}

/// Nothing was sent: the row says why.
pub(super) fn refuse(tx: &mut Tx, ctx: &Ctx, c: &Connection, row: &Export, action: Action, words: &str) -> Result<()> {
    refuse_as(tx, ctx, c, row, action, row.looked, words)
}

/// It was not done. `looked`: it is known not to be there.
pub(super) fn refuse_as(tx: &mut Tx, ctx: &Ctx, c: &Connection, row: &Export, action: Action, looked: bool, words: &str) -> Result<()> {
    let short: String = words.chars().take(500).collect();
    tx.exec(&queries::REFUSED, &[&ctx.merchant, &c.id, &row.subject, &looked, &short, &ctx.now])?;
    write(tx, ctx, c, row, action, Outcome::Refused, "", words)
}

/// An invoice that is in the books was withdrawn here: only people can take the entry back.
pub(super) fn withdrawn(tx: &mut Tx, ctx: &Ctx, c: &Connection, run: &JobId, subject: &str) -> Result<()> {
    let found = tx.opt(&queries::EXPORT, &[&ctx.merchant, &c.id, &subject], export)?;
    let Some(row) = found.filter(|row| row.state == ExportState::Done) else { return Ok(()) };
    let words = "It was withdrawn here after it was booked. Take the entry back there by hand.";
    refuse_as(tx, ctx, c, &Export { run: run.clone(), ..row }, Action::Update, false, words)
}

fn read(r: &Row<'_>) -> std::result::Result<Entry, store::Error> {
    Ok(Entry {
        id: r.get(0)?,
        connection: r.get(1)?,
        service: r.get(2)?,
        run: r.get(3)?,
        kind: r.get(4)?,
        subject: r.get(5)?,
        customer: r.get(6)?,
        reference: r.get(7)?,
        action: r.get(8)?,
        outcome: r.get(9)?,
        remote_number: r.get(10)?,
        words: r.get(11)?,
        created_at: r.get(12)?,
        state: r.get(13)?,
        paid: r.get(14)?,
        booked: r.get(15)?,
    })
}
