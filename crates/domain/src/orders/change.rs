//! What staff do with an order, as a machine of states that may refuse (SPEC 6.1).

use store::Tx;

use super::read::find_locked;
use super::{OrderRow, State, queries};
use crate::credit;
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, Error, Micros, Money, OrderId, PaymentId, Result, Right};
use crate::payments::{self, ManualPayment, MethodKind, must_exist};

/// A draft becomes an order.
///
/// # Errors
/// `Conflict` (`order_state`) when it is no draft or has no lines; `Conflict` (`customer_inactive`) when its customer was archived meanwhile.
pub fn place(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<()> {
    let order = changeable(tx, ctx, id, &[State::Draft], "placed")?;
    if super::read::lines(tx, ctx, id)?.is_empty() {
        return Err(Error::conflict("order_state", "Add a line before you place the order."));
    }
    if let Some(customer) = &order.customer {
        must_exist(tx, ctx, customer)?.must_be_active()?;
    }
    go(tx, ctx, &order, State::Open, order.paid_at, "order placed")
}

/// Records a payment by hand of what is still due; the order is paid by it. Gives the payment, or nothing when nothing is due.
pub fn mark_paid(tx: &mut Tx, ctx: &Ctx, id: &OrderId, kind: MethodKind, paid_at: Option<Micros>, note: &str) -> Result<Option<PaymentId>> {
    let order = changeable(tx, ctx, id, &[State::Open, State::Fulfilled], "marked as paid")?;
    if order.paid_at.is_some() {
        return Err(Error::conflict("order_state", "This order is paid."));
    }
    let settled = money(tx, ctx, &order)?.0;
    let due = order.total - settled;
    if due <= 0 {
        go(tx, ctx, &order, if order.state == State::Open { State::Paid } else { order.state }, Some(ctx.now), "order paid")?;
        return Ok(None);
    }
    let payment = ManualPayment {
        order: Some(id.clone()),
        customer: None,
        shop: None,
        currency: None,
        amount: due,
        kind,
        paid_at,
        note: note.to_owned(),
    };
    payments::record_on(tx, ctx, order, &payment).map(Some)
}

/// The goods went out, paid or (on account) not yet paid.
pub fn fulfil(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<()> {
    let order = changeable(tx, ctx, id, &[State::Open, State::Paid], "fulfilled")?;
    go(tx, ctx, &order, State::Fulfilled, order.paid_at, "order fulfilled")
}

/// Nothing is expected any more.
///
/// # Errors
/// `Conflict` (`unpaid`) while something is due.
pub fn close(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<()> {
    let order = changeable(tx, ctx, id, &[State::Paid, State::Fulfilled], "closed")?;
    let due = order.total - money(tx, ctx, &order)?.0;
    if order.paid_at.is_none() && due > 0 {
        return Err(Error::conflict(
            "unpaid",
            format!("{} is still to be paid. Record the payment or cancel the order.", Money::new(due, order.currency)),
        ));
    }
    go(tx, ctx, &order, State::Closed, order.paid_at, "order closed")
}

/// It will not happen.
///
/// # Errors
/// `Conflict` (`paid`) while money of it is with us: refund it first. Store credit goes back by itself.
pub fn cancel(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> Result<()> {
    let order = changeable(tx, ctx, id, &[State::Draft, State::Open, State::Paid], "cancelled")?;
    credit::returned_of_order(tx, ctx, id)?;
    let (settled, returned) = money(tx, ctx, &order)?;
    if settled > returned {
        let left = Money::new(settled - returned, order.currency);
        return Err(Error::conflict("paid", format!("{left} of this order was paid and not refunded. Refund it first.")));
    }
    go(tx, ctx, &order, State::Cancelled, order.paid_at, "order cancelled")
}

/// The order under its locks, when it is in one of these states.
fn changeable(tx: &mut Tx, ctx: &Ctx, id: &OrderId, from: &[State], done: &str) -> Result<OrderRow> {
    ctx.must(Right::Orders)?;
    let order = find_locked(tx, ctx, id)?;
    if from.contains(&order.state) {
        return Ok(order);
    }
    Err(Error::conflict("order_state", format!("An order that is {} cannot be {done}.", order.state.name())))
}

/// Settled and given back (or lost), in the order's currency.
fn money(tx: &mut Tx, ctx: &Ctx, order: &OrderRow) -> Result<(i64, i64)> {
    Ok(tx.one(&queries::MONEY, &[&ctx.merchant, &order.id, &order.currency], |r| Ok((r.get(0)?, r.get(3)?)))?)
}

fn go(tx: &mut Tx, ctx: &Ctx, order: &OrderRow, to: State, paid_at: Option<Micros>, cause: &str) -> Result<()> {
    enter(tx, ctx, order, to, paid_at)?;
    facts::refresh(tx, ctx, order.customer.as_slice(), cause)
}

/// Writes the new state with its moment, and the event.
pub(super) fn enter(tx: &mut Tx, ctx: &Ctx, order: &OrderRow, to: State, paid_at: Option<Micros>) -> Result<()> {
    let since = |state: State| if to == state { Some(ctx.now) } else { None };
    let paid_at = paid_at.or(since(State::Paid));
    tx.exec(
        &queries::SET_STATE,
        &[&ctx.merchant, &order.id, &to, &paid_at, &since(State::Fulfilled), &since(State::Closed), &since(State::Cancelled), &ctx.now],
    )?;
    let kind = match to {
        State::Draft => "order.changed",
        State::Open => "order.placed",
        State::Paid => "order.paid",
        State::Fulfilled => "order.fulfilled",
        State::Closed => "order.closed",
        State::Cancelled => "order.cancelled",
    };
    Event::new(kind)
        .of_opt(order.customer.as_ref())
        .on("order", order.id.as_str())
        .data(serde_json::json!({ "from": order.state, "to": to, "total": order.total, "currency": order.currency }))
        .record(tx, ctx)?;
    if to == State::Cancelled {
        credit::returned_of_order(tx, ctx, &order.id)?;
    }
    Ok(())
}
