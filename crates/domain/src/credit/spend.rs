//! Store credit as a payment of a checkout. At most one per order, known by the shop's own order id, so that it is spent once however often
//! the order comes.

use store::Tx;

use super::ledger::{self, Entry};
use super::{Kind, PROVIDER, queries};
use crate::kit::{Ctx, CustomerId, Error, Money, Problems, Result, locks};
use crate::payments::{PaymentInput, PaymentStatus, Put};

/// What is wrong with the store credit among the payments of a checkout.
pub(crate) fn check(payments: &[PaymentInput], guest: bool, problems: &mut Problems) {
    let credit = payments.iter().enumerate().filter(|(_, p)| p.provider == PROVIDER);
    for (nth, (i, payment)) in credit.enumerate() {
        if guest {
            problems.add(format!("payments.{i}.provider"), "invalid", "A guest has no store credit.");
        }
        if nth > 0 {
            problems.add(format!("payments.{i}.provider"), "invalid", "Store credit pays once in an order. Send one sum.");
        }
        if payment.status != PaymentStatus::Settled {
            problems.add(format!("payments.{i}.status"), "invalid", "Store credit is spent or not: use settled, or leave the payment out.");
        }
        if !payment.live {
            problems.add(format!("payments.{i}.live"), "invalid", "Store credit is real. Leave it out of a test.");
        }
        if payment.method.is_some() {
            problems.add(format!("payments.{i}.method"), "invalid", "Store credit comes by no method.");
        }
    }
}

/// Looks, before the order is written, whether the credit suffices. Locks the customer.
///
/// # Errors
/// `Conflict` (`credit_insufficient`), unless other money was taken already: then the payment is recorded as failed, because money that was
/// taken is never refused (SPEC 10.2). `Invalid` when the order is known as a guest's.
pub(crate) fn cover(tx: &mut Tx, ctx: &Ctx, payment: &mut PaymentInput, customer: Option<&CustomerId>, taken: bool) -> Result<bool> {
    if payment.provider != PROVIDER {
        return Ok(true);
    }
    let customer = customer.ok_or_else(|| Problems::one("payments", "invalid", "A guest has no store credit."))?;
    locks::customers(tx, ctx, &[customer])?;
    let spent = tx.opt(&queries::SETTLED, &[&ctx.merchant, &payment.provider_ref], |r| r.get::<String>(0))?;
    let there = ledger::balance(tx, ctx, customer, payment.currency)?;
    if spent.is_some() || there >= payment.amount {
        return Ok(true);
    }
    let there = Money::new(there, payment.currency);
    if !taken {
        let wanted = Money::new(payment.amount, payment.currency);
        return Err(Error::conflict(
            "credit_insufficient",
            format!("There is {there} of store credit, and {wanted} is to be paid with it."),
        ));
    }
    payment.status = PaymentStatus::Failed;
    payment.failure_code = "insufficient_credit".to_owned();
    payment.failure_message = format!("There was {there} of store credit.");
    Ok(false)
}

/// Writes the line of a payment that was just made with store credit. The customer is locked and covered it.
pub(crate) fn spend(tx: &mut Tx, ctx: &Ctx, payment: &PaymentInput, put: &Put) -> Result<()> {
    let fresh = (put.created || put.changed) && payment.status == PaymentStatus::Settled;
    let Some(customer) = payment.customer.as_ref().filter(|_| fresh && payment.provider == PROVIDER) else { return Ok(()) };
    let entry = Entry {
        customer,
        kind: Kind::Spend,
        amount: -payment.amount,
        currency: payment.currency,
        reason: "",
        payment: Some(&put.id),
        refund: None,
        order: payment.order.as_ref(),
    };
    ledger::write(tx, ctx, &entry).map(|_| ())
}
