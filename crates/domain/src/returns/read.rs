//! Returns as pages and the API show them.

use serde::Serialize;
use store::{Row, Tx};

use super::{Reason, State, queries};
use crate::kit::{Ctx, Currency, CustomerId, Error, Micros, OrderId, PageKey, PaymentId, RefundId, Result, ReturnId, Right, ShopId};
use crate::orders;
use crate::payments;
use crate::payments::listed::named;
use crate::payments::refunds::RefundStatus;

/// A return in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its id.
    pub id: ReturnId,
    /// Its number.
    pub number: String,
    /// Of which order.
    pub order: OrderId,
    /// That order's number.
    pub order_number: String,
    /// How far it came.
    pub state: State,
    /// ISO 4217, the order's.
    pub currency: Currency,
    /// What its lines cost in the order with their share of its discount and tax, minor units.
    pub value: i64,
    /// Whose order; nobody: a guest's.
    pub customer: Option<CustomerId>,
    /// What the customer is called today, or the guest.
    pub buyer: String,
    /// The shop.
    pub shop: ShopId,
    /// The shop's name.
    pub shop_name: String,
    /// The order that takes its place.
    pub replacement: Option<OrderId>,
    /// That order's number.
    pub replacement_number: Option<String>,
    /// When it was asked for, microseconds UTC.
    pub created_at: Micros,
    /// Who wrote it down.
    pub created_by: String,
    /// When it was approved.
    pub approved_at: Option<Micros>,
    /// When it was here.
    pub received_at: Option<Micros>,
    /// When it was closed or rejected.
    pub closed_at: Option<Micros>,
    /// Raised with every change.
    pub version: i64,
}

/// A line that comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReturnLine {
    /// The line of the order, from 1.
    pub line: i64,
    /// Article number.
    pub sku: String,
    /// What it is called.
    pub title: String,
    /// Exact.
    pub quantity: String,
    /// Exact, major units, as it was bought.
    pub unit_price: String,
    /// What was taken off it, as an order's line says it; an amount is the share of what comes back.
    pub discount: String,
    /// Why.
    pub reason: Reason,
}

/// A refund that was given for a return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Given {
    /// Its id.
    pub refund: RefundId,
    /// Of which payment.
    pub payment: PaymentId,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: Currency,
    /// How far it came.
    pub status: RefundStatus,
    /// When.
    pub at: Micros,
}

/// A return, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Return {
    /// What lists show too.
    #[serde(flatten)]
    pub summary: Summary,
    /// A remark.
    pub note: String,
    /// Why it was rejected.
    pub answer: String,
    /// What comes back.
    pub lines: Vec<ReturnLine>,
    /// What was given back for it, oldest first.
    pub refunds: Vec<Given>,
    /// What could still be given back of the order's payments, minor units of its currency.
    #[serde(skip)]
    pub refundable: i64,
}

impl Return {
    /// What was given back or is on its way, minor units of the order's currency.
    pub fn given(&self) -> i64 {
        let counts = |g: &&Given| g.status != RefundStatus::Failed && g.currency == self.summary.currency;
        self.refunds.iter().filter(counts).map(|g| g.amount).sum()
    }

    /// Was all given back that the goods were worth? Then they are not replaced as well.
    pub fn is_paid_back(&self) -> bool {
        self.is_worth(self.given())
    }

    /// Is this much, in minor units of the order's currency, all that the goods were worth, or all the money there was?
    pub(super) fn is_worth(&self, given: i64) -> bool {
        given > 0 && (given >= self.summary.value || self.refundable == 0)
    }
}

/// One return with its lines and refunds.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &ReturnId) -> Result<Return> {
    ctx.must(Right::Read)?;
    load(tx, ctx, id)
}

pub(super) fn load(tx: &mut Tx, ctx: &Ctx, id: &ReturnId) -> Result<Return> {
    let mut found = tx.opt(&queries::GET, &[&ctx.merchant, id], whole)?.ok_or(Error::NotFound("return"))?;
    found.lines = tx.rows(&queries::LINES, &[&ctx.merchant, id], |r| {
        let (sku, title, discount) = (r.get(1)?, r.get(2)?, r.get(6)?);
        Ok(ReturnLine { line: r.get(0)?, sku, title, quantity: r.get(3)?, unit_price: r.get(4)?, discount, reason: r.get(5)? })
    })?;
    found.refunds = tx.rows(&queries::REFUNDS, &[&ctx.merchant, id], |r| {
        let (amount, currency) = (r.get(2)?, r.get(3)?);
        Ok(Given { refund: r.get(0)?, payment: r.get(1)?, amount, currency, status: r.get(4)?, at: r.get(5)? })
    })?;
    found.refundable = payments::refundable_of(tx, ctx, &found.summary.order, found.summary.currency)?;
    Ok(found)
}

/// A return under the locks of its order's customer and its order.
pub(crate) fn find_locked(tx: &mut Tx, ctx: &Ctx, id: &ReturnId) -> Result<Return> {
    let order = load(tx, ctx, id)?.summary.order;
    orders::find_locked(tx, ctx, &order)?;
    load(tx, ctx, id)
}

/// Those of an order, oldest first.
pub fn of_order(tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<Vec<Summary>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_ORDER, &[&ctx.merchant, order], row)?)
}

/// A page of returns, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The returns.
    pub returns: Vec<Summary>,
    /// Where the next page begins, when there is one.
    #[serde(skip)]
    pub next: Option<PageKey>,
}

/// Those of a customer's orders, newest first (SPEC 2.10).
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, after: Option<&PageKey>, limit: i64) -> Result<Page> {
    ctx.must(Right::Read)?;
    let after = after.cloned().unwrap_or_else(PageKey::newest);
    let limit = limit.clamp(1, 200);
    let mut found = tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &after.at, &after.id, &(limit + 1)], row)?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(0));
    let next = found.last().filter(|_| more).map(|t| PageKey { at: t.created_at, id: t.id.to_string() });
    Ok(Page { returns: found, next })
}

pub(super) fn row(r: &Row<'_>) -> std::result::Result<Summary, store::Error> {
    let customer: Option<CustomerId> = r.get(16)?;
    let guest = || Ok::<String, store::Error>(if r.str(17)?.is_empty() { r.get(18)? } else { r.get(17)? });
    Ok(Summary {
        id: r.get(0)?,
        number: r.get(1)?,
        order: r.get(2)?,
        order_number: r.get(14)?,
        state: r.get(3)?,
        currency: r.get(15)?,
        value: r.get(4)?,
        buyer: if customer.is_some() { named(r, 22)? } else { guest()? },
        customer,
        shop: r.get(19)?,
        shop_name: r.get(20)?,
        replacement: r.get(7)?,
        replacement_number: r.get(21)?,
        created_at: r.get(8)?,
        created_by: r.get(9)?,
        approved_at: r.get(10)?,
        received_at: r.get(11)?,
        closed_at: r.get(12)?,
        version: r.get(13)?,
    })
}

fn whole(r: &Row<'_>) -> std::result::Result<Return, store::Error> {
    Ok(Return { summary: row(r)?, note: r.get(5)?, answer: r.get(6)?, lines: Vec::new(), refunds: Vec::new(), refundable: 0 })
}
