//! The clockwork of a subscription that Regulars runs itself, and the rules that say how it stands. Every verb changes the facts (which period is next,
//! what became of it, paused, cancelled) and lets [`keep`] write what follows from them; `regulars verify` works the same out again.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value as Json, json};
use store::{Row, Tx};

use super::{RetryDays, Subscription, SubscriptionStatus, calendar, find, queries, retries};
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{
    Actor, Ctx, CustomerId, Error, Micros, Money, PaymentId, PlanId, Result, Rights, SubscriptionId, Zone, day_date, day_number, locks,
    words,
};
use crate::merchants;

words! {
    /// What became of a period.
    pub enum PeriodState {
        /// Its payment failed, and is tried again or waits for somebody.
        Open = "open", "Not paid";
        /// Its payment was asked for, and there is no answer yet.
        Asked = "asked", "Asked for";
        /// Paid.
        Paid = "paid", "Paid";
        /// It costs nothing.
        Free = "free", "Free";
        /// Given up: the subscription ended with it.
        Unpaid = "unpaid", "Given up";
        /// Not taken, because somebody ended the subscription first.
        Waived = "waived", "Not taken";
    }
}

words! {
    /// Why a subscription ended, or will.
    pub enum EndReason {
        /// Somebody cancelled it.
        Cancelled = "cancelled", "Cancelled";
        /// Its payments failed to the end.
        Unpaid = "unpaid", "Not paid";
    }
}

/// A period whose payment was tried at least once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// Its place, from zero.
    pub number: i64,
    /// The day on which it was due, days since 1970.
    pub due_day: i64,
    /// What it costs, minor units.
    pub amount: i64,
    /// What became of it.
    pub state: PeriodState,
    /// How often its payment was tried.
    pub attempts: i64,
    /// The day from which retries are counted.
    pub(super) base_day: i64,
    /// The day on which it is tried again, or given up.
    pub next_day: Option<i64>,
    /// The method was refused for good: it is not tried again with it.
    pub hard: bool,
    /// The payment of the last try.
    pub payment: Option<PaymentId>,
    /// Why the last try failed, in words.
    pub failure: String,
}

/// A subscription with its clockwork, under the lock of its customer.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub s: Subscription,
    /// As the row was when it was read.
    kept: Subscription,
    pub plan: Option<PlanId>,
    pub quantity: i64,
    pub anchor_day: i64,
    pub anchor_number: i64,
    /// The period to be paid next.
    pub number: i64,
    pub paused_at: Option<Micros>,
    pub end_reason: Option<EndReason>,
    /// The period `number`, once it was tried.
    pub period: Option<Period>,
    pub retries: RetryDays,
    pub zone: Zone,
}

/// How it stands, worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub status: SubscriptionStatus,
    /// What pages show as the next payment.
    pub next_payment_at: Option<Micros>,
    /// When there is something to do.
    pub act_at: Option<Micros>,
}

impl Run {
    /// The day on which the period to be paid next is due.
    pub fn due_day(&self) -> Date {
        calendar::day_of(day_date(self.anchor_day), self.s.cycle_unit, self.s.cycle_count, self.number - self.anchor_number)
    }

    /// Today, where the merchant lives.
    pub fn today(&self, ctx: &Ctx) -> i64 {
        i64::from(self.zone.day(ctx.now))
    }

    /// Counts the days from this one, on which the next period is due.
    pub fn anchor_at(&mut self, day: Date) {
        (self.anchor_day, self.anchor_number) = (i64::from(day_number(day)), self.number);
    }

    /// Its payment was tried and failed, and nobody has given it up.
    pub fn is_tried(&self) -> bool {
        self.period.as_ref().is_some_and(|p| p.state == PeriodState::Open && p.attempts > 0)
    }

    /// Its payment is on its way.
    pub fn is_asked(&self) -> bool {
        self.period.as_ref().is_some_and(|p| p.state == PeriodState::Asked)
    }

    /// What a cycle costs.
    pub fn price(&self) -> Money {
        Money::new(self.s.amount, self.s.currency)
    }

    /// How the facts say it stands (SPEC 6.4).
    pub fn standing(&self, now: Micros) -> Standing {
        let still = |status| Standing { status, next_payment_at: None, act_at: None };
        if let Some(end) = self.s.ends_at {
            return still(if now > end { SubscriptionStatus::Ended } else { SubscriptionStatus::Cancelled });
        }
        if self.paused_at.is_some() {
            return still(SubscriptionStatus::Paused);
        }
        let calm = if self.number == 0 && self.s.trial_until.is_some() { SubscriptionStatus::Trialing } else { SubscriptionStatus::Active };
        let at = |day: i64| self.zone.start_of(day_date(day));
        let due = self.zone.start_of(self.due_day());
        match &self.period {
            None => Standing { status: calm, next_payment_at: Some(due), act_at: Some(due) },
            Some(p) if p.state == PeriodState::Asked => {
                // Money that somebody brings is late behind its day; any other was refused before.
                let late = if self.s.method.is_none() { p.next_day.is_none() } else { p.attempts > 1 };
                let status = if late { SubscriptionStatus::PastDue } else { calm };
                Standing { status, next_payment_at: Some(due), act_at: p.next_day.map(at) }
            }
            Some(p) => {
                let next = p.next_day.map(at);
                let status = if p.attempts > 0 { SubscriptionStatus::PastDue } else { calm };
                Standing { status, next_payment_at: next.filter(|_| !p.hard), act_at: next }
            }
        }
    }
}

/// Reads it under the lock of its customer; `None` for a subscription that somebody else runs.
pub(super) fn locked(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Option<Run>> {
    let owner = find(tx, ctx, id)?.customer;
    locks::customers(tx, ctx, &[&owner])?;
    load(tx, ctx, id)
}

/// The same where the customer is locked already, or for a look.
pub(super) fn load(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Option<Run>> {
    let s = find(tx, ctx, id)?;
    if !s.own {
        return Ok(None);
    }
    let settings = merchants::settings(tx, ctx)?;
    let usual = retries::settings(tx, ctx)?;
    let mut run = tx.one(&queries::RUN, &[&ctx.merchant, id], |r| {
        let of_plan = r.get::<Option<String>>(7)?.filter(|t| !t.is_empty());
        Ok(Run {
            kept: s.clone(),
            s: s.clone(),
            plan: r.get(0)?,
            quantity: r.get(1)?,
            anchor_day: r.get(2)?,
            anchor_number: r.get(3)?,
            number: r.get(4)?,
            paused_at: r.get(5)?,
            end_reason: r.get(6)?,
            period: None,
            retries: of_plan.and_then(|t| RetryDays::parse(&t).ok()).unwrap_or_else(|| usual.clone()),
            zone: settings.zone.clone(),
        })
    })?;
    run.period = tx.opt(&queries::PERIOD, &[&ctx.merchant, id, &run.number], period)?;
    Ok(Some(run))
}

/// Writes the facts of a run and what follows from them; `cause` as for [`facts::refresh`].
pub(super) fn keep(tx: &mut Tx, ctx: &Ctx, run: &mut Run, cause: &str) -> Result<()> {
    if let Some(p) = run.period.clone() {
        put_period(tx, ctx, run, &p)?;
    }
    let stands = run.standing(ctx.now);
    (run.s.status, run.s.next_payment_at) = (stands.status, stands.next_payment_at);
    let key: [&dyn store::Bind; 2] = [&ctx.merchant, &run.s.id];
    let rest: [&dyn store::Bind; 6] = [&run.anchor_day, &run.anchor_number, &run.number, &run.paused_at, &run.end_reason, &stands.act_at];
    tx.exec(&queries::KEEP_RUN, &[key.as_slice(), &rest].concat())?;
    if run.s == run.kept {
        return Ok(());
    }
    let s = &run.s;
    let rest: [&dyn store::Bind; 7] = [&s.status, &s.provider, &s.method, &s.trial_until, &s.next_payment_at, &s.ends_at, &ctx.now];
    tx.exec(&queries::KEEP, &[key.as_slice(), &rest].concat())?;
    // Only its end is a fact about the customer: all other statuses are live alike (SPEC 4).
    if s.ends_at != run.kept.ends_at {
        facts::refresh(tx, ctx, std::slice::from_ref(&s.customer), cause)?;
    }
    run.kept = run.s.clone();
    Ok(())
}

/// Works out anew when something is to be done for these customers, who are locked: days begin elsewhere once the merchant's time zone is another.
pub(crate) fn in_zone(tx: &mut Tx, ctx: &Ctx, customers: &[CustomerId]) -> Result<()> {
    for customer in customers {
        let own: Vec<SubscriptionId> = tx.rows(&queries::OWN_OF, &[&ctx.merchant, customer], |r| r.get(0))?;
        for id in own {
            if let Some(mut run) = load(tx, ctx, &id)? {
                keep(tx, ctx, &mut run, "settings changed")?;
            }
        }
    }
    Ok(())
}

/// Ends the period to be paid next in this state; the one behind it comes next.
pub(super) fn close(tx: &mut Tx, ctx: &Ctx, run: &mut Run, state: PeriodState) -> Result<()> {
    if let Some(p) = run.period.take() {
        put_period(tx, ctx, run, &Period { state, next_day: None, ..p })?;
        run.number += 1;
    }
    Ok(())
}

fn put_period(tx: &mut Tx, ctx: &Ctx, run: &Run, p: &Period) -> Result<()> {
    let key: [&dyn store::Bind; 3] = [&ctx.merchant, &run.s.id, &p.number];
    let rest: [&dyn store::Bind; 10] =
        [&p.due_day, &p.amount, &p.state, &p.attempts, &p.base_day, &p.next_day, &p.hard, &p.payment, &p.failure, &ctx.now];
    tx.exec(&queries::PUT_PERIOD, &[key.as_slice(), &rest].concat())?;
    Ok(())
}

/// Puts it on the timeline.
pub(super) fn tell(tx: &mut Tx, ctx: &Ctx, run: &Run, kind: &'static str, cause: &str, more: Json) -> Result<()> {
    let mut data = json!({ "status": run.standing(ctx.now).status });
    if let (Some(data), Json::Object(more)) = (data.as_object_mut(), more) {
        data.extend(more);
    }
    Event::new(kind).of(&run.s.customer).on("subscription", run.s.id.as_str()).because(cause).data(data).record(tx, ctx)?;
    Ok(())
}

/// The same context with every right: what follows from an act that was allowed.
pub(crate) fn followed(ctx: &Ctx) -> Ctx {
    Ctx { actor: Actor { rights: Rights::all(), ..(*ctx.actor).clone() }.into(), ..ctx.clone() }
}

/// Only what Regulars runs itself has a clockwork.
pub(super) fn not_ours() -> Error {
    Error::conflict("run_elsewhere", "Whoever charges this subscription also runs it. Change it there.")
}

/// Reads a period.
pub(super) fn period(r: &Row<'_>) -> std::result::Result<Period, store::Error> {
    Ok(Period {
        number: r.get(0)?,
        due_day: r.get(1)?,
        amount: r.get(2)?,
        state: r.get(3)?,
        attempts: r.get(4)?,
        base_day: r.get(5)?,
        next_day: r.get(6)?,
        hard: r.get(7)?,
        payment: r.get(8)?,
        failure: r.get(9)?,
    })
}
