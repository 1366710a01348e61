//! *Not a duplicate*, and back.

use serde_json::json;
use store::Tx;

use super::{State, queries as q};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, Result, Right, locks};

/// Says that two customers are two people: they are not offered again, whatever later runs find. Twice is once.
///
/// # Errors
/// [`Error::NotFound`] for a pair that was never found.
pub fn dismiss(tx: &mut Tx, ctx: &Ctx, one: &CustomerId, other: &CustomerId) -> Result<()> {
    decide(tx, ctx, one, other, State::NotDuplicate, "duplicate.dismissed")
}

/// Takes that back: the pair is offered again.
///
/// # Errors
/// As [`dismiss`].
pub fn undo_dismissal(tx: &mut Tx, ctx: &Ctx, one: &CustomerId, other: &CustomerId) -> Result<()> {
    decide(tx, ctx, one, other, State::Open, "duplicate.reopened")
}

fn decide(tx: &mut Tx, ctx: &Ctx, one: &CustomerId, other: &CustomerId, state: State, event: &'static str) -> Result<()> {
    ctx.must(Right::Write)?;
    let (a, b) = (one.min(other), one.max(other));
    locks::customers(tx, ctx, &[a, b])?;
    if tx.opt(&q::FIND, &[&ctx.merchant, a, b], |r| r.get::<State>(0))?.is_none() {
        return Err(Error::NotFound("pair of customers"));
    }
    let (at, by) = match state {
        State::Open => (None, ""),
        State::NotDuplicate => (Some(ctx.now), ctx.actor.name.as_str()),
    };
    if tx.exec(&q::DECIDE, &[&ctx.merchant, a, b, &state, &at, &by])? > 0 {
        for (of, with) in [(a, b), (b, a)] {
            Event::new(event).of(of).on("customer", with.as_str()).data(json!({ "other": with })).record(tx, ctx)?;
        }
    }
    Ok(())
}
