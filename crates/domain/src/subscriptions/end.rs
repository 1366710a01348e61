//! How subscriptions end: at once, with the period that is paid, or by time; and how a cancellation is taken back. What a provider runs ends when the
//! provider says so: it is asked, and until it answers nothing changes here but that it was asked.

use serde_json::json;
use store::Tx;

use super::put::event;
use super::run::{self, EndReason, PeriodState, Run, close, keep, not_ours, tell};
use super::{Subscription, SubscriptionStatus, act, find, queries, read, settle};
use crate::customers::facts;
use crate::kit::{Actor, Ctx, CustomerId, Door, Error, Micros, Result, Right, SubscriptionId, locks};
use crate::providers::billing::{self, Cancellation};

/// Ends it now. The last microsecond was the one before: it is not live any more when this returns, unless a provider has to be asked.
///
/// # Errors
/// `Conflict`: `subscription_ended`, `payment_under_way`.
pub fn cancel_now(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let subscription = running(tx, ctx, id)?;
    match run::load(tx, ctx, id)? {
        Some(mut run) => stop(tx, ctx, &mut run),
        None if billing::cancel(tx, ctx, &subscription, Cancellation::Now)? => Ok(()),
        None => end_here(tx, ctx, &subscription, Cancellation::Now).map(drop),
    }
}

/// Lets it run until the next payment would be due, or ends it now when nothing of it is paid. Gives its last microsecond; when a provider has to be
/// asked, the one that is to be expected.
///
/// # Errors
/// As [`cancel_now`].
pub fn cancel_at_period_end(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Micros> {
    ctx.must(Right::Orders)?;
    let subscription = running(tx, ctx, id)?;
    if subscription.status == SubscriptionStatus::Cancelled {
        return Ok(subscription.ends_at.unwrap_or(ctx.now));
    }
    let Some(mut run) = run::load(tx, ctx, id)? else {
        let end = period_end(&subscription, ctx.now);
        let how = if end.is_some() { Cancellation::PeriodEnd } else { Cancellation::Now };
        return match billing::cancel(tx, ctx, &subscription, how)? {
            true => Ok(end.unwrap_or(ctx.now)),
            false => end_here(tx, ctx, &subscription, how),
        };
    };
    act::free(tx, ctx, &mut run)?;
    let Some(end) = paid_until(&run, ctx.now) else {
        stop(tx, ctx, &mut run)?;
        return Ok(ctx.now - 1);
    };
    (run.s.ends_at, run.end_reason) = (Some(end), Some(EndReason::Cancelled));
    tell(tx, ctx, &run, "subscription.cancelled", "", json!({}))?;
    keep(tx, ctx, &mut run, "subscription cancelled")?;
    Ok(end)
}

/// The last microsecond that is paid or free; `None` when a payment is due or failed.
pub(super) fn paid_until(run: &Run, now: Micros) -> Option<Micros> {
    let end = run.zone.start_of(run.due_day()) - 1;
    Some(end).filter(|end| *end >= now && !run.is_tried())
}

/// Takes a cancellation back, while there is time left.
///
/// # Errors
/// `Conflict`: `subscription_ended`, `not_cancelled`, `run_elsewhere` (its provider cannot).
pub fn take_back(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let subscription = running(tx, ctx, id)?;
    if subscription.status != SubscriptionStatus::Cancelled {
        return Err(Error::conflict("not_cancelled", "This subscription is not cancelled."));
    }
    crate::payments::must_exist(tx, ctx, &subscription.customer)?.must_be_active()?;
    let Some(mut run) = run::load(tx, ctx, id)? else {
        return if billing::keep(tx, ctx, &subscription)? { Ok(()) } else { Err(not_ours()) };
    };
    (run.s.ends_at, run.end_reason) = (None, None);
    tell(tx, ctx, &run, "subscription.kept", "", json!({}))?;
    keep(tx, ctx, &mut run, "cancellation taken back")
}

/// Ends our own with this moment; what was not paid of it is not taken.
fn stop(tx: &mut Tx, ctx: &Ctx, run: &mut Run) -> Result<()> {
    act::free(tx, ctx, run)?;
    close(tx, ctx, run, PeriodState::Waived)?;
    settle::end(tx, ctx, run, EndReason::Cancelled, "")
}

/// Ends, here, one that is not ours: nobody is to be asked, or the provider has said that it is done.
pub(crate) fn end_here(tx: &mut Tx, ctx: &Ctx, s: &Subscription, how: Cancellation) -> Result<Micros> {
    let end = period_end(s, ctx.now).filter(|_| how == Cancellation::PeriodEnd);
    let (status, kind) = match end {
        Some(_) => (SubscriptionStatus::Cancelled, "subscription.cancelled"),
        None => (SubscriptionStatus::Ended, "subscription.ended"),
    };
    let end = end.unwrap_or((ctx.now - 1).max(s.started_at));
    tx.exec(&queries::END, &[&ctx.merchant, &s.id, &status, &end, &ctx.now])?;
    event(tx, ctx, kind, &s.customer, &s.id, status)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&s.customer), "subscription cancelled")?;
    Ok(end)
}

/// The last microsecond before the next payment of one that is not ours.
fn period_end(s: &Subscription, now: Micros) -> Option<Micros> {
    let period = s.next_payment_at.or(s.trial_until).map(|at| at - 1);
    period.into_iter().chain(s.ends_at).min().filter(|end| *end >= now)
}

/// The subscription under the lock of its customer, when it has not ended.
fn running(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Subscription> {
    let owner = find(tx, ctx, id)?.customer;
    locks::customers(tx, ctx, &[&owner])?;
    let subscription = find(tx, ctx, id)?;
    if subscription.status_at(ctx.now) == SubscriptionStatus::Ended {
        return Err(ended());
    }
    Ok(subscription)
}

pub(super) fn ended() -> Error {
    Error::conflict("subscription_ended", "This subscription has ended.")
}

/// Customers with a subscription whose time is over and whose row does not say so yet.
pub(crate) fn overdue(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<Vec<CustomerId>> {
    Ok(tx.rows(&queries::OVERDUE, &[&ctx.merchant, &ctx.now, &limit], |r| r.get(0))?)
}

/// Ends those of these customers, who are locked; on the timeline at the moment it happened.
pub(crate) fn end_overdue(tx: &mut Tx, ctx: &Ctx, customers: &[CustomerId]) -> Result<()> {
    for customer in customers {
        for s in tx.rows(&queries::OVERDUE_OF, &[&ctx.merchant, customer, &ctx.now], read)? {
            let end = s.ends_at.unwrap_or(ctx.now);
            let then = Ctx { actor: Actor::system("clock").into(), door: Door::Clock, ..ctx.at(end.saturating_add(1)) };
            tx.exec(&queries::END, &[&ctx.merchant, &s.id, &SubscriptionStatus::Ended, &end, &ctx.now])?;
            event(tx, &then, "subscription.ended", customer, &s.id, SubscriptionStatus::Ended)?;
        }
    }
    Ok(())
}
