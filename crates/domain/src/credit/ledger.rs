//! The one way a line is written: the balance goes with it, in the same transaction, under the lock of the customer.

use store::Tx;

use super::{Kind, queries};
use crate::events::Event;
use crate::kit::{CreditId, Ctx, Currency, CustomerId, Error, OrderId, PaymentId, RefundId, Result};

/// A line about to be written.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub customer: &'a CustomerId,
    pub kind: Kind,
    /// Minor units; below zero takes.
    pub amount: i64,
    pub currency: Currency,
    pub reason: &'a str,
    pub payment: Option<&'a PaymentId>,
    pub refund: Option<&'a RefundId>,
    pub order: Option<&'a OrderId>,
}

/// What is there, minor units.
pub(crate) fn balance(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, currency: Currency) -> Result<i64> {
    Ok(tx.opt(&queries::BALANCE, &[&ctx.merchant, customer, &currency], |r| r.get(0))?.unwrap_or(0))
}

/// Writes it and its event. The customer is locked, and the verb has looked whether there is enough.
///
/// # Errors
/// `Internal` for what would go below zero: the verb must have refused it.
pub(super) fn write(tx: &mut Tx, ctx: &Ctx, entry: &Entry<'_>) -> Result<CreditId> {
    let key: [&dyn store::Bind; 4] = [&ctx.merchant, entry.customer, &entry.currency, &entry.amount];
    let moved = tx.opt(&queries::MOVE, &key, |r| Ok((r.get::<i64>(0)?, r.get::<i64>(1)?)))?;
    let (balance, position) = match moved {
        Some(moved) => moved,
        None if entry.amount < 0 => return Err(Error::Internal("store credit would go below zero".to_owned())),
        None => {
            tx.exec(&queries::OPEN, &key)?;
            (entry.amount, 1)
        }
    };
    let id: CreditId = ctx.id();
    tx.exec(
        &queries::INSERT,
        &[
            &ctx.merchant,
            &id,
            entry.customer,
            &entry.currency,
            &position,
            &entry.kind,
            &entry.amount,
            &balance,
            &entry.reason,
            &entry.payment,
            &entry.refund,
            &entry.order,
            &ctx.now,
            &ctx.actor.name,
        ],
    )?;
    Event::new(event(entry.kind))
        .of(entry.customer)
        .on("credit", id.as_str())
        .data(serde_json::json!({
            "amount": entry.amount.abs(), "currency": entry.currency, "balance": balance, "payment": entry.payment, "order": entry.order,
        }))
        .value("reason", None, Some(entry.reason).filter(|r| !r.is_empty()))
        .record(tx, ctx)?;
    Ok(id)
}

fn event(kind: Kind) -> &'static str {
    match kind {
        Kind::Grant | Kind::Refund => "credit.granted",
        Kind::Spend => "credit.spent",
        Kind::Return => "credit.returned",
        Kind::TakeBack => "credit.taken_back",
    }
}
