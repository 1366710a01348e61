//! One step of a subscription that is due: its period's payment is tried through the door of its method, once (SPEC 6.4).

use serde_json::json;
use store::Tx;

use super::run::{self, EndReason, Period, PeriodState, Run, close, keep, tell};
use super::settle::{self, mark};
use crate::kit::{Ctx, MethodId, PaymentId, Result, SubscriptionId, day_number};
use crate::payments::methods;
use crate::payments::{self, MethodInput, MethodKind, PaymentInput, PaymentStatus};
use crate::providers::charge::{self, Door};

/// What came of asking for the money.
enum Came {
    /// It is there.
    Paid(PaymentId),
    /// Refused: the provider's code and words, and the payment that failed, when there is one.
    Failed(String, String, Option<PaymentId>),
    /// The answer comes later; until it does, nothing is tried. For money that somebody brings: the day behind which it is late.
    Later(Option<PaymentId>, Option<i64>),
}

/// Does what is due now with a subscription whose customer is locked. Does nothing when somebody else has done it.
pub(super) fn step(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<()> {
    let Some(mut run) = run::load(tx, ctx, id)? else { return Ok(()) };
    if run.standing(ctx.now).act_at.is_none_or(|at| at > ctx.now) {
        return keep(tx, ctx, &mut run, "");
    }
    if !payments::must_exist(tx, ctx, &run.s.customer).is_ok_and(|standing| standing.is_active()) {
        // Nothing new is taken from a customer who is archived, deleted or gone (SPEC 10.2).
        close(tx, ctx, &mut run, PeriodState::Waived)?;
        return settle::end(tx, ctx, &mut run, EndReason::Cancelled, "the customer is no longer active");
    }
    match &mut run.period {
        Some(p) if p.state == PeriodState::Asked => {
            p.next_day = None;
            tell(tx, ctx, &run, "subscription.past_due", "the money has not come", json!({}))?;
            keep(tx, ctx, &mut run, "subscription past due")
        }
        Some(p) if p.hard => settle::give_up(tx, ctx, &mut run),
        _ => attempt(tx, ctx, &mut run),
    }
}

fn attempt(tx: &mut Tx, ctx: &Ctx, run: &mut Run) -> Result<()> {
    let today = run.today(ctx);
    let fresh = Period {
        number: run.number,
        due_day: i64::from(day_number(run.due_day())),
        amount: run.s.amount,
        state: PeriodState::Open,
        attempts: 0,
        base_day: today,
        next_day: None,
        hard: false,
        payment: None,
        failure: String::new(),
    };
    let mut p = run.period.take().unwrap_or(fresh);
    // Days that passed while nothing ran are no tries: the days that are left of the schedule move along.
    if let Some(missed) = p.next_day.map(|day| today - day).filter(|days| *days > 0) {
        p.base_day += missed;
    }
    p.attempts += 1;
    run.period = Some(p.clone());
    if p.amount == 0 {
        return settle::paid(tx, ctx, run, None);
    }
    match ask(tx, ctx, run, &p)? {
        Came::Paid(payment) => settle::paid(tx, ctx, run, Some(&payment)),
        Came::Failed(code, words, payment) => settle::failed(tx, ctx, run, &code, &words, payment.as_ref()),
        Came::Later(payment, late) => {
            // The payment of an earlier try is not the one that is waited for.
            (p.state, p.payment, p.next_day) = (PeriodState::Asked, payment, late);
            run.period = Some(p);
            keep(tx, ctx, run, "payment begun")
        }
    }
}

fn ask(tx: &mut Tx, ctx: &Ctx, run: &Run, p: &Period) -> Result<Came> {
    let s = &run.s;
    let reference = format!("{}-{}-{}", s.id, p.number, p.attempts);
    let payment = PaymentInput {
        customer: Some(s.customer.clone()),
        subscription: Some(s.id.clone()),
        provider_ref: Some(reference),
        live: s.live,
        method_id: s.method.clone(),
        ..PaymentInput::settled(s.shop.clone(), &s.provider, s.currency, p.amount, ctx.now)
    };
    let Some(method) = &s.method else {
        // Cash, a cheque or a transfer: a payment that somebody records when it comes.
        let input = PaymentInput { status: PaymentStatus::Pending, method: Some(MethodInput::of(MethodKind::Transfer)), ..payment };
        let id = payments::put(tx, ctx, &input)?.id;
        let patience = run.retries.days().first().copied().unwrap_or(1);
        return Ok(Came::Later(Some(id), Some(p.base_day + patience)));
    };
    let m = methods::get(tx, ctx, method)?;
    match charge::door(tx, ctx, &s.shop, &m, Some(s.live))? {
        Err(words) => Ok(Came::Failed(String::new(), words, None)),
        Ok(Door::Stripe(account, customer, reference)) => {
            let price = crate::kit::Money::new(p.amount, s.currency);
            charge::ask(tx, ctx, s.id.as_str(), (&account, &customer, &reference), price, &s.name, mark(&s.id, p))?;
            Ok(Came::Later(None, None))
        }
        Ok(Door::Test(account, play)) => {
            let card = MethodInput { brand: m.brand, last4: m.last4, fingerprint: m.fingerprint, attach: false, ..MethodInput::of(m.kind) };
            let played = charge::play_saved(tx, ctx, &account, &play, PaymentInput { method: Some(card), ..payment })?;
            Ok(match played.status {
                PaymentStatus::Settled => Came::Paid(played.payment),
                PaymentStatus::Pending => Came::Later(Some(played.payment), None),
                _ => Came::Failed(play.code.to_owned(), play.message.to_owned(), Some(played.payment)),
            })
        }
    }
}

/// Who would charge a method, as the dialogs say it and the rows keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Charged {
    /// `manual`, `test`, `stripe`.
    pub provider: &'static str,
    /// Real money.
    pub live: bool,
}

/// Checks that a customer's method can be charged for a shop; in one mode when it is said. Without a method, somebody brings the money.
///
/// # Errors
/// `Invalid` on `method`, in words.
pub(crate) fn usable(
    tx: &mut Tx,
    ctx: &Ctx,
    run: (&crate::kit::CustomerId, &crate::kit::ShopId),
    method: Option<&MethodId>,
    live: Option<bool>,
) -> Result<Charged> {
    let wrong = |code, words: String| crate::kit::Problems::one("method", code, words);
    let Some(id) = method else { return Ok(Charged { provider: "manual", live: live.unwrap_or(true) }) };
    let unknown = || wrong("unknown", "Choose one of the customer's payment methods.".to_owned());
    let m = methods::get(tx, ctx, id).map_err(|_| unknown())?;
    if m.customer != *run.0 {
        return Err(unknown());
    }
    if m.kind.is_manual() {
        return Err(wrong("unusable", "Cash, cheques and transfers are not charged. Choose “recorded by hand”.".to_owned()));
    }
    if m.last_outcome == payments::Outcome::Invalid {
        return Err(wrong("unusable", "This payment method was refused for good. Choose another one.".to_owned()));
    }
    let zone = crate::merchants::settings(tx, ctx)?.zone;
    if m.is_expired(&zone, ctx.now) {
        return Err(wrong("unusable", "This card has expired. Choose another one.".to_owned()));
    }
    match charge::door(tx, ctx, run.1, &m, live)? {
        Ok(door) => Ok(Charged { provider: if matches!(door, Door::Test(..)) { "test" } else { "stripe" }, live: door.live() }),
        Err(words) => Err(wrong("unusable", words)),
    }
}
