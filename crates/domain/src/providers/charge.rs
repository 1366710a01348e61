//! Money for a period of a subscription that Regulars runs itself, and for a charge: played by the test provider, or asked of Stripe without the buyer
//! being there.

use ::providers::test::{self, Play};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::play::{self, Played};
use super::{Account, CallKind, CallState, Provider, accounts, calls, queries};
use crate::kit::{AccountId, CallId, Ctx, CustomerId, Error, Money, Result, ShopId, SubscriptionId};
use crate::payments::PaymentInput;
use crate::payments::methods::Method;

/// A charge to ask for, as it stands in a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ChargeCall {
    pub customer: String,
    pub method: String,
    pub minor: i64,
    pub currency: String,
    pub name: String,
    pub mark: String,
}

/// Who can charge a method, and as what.
#[derive(Clone, Debug)]
pub(crate) enum Door {
    /// The test provider, which plays the card.
    Test(Account, Box<Play>),
    /// Stripe: its ids of the customer and of the method.
    Stripe(Account, String, String),
}

impl Door {
    /// Real money.
    pub fn live(&self) -> bool {
        match self {
            Self::Test(..) => false,
            Self::Stripe(account, ..) => account.live,
        }
    }
}

/// Who can charge this method for a shop; in one mode when it is said. Else why nobody can, in words.
pub(crate) fn door(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, m: &Method, live: Option<bool>) -> Result<std::result::Result<Door, String>> {
    let shut = |words: &str| Ok(Err(words.to_owned()));
    if m.detached_at.is_some() {
        return shut("This payment method was taken off.");
    }
    match m.provider.parse::<Provider>() {
        Ok(Provider::Test) if live == Some(true) => shut("A test card pays no real money."),
        Ok(Provider::Test) => match accounts::in_use(tx, ctx, shop, Provider::Test, false)? {
            Some(account) => Ok(Ok(Door::Test(account, Box::new(test::play_saved(&m.fingerprint))))),
            None => shut("This shop has no test provider. Set it up in Settings, Payments."),
        },
        Ok(Provider::Stripe) => {
            let Some(reference) = m.provider_ref.clone() else {
                return shut("Stripe does not keep this payment method, so it cannot be charged again.");
            };
            let found = links(tx, ctx, &m.customer)?;
            let mut fits: Vec<_> = found.into_iter().filter(|(a, _)| a.shop == *shop && live.is_none_or(|l| l == a.live)).collect();
            fits.sort_by_key(|(a, _)| !a.live);
            match fits.into_iter().next() {
                Some((account, customer)) => Ok(Ok(Door::Stripe(account, customer, reference))),
                None => shut("This shop’s account at Stripe does not know the customer, so the payment method cannot be charged."),
            }
        }
        Ok(Provider::Paypal) => shut("PayPal runs subscriptions itself: they begin there."),
        Err(()) => shut("This payment method cannot be charged from here."),
    }
}

/// The customer's records with Stripe: account and reference.
fn links(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<(Account, String)>> {
    let all: Vec<(AccountId, String, Provider)> =
        tx.rows(&queries::ACCOUNTS_OF_CUSTOMER, &[&ctx.merchant, customer], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
    let mut found = Vec::new();
    for (account, reference, _) in all.into_iter().filter(|(_, _, provider)| *provider == Provider::Stripe) {
        found.push((accounts::find(tx, ctx, &account)?, reference));
    }
    Ok(found)
}

/// What an account of Stripe calls a customer, when it knows one.
pub(crate) fn known_as(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, account: &AccountId) -> Result<Option<String>> {
    Ok(links(tx, ctx, customer)?.into_iter().find(|(a, _)| a.id == *account).map(|(_, reference)| reference))
}

/// Plays a test card, one that is kept or one that was typed. `payment` says whose and for what; the rest is the card's.
pub(crate) fn play_saved(tx: &mut Tx, ctx: &Ctx, account: &Account, card: &Play, payment: PaymentInput) -> Result<Played> {
    play::carry_out(tx, ctx, account, card, payment)
}

/// Asks Stripe for money; `subject` is the subscription or the charge it is for, `mark` is what the payment is known by when it comes back.
pub(crate) fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    subject: &str,
    door: (&Account, &str, &str),
    price: Money,
    name: &str,
    mark: String,
) -> Result<CallId> {
    let (account, customer, method) = door;
    let call = ChargeCall {
        customer: customer.to_owned(),
        method: method.to_owned(),
        minor: price.minor,
        currency: price.currency.code().to_owned(),
        name: name.to_owned(),
        mark,
    };
    let payload = serde_json::to_value(call).map_err(|e| Error::Internal(e.to_string()))?;
    calls::enqueue(tx, ctx, &account.id, CallKind::Charge, subject, &payload)
}

/// Takes back a charge that nobody has begun to send. `false`: it may be on its way.
pub(crate) fn withdraw(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<bool> {
    let done = tx
        .exec(&queries::WITHDRAW, &[&ctx.merchant, id, &CallKind::Charge, &CallState::Done, &"Taken back before it was sent.", &ctx.now])?;
    Ok(done > 0)
}
