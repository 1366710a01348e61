//! Affiliates and commissions as pages and the API show them.

use serde::Serialize;
use store::{Row, Tx};

use super::{Affiliate, Period, earned, queries};
use crate::kit::{AffiliateId, Ctx, Currency, CustomerId, Error, Micros, Money, OrderId, PageKey, PaymentId, Result, Right};

/// All by name, archived ones too.
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Affiliate>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::LIST, &[&ctx.merchant], row)?)
}

/// One.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &AffiliateId) -> Result<Affiliate> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], row)?.ok_or(Error::NotFound("affiliate"))
}

/// A commission as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Commission {
    /// On which payment.
    pub payment: PaymentId,
    /// Whose.
    pub affiliate: AffiliateId,
    /// Their name.
    pub name: String,
    /// Their code.
    pub code: String,
    /// Agreed, minor units of the payment's currency.
    pub amount: i64,
    /// ISO 4217.
    pub currency: Currency,
    /// Earned of it: what refunds and lost disputes left; nothing while the payment is not settled.
    pub earned: i64,
    /// Paid out.
    pub paid: i64,
    /// What the payment brought, minor units.
    pub payment_amount: i64,
    /// What refunds and lost disputes took of it.
    pub payment_gone: i64,
    /// When it was paid, microseconds UTC.
    pub paid_at: Micros,
    /// Who paid it; nobody: a guest.
    pub customer: Option<CustomerId>,
    /// What it paid.
    pub order: Option<OrderId>,
    /// Its number.
    pub order_number: Option<String>,
}

impl Commission {
    /// What is still to be paid out; below zero when too much was.
    pub fn due(&self) -> i64 {
        self.earned - self.paid
    }

    /// An amount in its currency.
    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }
}

/// The commission on a payment.
pub fn commission_of(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Option<Commission>> {
    ctx.must(Right::Read)?;
    find(tx, ctx, payment)
}

/// The same for verbs, which ask for their own right.
pub(super) fn find(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Option<Commission>> {
    Ok(tx.opt(&queries::OF_PAYMENT, &[&ctx.merchant, payment], commission)?)
}

/// Those on a customer's payments between two moments, both in: what a page of payments shows beside them.
pub fn commissions_of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, from: Micros, to: Micros) -> Result<Vec<Commission>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &from, &to], commission)?)
}

/// An affiliate's (or everybody's) of a time, newest payment first: at most `limit` behind a place.
pub fn commissions(
    tx: &mut Tx,
    ctx: &Ctx,
    affiliate: Option<&AffiliateId>,
    period: Period,
    after: Option<&PageKey>,
    limit: i64,
) -> Result<Vec<Commission>> {
    ctx.must(Right::Read)?;
    let newest = PageKey::newest();
    let key = after.unwrap_or(&newest);
    let found = match affiliate {
        Some(affiliate) => {
            tx.rows(&queries::OF_AFFILIATE, &[&ctx.merchant, affiliate, &period.from, &period.until, &key.at, &key.id, &limit], commission)
        }
        None => tx.rows(&queries::OF_ALL, &[&ctx.merchant, &period.from, &period.until, &key.at, &key.id, &limit], commission),
    };
    Ok(found?)
}

pub(super) fn row(r: &Row<'_>) -> std::result::Result<Affiliate, store::Error> {
    Ok(Affiliate {
        id: r.get(0)?,
        name: r.get(1)?,
        code: r.get(2)?,
        terms: r.get(3)?,
        rate: r.get(4)?,
        currency: Currency::of(r.str(5)?),
        created_at: r.get(6)?,
        archived_at: r.get(7)?,
    })
}

fn commission(r: &Row<'_>) -> std::result::Result<Commission, store::Error> {
    let (amount, payment_amount, payment_gone): (i64, i64, i64) = (r.get(4)?, r.get(7)?, r.get(8)?);
    Ok(Commission {
        payment: r.get(0)?,
        affiliate: r.get(1)?,
        name: r.get(2)?,
        code: r.get(3)?,
        amount,
        currency: r.get(5)?,
        earned: if r.get(9)? { earned(amount, payment_amount, payment_gone) } else { 0 },
        paid: r.get(6)?,
        payment_amount,
        payment_gone,
        paid_at: r.get(10)?,
        customer: r.get(11)?,
        order: r.get(12)?,
        order_number: r.get(13)?,
    })
}
