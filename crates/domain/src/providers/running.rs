//! Subscriptions that a provider runs, as it tells of them.

use ::providers::news::{self, News};
use store::Tx;

use super::apply::{Source, is_newest, park, wake};
use super::ask::CancelCall;
use super::people::{Whose, short, whose};
use super::{Account, Call, money};
use crate::kit::{Ctx, CustomerId, Error, Result, locks};
use crate::orders;
use crate::payments::methods;
use crate::subscriptions::{self, SubscriptionInput, SubscriptionStatus, Unit};

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
    take_in(tx, ctx, s, p, customer, Some(news))?;
    wake(tx, ctx, s, &format!("subscription:{}", p.reference))
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
