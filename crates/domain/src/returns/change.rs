//! What staff do with a return, as a machine of states that may refuse.

use store::Tx;

use super::read::{Return, find_locked};
use super::{State, queries};
use crate::events::Event;
use crate::kit::{Ctx, Error, Problems, Result, ReturnId, Right, clean};

/// It may come. Needs [`Right::Orders`], as all of these.
///
/// # Errors
/// `Conflict` (`return_state`) unless it was asked for and nobody decided.
pub fn approve(tx: &mut Tx, ctx: &Ctx, id: &ReturnId) -> Result<()> {
    let back = changeable(tx, ctx, id, &[State::Requested], "approved")?;
    enter(tx, ctx, &back, State::Approved, "")
}

/// It is here.
///
/// # Errors
/// `Conflict` (`return_state`) unless it was approved.
pub fn receive(tx: &mut Tx, ctx: &Ctx, id: &ReturnId) -> Result<()> {
    let back = changeable(tx, ctx, id, &[State::Approved], "received")?;
    enter(tx, ctx, &back, State::Received, "")
}

/// Nothing is expected any more: it was made good, or need not be. An approved one may be closed too, where the buyer keeps the goods.
///
/// # Errors
/// `Conflict` (`return_state`) before it was approved, and when it is over.
pub fn close(tx: &mut Tx, ctx: &Ctx, id: &ReturnId) -> Result<()> {
    let back = changeable(tx, ctx, id, &[State::Approved, State::Received], "closed")?;
    enter(tx, ctx, &back, State::Closed, "")
}

/// It will not be taken; what it held may be asked for again.
///
/// # Errors
/// `Conflict` (`return_state`) once the goods are here, or something was given for it.
pub fn reject(tx: &mut Tx, ctx: &Ctx, id: &ReturnId, answer: &str) -> Result<()> {
    let mut problems = Problems::default();
    let answer = clean(&mut problems, "answer", answer, 1000);
    problems.check()?;
    let back = changeable(tx, ctx, id, &[State::Requested, State::Approved], "rejected")?;
    if back.given() > 0 || back.summary.replacement.is_some() {
        return Err(Error::conflict("return_state", "This return was made good already. Close it."));
    }
    enter(tx, ctx, &back, State::Rejected, &answer)
}

fn changeable(tx: &mut Tx, ctx: &Ctx, id: &ReturnId, from: &[State], done: &str) -> Result<Return> {
    ctx.must(Right::Orders)?;
    let back = find_locked(tx, ctx, id)?;
    if from.contains(&back.summary.state) {
        return Ok(back);
    }
    Err(Error::conflict("return_state", format!("A return that is {} cannot be {done}.", back.summary.state.name())))
}

fn enter(tx: &mut Tx, ctx: &Ctx, back: &Return, to: State, answer: &str) -> Result<()> {
    let s = &back.summary;
    let since = |states: &[State]| states.contains(&to).then_some(ctx.now);
    let (approved, received) = (since(&[State::Approved]), since(&[State::Received]));
    let closed = since(&[State::Closed, State::Rejected]);
    tx.exec(&queries::SET_STATE, &[&ctx.merchant, &s.id, &to, &answer, &approved, &received, &closed, &ctx.now])?;
    let kind = match to {
        State::Requested => "return.requested",
        State::Approved => "return.approved",
        State::Received => "return.received",
        State::Closed => "return.closed",
        State::Rejected => "return.rejected",
    };
    Event::new(kind)
        .of_opt(s.customer.as_ref())
        .on("return", s.id.as_str())
        .data(serde_json::json!({ "number": s.number, "order": s.order, "from": s.state, "to": to }))
        .value("answer", None, Some(answer).filter(|a| !a.is_empty()))
        .record(tx, ctx)?;
    Ok(())
}
