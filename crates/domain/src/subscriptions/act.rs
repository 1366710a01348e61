//! What people do with a subscription that runs: pause, resume, move the next payment, change the method, try again, note that money came. Of one that
//! a provider runs, pausing and resuming are asked of the provider, and what it answers is what happens here.

use jiff::Span;
use jiff::civil::Date;
use serde_json::json;
use store::Tx;

use super::run::{self, PeriodState, Run, keep, not_ours, tell};
use super::start::AHEAD;
use super::{Subscription, SubscriptionStatus, calendar, charge, find, queries};
use crate::kit::{Ctx, Error, MethodId, Micros, PaymentId, Problems, Result, Right, SubscriptionId, day_date, day_number, locks};
use crate::payments::{self, MethodInput, MethodKind, PaymentInput, PaymentStatus};
use crate::providers::{self, billing};

/// Stops charging until it is resumed. A payment that failed is not tried meanwhile. Twice is once.
///
/// # Errors
/// `Conflict`: `subscription_ended`, `subscription_leaving` (cancelled), `payment_under_way`, `run_elsewhere` (its provider cannot pause).
pub fn pause(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<()> {
    let Some(mut run) = running(tx, ctx, id)? else {
        let s = still(tx, ctx, id)?;
        return match s.status {
            SubscriptionStatus::Paused => Ok(()),
            _ => asked(billing::pause(tx, ctx, &s)?),
        };
    };
    if run.paused_at.is_some() {
        return Ok(());
    }
    free(tx, ctx, &mut run)?;
    run.paused_at = Some(ctx.now);
    tell(tx, ctx, &run, "subscription.paused", "", json!({}))?;
    keep(tx, ctx, &mut run, "subscription paused")
}

/// Lets it go on. The next payment is on `day`; absent, on the day it was due, or today when that day is over. Twice is once.
///
/// # Errors
/// `Invalid` on `day` in the past or more than a year (or a longer cycle) ahead; as [`pause`] otherwise.
pub fn resume(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId, day: Option<Date>) -> Result<()> {
    let Some(mut run) = running(tx, ctx, id)? else {
        let s = still(tx, ctx, id)?;
        return match s.status {
            SubscriptionStatus::Paused if day.is_none() => asked(billing::resume(tx, ctx, &s)?),
            SubscriptionStatus::Paused => Err(not_ours()),
            _ => Ok(()),
        };
    };
    if run.paused_at.is_none() {
        return Ok(());
    }
    if let Some(day) = day {
        not_charged(tx, ctx, &run, day)?;
    }
    let day = resumes_on(&run, ctx, day)?;
    run.paused_at = None;
    set_day(&mut run, day);
    tell(tx, ctx, &run, "subscription.resumed", "", json!({ "next": day.to_string() }))?;
    keep(tx, ctx, &mut run, "subscription resumed")
}

/// The day of the next payment when it is resumed now.
pub(super) fn resumes_on(run: &Run, ctx: &Ctx, asked: Option<Date>) -> Result<Date> {
    let today = day_date(run.today(ctx));
    let usual = if run.is_tried() { today } else { run.due_day().max(today) };
    let day = asked.unwrap_or(usual);
    in_reach(run, day, today)?;
    Ok(day)
}

/// A year ahead as at the start, or a whole cycle where that is longer; further is a slip of the keyboard. What is due later already may stay there.
fn in_reach(run: &Run, day: Date, today: Date) -> Result<()> {
    let year = today.checked_add(Span::new().days(AHEAD)).unwrap_or(today);
    let cycle = calendar::day_of(today, run.s.cycle_unit, run.s.cycle_count, 1);
    if day < today {
        return Err(Problems::one("day", "invalid", "Choose today or a later day."));
    }
    let furthest = year.max(cycle).max(run.due_day());
    if day > furthest {
        return Err(Problems::one("day", "invalid", format!("Choose a day up to {furthest}.")));
    }
    Ok(())
}

/// One day is never charged for two periods. A payment that failed may be tried on any day.
fn not_charged(tx: &mut Tx, ctx: &Ctx, run: &Run, day: Date) -> Result<()> {
    if run.is_tried() {
        return Ok(());
    }
    match tx.scalar::<Option<i64>>(&queries::LAST_DAY, &[&ctx.merchant, &run.s.id, &run.number])?.map(day_date) {
        Some(last) if day <= last => Err(Problems::one("day", "invalid", format!("{last} is paid for already. Choose a later day."))),
        _ => Ok(()),
    }
}

/// The next payment is tried on this day: a payment that failed once more, else the period to come, from which later days are then counted.
fn set_day(run: &mut Run, day: Date) {
    let (number, tried) = (i64::from(day_number(day)), run.is_tried());
    if !tried && day != run.due_day() {
        run.anchor_at(day);
        if run.number == 0 && run.s.trial_until.is_some() {
            run.s.trial_until = Some(run.zone.start_of(day));
        }
    }
    if let Some(p) = &mut run.period {
        (p.next_day, p.base_day, p.hard) = (Some(number), number, false);
        p.due_day = if tried { p.due_day } else { number };
    }
}

/// Moves the next payment to another day; the later ones follow from there.
///
/// # Errors
/// `Invalid` on `day` in the past or more than a year (or a longer cycle) ahead; `Conflict` `subscription_paused`, and as [`pause`].
pub fn move_to(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId, day: Date) -> Result<()> {
    let Some(mut run) = running(tx, ctx, id)? else { return Err(not_ours()) };
    not_paused(&run)?;
    in_reach(&run, day, day_date(run.today(ctx)))?;
    not_charged(tx, ctx, &run, day)?;
    free(tx, ctx, &mut run)?;
    let before = run.clone();
    set_day(&mut run, day);
    if run.standing(ctx.now) != before.standing(ctx.now) {
        tell(tx, ctx, &run, "subscription.moved", "", json!({ "next": day.to_string() }))?;
    }
    keep(tx, ctx, &mut run, "next payment moved")
}

/// Charges another method from now on, or none when somebody records the money by hand. A payment that failed is tried with it at once.
///
/// # Errors
/// `Invalid` on `method` when it cannot be charged; as [`pause`] otherwise.
pub fn change_method(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId, method: Option<&MethodId>) -> Result<()> {
    let Some(mut run) = running(tx, ctx, id)? else { return Err(not_ours()) };
    if run.s.method.as_ref() == method {
        return Ok(());
    }
    let charged = charge::usable(tx, ctx, (&run.s.customer, &run.s.shop), method, Some(run.s.live))?;
    free(tx, ctx, &mut run)?;
    let today = run.today(ctx);
    (run.s.method, run.s.provider) = (method.cloned(), charged.provider.to_owned());
    if run.is_tried()
        && let Some(p) = &mut run.period
    {
        (p.next_day, p.hard) = (Some(today), false);
    }
    tell(tx, ctx, &run, "subscription.method_changed", "", json!({ "method": method }))?;
    keep(tx, ctx, &mut run, "payment method changed")
}

/// Tries a payment that failed once more, now.
///
/// # Errors
/// `Conflict` `nothing_to_retry`, and as [`pause`].
pub fn retry(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<()> {
    let Some(mut run) = running(tx, ctx, id)? else { return Err(not_ours()) };
    not_paused(&run)?;
    let today = run.today(ctx);
    if !run.is_tried() {
        return Err(Error::conflict("nothing_to_retry", "No payment of this subscription has failed."));
    }
    if let Some(p) = &mut run.period {
        (p.next_day, p.hard) = (Some(today), false);
    }
    keep(tx, ctx, &mut run, "payment tried again")
}

/// The money of a subscription that is paid by hand came. Gives the payment.
///
/// # Errors
/// `Conflict` `nothing_expected`; `Invalid` on `kind` and on `paid_at` as [`payments::record`].
pub fn receive(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId, kind: MethodKind, paid_at: Option<Micros>) -> Result<PaymentId> {
    ctx.must(Right::Payments)?;
    let Some(run) = run::locked(tx, ctx, id)? else { return Err(not_ours()) };
    let Some(payment) = expected(&run) else {
        return Err(Error::conflict("nothing_expected", "No payment of this subscription is expected by hand."));
    };
    let mut problems = Problems::default();
    if !kind.is_manual() {
        problems.add("kind", "invalid", "Choose cash, cheque or transfer.");
    }
    if paid_at.is_some_and(|at| !(0..=ctx.now).contains(&at)) {
        problems.add("paid_at", "invalid", "Choose a moment after 1970 that is not in the future.");
    }
    problems.check()?;
    let mut input = by_hand(tx, ctx, &run, &payment, PaymentStatus::Settled)?;
    (input.method, input.paid_at) = (Some(MethodInput::of(kind)), paid_at.unwrap_or(ctx.now));
    payments::put(tx, &run::followed(ctx), &input)?;
    Ok(payment)
}

/// The payment that somebody is to bring.
fn expected(run: &Run) -> Option<PaymentId> {
    let p = run.period.as_ref().filter(|p| p.state == PeriodState::Asked && run.s.method.is_none())?;
    p.payment.clone()
}

/// The expected payment, as it is told once more.
fn by_hand(tx: &mut Tx, ctx: &Ctx, run: &Run, payment: &PaymentId, status: PaymentStatus) -> Result<PaymentInput> {
    let there = payments::get(tx, &run::followed(ctx), payment)?;
    Ok(PaymentInput {
        customer: there.customer,
        subscription: Some(run.s.id.clone()),
        provider_ref: there.provider_ref,
        live: there.live,
        status,
        ..PaymentInput::settled(there.shop, &there.provider, there.currency, there.amount, ctx.now)
    })
}

/// Makes sure that nothing is on its way: a charge that nobody has begun to send is taken back, money that somebody was to bring is no longer expected.
///
/// # Errors
/// `Conflict` `payment_under_way`.
pub(super) fn free(tx: &mut Tx, ctx: &Ctx, run: &mut Run) -> Result<()> {
    if !run.is_asked() {
        return Ok(());
    }
    let expected = expected(run);
    let withdrawn = expected.is_some()
        || (run.period.as_ref().is_some_and(|p| p.payment.is_none()) && providers::charge::withdraw(tx, ctx, &run.s.id)?);
    if !withdrawn {
        let words = format!("The payment of {} is on its way. Wait for the answer, then try again.", run.price());
        return Err(Error::conflict("payment_under_way", words));
    }
    let today = run.today(ctx);
    if let Some(p) = &mut run.period {
        // Nothing was tried after all; what was tried before it still was.
        p.state = PeriodState::Open;
        p.next_day = Some(today);
        if expected.is_none() {
            p.attempts -= 1;
        }
    }
    if let Some(payment) = expected {
        // What comes of it is not news for the clockwork: the period is not waiting for it any more.
        keep(tx, ctx, run, "payment no longer expected")?;
        let gone = PaymentInput {
            failure_code: "withdrawn".to_owned(),
            failure_message: "No longer expected.".to_owned(),
            ..by_hand(tx, ctx, run, &payment, PaymentStatus::Failed)?
        };
        tx.next_verb();
        payments::put(tx, &run::followed(ctx), &gone)?;
    }
    Ok(())
}

/// The clockwork of one that has neither ended nor been cancelled, under the lock of its customer; `None` when a provider or somebody else runs it.
fn running(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Option<Run>> {
    ctx.must(Right::Orders)?;
    still(tx, ctx, id)?;
    run::load(tx, ctx, id)
}

/// One that has neither ended nor been cancelled, under the lock of its customer.
fn still(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Subscription> {
    let owner = find(tx, ctx, id)?.customer;
    locks::customers(tx, ctx, &[&owner])?;
    let s = find(tx, ctx, id)?;
    match s.status_at(ctx.now) {
        SubscriptionStatus::Ended => Err(super::end::ended()),
        SubscriptionStatus::Cancelled => {
            Err(Error::conflict("subscription_leaving", "This subscription is cancelled. Take the cancellation back first."))
        }
        _ => Ok(s),
    }
}

fn not_paused(run: &Run) -> Result<()> {
    match run.paused_at {
        Some(_) => Err(Error::conflict("subscription_paused", "This subscription is paused. Resume it first.")),
        None => Ok(()),
    }
}

fn asked(done: bool) -> Result<()> {
    if done { Ok(()) } else { Err(not_ours()) }
}
