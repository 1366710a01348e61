//! Money on invoices. A payment pays at most what it brought, an invoice takes at most its total; both are locked before anything is
//! looked at. Payments of an order pay its invoice by themselves.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::{Kind, State, Summary, queries, read, rest_of};
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, Currency, CustomerId, Error, InvoiceId, Micros, Money, OrderId, PaymentId, Problems, Result, Right, locks};
use crate::payments::{self, ManualPayment, MethodKind};

/// Money recorded by hand on an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pay {
    /// Minor units of the invoice's currency, above zero, at most what is left.
    pub amount: i64,
    /// Cash, cheque or transfer.
    pub kind: MethodKind,
    /// Absent: now.
    #[serde(default)]
    pub paid_at: Option<Micros>,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

/// Records a payment by hand and pays the invoice with it. Needs [`Right::Payments`].
///
/// # Errors
/// `Invalid` on `amount` with what is left; `Conflict` (`invoice_state`) when nothing is to be paid.
pub fn record(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId, pay: &Pay) -> Result<PaymentId> {
    ctx.must(Right::Payments)?;
    let seen = read::find(tx, ctx, id)?;
    if let Some(customer) = &seen.customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    let invoice = due(read::find(tx, ctx, id)?)?;
    if pay.amount > invoice.rest() {
        return Err(too_much(&invoice));
    }
    let manual = ManualPayment {
        order: invoice.order.clone(),
        customer: if invoice.order.is_some() { None } else { invoice.customer.clone() },
        shop: if invoice.order.is_some() { None } else { shop(tx, ctx, &invoice)? },
        currency: Some(invoice.currency),
        amount: pay.amount,
        kind: pay.kind,
        paid_at: pay.paid_at,
        note: if pay.note.trim().is_empty() { format!("Invoice {}", invoice.number.clone().unwrap_or_default()) } else { pay.note.clone() },
    };
    let payment = payments::record(tx, ctx, &manual)?;
    settle(tx, ctx, &invoice, &payment)?;
    facts::refresh(tx, ctx, invoice.customer.as_slice(), "invoice paid")?;
    Ok(payment)
}

fn too_much(invoice: &Summary) -> Error {
    Problems::one("amount", "too_much", format!("At most {} is left to pay.", Money::new(invoice.rest(), invoice.currency)))
}

/// Pays an invoice with a payment that was just made for it, all of it. Locks the invoice.
///
/// # Errors
/// `Invalid` on `amount` when somebody else paid meanwhile, and less is left than the payment brought.
pub(super) fn settle(tx: &mut Tx, ctx: &Ctx, invoice: &Summary, payment: &PaymentId) -> Result<()> {
    locks::invoice(tx, ctx, &invoice.id)?;
    // A payment of an order has paid the order's invoice already.
    allocate(tx, ctx, &invoice.id, payment)?;
    let free = tx.opt(&queries::FREE, &[&ctx.merchant, payment, &invoice.currency], |r| r.get::<i64>(0))?;
    if free == Some(0) { Ok(()) } else { Err(too_much(&read::find(tx, ctx, &invoice.id)?)) }
}

/// An invoice by hand belongs to no shop: its money comes in at the first one that is open.
pub(crate) fn shop(tx: &mut Tx, ctx: &Ctx, invoice: &Summary) -> Result<Option<crate::kit::ShopId>> {
    match &invoice.shop {
        Some(shop) => Ok(Some(shop.clone())),
        None => Ok(crate::shops::list(tx, ctx)?.into_iter().find(|s| s.archived_at.is_none()).map(|s| s.id)),
    }
}

/// Pays an invoice with a payment that came before. Gives how much of it that took. Needs [`Right::Payments`].
///
/// # Errors
/// `Conflict` (`other_customer`), (`payment_used`) when nothing of the payment is free, (`invoice_state`).
pub fn apply(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId, payment: &PaymentId) -> Result<i64> {
    ctx.must(Right::Payments)?;
    let seen = read::find(tx, ctx, id)?;
    let row = payments::find(tx, ctx, payment)?;
    if row.customer != seen.customer {
        return Err(Error::conflict("other_customer", "This payment belongs to somebody else."));
    }
    if let Some(customer) = &seen.customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    locks::payment(tx, ctx, payment)?;
    locks::invoice(tx, ctx, id)?;
    let invoice = due(read::find(tx, ctx, id)?)?;
    let taken = allocate(tx, ctx, id, payment)?;
    if taken == 0 {
        return Err(Error::conflict("payment_used", "Nothing of this payment is free to pay this invoice."));
    }
    facts::refresh(tx, ctx, invoice.customer.as_slice(), "invoice paid")?;
    Ok(taken)
}

pub(crate) fn due(invoice: Summary) -> Result<Summary> {
    if invoice.rest() > 0 {
        return Ok(invoice);
    }
    Err(Error::conflict("invoice_state", format!("An invoice that is {} takes no payment.", invoice.state.label().to_lowercase())))
}

/// What of the order's or the payment's money pays an invoice that is being issued; writes it down and gives the sum.
pub(super) fn before(tx: &mut Tx, ctx: &Ctx, draft: &Summary) -> Result<i64> {
    let mut left = draft.total;
    for payment in sources(tx, ctx, draft.order.as_ref(), draft.payment.as_ref())? {
        left -= take(tx, ctx, draft, &payment, left)?;
    }
    Ok(draft.total - left)
}

fn sources(tx: &mut Tx, ctx: &Ctx, order: Option<&OrderId>, payment: Option<&PaymentId>) -> Result<Vec<PaymentId>> {
    match order {
        Some(order) => Ok(tx.rows(&queries::PAYMENTS_OF_ORDER, &[&ctx.merchant, order], |r| r.get(0))?),
        None => Ok(payment.cloned().into_iter().collect()),
    }
}

/// Takes what is free of a payment, at most `left`.
fn take(tx: &mut Tx, ctx: &Ctx, invoice: &Summary, payment: &PaymentId, left: i64) -> Result<i64> {
    let free = tx.opt(&queries::FREE, &[&ctx.merchant, payment, &invoice.currency], |r| r.get::<i64>(0))?;
    let amount = free.unwrap_or(0).min(left);
    if amount <= 0 {
        return Ok(0);
    }
    tx.exec(&queries::PUT_PAYMENT, &[&ctx.merchant, &invoice.id, payment, &amount, &ctx.now])?;
    Ok(amount)
}

/// Takes from a payment, and keeps what the invoice is now. The invoice is locked.
fn allocate(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId, payment: &PaymentId) -> Result<i64> {
    let invoice = read::find(tx, ctx, id)?;
    if invoice.kind != Kind::Invoice || !invoice.state.is_due() {
        return Ok(0);
    }
    let amount = take(tx, ctx, &invoice, payment, rest_of(invoice.total, invoice.paid, invoice.credited))?;
    if amount > 0 {
        keep(tx, ctx, &invoice, invoice.credited)?;
        Event::new("invoice.paid")
            .of_opt(invoice.customer.as_ref())
            .on("invoice", id.as_str())
            .data(serde_json::json!({ "number": invoice.number, "payment": payment, "amount": amount, "currency": invoice.currency }))
            .record(tx, ctx)?;
    }
    Ok(amount)
}

/// Keeps what is paid and credited, and the state that follows.
pub(super) fn keep(tx: &mut Tx, ctx: &Ctx, invoice: &Summary, credited: i64) -> Result<()> {
    let paid: i64 = tx.scalar(&queries::PAID, &[&ctx.merchant, &invoice.id])?;
    let state = if invoice.state == State::Void { State::Void } else { State::of(invoice.total, paid, credited) };
    tx.exec(&queries::SET_AMOUNTS, &[&ctx.merchant, &invoice.id, &state, &paid, &credited, &ctx.now])?;
    Ok(())
}

/// After payments of an order changed: what came pays its open invoice. The caller holds the order's lock and refreshes the facts.
pub(crate) fn follow_order(tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<()> {
    let issued: Vec<InvoiceId> = tx.rows(&queries::ISSUED_OF_ORDER, &[&ctx.merchant, order], |r| r.get(0))?;
    if issued.is_empty() {
        return Ok(());
    }
    let gone: Vec<PaymentId> = tx.rows(&queries::UNSETTLED_OF_ORDER, &[&ctx.merchant, order], |r| r.get(0))?;
    for payment in gone {
        bounced(tx, ctx, &payment)?;
    }
    for invoice in issued {
        locks::invoice(tx, ctx, &invoice)?;
        for payment in sources(tx, ctx, Some(order), None)? {
            allocate(tx, ctx, &invoice, &payment)?;
        }
    }
    Ok(())
}

/// A payment was taken back by the bank: what it paid is unpaid again. The caller holds the payment's lock and refreshes the facts.
pub(crate) fn bounced(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<()> {
    let paid: Vec<InvoiceId> = tx.rows(&queries::PAID_WITH, &[&ctx.merchant, payment], |r| r.get(0))?;
    for id in paid {
        locks::invoice(tx, ctx, &id)?;
        tx.exec(&queries::DROP_PAYMENT, &[&ctx.merchant, &id, payment])?;
        let invoice = read::find(tx, ctx, &id)?;
        keep(tx, ctx, &invoice, invoice.credited)?;
        Event::new("invoice.unpaid")
            .of_opt(invoice.customer.as_ref())
            .on("invoice", id.as_str())
            .data(serde_json::json!({ "number": invoice.number, "payment": payment }))
            .record(tx, ctx)?;
    }
    Ok(())
}

/// A payment brought less than its invoices took of it, or another currency than `was`: they are paid anew, with what came. The caller holds the payment's
/// lock and refreshes the facts.
pub(crate) fn pay_anew(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, was: Currency) -> Result<()> {
    let free = tx.opt(&queries::FREE, &[&ctx.merchant, payment, &was], |r| r.get::<i64>(0))?;
    if free.is_some_and(|free| free >= 0) {
        return Ok(());
    }
    let paid: Vec<InvoiceId> = tx.rows(&queries::PAID_WITH, &[&ctx.merchant, payment], |r| r.get(0))?;
    bounced(tx, ctx, payment)?;
    for id in paid {
        allocate(tx, ctx, &id, payment)?;
    }
    Ok(())
}

/// A guest payment went to a customer, or back (SPEC 2.8): its invoices go with it. Who bought stays as it stands on the paper.
pub(crate) fn moved(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, order: Option<&OrderId>, customer: Option<&CustomerId>) -> Result<()> {
    if let Some(order) = order {
        tx.exec(&queries::MOVE_OF_ORDER, &[&ctx.merchant, order, &customer, &ctx.now])?;
    }
    tx.exec(&queries::MOVE_OF_PAYMENT, &[&ctx.merchant, payment, &customer, &ctx.now])?;
    crate::tasks::follow_payment(tx, ctx, payment, customer)
}
