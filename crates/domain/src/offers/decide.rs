//! What ends an offer: accepted, declined, withdrawn. Accepted twice, or by two at once, it is one order.

use serde_json::json;
use store::Tx;

use super::read::{Offer, find_locked};
use super::{State, queries};
use crate::events::Event;
use crate::kit::{Ctx, Error, OfferId, OrderId, Problems, Result, Right, clean};
use crate::orders::{self, NewOrder};

/// Accepts an offer: the order is made of what was offered, open and to be paid, in the same transaction. One that was accepted gives the
/// order it became. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`offer_state`) unless it was sent and still stands; `Conflict` (`customer_inactive`) for an archived customer (SPEC 10.2).
pub fn accept(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<OrderId> {
    ctx.must(Right::Orders)?;
    let offer = find_locked(tx, ctx, id)?;
    if let (State::Accepted, Some(order)) = (offer.summary.state, &offer.summary.order) {
        return Ok(order.clone());
    }
    stands(&offer, "accepted")?;
    let s = &offer.summary;
    let new = NewOrder {
        customer: s.customer.clone(),
        shop: s.shop.clone(),
        state: orders::State::Open,
        currency: Some(s.currency),
        lines: offer.lines.clone(),
        discount: offer.discount,
        shipping: offer.shipping,
        tax: offer.tax,
        note: offer.note.clone(),
    };
    let order = orders::create(tx, ctx, &new)?;
    close(tx, ctx, &offer, State::Accepted, "", Some(&order))?;
    Ok(order)
}

/// The buyer does not want it. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`offer_state`) unless it was sent and still stands.
pub fn decline(tx: &mut Tx, ctx: &Ctx, id: &OfferId, reason: &str) -> Result<()> {
    ctx.must(Right::Orders)?;
    let mut problems = Problems::default();
    let reason = clean(&mut problems, "reason", reason, 1000);
    problems.check()?;
    let offer = find_locked(tx, ctx, id)?;
    stands(&offer, "declined")?;
    close(tx, ctx, &offer, State::Declined, &reason, None)
}

/// The merchant takes it back, a draft too. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`offer_state`) when it was answered, expired or withdrawn before.
pub fn withdraw(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let offer = find_locked(tx, ctx, id)?;
    if !offer.summary.state.is_open() {
        return Err(refused(offer.summary.state, "withdrawn"));
    }
    close(tx, ctx, &offer, State::Withdrawn, "", None)
}

fn stands(offer: &Offer, done: &str) -> Result<()> {
    if offer.summary.state == State::Sent { Ok(()) } else { Err(refused(offer.summary.state, done)) }
}

pub(super) fn refused(state: State, done: &str) -> Error {
    Error::conflict(
        "offer_state",
        format!("An offer that is {} cannot be {done}.", if state == State::Draft { "a draft" } else { state.name() }),
    )
}

fn close(tx: &mut Tx, ctx: &Ctx, offer: &Offer, to: State, reason: &str, order: Option<&OrderId>) -> Result<()> {
    let s = &offer.summary;
    tx.exec(&queries::CLOSE, &[&ctx.merchant, &s.id, &to, &reason, &order, &ctx.now])?;
    let kind = match to {
        State::Accepted => "offer.accepted",
        State::Declined => "offer.declined",
        _ => "offer.withdrawn",
    };
    Event::new(kind)
        .of(&s.customer)
        .on("offer", s.id.as_str())
        .data(json!({ "number": s.number, "total": s.total, "currency": s.currency, "order": order }))
        .value("reason", None, Some(reason).filter(|r| !r.is_empty()))
        .record(tx, ctx)?;
    Ok(())
}
