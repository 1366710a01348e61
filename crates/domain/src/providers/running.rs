//! Subscriptions that a provider runs, as it tells of them.

use ::providers::news::{self, News};
use store::Tx;

use super::apply::{Source, fact, is_newest, park, wake};
use super::ask::CancelCall;
use super::people::{Whose, short, whose};
use super::{Account, Call, Provider, money};
use crate::kit::{Ctx, CustomerId, Error, Micros, Result, locks};
use crate::orders;
use crate::payments::methods;
use crate::subscriptions::{self, SubscriptionInput, SubscriptionStatus, Unit, next_behind};

/// A subscription as it stands.
pub(super) fn subscription(tx: &mut Tx, ctx: &Ctx, s: &Source, p: &news::Subscription, news: &News) -> Result<()> {
    let customer = match whose(tx, ctx, s, &p.customer)? {
        Whose::Known(id) => id,
        Whose::Gone => return Ok(()),
        Whose::Unknown => return park(tx, ctx, s, &format!("customer:{}", p.customer), news),
    };
    if !is_newest(tx, ctx, s, "subscription_at", &p.reference)? {
        return Ok(());
    }
    let p = &paid_since(tx, ctx, s, p)?;
    take_in(tx, ctx, s, p, customer, Some(news))?;
    wake(tx, ctx, s, &format!("subscription:{}", p.reference))
}

/// Since when a subscription is paid for, as a fact: the newest payment for it.
const RENEWED: &str = "renewed";

/// PayPal tells of the payment for a subscription and not of the subscription: it is paid again, and the next payment is a cycle further.
pub(super) fn renewed(tx: &mut Tx, ctx: &Ctx, s: &Source, reference: &str) -> Result<()> {
    if s.account.provider != Provider::Paypal || !is_newest(tx, ctx, s, RENEWED, reference)? {
        return Ok(());
    }
    let told_since = fact(tx, ctx, s, "subscription_at", reference)?.is_some_and(|at| at > s.position);
    let Some(known) = subscriptions::by_ref(tx, ctx, s.provider, reference)?.filter(|_| !told_since) else { return Ok(()) };
    let status = if known.status == SubscriptionStatus::PastDue { SubscriptionStatus::Active } else { known.status };
    let next = known.next_payment_at.map(|next| next_behind(next, moment(&s.position), known.cycle_count, known.cycle_unit));
    let input = SubscriptionInput {
        customer: known.customer,
        shop: known.shop,
        name: known.name,
        status,
        live: known.live,
        currency: known.currency,
        amount: known.amount,
        cycle_count: known.cycle_count,
        cycle_unit: known.cycle_unit,
        provider: known.provider,
        provider_ref: known.provider_ref,
        method: known.method,
        started_at: known.started_at,
        trial_until: known.trial_until,
        next_payment_at: next,
        ends_at: known.ends_at,
        import_id: None,
    };
    tx.next_verb();
    subscriptions::tell(tx, ctx, &input).map(drop)
}

/// The same for what is told later than a payment that came behind it.
fn paid_since(tx: &mut Tx, ctx: &Ctx, s: &Source, p: &news::Subscription) -> Result<news::Subscription> {
    let paid = fact(tx, ctx, s, RENEWED, &p.reference)?.filter(|at| *at > s.position);
    let Some(paid) = paid else { return Ok(p.clone()) };
    let status = if p.status == news::SubscriptionStatus::PastDue { news::SubscriptionStatus::Active } else { p.status };
    let next = p.next_payment_at.map(|next| next_behind(next, moment(&paid), p.cycle_count, unit(p.cycle_unit)));
    Ok(news::Subscription { status, next_payment_at: next, ..p.clone() })
}

/// When the news of a position happened.
fn moment(position: &str) -> Micros {
    position.split(':').next().and_then(|at| at.parse().ok()).unwrap_or(0)
}

/// A subscription as its provider answered when it was asked to change it. The same is told by an event, whose moment is the provider's, so that
/// this is not noted as its newest word.
pub(super) fn answered(tx: &mut Tx, ctx: &Ctx, account: &Account, p: &news::Subscription) -> Result<()> {
    let s = Source { account, provider: account.provider.name(), live: account.live, position: String::new() };
    match subscriptions::by_ref(tx, ctx, s.provider, &p.reference)? {
        Some(known) => take_in(tx, ctx, &s, p, known.customer, None),
        None => Ok(()),
    }
}

/// A provider whose answer says no more has cancelled a subscription.
pub(super) fn cancelled(tx: &mut Tx, ctx: &Ctx, call: &Call) -> Result<()> {
    let asked: CancelCall = serde_json::from_value(call.payload.clone()).map_err(|e| Error::Internal(e.to_string()))?;
    let Ok(id) = call.subject.parse() else { return Ok(()) };
    let s = subscriptions::get(tx, ctx, &id)?;
    locks::customers(tx, ctx, &[&s.customer])?;
    let s = subscriptions::get(tx, ctx, &id)?;
    match s.status_at(ctx.now) {
        SubscriptionStatus::Ended | SubscriptionStatus::Cancelled => Ok(()),
        _ => subscriptions::end_here(tx, ctx, &s, asked.how).map(drop),
    }
}

fn take_in(tx: &mut Tx, ctx: &Ctx, s: &Source, p: &news::Subscription, customer: CustomerId, news: Option<&News>) -> Result<()> {
    let method = match &p.method {
        None => None,
        Some(reference) => match methods::by_ref(tx, ctx, s.provider, reference)? {
            Some((id, owner)) if owner == customer => Some(id),
            Some(_) => None,
            None => match news {
                Some(news) => park(tx, ctx, s, &format!("method:{reference}"), news).map(|()| None)?,
                None => None,
            },
        },
    };
    let known = subscriptions::by_ref(tx, ctx, s.provider, &p.reference)?;
    let (currency, amount) = match (&p.amount, &known) {
        (Some(amount), _) => (money::currency(amount)?, amount.minor),
        (None, Some(known)) => (known.currency, known.amount),
        (None, None) => (orders::shop_currency(tx, ctx, &s.account.shop)?.ok_or(Error::NotFound("shop"))?, 0),
    };
    let input = SubscriptionInput {
        customer,
        shop: s.account.shop.clone(),
        name: short(&p.name, 200),
        status: status(p.status),
        live: s.live,
        currency,
        amount,
        cycle_count: p.cycle_count.clamp(1, 1000),
        cycle_unit: unit(p.cycle_unit),
        provider: s.provider.to_owned(),
        provider_ref: Some(p.reference.clone()),
        method,
        started_at: p.started_at,
        trial_until: p.trial_until,
        next_payment_at: p.next_payment_at,
        ends_at: p.ends_at,
        import_id: None,
    };
    subscriptions::tell(tx, ctx, &input).map(drop)
}

fn status(told: news::SubscriptionStatus) -> SubscriptionStatus {
    match told {
        news::SubscriptionStatus::Trialing => SubscriptionStatus::Trialing,
        news::SubscriptionStatus::Active => SubscriptionStatus::Active,
        news::SubscriptionStatus::PastDue => SubscriptionStatus::PastDue,
        news::SubscriptionStatus::Paused => SubscriptionStatus::Paused,
        news::SubscriptionStatus::Cancelled => SubscriptionStatus::Cancelled,
        news::SubscriptionStatus::Ended => SubscriptionStatus::Ended,
    }
}

fn unit(told: news::Unit) -> Unit {
    match told {
        news::Unit::Day => Unit::Day,
        news::Unit::Week => Unit::Week,
        news::Unit::Month => Unit::Month,
        news::Unit::Year => Unit::Year,
    }
}
