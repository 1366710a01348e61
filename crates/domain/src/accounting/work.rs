//! What a sender does: takes a connection that has something due, takes the next piece of work, asks the service, notes what came of it ([`super::note`]),
//! and lets go.
//!
//! One sender holds a connection at a time, over all processes, by a lease that runs out when it dies. What is about to be sent is marked first as
//! something nobody knows of; so a sender that dies behind the wire leaves a row that is looked for.

use ::providers::accounting::{Entry, Party};
use store::{Row, Tx};

use super::{Action, Connection, ExportState, Kind, Service, connections, context, log, plan, queries, run};
use crate::kit::{AccountingId, Ctx, JobId, MerchantId, Micros, Result};

/// How long a sender holds a connection without a sign of life, microseconds: longer than the longest wait for an answer.
pub(super) const LEASE: Micros = 120_000_000;
/// How far a row is put behind while it is being sent.
const SENDING: Micros = LEASE;

/// A connection that a sender holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// Whose.
    pub merchant: MerchantId,
    /// Which.
    pub connection: AccountingId,
    pub(super) by: String,
}

/// A row of the queue.
#[derive(Clone, Debug)]
pub struct Export {
    pub(super) subject: String,
    pub(super) kind: Kind,
    pub(super) customer: Option<String>,
    pub(super) run: JobId,
    pub(super) state: ExportState,
    pub(super) reference: String,
    pub(super) looked: bool,
    pub(super) remote: Option<String>,
    pub(super) version: i64,
    pub(super) attempts: i64,
}

/// Something to ask the service, about one row or several.
#[derive(Clone, Debug)]
pub struct Work {
    /// Of which service.
    pub service: Service,
    pub(super) journal: String,
    pub(super) rows: Vec<Export>,
    pub(super) what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    FindParty,
    PutParty(Box<Party>, i64),
    FindEntry,
    Book(Vec<Entry>),
    Paid,
}

/// What came of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is there: the service's id, its number, and the version of the customer that was sent.
    There(String, String, i64),
    /// It is not there.
    NotThere,
    /// Whether it is paid.
    Paid(Option<bool>),
}

/// A connection with something due. Before there is a merchant.
pub fn claim(tx: &mut Tx, by: &str, now: Micros) -> Result<Option<Held>> {
    let ready = tx.rows(&queries::READY, &[&now], |r| Ok((r.get::<MerchantId>(0)?, r.get::<AccountingId>(1)?)))?;
    for (merchant, connection) in ready {
        if tx.exec(&queries::TAKE, &[&merchant, &connection, &now, &(now + LEASE), &by])? == 1 {
            return Ok(Some(Held { merchant, connection, by: by.to_owned() }));
        }
    }
    Ok(None)
}

/// Lets go of a connection.
pub fn release(tx: &mut Tx, held: &Held) -> Result<()> {
    tx.exec(&queries::RELEASE, &[&held.merchant, &held.connection, &held.by])?;
    Ok(())
}

/// Leaves a connection in peace until a moment: it cannot be asked before.
pub fn rest(tx: &mut Tx, held: &Held, until: Micros, words: &str) -> Result<()> {
    tx.exec(&queries::QUIET, &[&held.merchant, &held.connection, &until, &words])?;
    Ok(())
}

/// The next piece of work, marked as begun; `None` when nothing is due or the connection is not held any more. What cannot be sent is refused here.
pub fn take(tx: &mut Tx, held: &Held, now: Micros) -> Result<Option<Work>> {
    let ctx = context(&held.merchant, now);
    if tx.exec(&queries::EXTEND, &[&held.merchant, &held.connection, &held.by, &(now + LEASE), &now])? == 0 {
        return Ok(None);
    }
    let c = connections::find(tx, &ctx, &held.connection)?;
    if let Some(run) = run::active(tx, &ctx, &c)? {
        for step in [customer, look, book] {
            if let Some(work) = step(tx, &ctx, &c, &run)? {
                return Ok(Some(work));
            }
        }
    }
    let due = tx.opt(&queries::DUE_CHECKS, &[&ctx.merchant, &c.id, &ctx.now], read)?;
    let Some(row) = due else { return Ok(None) };
    tx.exec(&queries::PAID, &[&ctx.merchant, &c.id, &row.subject, &None::<bool>, &(now + SENDING)])?;
    Ok(Some(work(&c, vec![row], What::Paid)))
}

fn work(c: &Connection, rows: Vec<Export>, what: What) -> Work {
    Work { service: c.service, journal: c.mapping.journal.clone(), rows, what }
}

/// The next customer: looked for unless it is known not to be there, then made; or changed.
fn customer(tx: &mut Tx, ctx: &Ctx, c: &Connection, run: &JobId) -> Result<Option<Work>> {
    loop {
        let due = tx.opt(&queries::DUE, &[&ctx.merchant, &c.id, run, &Kind::Customer, &ctx.now, &1i64], read)?;
        let Some(row) = due else { return Ok(None) };
        let (party, version) = match plan::party(tx, ctx, &row.subject, &row.reference)? {
            Ok(told) => told,
            Err(words) => {
                log::refuse(tx, ctx, c, &row, action(&row), &words)?;
                continue;
            }
        };
        if row.remote.is_none() && !row.looked {
            hold(tx, ctx, c, &row)?;
            return Ok(Some(work(c, vec![row], What::FindParty)));
        }
        sending(tx, ctx, c, &row)?;
        return Ok(Some(work(c, vec![row], What::PutParty(Box::new(party), version))));
    }
}

/// The next invoice that may be there.
fn look(tx: &mut Tx, ctx: &Ctx, c: &Connection, run: &JobId) -> Result<Option<Work>> {
    let due = tx.opt(&queries::DUE_INVOICES, &[&ctx.merchant, &c.id, run, &ctx.now, &false, &1i64], read)?;
    let Some(row) = due else { return Ok(None) };
    hold(tx, ctx, c, &row)?;
    Ok(Some(work(c, vec![row], What::FindEntry)))
}

/// The next invoices of which it is known that they are not there, as many as go in one request.
fn book(tx: &mut Tx, ctx: &Ctx, c: &Connection, run: &JobId) -> Result<Option<Work>> {
    loop {
        let many = c.service.books().batch() as i64;
        let due = tx.rows(&queries::DUE_INVOICES, &[&ctx.merchant, &c.id, run, &ctx.now, &true, &many], read)?;
        if due.is_empty() {
            return Ok(None);
        }
        let (mut rows, mut entries) = (Vec::new(), Vec::new());
        for row in due {
            let Some(party) = whose(tx, ctx, c, run, &row)? else { continue };
            match plan::entry(tx, ctx, c, &row.subject, &party)? {
                Ok(entry) => {
                    sending(tx, ctx, c, &row)?;
                    entries.push(Entry { reference: row.reference.clone(), ..entry });
                    rows.push(row);
                }
                Err(words) => log::refuse(tx, ctx, c, &row, Action::Create, &words)?,
            }
        }
        if !entries.is_empty() {
            return Ok(Some(work(c, rows, What::Book(entries))));
        }
    }
}

/// What the customer of an invoice is called there; `None` when the invoice waits for it or was refused for it.
fn whose(tx: &mut Tx, ctx: &Ctx, c: &Connection, run: &JobId, row: &Export) -> Result<Option<String>> {
    let refuse = |tx: &mut Tx, words: &str| log::refuse(tx, ctx, c, row, Action::Create, words).map(|()| None);
    let Some(customer) = &row.customer else {
        return refuse(tx, "It has no customer. Give it one, then try again.");
    };
    let found = tx.opt(&queries::EXPORTED, &[&ctx.merchant, &c.id, customer], |r| Ok((r.get::<Option<String>>(0)?, r.get(1)?)))?;
    match found {
        Some((Some(remote), _)) => Ok(Some(remote)),
        Some((None, ExportState::Refused)) => refuse(tx, "Its customer was not taken. Mend that first, then try again."),
        // Anonymised: what it is called there was forgotten with it.
        Some((None, ExportState::Done)) => refuse(tx, "The customer was anonymised."),
        Some((None, ExportState::Waiting)) => {
            tx.exec(&queries::BEHIND, &[&ctx.merchant, &c.id, &row.subject, &(ctx.now + 5_000_000)])?;
            Ok(None)
        }
        // It was given to another customer behind the collecting.
        None => {
            let number = tx.opt(&queries::NUMBER, &[&ctx.merchant, customer], |r| r.get::<String>(0))?;
            let Some(number) = number else { return refuse(tx, "Its customer is not there any more.") };
            let reference = format!("RG{number}");
            let values: [&dyn store::Bind; 9] =
                [&ctx.merchant, &c.id, customer, &Kind::Customer, &Some(customer), run, &reference, &false, &ctx.now];
            tx.exec(&queries::ADD, &values)?;
            tx.exec(&queries::BEHIND, &[&ctx.merchant, &c.id, &row.subject, &(ctx.now + 1_000_000)])?;
            Ok(None)
        }
    }
}

fn hold(tx: &mut Tx, ctx: &Ctx, c: &Connection, row: &Export) -> Result<()> {
    tx.exec(&queries::HOLD, &[&ctx.merchant, &c.id, &row.subject, &(ctx.now + SENDING)])?;
    Ok(())
}

fn sending(tx: &mut Tx, ctx: &Ctx, c: &Connection, row: &Export) -> Result<()> {
    tx.exec(&queries::SENDING, &[&ctx.merchant, &c.id, &row.subject, &(ctx.now + SENDING)])?;
    Ok(())
}

/// What is tried with a customer.
pub(super) fn action(row: &Export) -> Action {
    if row.remote.is_some() { Action::Update } else { Action::Create }
}

pub(super) fn read(r: &Row<'_>) -> std::result::Result<Export, store::Error> {
    Ok(Export {
        subject: r.get(0)?,
        kind: r.get(1)?,
        customer: r.get(2)?,
        run: r.get(3)?,
        state: r.get(4)?,
        reference: r.get(5)?,
        looked: r.get(6)?,
        remote: r.get(7)?,
        version: r.get(8)?,
        attempts: r.get(9)?,
    })
}
