//! Where an order goes and who is billed for it, put right before it is sent.

use store::Tx;

use super::read::{find_locked, of_somebody_known};
use super::{put, queries};
use crate::customers::address;
use crate::events::Event;
use crate::kit::{Address, Ctx, Error, OrderId, Problems, Result, Right};

/// Sets both addresses; without a delivery address the goods go where the bill goes. What was issued already (an invoice, an answer of a shop)
/// keeps what it says, and the customer keeps theirs. Needs [`Right::Orders`].
///
/// # Errors
/// `Invalid` by field (`billing.zip`); `Conflict`: `stale` when somebody else changed the order since `expected_version`, `order_state` once
/// it is fulfilled, closed or cancelled, `customer_anonymised` (SPEC 11).
pub fn set_addresses(
    tx: &mut Tx,
    ctx: &Ctx,
    id: &OrderId,
    billing: &Address,
    delivery: Option<&Address>,
    expected_version: Option<i64>,
) -> Result<()> {
    ctx.must(Right::Orders)?;
    let order = find_locked(tx, ctx, id)?;
    if expected_version.is_some_and(|v| v != order.version) {
        return Err(Error::conflict("stale", "Somebody else changed this order meanwhile. Look at it again."));
    }
    if !order.state.may_be_readdressed() {
        let word = order.state.label().to_lowercase();
        return Err(Error::conflict("order_state", format!("This order is {word}: its addresses stay as they were.")));
    }
    of_somebody_known(tx, ctx, &order)?;
    let mut problems = Problems::default();
    let billing = address(&mut problems, "billing", billing);
    let delivery = delivery.map_or_else(|| billing.clone(), |d| address(&mut problems, "delivery", d));
    problems.check()?;
    let new = (put::address(&billing), put::address(&delivery));
    let old = tx.one(&queries::ADDRESSES, &[&ctx.merchant, id], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?;
    if old == new {
        return Ok(());
    }
    tx.exec(&queries::SET_ADDRESSES, &[&ctx.merchant, id, &new.0, &new.1, &ctx.now])?;
    // Which of them, and not what they say: the audit log outlives the person's wish to be forgotten.
    Event::new("order.addresses_changed")
        .of_opt(order.customer.as_ref())
        .on("order", id.as_str())
        .data(serde_json::json!({ "billing": old.0 != new.0, "delivery": old.1 != new.1 }))
        .record(tx, ctx)?;
    Ok(())
}
