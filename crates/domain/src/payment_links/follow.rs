//! What becomes of a link: its payment came or failed, here or at its provider. Any order, any number of times.

use store::Tx;

use super::make::tell;
use super::read::find;
use super::{State, queries};
use crate::charges::Behind;
use crate::charges::purpose;
use crate::kit::{Ctx, PaymentId, PaymentLinkId, Result, locks};
use crate::payments::{self, PaymentStatus};
use crate::subscriptions::followed;

/// What stands behind the mark of a payment; nothing for a mark that is no link of this merchant.
pub(crate) fn behind(tx: &mut Tx, ctx: &Ctx, mark: &str) -> Result<Option<Behind>> {
    let Ok(id) = mark.parse::<PaymentLinkId>() else { return Ok(None) };
    match find(tx, ctx, &id) {
        Ok(link) => Ok(Some(Behind { customer: link.customer, order: link.order, purpose: link.purpose })),
        Err(crate::Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A provider tells of a payment by a link.
pub(crate) fn told(tx: &mut Tx, ctx: &Ctx, mark: &str, payment: &PaymentId) -> Result<()> {
    let Some(seen) = behind(tx, ctx, mark)? else { return Ok(()) };
    let Ok(id) = mark.parse::<PaymentLinkId>() else { return Ok(()) };
    tx.next_verb();
    locks::customers(tx, ctx, &[&seen.customer])?;
    note(tx, ctx, &id, payment)
}

/// A payment that was begun by a link went further. Its customer is locked.
pub(crate) fn follow(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<()> {
    match tx.opt(&queries::BY_PAYMENT, &[&ctx.merchant, payment], |r| r.get::<PaymentLinkId>(0))? {
        Some(id) => note(tx, ctx, &id, payment),
        None => Ok(()),
    }
}

/// Keeps what the payment says. Money that came by a link that was withdrawn or paid meanwhile is there all the same: it stays a payment of the customer,
/// and the link says which one paid it first. Less than was asked for pays no link. The customer is locked.
pub(super) fn note(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId, payment: &PaymentId) -> Result<()> {
    let link = find(tx, ctx, id)?;
    let told = payments::get(tx, &followed(ctx), payment)?;
    let whole = told.currency == link.currency && told.amount >= link.amount;
    match told.status {
        PaymentStatus::Settled if link.state != State::Paid && whole => {
            tx.exec(&queries::SET_PAYMENT, &[&ctx.merchant, id, payment, &ctx.now])?;
            tx.exec(&queries::CLOSE, &[&ctx.merchant, id, &State::Paid, &ctx.now])?;
            tell(tx, ctx, &link, "payment_link.paid")?;
            purpose::settle(tx, ctx, link.invoice.as_ref().filter(|_| link.order.is_none()), payment)
        }
        PaymentStatus::Pending | PaymentStatus::Failed | PaymentStatus::Bounced
            if link.state != State::Paid && link.payment.as_ref() != Some(payment) =>
        {
            tx.exec(&queries::SET_PAYMENT, &[&ctx.merchant, id, payment, &ctx.now])?;
            Ok(())
        }
        _ => Ok(()),
    }
}
