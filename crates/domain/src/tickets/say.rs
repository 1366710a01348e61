//! Adding to a thread. What is said moves the ticket: an answer waits for the customer, and a customer who replies opens it again.

use store::Tx;

use super::edit::{self, Edit};
use super::{EntryKind, Status, Ticket, queries, read};
use crate::events::Event;
use crate::kit::{Ctx, EntryId, Problems, Result, Right, TicketEntryId, TicketId, clean};
use crate::payments::must_exist;

/// An entry has at most so many characters.
pub(super) const BODY: usize = 20_000;

/// An entry about to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Who speaks to whom.
    pub kind: EntryKind,
    /// The words; needed.
    pub body: String,
    /// Where the ticket stands afterwards; absent: as what is said moves it.
    pub status: Option<Status>,
}

/// What an entry does to its ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moves {
    /// As [`NewEntry::status`] says, else as what is said moves it.
    AsSaid,
    /// Nothing.
    Nowhere,
    /// It is open again, and why.
    Opens(&'static str),
}

/// Adds it. Needs [`Right::Write`].
///
/// # Errors
/// `Invalid` on `body`; `Conflict` (`customer_gone`) once the customer was anonymised.
pub fn say(tx: &mut Tx, ctx: &Ctx, id: &TicketId, new: &NewEntry) -> Result<TicketEntryId> {
    told(tx, ctx, id, new, None, Moves::AsSaid)
}

/// The same of what stands in a conversation too.
pub(super) fn told(tx: &mut Tx, ctx: &Ctx, id: &TicketId, new: &NewEntry, entry: Option<&EntryId>, moves: Moves) -> Result<TicketEntryId> {
    ctx.must(Right::Write)?;
    let ticket = read::find_locked(tx, ctx, id, None)?;
    if let Some(customer) = &ticket.customer {
        must_exist(tx, ctx, customer)?;
    }
    let mut problems = Problems::default();
    let body = clean(&mut problems, "body", &new.body, BODY);
    if body.is_empty() {
        problems.add("body", "required", "Write something first.");
    }
    problems.check()?;
    add(tx, ctx, ticket, &NewEntry { body, ..new.clone() }, entry, moves)
}

/// Words that are cleaned, on a ticket that is locked with its customer.
pub(super) fn add(tx: &mut Tx, ctx: &Ctx, ticket: Ticket, new: &NewEntry, entry: Option<&EntryId>, moves: Moves) -> Result<TicketEntryId> {
    let made = write(tx, ctx, &ticket.id, new.kind, &new.body, entry)?;
    let kind = match new.kind {
        EntryKind::Message => "ticket.message",
        EntryKind::Answer => "ticket.answered",
        EntryKind::Note => "ticket.noted",
    };
    Event::new(kind)
        .of_opt(ticket.customer.as_ref())
        .on("ticket", ticket.id.as_str())
        .data(serde_json::json!({ "number": ticket.number }))
        .record(tx, ctx)?;
    let (status, why) = match moves {
        Moves::AsSaid => follows(&ticket, new),
        Moves::Nowhere => (ticket.status, ""),
        Moves::Opens(why) => (Status::Open, why),
    };
    edit::apply(tx, ctx, ticket, &Edit { status: Some(status), ..Edit::default() }, Some(why))?;
    Ok(made)
}

/// Where what is said leaves the ticket, and why.
fn follows(ticket: &Ticket, new: &NewEntry) -> (Status, &'static str) {
    match (new.status, new.kind) {
        (Some(status), _) => (status, ""),
        (None, EntryKind::Message) => (Status::Open, "the customer replied"),
        (None, EntryKind::Answer) if ticket.status == Status::Open => (Status::Waiting, "answered"),
        (None, _) => (ticket.status, ""),
    }
}

/// Writes an entry whose words are cleaned; the ticket is locked, or was just made.
pub(super) fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    ticket: &TicketId,
    kind: EntryKind,
    body: &str,
    entry: Option<&EntryId>,
) -> Result<TicketEntryId> {
    let id: TicketEntryId = ctx.id();
    tx.exec(&queries::SAY, &[&ctx.merchant, &id, ticket, &kind, &body, &ctx.now, &ctx.actor.name, &entry.cloned()])?;
    Ok(id)
}
