//! How subscriptions end: at once, with the period that is paid, or by time.

use store::Tx;

use super::put::event;
use super::{Subscription, SubscriptionStatus, find, queries, read};
use crate::customers::facts;
use crate::kit::{Actor, Ctx, CustomerId, Door, Error, Micros, Result, Right, SubscriptionId, locks};
use crate::providers::billing::{self, Cancellation};

/// Ends it now. The last microsecond was the one before: it is not live any more when this returns.
pub fn cancel_now(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let subscription = running(tx, ctx, id)?;
    tx.exec(&queries::END, &[&ctx.merchant, id, &SubscriptionStatus::Ended, &(ctx.now - 1).max(subscription.started_at), &ctx.now])?;
    event(tx, ctx, "subscription.ended", &subscription.customer, id, SubscriptionStatus::Ended)?;
    billing::cancel(tx, ctx, &subscription, Cancellation::Now)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&subscription.customer), "subscription cancelled")
}

/// Lets it run until the next payment would be due, or ends it now when none is. Gives its last microsecond.
pub fn cancel_at_period_end(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Micros> {
    ctx.must(Right::Orders)?;
    let subscription = running(tx, ctx, id)?;
    if subscription.status == SubscriptionStatus::Cancelled {
        return Ok(subscription.ends_at.unwrap_or(ctx.now));
    }
    let period = subscription.next_payment_at.or(subscription.trial_until).map(|at| at - 1);
    let Some(end) = period.into_iter().chain(subscription.ends_at).min().filter(|end| *end >= ctx.now) else {
        cancel_now(tx, ctx, id)?;
        return Ok(ctx.now - 1);
    };
    tx.exec(&queries::END, &[&ctx.merchant, id, &SubscriptionStatus::Cancelled, &end, &ctx.now])?;
    event(tx, ctx, "subscription.cancelled", &subscription.customer, id, SubscriptionStatus::Cancelled)?;
    billing::cancel(tx, ctx, &subscription, Cancellation::PeriodEnd)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&subscription.customer), "subscription cancelled")?;
    Ok(end)
}

/// The subscription under the lock of its customer, when it has not ended.
fn running(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Subscription> {
    let owner = find(tx, ctx, id)?.customer;
    locks::customers(tx, ctx, &[&owner])?;
    let subscription = find(tx, ctx, id)?;
    if subscription.status_at(ctx.now) == SubscriptionStatus::Ended {
        return Err(Error::conflict("subscription_ended", "This subscription has ended."));
    }
    Ok(subscription)
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
