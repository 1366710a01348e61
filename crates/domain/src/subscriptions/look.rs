//! What pages, the API and `regulars verify` see of a subscription: its clockwork, its periods, and what its provider was asked.

use jiff::civil::Date;
use store::Tx;

use super::run::{self, Period, Run};
use super::{EndReason, RetryDays, Subscription, act, end, find, queries};
use crate::kit::{Ctx, Micros, PlanId, Result, Right, SubscriptionId, day_date};
use crate::payments::{self, PaymentView};
use crate::providers::{Call, calls};

/// The clockwork of one that Regulars runs.
#[derive(Clone, Debug)]
pub struct Runs {
    /// The plan it began with.
    pub plan: Option<PlanId>,
    /// Pieces; the amount is theirs together.
    pub quantity: i64,
    /// Since when it is paused.
    pub paused_at: Option<Micros>,
    /// Why it ended, or will.
    pub end_reason: Option<EndReason>,
    /// The period to be paid next, once it was tried.
    pub current: Option<Period>,
    /// The day on which the period to be paid next is, or was, due.
    pub due: Date,
    /// When it is tried again, or given up.
    pub acts_at: Option<Micros>,
    /// The days on which a failed payment is tried again.
    pub retries: RetryDays,
    /// The last microsecond that is paid or free; absent when a payment is due or failed.
    pub paid_until: Option<Micros>,
    /// The day of the next payment if it were resumed now.
    pub resumes_on: Option<Date>,
}

/// A subscription as its page shows it.
#[derive(Clone, Debug)]
pub struct Course {
    /// As it stands.
    pub subscription: Subscription,
    /// When Regulars runs it.
    pub runs: Option<Runs>,
    /// What its provider was asked last, when that is not done.
    pub asked: Option<Call>,
}

/// One, with its clockwork.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub fn course(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Course> {
    ctx.must(Right::Read)?;
    let subscription = find(tx, ctx, id)?;
    let runs = run::load(tx, ctx, id)?.map(|run| shown(&run, ctx));
    let asked = match runs {
        Some(_) => None,
        None => calls::of_subject(tx, ctx, id.as_str(), 1)?.into_iter().next().filter(Call::is_open),
    };
    Ok(Course { subscription, runs, asked })
}

fn shown(run: &Run, ctx: &Ctx) -> Runs {
    Runs {
        plan: run.plan.clone(),
        quantity: run.quantity,
        paused_at: run.paused_at,
        end_reason: run.end_reason,
        current: run.period.clone().filter(|p| p.attempts > 0),
        due: run.due_day(),
        acts_at: run.standing(ctx.now).act_at,
        retries: run.retries.clone(),
        paid_until: end::paid_until(run, ctx.now).filter(|_| !run.is_asked()),
        resumes_on: run.paused_at.and_then(|_| act::resumes_on(run, ctx, None).ok()),
    }
}

/// The periods before `before` (absent: all), newest first, each with the payment of its last try.
pub fn periods(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId, before: Option<i64>, limit: i64) -> Result<Vec<(Period, Option<PaymentView>)>> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)?;
    let found = tx.rows(&queries::PERIODS, &[&ctx.merchant, id, &before.unwrap_or(i64::MAX), &limit], run::period)?;
    let mut all = Vec::with_capacity(found.len());
    for p in found.into_iter().filter(|p| p.attempts > 0) {
        let payment = match &p.payment {
            Some(payment) => Some(payments::get(tx, ctx, payment)?),
            None => None,
        };
        all.push((p, payment));
    }
    Ok(all)
}

impl Period {
    /// The day on which it was due.
    pub fn due(&self) -> Date {
        day_date(self.due_day)
    }

    /// The day on which it is tried again, or given up.
    pub fn next(&self) -> Option<Date> {
        self.next_day.map(day_date)
    }
}

/// What is kept of the runs behind `after` beside what their facts give: (subscription, what, kept, should be), and the last of the slice.
#[allow(clippy::type_complexity, reason = "one caller, which makes differences of it")]
pub(crate) fn differences(
    tx: &mut Tx,
    ctx: &Ctx,
    after: &str,
    limit: i64,
) -> Result<(Vec<(String, &'static str, String, String)>, Option<String>)> {
    let rows = tx.rows(&queries::RUNS, &[&ctx.merchant, &after, &limit], |r| {
        let counts = [r.get::<i64>(1)?, r.get(3)?, r.get(4)?, r.get(5)?, r.get(6)?, r.get(7)?];
        Ok((r.get::<SubscriptionId>(0)?, r.get::<Option<Micros>>(2)?, counts))
    })?;
    let mut found = Vec::new();
    for (id, act_at, [number, closed, out_of_order, paid, with_payment, payments]) in &rows {
        let Some(run) = run::load(tx, ctx, id)? else { continue };
        let stands = run.standing(ctx.now);
        let mut note = |what, kept: String, should: String| {
            if kept != should {
                found.push((id.to_string(), what, kept, should));
            }
        };
        note("status", run.s.status_at(ctx.now).name().to_owned(), stands.status.name().to_owned());
        note("next payment", format!("{:?}", run.s.next_payment_at), format!("{:?}", stands.next_payment_at));
        note("has something to do", act_at.is_some().to_string(), stands.act_at.is_some().to_string());
        note("periods behind it", closed.to_string(), number.to_string());
        note("periods in a state out of order", out_of_order.to_string(), "0".to_owned());
        note("paid periods with a payment of their amount", with_payment.to_string(), paid.to_string());
        note("payments taken", payments.to_string(), paid.to_string());
    }
    let last = rows.last().map(|(id, ..)| id.to_string()).filter(|_| rows.len() as i64 == limit);
    Ok((found, last))
}
