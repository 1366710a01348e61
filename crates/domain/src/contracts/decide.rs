//! What moves a contract on: started, notice given and taken back, ended, cancelled.

use serde_json::json;
use store::Tx;

use super::read::{find_locked, today};
use super::{Contract, State, Term, queries};
use crate::events::Event;
use crate::kit::{ContractId, Ctx, Error, Micros, Problems, Result, Right, clean, day_date};
use crate::payments::must_exist;

/// Notice that was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenNotice {
    /// The last day that both agreed on, since 1970; absent: the one that follows from the term ([`Term::end_by_notice`]).
    pub ends_on: Option<i64>,
    /// Why.
    pub reason: String,
}

/// Where a contract goes.
pub(super) struct To {
    pub state: State,
    pub reason: String,
    pub term: Term,
    pub notice_given_on: Option<i64>,
    pub reminded_for: Option<i64>,
    pub closed_at: Option<Micros>,
}

impl To {
    /// Where it is, in the term of the day.
    pub fn same(contract: &Contract) -> Self {
        Self {
            state: contract.kept.state,
            reason: contract.reason.clone(),
            term: contract.summary.term,
            notice_given_on: contract.summary.notice_given_on,
            reminded_for: contract.kept.reminded_for,
            closed_at: contract.summary.closed_at,
        }
    }
}

/// Writes where it is now, and says so on the timeline.
pub(super) fn go(tx: &mut Tx, ctx: &Ctx, from: &Contract, to: &To, kind: &'static str) -> Result<()> {
    let s = &from.summary;
    let notice_on = to.term.notice_on().filter(|_| matches!(to.state, State::Draft | State::Running));
    let act_on = from.act_on(to.state, &to.term, to.reminded_for, from.remind_days);
    let started_at = if to.state == State::Running { s.started_at.or(Some(ctx.now)) } else { s.started_at };
    tx.exec(
        &queries::MOVE,
        &[
            &ctx.merchant,
            &s.id,
            &to.state,
            &to.reason,
            &to.term.ends_on,
            &to.term.renewals,
            &notice_on,
            &to.notice_given_on,
            &to.reminded_for,
            &act_on,
            &started_at,
            &to.closed_at,
            &ctx.now,
        ],
    )?;
    let said = Some(to.reason.as_str()).filter(|r| !r.is_empty() && *r != from.reason);
    Event::new(kind)
        .of(&s.customer)
        .on("contract", s.id.as_str())
        .data(json!({ "number": s.number, "ends_on": to.term.ends_on.map(|d| day_date(d).to_string()) }))
        .value("reason", None, said)
        .record(tx, ctx)?;
    Ok(())
}

/// A draft binds both from now on. Once more changes nothing. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`contract_state`) when it is over, or its last day is and it does not renew; `Conflict` (`customer_inactive`) for an archived customer
/// (SPEC 10.2).
pub fn start(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let contract = find_locked(tx, ctx, id)?;
    match contract.summary.state {
        State::Running => return Ok(()),
        State::Draft => {}
        other => return Err(refused(other, "started")),
    }
    must_exist(tx, ctx, &contract.summary.customer)?.must_be_active()?;
    let term = contract.kept.term.on(today(tx, ctx)?);
    if State::Running.on(today(tx, ctx)?, term.ends_on, term.renews()) != State::Running {
        return Err(Error::conflict("contract_state", "The last day of this contract is over. Change it first."));
    }
    go(tx, ctx, &contract, &To { state: State::Running, term, ..To::same(&contract) }, "contract.started")
}

/// Notice was given: it ends with its term, or when both agreed. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`contract_state`) unless it runs; a field error for a last day before today or before it begins.
pub fn give_notice(tx: &mut Tx, ctx: &Ctx, id: &ContractId, notice: &GivenNotice) -> Result<()> {
    ctx.must(Right::Orders)?;
    let mut problems = Problems::default();
    let reason = clean(&mut problems, "reason", &notice.reason, 1000);
    let contract = find_locked(tx, ctx, id)?;
    if contract.summary.state != State::Running {
        return Err(refused(contract.summary.state, "given notice of"));
    }
    let (today, term) = (today(tx, ctx)?, contract.summary.term);
    let end = notice.ends_on.unwrap_or_else(|| term.end_by_notice(today));
    if end < today.max(term.starts_on) || end > today + 36_525 {
        problems.add("ends_on", "invalid", "Choose today or a later day, not before the contract begins.");
    }
    problems.check()?;
    let to =
        To { state: State::Notice, reason, term: Term { ends_on: Some(end), ..term }, notice_given_on: Some(today), ..To::same(&contract) };
    go(tx, ctx, &contract, &to, "contract.notice_given")
}

/// Notice is taken back: it runs on as it was agreed. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`contract_state`) unless notice was given and its last day is not over; `Conflict` (`customer_inactive`) for an archived customer
/// (SPEC 10.2).
pub fn take_back_notice(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let contract = find_locked(tx, ctx, id)?;
    let s = &contract.summary;
    if s.state != State::Notice {
        return Err(Error::conflict("contract_state", "There is no notice to take back."));
    }
    must_exist(tx, ctx, &s.customer)?.must_be_active()?;
    let today = today(tx, ctx)?;
    let term = Term { ends_on: s.term.end_after(s.term.renewals), ..s.term }.on(today);
    if State::Running.on(today, term.ends_on, term.renews()) != State::Running {
        return Err(Error::conflict("contract_state", "Its last day as agreed is over. End it, or make a new contract."));
    }
    let to = To { state: State::Running, reason: String::new(), term, notice_given_on: None, ..To::same(&contract) };
    go(tx, ctx, &contract, &to, "contract.notice_taken_back")
}

/// Ends it with this day, whatever was agreed. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`contract_state`) unless it runs.
pub fn end(tx: &mut Tx, ctx: &Ctx, id: &ContractId, reason: &str) -> Result<()> {
    close(tx, ctx, id, reason, State::Ended)
}

/// Calls it off, a draft too. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`contract_state`) when it is over.
pub fn cancel(tx: &mut Tx, ctx: &Ctx, id: &ContractId, reason: &str) -> Result<()> {
    close(tx, ctx, id, reason, State::Cancelled)
}

fn close(tx: &mut Tx, ctx: &Ctx, id: &ContractId, reason: &str, state: State) -> Result<()> {
    ctx.must(Right::Orders)?;
    let mut problems = Problems::default();
    let reason = clean(&mut problems, "reason", reason, 1000);
    problems.check()?;
    let contract = find_locked(tx, ctx, id)?;
    let (now, today) = (contract.summary.state, today(tx, ctx)?);
    let (ended, kind) = (state == State::Ended, if state == State::Ended { "contract.ended" } else { "contract.cancelled" });
    if !now.is_open() || (ended && now == State::Draft) {
        return Err(refused(now, state.name()));
    }
    let term = contract.summary.term;
    let term = if ended { Term { ends_on: Some(today.min(term.ends_on.unwrap_or(today))), ..term } } else { term };
    go(tx, ctx, &contract, &To { state, reason, term, closed_at: Some(ctx.now), ..To::same(&contract) }, kind)
}

fn refused(state: State, done: &str) -> Error {
    let is = match state {
        State::Draft => "is a draft",
        State::Notice => "is under notice",
        State::Running => "runs",
        State::Ended => "has ended",
        State::Cancelled => "was cancelled",
    };
    Error::conflict("contract_state", format!("A contract that {is} cannot be {done}."))
}
