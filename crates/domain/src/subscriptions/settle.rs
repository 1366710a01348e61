//! What came of a period's payment: paid, failed and to be tried again, given up, or not known.

use jiff::civil::Date;
use serde_json::json;
use store::Tx;

use super::run::{self, EndReason, PeriodState, Run, close, keep, tell};
use super::{Period, queries};
use crate::kit::{Ctx, PaymentId, Result, SubscriptionId, day_date, locks};
use crate::payments::{Outcome, PaymentInput, PaymentStatus};

/// The period is paid, and the next one comes.
pub(super) fn paid(tx: &mut Tx, ctx: &Ctx, run: &mut Run, payment: Option<&PaymentId>) -> Result<()> {
    if let Some(p) = &mut run.period {
        (p.payment, p.failure) = (payment.cloned().or(p.payment.take()), String::new());
    }
    let state = if payment.is_some() { PeriodState::Paid } else { PeriodState::Free };
    close(tx, ctx, run, state)?;
    tell(tx, ctx, run, "subscription.renewed", "", json!({ "amount": run.s.amount, "currency": run.s.currency, "payment": payment }))?;
    keep(tx, ctx, run, "subscription renewed")
}

/// It failed. Tried again on the next day of the schedule; not with a method that was refused for good; given up behind the last day.
pub(super) fn failed(tx: &mut Tx, ctx: &Ctx, run: &mut Run, code: &str, words: &str, payment: Option<&PaymentId>) -> Result<()> {
    let (today, retries) = (run.today(ctx), run.retries.clone());
    let Some(p) = &mut run.period else { return Ok(()) };
    p.state = PeriodState::Open;
    p.payment = payment.cloned().or(p.payment.take());
    p.failure = words.chars().filter(|c| *c != '\0').take(500).collect();
    p.hard = Outcome::of_failure(code) == Some(Outcome::Invalid);
    p.next_day = retries.behind(p.base_day, today);
    if p.hard {
        p.next_day = p.next_day.map(|_| retries.last(p.base_day));
    }
    let (attempts, next, hard) = (p.attempts, p.next_day, p.hard);
    let again: Option<Date> = next.filter(|_| !hard).map(day_date);
    let what = json!({ "amount": run.s.amount, "currency": run.s.currency, "failure": code, "attempt": attempts, "again": again.map(|d| d.to_string()) });
    tell(tx, ctx, run, "subscription.payment_failed", "", what)?;
    match next {
        Some(_) => keep(tx, ctx, run, "subscription past due"),
        None => give_up(tx, ctx, run),
    }
}

/// Nobody knows: a provider could not be reached for so long that asking again could take the money twice. A person has to look.
pub(super) fn unsure(tx: &mut Tx, ctx: &Ctx, run: &mut Run, words: &str) -> Result<()> {
    let Some(p) = &mut run.period else { return Ok(()) };
    (p.state, p.next_day, p.failure) = (PeriodState::Open, None, words.chars().take(500).collect());
    tell(tx, ctx, run, "subscription.payment_failed", "nobody knows whether it was paid", json!({}))?;
    keep(tx, ctx, run, "subscription past due")
}

/// Ends a subscription that was not paid to the end.
pub(super) fn give_up(tx: &mut Tx, ctx: &Ctx, run: &mut Run) -> Result<()> {
    let tries = run.period.as_ref().map_or(0, |p| p.attempts);
    close(tx, ctx, run, PeriodState::Unpaid)?;
    let cause = if tries == 1 { "not paid after one try".to_owned() } else { format!("not paid after {tries} tries") };
    end(tx, ctx, run, EndReason::Unpaid, &cause)
}

/// Ends it with this moment: the last microsecond was the one before.
pub(super) fn end(tx: &mut Tx, ctx: &Ctx, run: &mut Run, why: EndReason, cause: &str) -> Result<()> {
    (run.s.ends_at, run.end_reason) = (Some(ctx.now - 1), Some(why));
    tell(tx, ctx, run, "subscription.ended", cause, json!({}))?;
    keep(tx, ctx, run, "subscription ended")
}

/// A payment that was begun for a period went further. Its customer is locked.
pub(crate) fn follow(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, told: &PaymentInput) -> Result<()> {
    let of = tx.opt(&queries::PERIOD_OF_PAYMENT, &[&ctx.merchant, payment], |r| Ok((r.get::<SubscriptionId>(0)?, r.get::<i64>(1)?)))?;
    let Some((id, number)) = of else { return Ok(()) };
    let ctx = &run::followed(ctx);
    let Some(mut run) = run::load(tx, ctx, &id)? else { return Ok(()) };
    let waits = run.number == number && run.is_asked();
    match told.status {
        PaymentStatus::Settled if run.number == number && run.period.is_some() => paid(tx, ctx, &mut run, Some(payment)),
        PaymentStatus::Settled => late(tx, ctx, &id, number, payment),
        PaymentStatus::Failed if waits => failed(tx, ctx, &mut run, &told.failure_code, &told.failure_message, Some(payment)),
        PaymentStatus::Failed | PaymentStatus::Pending | PaymentStatus::Bounced => Ok(()),
    }
}

/// Money for a period that was given up or waived meanwhile: it was taken, so the period is paid. The subscription stays as it is.
fn late(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId, number: i64, payment: &PaymentId) -> Result<()> {
    tx.exec(&queries::PAID_LATE, &[&ctx.merchant, id, &number, payment, &ctx.now])?;
    Ok(())
}

/// The mark that a try carries to its provider, by which the payment is known again whoever tells of it first: subscription, period, try.
pub(super) fn mark(id: &SubscriptionId, p: &Period) -> String {
    format!("{id}:{}:{}", p.number, p.attempts)
}

/// A provider tells of the payment of a try: as the answer to our call, or by a webhook that was faster. Any order, any number of times.
pub(crate) fn told(tx: &mut Tx, ctx: &Ctx, mark: &str, payment: &PaymentId) -> Result<()> {
    let mut parts = mark.split(':');
    let (id, number, attempt) = (parts.next(), parts.next(), parts.next());
    let number = number.and_then(|n| n.parse::<i64>().ok());
    let attempt = attempt.and_then(|n| n.parse::<i64>().ok());
    let id = id.and_then(|id| id.parse::<SubscriptionId>().ok());
    let (Some(id), Some(number), Some(attempt)) = (id, number, attempt) else { return Ok(()) };
    let Some(s) = tx.opt(&queries::FIND, &[&ctx.merchant, &id], super::read)?.filter(|s| s.own) else { return Ok(()) };
    tx.next_verb();
    crate::payments::set_subscription(tx, ctx, payment, &id, &s.customer)?;
    tx.next_verb();
    locks::customers(tx, ctx, &[&s.customer])?;
    let ctx = &run::followed(ctx);
    let Some(mut run) = run::load(tx, ctx, &id)? else { return Ok(()) };
    let row = crate::payments::get(tx, ctx, payment)?;
    let current = run.number == number && run.period.is_some();
    let waits = current && run.is_asked() && run.period.as_ref().is_some_and(|p| p.attempts == attempt);
    match row.status {
        PaymentStatus::Settled if current => paid(tx, ctx, &mut run, Some(payment)),
        PaymentStatus::Settled | PaymentStatus::Bounced => late(tx, ctx, &id, number, payment),
        PaymentStatus::Failed if waits => failed(tx, ctx, &mut run, &row.failure_code, &row.failure_message, Some(payment)),
        PaymentStatus::Pending if waits => {
            if let Some(p) = &mut run.period {
                p.payment = Some(payment.clone());
            }
            keep(tx, ctx, &mut run, "payment begun")
        }
        PaymentStatus::Failed | PaymentStatus::Pending => Ok(()),
    }
}

/// A provider refused to be asked, or could not be reached for so long that nobody knows (`unsure`).
pub(crate) fn refused(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId, words: &str, is_unsure: bool) -> Result<()> {
    let Some(mut run) = run::locked(tx, ctx, id)? else { return Ok(()) };
    let ctx = &run::followed(ctx);
    match run.is_asked() && run.period.as_ref().is_some_and(|p| p.payment.is_none()) {
        true if is_unsure => unsure(tx, ctx, &mut run, words),
        true => failed(tx, ctx, &mut run, "", words, None),
        false => Ok(()),
    }
}
