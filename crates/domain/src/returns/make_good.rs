//! What the buyer gets for goods that come back: money, all or a part, or the same goods once more.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::queries;
use super::read::{Return, find_locked, load};
use crate::events::Event;
use crate::kit::{Ctx, Error, OrderId, PaymentId, Problems, RefundId, Result, ReturnId, Right};
use crate::orders::{self, Line};
use crate::{payments, providers};

/// Money given back for a return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundFor {
    /// A payment of the return's order.
    pub payment: PaymentId,
    /// Minor units of the payment's currency, above zero, at most what is left of it.
    pub amount: i64,
    /// Why; empty: the number of the return.
    #[serde(default)]
    pub reason: String,
}

/// Refunds a payment of the order for a return, through the provider where there is one. Needs [`Right::Refund`].
///
/// # Errors
/// `Conflict` (`return_state`) unless it was approved and is not over, (`return_replaced`) for all that they were worth when the same goods were sent once more; `Invalid` on `payment`
/// for one of another order, on `amount` with what is left.
pub fn refund(tx: &mut Tx, ctx: &Ctx, id: &ReturnId, asked: &RefundFor) -> Result<RefundId> {
    ctx.must(Right::Refund)?;
    let seen = load(tx, ctx, id)?.summary;
    let payment = match payments::get(tx, ctx, &asked.payment) {
        Err(Error::NotFound(_)) => return Err(of_another()),
        payment => payment?,
    };
    if payment.order.as_ref() != Some(&seen.order) {
        return Err(of_another());
    }
    let reason = if asked.reason.trim().is_empty() { format!("Return {}", seen.number) } else { asked.reason.clone() };
    let refund = providers::refund(tx, ctx, &asked.payment, asked.amount, &reason)?;
    // The refund locked the payment's order: what is read now stays so. What it refuses undoes the refund too.
    let back = due(load(tx, ctx, id)?, "refunded")?;
    let adds = if payment.currency == back.summary.currency { asked.amount } else { 0 };
    if back.is_worth(back.given() + adds) && is_replaced(tx, ctx, &back)? {
        let words = "The same goods were sent once more for this return. Give back less than they were worth, or cancel that order first.";
        return Err(Error::conflict("return_replaced", words));
    }
    tx.exec(&queries::INSERT_REFUND, &[&ctx.merchant, id, &refund, &ctx.now])?;
    let s = &back.summary;
    Event::new("return.refunded")
        .of_opt(s.customer.as_ref())
        .on("return", s.id.as_str())
        .data(serde_json::json!({ "number": s.number, "order": s.order, "refund": refund, "amount": asked.amount, "currency": payment.currency }))
        .record(tx, ctx)?;
    Ok(refund)
}

fn of_another() -> Error {
    Problems::one("payment", "unknown", "Choose a payment of the order.")
}

/// Sends the same goods once more: a new order at no charge, once for each return. Asked again, it gives the order there is. Needs
/// [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`return_state`) unless it was approved and is not over; `return_refunded` when all that they were worth was given back; `customer_inactive` for an archived
/// customer (SPEC 10.2).
pub fn replace(tx: &mut Tx, ctx: &Ctx, id: &ReturnId) -> Result<OrderId> {
    ctx.must(Right::Orders)?;
    let back = find_locked(tx, ctx, id)?;
    if let Some(order) = back.summary.replacement {
        return Ok(order);
    }
    let back = due(back, "replaced")?;
    if back.is_paid_back() {
        return Err(Error::conflict(
            "return_refunded",
            "All that the goods were worth was given back for this return. They are not replaced as well.",
        ));
    }
    let s = &back.summary;
    let old = orders::load(tx, ctx, &s.order)?;
    let line = |l: &super::ReturnLine| Line { sku: l.sku.clone(), title: l.title.clone(), quantity: l.quantity.clone(), ..Line::default() };
    let note = format!("Replaces what came back with return {} of order {}.", s.number, s.order_number);
    let order = orders::replacement(tx, ctx, &old, back.lines.iter().map(line).collect(), note)?;
    tx.exec(&queries::SET_REPLACEMENT, &[&ctx.merchant, id, &order, &ctx.now])?;
    Event::new("return.replaced")
        .of_opt(s.customer.as_ref())
        .on("return", s.id.as_str())
        .data(serde_json::json!({ "number": s.number, "order": s.order, "replacement": order }))
        .record(tx, ctx)?;
    Ok(order)
}

/// Were the same goods sent once more? An order that was cancelled replaces nothing any more.
fn is_replaced(tx: &mut Tx, ctx: &Ctx, back: &Return) -> Result<bool> {
    let Some(order) = &back.summary.replacement else { return Ok(false) };
    Ok(orders::find(tx, ctx, order)?.state != orders::State::Cancelled)
}

/// What is usually given for a return that may have been replaced, minor units of the order's currency: what the goods were worth and was not given
/// yet, at most what is left of the order's payments; nothing when they were sent once more, for all of it cannot be given then.
///
/// # Errors
/// What the database says.
pub fn usual(tx: &mut Tx, ctx: &Ctx, back: &Return) -> Result<i64> {
    if is_replaced(tx, ctx, back)? {
        return Ok(0);
    }
    Ok((back.summary.value - back.given()).clamp(0, back.refundable))
}

fn due(back: Return, done: &str) -> Result<Return> {
    if back.summary.state.is_due() {
        return Ok(back);
    }
    Err(Error::conflict("return_state", format!("A return that is {} cannot be {done}.", back.summary.state.name())))
}
