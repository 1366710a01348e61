//! Tickets as pages and the API show them, and under their locks.

use store::{Row, Tx};

use super::{Entry, Said, Status, Ticket, queries};
use crate::conversations::Sending;
use crate::kit::{Ctx, CustomerId, Error, PageKey, PersonId, Result, Right, TicketId, locks};
use crate::payments::listed::named;

/// One ticket.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &TicketId) -> Result<Ticket> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

/// The same for verbs, which ask for their own right.
pub(crate) fn find(tx: &mut Tx, ctx: &Ctx, id: &TicketId) -> Result<Ticket> {
    let mut found = tx.opt(&queries::GET, &[&ctx.merchant, id], ticket)?.ok_or(Error::NotFound("ticket"))?;
    found.tags = tx.rows(&queries::TAGS, &[&ctx.merchant, id], |r| r.get(0))?;
    Ok(found)
}

/// The ticket under its lock and those of its customer and of the others named.
///
/// # Errors
/// `Conflict` (`moved`) when somebody linked it to another customer while we waited.
pub(crate) fn find_locked(tx: &mut Tx, ctx: &Ctx, id: &TicketId, also: Option<&CustomerId>) -> Result<Ticket> {
    let seen = find(tx, ctx, id)?;
    let customers: Vec<&CustomerId> = seen.customer.iter().chain(also).collect();
    locks::customers(tx, ctx, &customers)?;
    locks::ticket(tx, ctx, id)?;
    let ticket = find(tx, ctx, id)?;
    if ticket.customer != seen.customer {
        return Err(Error::conflict("moved", "This ticket was linked to another customer a moment ago. Look again."));
    }
    Ok(ticket)
}

/// A page of a customer's tickets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What was touched last comes first; without their tags.
    pub tickets: Vec<Ticket>,
    /// Where the next page begins, when there is one.
    pub next: Option<PageKey>,
}

/// Those of a customer, at most `limit` behind a place.
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, after: Option<&PageKey>, limit: usize) -> Result<Page> {
    ctx.must(Right::Read)?;
    let PageKey { at, id } = after.cloned().unwrap_or_else(PageKey::newest);
    let more = limit as i64 + 1;
    let mut tickets = tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &at, &id, &more], ticket)?;
    let there_is_more = tickets.len() > limit;
    tickets.truncate(limit);
    let next = tickets.last().filter(|_| there_is_more).map(|t| PageKey { at: t.updated_at, id: t.id.to_string() });
    Ok(Page { tickets, next })
}

/// What was said on a ticket, newest first: at most `limit` behind a place, with the place of the last when there is more.
///
/// # Errors
/// `NotFound`, also for another merchant's ticket.
pub fn thread(tx: &mut Tx, ctx: &Ctx, id: &TicketId, after: Option<&PageKey>, limit: usize) -> Result<(Vec<Entry>, Option<PageKey>)> {
    get(tx, ctx, id)?;
    let place = after.cloned().unwrap_or_else(PageKey::newest);
    let more = limit as i64 + 1;
    let mut entries = tx.rows(&queries::THREAD, &[&ctx.merchant, id, &place.at, &place.id, &more], entry)?;
    let there_is_more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| there_is_more).map(|e| PageKey { at: e.created_at, id: e.id.to_string() });
    Ok((entries, next))
}

/// How many are open, and how many wait for the customer.
pub fn unsettled(tx: &mut Tx, ctx: &Ctx) -> Result<(u64, u64)> {
    ctx.must(Right::Read)?;
    let found = tx.rows(&queries::UNSETTLED, &[&ctx.merchant], |r| Ok((r.get::<Status>(0)?, r.get::<i64>(1)?.unsigned_abs())))?;
    let count = |status| found.iter().find(|(s, _)| *s == status).map_or(0, |(_, n)| *n);
    Ok((count(Status::Open), count(Status::Waiting)))
}

fn entry(r: &Row<'_>) -> std::result::Result<Entry, store::Error> {
    let sending = match (r.get::<Option<_>>(7)?, r.get::<Option<_>>(8)?) {
        (Some(id), Some(state)) => Some(Sending { id, state, error: r.get::<Option<String>>(9)?.unwrap_or_default() }),
        _ => None,
    };
    let said = match (r.get::<Option<_>>(5)?, r.get::<Option<_>>(6)?) {
        (Some(entry), Some(conversation)) => Some(Said { entry, conversation, sending }),
        _ => None,
    };
    Ok(Entry { id: r.get(0)?, kind: r.get(1)?, body: r.get(2)?, created_at: r.get(3)?, created_by: r.get(4)?, said })
}

/// Of a row of the room's own columns; the tags stand in a table of their own.
pub(super) fn ticket(r: &Row<'_>) -> std::result::Result<Ticket, store::Error> {
    let (customer, assignee) = (r.get::<Option<CustomerId>>(2)?, r.get::<String>(6)?);
    Ok(Ticket {
        id: r.get(0)?,
        number: r.get(1)?,
        customer_name: if customer.is_some() { named(r, 13)? } else { String::new() },
        customer,
        subject: r.get(3)?,
        status: r.get(4)?,
        priority: r.get(5)?,
        assignee: Some(assignee).filter(|id| !id.is_empty()).map(PersonId::from_db),
        assignee_name: r.get::<Option<String>>(7)?.unwrap_or_default(),
        tags: Vec::new(),
        created_at: r.get(8)?,
        created_by: r.get(9)?,
        updated_at: r.get(10)?,
        settled_at: r.get(11)?,
        version: r.get(12)?,
        conversation: r.get(19)?,
    })
}
