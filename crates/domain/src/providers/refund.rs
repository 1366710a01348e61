//! A refund goes the way its payment came: through the provider where there is an account, else it is recorded as given back by hand.

use store::Tx;

use super::ask::RefundCall;
use super::{Account, CallKind, Provider, accounts, calls, money, queries};
use crate::kit::{Ctx, PaymentId, RefundId, Result, Right};
use crate::payments::refunds::{self, RefundInput};
use crate::payments::{self, PaymentView};

/// How a refund of a payment goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// Through this account: pending until the provider answers.
    Provider(Account),
    /// Written down: the money is given back by hand.
    Recorded,
}

/// Which way it goes.
pub fn way(tx: &mut Tx, ctx: &Ctx, payment: &PaymentView) -> Result<Way> {
    let provider = payment.provider.parse::<Provider>().ok().filter(|p| p.is_outside());
    let (Some(provider), Some(_)) = (provider, &payment.provider_ref) else { return Ok(Way::Recorded) };
    Ok(accounts::in_use(tx, ctx, &payment.shop, provider, payment.live)?.map_or(Way::Recorded, Way::Provider))
}

/// Is it a sale of PayPal's first API? It said so when it told of the payment; of one that was told of before anybody asked, what a subscription pays
/// with is.
fn is_sale(tx: &mut Tx, ctx: &Ctx, account: &Account, view: &PaymentView) -> Result<bool> {
    let reference = view.provider_ref.as_deref().unwrap_or_default();
    let said = tx.opt(&queries::FACT, &[&ctx.merchant, &account.id, &money::SHAPE, &reference], |r| r.get::<String>(0))?;
    Ok(said.map_or(view.subscription.is_some(), |shape| shape == money::SALE))
}

/// Refunds a payment, all or a part: asks the provider, or records it as done.
///
/// # Errors
/// `Invalid` on `amount` with what is left, `Conflict` (`payment_state`) when the payment is not settled.
pub fn refund(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, amount: i64, reason: &str) -> Result<RefundId> {
    ctx.must(Right::Refund)?;
    let view = payments::get(tx, ctx, payment)?;
    let (account, reference) = match (way(tx, ctx, &view)?, &view.provider_ref) {
        (Way::Provider(account), Some(reference)) => (account, reference.clone()),
        _ => return refunds::refund(tx, ctx, &RefundInput::of(payment.clone(), amount, reason)),
    };
    let id = refunds::begin(tx, ctx, payment, amount, reason)?;
    let call = RefundCall {
        payment: reference,
        sale: is_sale(tx, ctx, &account, &view)?,
        minor: amount,
        currency: view.currency.code().to_owned(),
        reason: reason.trim().to_owned(),
    };
    let payload = serde_json::to_value(call).map_err(|e| crate::Error::Internal(e.to_string()))?;
    calls::enqueue(tx, ctx, &account.id, CallKind::Refund, id.as_str(), &payload)?;
    Ok(id)
}
