//! The remark on an order: written, changed and emptied at any time, whatever state the order is in.

use store::Tx;

use super::queries;
use super::read::{find_locked, of_somebody_known};
use crate::events::Event;
use crate::kit::{Ctx, Error, OrderId, Problems, Result, Right, clean};

/// Sets the remark; empty takes it away. Needs [`Right::Orders`].
///
/// # Errors
/// `Invalid` on `note` for more than 5,000 characters; `Conflict`: `stale` when somebody else changed the order since
/// `expected_version`, `customer_anonymised` (SPEC 11).
pub fn set_note(tx: &mut Tx, ctx: &Ctx, id: &OrderId, note: &str, expected_version: Option<i64>) -> Result<()> {
    ctx.must(Right::Orders)?;
    let order = find_locked(tx, ctx, id)?;
    if expected_version.is_some_and(|v| v != order.version) {
        return Err(Error::conflict("stale", "Somebody else changed this order meanwhile. Look at it again."));
    }
    of_somebody_known(tx, ctx, &order)?;
    let mut problems = Problems::default();
    let note = clean(&mut problems, "note", note, 5000);
    problems.check()?;
    let before: String = tx.one(&queries::NOTE, &[&ctx.merchant, id], |r| r.get(0))?;
    if before == note {
        return Ok(());
    }
    tx.exec(&queries::SET_NOTE, &[&ctx.merchant, id, &note, &ctx.now])?;
    Event::new("order.note_changed")
        .of_opt(order.customer.as_ref())
        .on("order", id.as_str())
        .data(serde_json::json!({ "is_empty": note.is_empty(), "was_empty": before.is_empty() }))
        .record(tx, ctx)?;
    Ok(())
}
