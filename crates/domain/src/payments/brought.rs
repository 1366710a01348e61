//! What a payment brought. A shop says it first or its provider does; the provider saw the money, so its word stands, and what hangs on the amount
//! follows: commission, refunds, invoices.

use store::Tx;

use super::{PaymentInput, PaymentRow, PaymentStatus, queries, refunds};
use crate::events::Event;
use crate::kit::{Ctx, Money, Result};
use crate::{affiliates, invoices};

/// What a payment brought, now that its provider told.
pub(super) struct Brought {
    pub money: Money,
    /// Somebody named another amount before its provider told of it: that is to be looked at.
    pub differs: bool,
}

/// While nothing was captured it is what was asked for. More may be captured later, never less; only what a shop said before its provider told anything
/// (`first`) gives way to the provider's word. Another currency is taken over with the amount, unless money of the payment went on in the one it has.
pub(super) fn now(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, told: &PaymentInput, first: bool) -> Result<Brought> {
    let (known, told_money) = (row.money(), Money::new(told.amount, told.currency));
    let anew = match row.status {
        PaymentStatus::Pending | PaymentStatus::Failed if row.status.goes_to(told.status) => true,
        status => first && status == told.status,
    };
    let more =
        row.status == PaymentStatus::Settled && row.status == told.status && told.currency == row.currency && told.amount > row.amount;
    if known == told_money || !(anew || more) {
        return Ok(Brought { money: known, differs: false });
    }
    let stays = told.currency != row.currency && tx.opt(&queries::WENT_ON, &[&ctx.merchant, &row.id], |_| Ok(()))?.is_some();
    Ok(Brought { money: if stays { known } else { told_money }, differs: anew })
}

/// Writes it down, with all that follows. The caller holds the locks of customer, order and payment, follows the order and refreshes the facts.
pub(super) fn set(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, now: Money) -> Result<()> {
    let before = row.money();
    if now == before {
        return Ok(());
    }
    tx.exec(&queries::SET_AMOUNT, &[&ctx.merchant, &row.id, &now.minor, &now.currency, &ctx.now])?;
    affiliates::amount_changed(tx, ctx, row, now)?;
    if row.status != PaymentStatus::Settled {
        return Ok(());
    }
    Event::new("payment.amount_changed")
        .of_opt(row.customer.as_ref())
        .on("payment", row.id.as_str())
        .data(serde_json::json!({ "amount": now.minor, "before": before.minor, "currency": now.currency, "order": row.order }))
        .value("amount", Some(&before.to_string()), Some(&now.to_string()))
        .record(tx, ctx)?;
    refunds::count_again(tx, ctx, &PaymentRow { amount: now.minor, currency: now.currency, ..row.clone() })?;
    invoices::pay_anew(tx, ctx, &row.id, before.currency)
}
