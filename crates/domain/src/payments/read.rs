//! Payments as pages and the API show them: with method, refunds, dispute and the number of the order (SPEC 2.5).

use serde::Serialize;
use store::{Row, Tx};

use super::disputes::{self, Dispute};
use super::refunds::Told;
use super::{Payer, PaymentRow, PaymentStatus, queries};
use crate::kit::{
    Ctx, Currency, CustomerId, Error, InvoiceId, MethodId, Micros, OrderId, PaymentId, RefundId, Result, Right, ShopId, SubscriptionId,
};

/// A payment, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaymentView {
    /// Its id.
    pub id: PaymentId,
    /// Where it was made.
    pub shop: ShopId,
    /// The shop's name.
    pub shop_name: String,
    /// What it pays.
    pub order: Option<OrderId>,
    /// Its number.
    pub order_number: Option<String>,
    /// The invoice it pays, or that was made of it; of several the first.
    pub invoice: Option<InvoiceId>,
    /// Its number, once it is issued.
    pub invoice_number: Option<String>,
    /// Who owns it; nobody: a guest payment.
    pub customer: Option<CustomerId>,
    /// The subscription it renewed.
    pub subscription: Option<SubscriptionId>,
    /// The attached method.
    pub method: Option<MethodId>,
    /// `card`, `cash`, …, or empty.
    pub kind: String,
    /// `visa`.
    pub brand: String,
    /// Last four digits.
    pub last4: String,
    /// Who moved it.
    pub provider: String,
    /// The provider's id.
    pub provider_ref: Option<String>,
    /// How far it came.
    pub status: PaymentStatus,
    /// Real money.
    pub live: bool,
    /// ISO 4217.
    pub currency: Currency,
    /// Captured, minor units.
    pub amount: i64,
    /// Refunded of it.
    pub refunded: i64,
    /// On its way back.
    pub refund_pending: i64,
    /// Lost in disputes.
    pub lost: i64,
    /// What may still be refunded.
    pub refundable: i64,
    /// Contact of who paid.
    pub payer: Payer,
    /// The provider's code of a failure.
    pub failure_code: String,
    /// The provider's words.
    pub failure_message: String,
    /// A remark of the staff.
    pub note: String,
    /// Something to look at.
    pub flag: String,
    /// When, microseconds UTC.
    pub paid_at: Micros,
    /// What was given back.
    pub refunds: Vec<RefundView>,
    /// Oldest first.
    pub disputes: Vec<Dispute>,
}

/// A refund as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefundView {
    /// Its id.
    pub id: RefundId,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: Currency,
    /// `done`, `pending`, `failed`.
    pub status: String,
    /// Why.
    pub reason: String,
    /// When.
    pub refunded_at: Micros,
    /// By whom.
    pub by: String,
    /// It went to the customer's store credit; the money stayed.
    pub as_credit: bool,
    /// Why it failed, in the provider's words; empty unless it did.
    pub failure: String,
    /// Whether the payer hears of it.
    pub told: Told,
}

/// One payment.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &PaymentId) -> Result<PaymentView> {
    ctx.must(Right::Read)?;
    let mut view = tx.opt(&queries::VIEW, &[&ctx.merchant, id], view)?.ok_or(Error::NotFound("payment"))?;
    complete(tx, ctx, &mut view)?;
    Ok(view)
}

/// A customer's payments, newest first: at most `limit` behind the given one (its moment and id).
pub fn of_customer(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: &CustomerId,
    after: Option<(Micros, &PaymentId)>,
    limit: i64,
) -> Result<Vec<PaymentView>> {
    ctx.must(Right::Read)?;
    let (at, id) = after.map_or((Micros::MAX, ""), |(at, id)| (at, id.as_str()));
    let views = tx.rows(&queries::VIEW_OF_CUSTOMER, &[&ctx.merchant, customer, &at, &id, &limit], view)?;
    complete_all(tx, ctx, views)
}

/// An order's payments, newest first.
pub fn of_order(tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<Vec<PaymentView>> {
    ctx.must(Right::Read)?;
    let views = tx.rows(&queries::VIEW_OF_ORDER, &[&ctx.merchant, order], view)?;
    complete_all(tx, ctx, views)
}

/// What could still be given back of an order's payments in this currency, minor units.
pub(crate) fn refundable_of(tx: &mut Tx, ctx: &Ctx, order: &OrderId, currency: Currency) -> Result<i64> {
    let rows = tx.rows(&queries::OF_ORDER, &[&ctx.merchant, order], row)?;
    Ok(rows.iter().filter(|p| p.currency == currency).map(PaymentRow::refundable).sum())
}

/// The refunds of a payment, oldest first.
pub fn refunds_of(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Vec<RefundView>> {
    Ok(tx.rows(&queries::REFUNDS, &[&ctx.merchant, payment], refund)?)
}

pub(super) fn refund(r: &Row<'_>) -> std::result::Result<RefundView, store::Error> {
    Ok(RefundView {
        id: r.get(0)?,
        amount: r.get(1)?,
        currency: r.get(2)?,
        status: r.get(3)?,
        reason: r.get(4)?,
        refunded_at: r.get(5)?,
        by: r.get(6)?,
        as_credit: r.get(7)?,
        failure: r.get(8)?,
        told: Told { asked: r.get(9)?, mail: r.get(10)? },
    })
}

fn complete_all(tx: &mut Tx, ctx: &Ctx, mut views: Vec<PaymentView>) -> Result<Vec<PaymentView>> {
    views.iter_mut().try_for_each(|v| complete(tx, ctx, v))?;
    Ok(views)
}

fn complete(tx: &mut Tx, ctx: &Ctx, view: &mut PaymentView) -> Result<()> {
    if view.refunded > 0 || tx.opt(&queries::HAS_REFUNDS, &[&ctx.merchant, &view.id], |_| Ok(()))?.is_some() {
        view.refunds = refunds_of(tx, ctx, &view.id)?;
    }
    view.disputes = disputes::of_payment(tx, ctx, &view.id)?;
    Ok(())
}

/// The first columns of a view are those of a row.
pub(crate) fn row(r: &Row<'_>) -> std::result::Result<PaymentRow, store::Error> {
    Ok(PaymentRow {
        id: r.get(0)?,
        shop: r.get(1)?,
        order: r.get(2)?,
        customer: r.get(3)?,
        method: r.get(4)?,
        provider: r.get(5)?,
        status: r.get(6)?,
        live: r.get(7)?,
        currency: r.get(8)?,
        amount: r.get(9)?,
        refunded: r.get(10)?,
        refund_pending: r.get(11)?,
        lost: r.get(12)?,
        paid_at: r.get(13)?,
    })
}

pub(super) fn view(r: &Row<'_>) -> std::result::Result<PaymentView, store::Error> {
    let p = row(r)?;
    Ok(PaymentView {
        refundable: p.refundable(),
        id: p.id,
        shop: p.shop,
        order: p.order,
        customer: p.customer,
        method: p.method,
        provider: p.provider,
        status: p.status,
        live: p.live,
        currency: p.currency,
        amount: p.amount,
        refunded: p.refunded,
        refund_pending: p.refund_pending,
        lost: p.lost,
        paid_at: p.paid_at,
        kind: r.get(14)?,
        brand: r.get(15)?,
        last4: r.get(16)?,
        payer: Payer { name: r.get(17)?, email: r.get(18)?, phone: r.get(19)? },
        failure_code: r.get(20)?,
        failure_message: r.get(21)?,
        note: r.get(22)?,
        flag: r.get(23)?,
        subscription: r.get(24)?,
        provider_ref: r.get(25)?,
        shop_name: r.get(26)?,
        order_number: r.get(27)?,
        invoice: r.get(28)?,
        invoice_number: r.get(29)?,
        refunds: Vec::new(),
        disputes: Vec::new(),
    })
}
