//! One change to several tickets, all or none.

use store::Tx;

use super::edit::{self, Edit};
use super::{Status, Ticket, read};
use crate::kit::{Ctx, CustomerId, Error, PersonId, Problems, Result, Right, TicketId, locks};

/// At most so many at once.
pub const AT_ONCE: usize = 200;

/// Gives them to somebody, moves them to a status, or both; gives how many changed. Needs [`Right::Write`].
///
/// # Errors
/// `Invalid` on `ids` for none or too many of them, on `assignee`; `NotFound` for one that is not there; `Conflict` (`customer_gone`) for one whose
/// customer was anonymised: then nothing changes.
pub fn bulk(tx: &mut Tx, ctx: &Ctx, ids: &[TicketId], status: Option<Status>, assignee: Option<Option<PersonId>>) -> Result<usize> {
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
    let mut done = 0;
    for old in &seen {
        locks::ticket(tx, ctx, &old.id)?;
        let now = read::find(tx, ctx, &old.id)?;
        if now.customer != old.customer {
            return Err(Error::conflict("moved", format!("Ticket {} was linked to another customer a moment ago. Try again.", now.number)));
        }
        done += usize::from(edit::apply(tx, ctx, now, &edit, None)?);
    }
    Ok(done)
}
