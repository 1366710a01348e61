//! What becomes of a charge: its payment went further, a provider tells of it first, or refused to be asked. Any order, any number of times.

use serde_json::json;
use store::Tx;

use super::read::{find, row};
use super::{Charge, State, purpose, queries};
use crate::events::Event;
use crate::kit::{ChargeId, Ctx, CustomerId, OrderId, PaymentId, Result, locks, printable};
use crate::payment_links;
use crate::payments::{self, PaymentStatus};
use crate::subscriptions::followed;

/// Who pays, for which order and in which words, as the mark says that a payment carries to its provider.
pub(crate) struct Behind {
    pub customer: CustomerId,
    pub order: Option<OrderId>,
    pub purpose: String,
}

/// What stands behind a mark; nothing for a mark that is no charge and no payment link of this merchant.
pub(crate) fn behind(tx: &mut Tx, ctx: &Ctx, mark: &str) -> Result<Option<Behind>> {
    if let Ok(id) = mark.parse::<ChargeId>() {
        let found = tx.opt(&queries::FIND, &[&ctx.merchant, &id], row)?;
        return Ok(found.map(|c| Behind { customer: c.customer, order: c.order, purpose: c.purpose }));
    }
    payment_links::behind(tx, ctx, mark)
}

/// A provider tells of the payment of a charge or of a link, as an answer or by a webhook that was faster.
pub(crate) fn told(tx: &mut Tx, ctx: &Ctx, mark: &str, payment: &PaymentId) -> Result<()> {
    let Ok(id) = mark.parse::<ChargeId>() else { return payment_links::told(tx, ctx, mark, payment) };
    let Some(seen) = tx.opt(&queries::FIND, &[&ctx.merchant, &id], row)? else { return Ok(()) };
    tx.next_verb();
    locks::customers(tx, ctx, &[&seen.customer])?;
    note(tx, ctx, &id, payment)
}

/// A payment that was begun for a charge or by a link went further. Its customer is locked.
pub(crate) fn follow(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<()> {
    match tx.opt(&queries::BY_PAYMENT, &[&ctx.merchant, payment], row)? {
        Some(charge) => note(tx, ctx, &charge.id, payment),
        None => payment_links::follow(tx, ctx, payment),
    }
}

/// Keeps what the payment says. The customer is locked.
pub(super) fn note(tx: &mut Tx, ctx: &Ctx, id: &ChargeId, payment: &PaymentId) -> Result<()> {
    let charge = find(tx, ctx, id)?;
    let p = payments::get(tx, &followed(ctx), payment)?;
    match p.status {
        PaymentStatus::Settled if charge.state != State::Paid => {
            set(tx, ctx, &charge, State::Paid, ("", ""), Some(payment))?;
            purpose::settle(tx, ctx, charge.invoice.as_ref().filter(|_| charge.order.is_none()), payment)
        }
        PaymentStatus::Failed | PaymentStatus::Bounced if matches!(charge.state, State::Asked | State::Unclear) => {
            set(tx, ctx, &charge, State::Failed, (&p.failure_code, &p.failure_message), Some(payment))
        }
        PaymentStatus::Pending if charge.state == State::Asked && charge.payment.is_none() => {
            set(tx, ctx, &charge, State::Asked, ("", ""), Some(payment))
        }
        _ => Ok(()),
    }
}

/// The provider refused to be asked, or could not be reached for so long that nobody knows (`unsure`).
pub(crate) fn refused(tx: &mut Tx, ctx: &Ctx, id: &ChargeId, words: &str, unsure: bool) -> Result<()> {
    let seen = find(tx, ctx, id)?;
    locks::customers(tx, ctx, &[&seen.customer])?;
    let charge = find(tx, ctx, id)?;
    if charge.state != State::Asked || charge.payment.is_some() {
        return Ok(());
    }
    set(tx, ctx, &charge, if unsure { State::Unclear } else { State::Failed }, ("", words), None)?;
    Event::new("charge.refused")
        .of(&charge.customer)
        .on("charge", id.as_str())
        .because(if unsure { "nobody knows whether it was paid" } else { "" })
        .data(json!({ "amount": charge.amount, "currency": charge.currency, "provider": charge.provider }))
        .value("failure", None, Some(words))
        .record(tx, ctx)?;
    Ok(())
}

fn set(tx: &mut Tx, ctx: &Ctx, c: &Charge, state: State, failure: (&str, &str), payment: Option<&PaymentId>) -> Result<()> {
    let words = printable(failure.1, 500);
    let payment = payment.or(c.payment.as_ref());
    tx.exec(&queries::SET, &[&ctx.merchant, &c.id, &state, &failure.0, &words, &payment, &ctx.now])?;
    Ok(())
}
