//! A refund as store credit: the money stays, the customer gets credit. It is a refund of the payment like any other, so what is left to
//! refund shrinks by it and refunds and credit together never exceed what was captured (SPEC 5.4); no provider is told.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::grant::may_receive;
use super::ledger::{self, Entry};
use super::{Kind, PROVIDER, queries};
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, Money, PaymentId, Problems, RefundId, Result, Right, clean};
use crate::payments::{PaymentRow, PaymentStatus, find_locked};

/// What to give as credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditRefund {
    /// Of which payment.
    pub payment: PaymentId,
    /// Minor units of the payment's currency, above zero, at most what is left.
    pub amount: i64,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// Refunds a payment, or a part of it, as store credit.
///
/// # Errors
/// `Invalid` on `amount` with what is left; `Conflict`: `payment_state` when it is not settled, `guest` when nobody owns it, `test_mode`
/// for money that was never real.
pub fn refund_as_credit(tx: &mut Tx, ctx: &Ctx, input: &CreditRefund) -> Result<RefundId> {
    ctx.must(Right::Refund)?;
    let row = find_locked(tx, ctx, &input.payment)?;
    let (customer, reason) = check(&row, input)?;
    may_receive(tx, ctx, &customer)?;
    let id: RefundId = ctx.id();
    tx.exec(&queries::REFUND, &[&ctx.merchant, &id, &row.id, &input.amount, &row.currency, &reason, &ctx.now, &ctx.actor.name])?;
    tx.exec(&queries::ADD_REFUNDED, &[&ctx.merchant, &row.id, &input.amount, &ctx.now])?;
    Event::new("payment.refunded")
        .of(&customer)
        .on("payment", row.id.as_str())
        .data(serde_json::json!({
            "refund": id, "amount": input.amount, "currency": row.currency, "order": row.order, "as": PROVIDER,
        }))
        .value("reason", None, Some(reason.as_str()).filter(|r| !r.is_empty()))
        .record(tx, ctx)?;
    let kind = if row.provider == PROVIDER { Kind::Return } else { Kind::Refund };
    let entry = Entry {
        customer: &customer,
        kind,
        amount: input.amount,
        currency: row.currency,
        reason: &reason,
        payment: Some(&row.id),
        refund: Some(&id),
        order: row.order.as_ref(),
    };
    ledger::write(tx, ctx, &entry)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&customer), "payment refunded as store credit")?;
    Ok(id)
}

fn check(row: &PaymentRow, input: &CreditRefund) -> Result<(CustomerId, String)> {
    if row.status != PaymentStatus::Settled {
        let words = format!("A payment that is {} cannot be refunded.", row.status.label().to_lowercase());
        return Err(Error::conflict("payment_state", words));
    }
    if !row.live {
        return Err(Error::conflict("test_mode", "This payment was a test. Store credit is real."));
    }
    let customer = row.customer.clone().ok_or_else(|| {
        Error::conflict("guest", "Nobody owns this payment, so nobody can be given credit for it. Attach it to a customer first.")
    })?;
    let mut problems = Problems::default();
    let left = row.refundable();
    if input.amount <= 0 {
        problems.add("amount", "invalid", "Use an amount above zero.");
    } else if left == 0 {
        problems.add("amount", "too_much", "Nothing is left to refund.");
    } else if input.amount > left {
        problems.add("amount", "too_much", format!("At most {} is left to refund.", Money::new(left, row.currency)));
    }
    let reason = clean(&mut problems, "reason", &input.reason, 500);
    problems.check()?;
    Ok((customer, reason))
}

/// A payment for which somebody was given credit stays theirs.
///
/// # Errors
/// `Conflict` (`credit_given`).
pub(crate) fn must_not_have_given(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<()> {
    match tx.opt(&queries::GIVEN_FOR, &[&ctx.merchant, payment], |r| r.get::<String>(0))? {
        None => Ok(()),
        Some(_) => Err(Error::conflict("credit_given", "This customer was given store credit for the payment, so it stays theirs.")),
    }
}
