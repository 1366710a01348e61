//! One change to several tickets, all or none; and its undo, which passes over what was changed since.

use store::Tx;

use super::edit::{self, Edit};
use super::{Status, Ticket, queries, read};
use crate::kit::{Ctx, CustomerId, DAY, Error, Micros, PersonId, Problems, Result, Right, TicketChangeId, TicketId, locks};

/// At most so many at once.
pub const AT_ONCE: usize = 200;

/// So long a change can be taken back.
const KEPT: Micros = DAY;

/// What a change of several did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// So many stand otherwise now.
    pub count: usize,
    /// What takes it back, within a day; absent when nothing changed.
    pub undo: Option<TicketChangeId>,
}

/// Gives them to somebody, moves them to a status, or both. Needs [`Right::Write`].
///
/// # Errors
/// `Invalid` on `ids` for none or too many of them, on `assignee`; `NotFound` for one that is not there; `Conflict` (`customer_gone`) for one whose
/// customer was anonymised: then nothing changes.
pub fn bulk(tx: &mut Tx, ctx: &Ctx, ids: &[TicketId], status: Option<Status>, assignee: Option<Option<PersonId>>) -> Result<Changed> {
    ctx.must(Right::Write)?;
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() || ids.len() > AT_ONCE {
        return Err(Problems::one("ids", "invalid", format!("Choose 1 to {AT_ONCE} tickets.")));
    }
    let seen = ids.iter().map(|id| read::find(tx, ctx, id)).collect::<Result<Vec<Ticket>>>()?;
    let customers: Vec<&CustomerId> = seen.iter().filter_map(|t| t.customer.as_ref()).collect();
    locks::customers(tx, ctx, &customers)?;
    let edit = Edit { status, assignee, ..Edit::default() };
    let (mut count, change) = (0, ctx.id::<TicketChangeId>());
    tx.exec(&queries::DROP_OLD_CHANGES, &[&ctx.merchant, &(ctx.now - KEPT)])?;
    for old in &seen {
        locks::ticket(tx, ctx, &old.id)?;
        let now = read::find(tx, ctx, &old.id)?;
        if now.customer != old.customer {
            return Err(Error::conflict("moved", format!("Ticket {} was linked to another customer a moment ago. Try again.", now.number)));
        }
        let (version, status, assignee) = (now.version + 1, now.status, now.assignee.clone());
        if edit::apply(tx, ctx, now, &edit, None)? {
            let assignee = assignee.as_ref().map_or("", PersonId::as_str);
            tx.exec(&queries::KEEP_BEFORE, &[&ctx.merchant, &change, &old.id, &version, &status, &assignee, &ctx.now])?;
            count += 1;
        }
    }
    Ok(Changed { count, undo: (count > 0).then_some(change) })
}

/// Takes a change back: each ticket that nobody touched since stands as before. Gives how many do, and how many were passed over. Twice is once. Needs
/// [`Right::Write`].
///
/// # Errors
/// [`Error::NotFound`] for a change that was taken back, is older than a day, or another merchant's.
pub fn undo_bulk(tx: &mut Tx, ctx: &Ctx, change: &TicketChangeId) -> Result<(usize, usize)> {
    ctx.must(Right::Write)?;
    let before: Vec<(TicketId, i64, Status, String)> =
        tx.rows(&queries::BEFORE, &[&ctx.merchant, change], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
    if before.is_empty() {
        return Err(Error::NotFound("change of tickets"));
    }
    let seen = before.iter().map(|(id, ..)| read::find(tx, ctx, id)).collect::<Result<Vec<Ticket>>>()?;
    let customers: Vec<&CustomerId> = seen.iter().filter_map(|t| t.customer.as_ref()).collect();
    locks::customers(tx, ctx, &customers)?;
    let mut back = 0;
    for ((id, version, status, assignee), seen) in before.iter().zip(&seen) {
        locks::ticket(tx, ctx, id)?;
        let now = read::find(tx, ctx, id)?;
        if now.version != *version || now.customer != seen.customer {
            continue;
        }
        let assignee = Some(assignee.clone()).filter(|id| !id.is_empty()).map(PersonId::from_db);
        let edit = Edit { status: Some(*status), assignee: Some(assignee), ..Edit::default() };
        match edit::apply(tx, ctx, now, &edit, None) {
            Ok(changed) => back += usize::from(changed),
            // Whoever had it is no longer there, or its customer is not.
            Err(Error::Invalid(_) | Error::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    tx.exec(&queries::DROP_BEFORE, &[&ctx.merchant, change])?;
    Ok((back, before.len() - back))
}
