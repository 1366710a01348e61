//! A cancellation of imported history: refunds of that customer's earlier payments, of orders with the same article first, newest first,
//! never above what is left of a payment. What fits no payment is kept, shown, and counted nowhere.

use rust_decimal::Decimal;
use store::Tx;

use super::invoice::Invoice;
use super::journal::{Journal, kind};
use super::orders_run::Place;
use super::queries;
use super::state::Counts;
use crate::kit::{Ctx, Currency, CustomerId, Error, OrderId, PaymentId, Result, UnmatchedId, exact_to_minor, locks, name_key};
use crate::payments;
use crate::payments::refunds::{RefundInput, refund_later};

/// A payment with something left.
struct Left {
    payment: PaymentId,
    order: Option<OrderId>,
    left: i64,
    /// Taken from it here.
    take: i64,
}

/// Takes a cancellation from what was paid; keeps the rest as unmatched.
pub(super) fn cancel(
    tx: &mut Tx,
    ctx: &Ctx,
    journal: &mut Journal<'_>,
    place: &Place,
    invoice: &Invoice,
    owner: Option<&CustomerId>,
    counts: &mut Counts,
) -> Result<()> {
    let wanted = -invoice.total;
    let Some(owner) = owner else {
        return keep(
            tx,
            ctx,
            journal,
            place,
            invoice,
            None,
            ("cancellation", wanted, "No customer is known whose payment it could take from."),
            counts,
        );
    };
    if wanted <= 0 {
        return keep(tx, ctx, journal, place, invoice, Some(owner), ("cancellation", wanted, "It takes nothing back."), counts);
    }
    let mut payments = tx.rows(&queries::REFUNDABLE, &[&ctx.merchant, owner, &place.shop, &invoice.currency, &invoice.at], |r| {
        Ok(Left { payment: r.get(0)?, order: r.get(1)?, left: r.get(2)?, take: 0 })
    })?;
    let rest = share(tx, ctx, invoice, wanted, &mut payments)?;
    for taken in payments.iter().filter(|p| p.take > 0) {
        locks::payment(tx, ctx, &taken.payment)?;
        let row = payments::find(tx, ctx, &taken.payment)?;
        let input = RefundInput {
            at: Some(invoice.at.max(row.paid_at)),
            external_id: Some(invoice.number.clone()),
            import_id: Some(journal.import.clone()),
            ..RefundInput::of(taken.payment.clone(), taken.take, "Cancellation")
        };
        let refund = refund_later(tx, ctx, &row, &input)?;
        journal.note(tx, ctx, kind::REFUND, refund.as_str(), None)?;
        counts.refunds += 1;
        counts.refunded += taken.take;
    }
    if rest > 0 {
        let reason = if rest == wanted {
            "No earlier payment of this customer has anything left."
        } else {
            "More than is left of this customer’s earlier payments."
        };
        keep(tx, ctx, journal, place, invoice, Some(owner), ("cancellation", rest, reason), counts)?;
    }
    Ok(())
}

/// Spreads the amount over the payments; gives what is left of it.
fn share(tx: &mut Tx, ctx: &Ctx, invoice: &Invoice, wanted: i64, payments: &mut [Left]) -> Result<i64> {
    let mut rest = wanted;
    for (sku, amount) in amounts(invoice)? {
        let mut amount = amount.min(rest);
        for payment in payments.iter_mut().filter(|p| p.left > 0) {
            if amount <= 0 {
                break;
            }
            let Some(order) = &payment.order else { continue };
            if tx.opt(&queries::HAS_ARTICLE, &[&ctx.merchant, &sku, order], |_| Ok(()))?.is_some() {
                let take = payment.take_up_to(amount);
                (amount, rest) = (amount - take, rest - take);
            }
        }
    }
    for payment in payments {
        rest -= payment.take_up_to(rest);
    }
    Ok(rest)
}

impl Left {
    fn take_up_to(&mut self, amount: i64) -> i64 {
        let take = amount.min(self.left).max(0);
        self.left -= take;
        self.take += take;
        take
    }
}

/// What each article takes back, minor units: the exact sums so far, rounded, so that together they are the total.
fn amounts(invoice: &Invoice) -> Result<Vec<(String, i64)>> {
    let currency = Currency::of(&invoice.currency).ok_or_else(|| Error::Internal("a currency that was read is none".into()))?;
    let (mut sum, mut before, mut all) = (Decimal::ZERO, 0, Vec::new());
    for line in &invoice.lines {
        sum -= line.amount().unwrap_or_default();
        let so_far = exact_to_minor(sum, currency).unwrap_or(before);
        if so_far > before && !line.sku.is_empty() {
            all.push((name_key(&line.sku), so_far - before));
        }
        before = so_far;
    }
    Ok(all)
}

/// Keeps it as unmatched: kind, amount in minor units, why.
pub(super) fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    journal: &mut Journal<'_>,
    place: &Place,
    invoice: &Invoice,
    owner: Option<&CustomerId>,
    (what, amount, reason): (&str, i64, &str),
    counts: &mut Counts,
) -> Result<()> {
    let id: UnmatchedId = ctx.id();
    tx.exec(
        &queries::INSERT_UNMATCHED,
        &[
            &ctx.merchant,
            &id,
            &owner,
            &place.shop,
            &what,
            &invoice.number,
            &invoice.currency,
            &amount,
            &reason,
            &invoice.at,
            &Some(journal.import),
        ],
    )?;
    journal.note(tx, ctx, kind::UNMATCHED, id.as_str(), None)?;
    counts.unmatched += 1;
    Ok(())
}
