//! Credit that comes back: what was paid with it was refunded, or its order was cancelled.

use store::Tx;

use super::ledger::{self, Entry};
use super::{Kind, PROVIDER, queries};
use crate::events::Event;
use crate::kit::{Ctx, OrderId, PaymentId, RefundId, Result, locks};
use crate::payments::{PaymentRow, find};

/// After a refund of a payment was written: one that was made with store credit goes back there.
pub(crate) fn returned(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, refund: &RefundId, amount: i64) -> Result<()> {
    let Some(customer) = row.customer.as_ref().filter(|_| row.provider == PROVIDER) else { return Ok(()) };
    let entry = Entry {
        customer,
        kind: Kind::Return,
        amount,
        currency: row.currency,
        reason: "",
        payment: Some(&row.id),
        refund: Some(refund),
        order: row.order.as_ref(),
    };
    ledger::write(tx, ctx, &entry).map(|_| ())
}

/// A payment by store credit was undone: all of it comes back. The caller has locked it, and looked that nothing of it was refunded.
pub(crate) fn give_back(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow) -> Result<()> {
    let Some(customer) = &row.customer else { return Ok(()) };
    let entry = Entry {
        customer,
        kind: Kind::Return,
        amount: row.amount,
        currency: row.currency,
        reason: "",
        payment: Some(&row.id),
        refund: None,
        order: row.order.as_ref(),
    };
    ledger::write(tx, ctx, &entry).map(|_| ())
}

/// The order was cancelled: all store credit it was paid with and that has not come back yet comes back. The caller holds the locks of the
/// customer and the order, and sees to the facts.
pub(crate) fn returned_of_order(tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<()> {
    let payments: Vec<PaymentId> = tx.rows(&queries::OF_ORDER, &[&ctx.merchant, order], |r| r.get(0))?;
    for payment in payments {
        locks::payment(tx, ctx, &payment)?;
        let row = find(tx, ctx, &payment)?;
        let left = row.refundable();
        if left == 0 {
            continue;
        }
        let id: RefundId = ctx.id();
        let reason = "order cancelled";
        tx.exec(&queries::REFUND, &[&ctx.merchant, &id, &row.id, &left, &row.currency, &reason, &ctx.now, &ctx.actor.name])?;
        tx.exec(&queries::ADD_REFUNDED, &[&ctx.merchant, &row.id, &left, &ctx.now])?;
        Event::new("payment.refunded")
            .of_opt(row.customer.as_ref())
            .on("payment", row.id.as_str())
            .because(reason)
            .data(serde_json::json!({ "refund": id, "amount": left, "currency": row.currency, "order": row.order, "as": PROVIDER }))
            .record(tx, ctx)?;
        returned(tx, ctx, &row, &id, left)?;
    }
    Ok(())
}
