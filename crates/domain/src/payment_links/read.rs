//! Links as pages and the API show them, each in the state of the moment.

use store::{Row, Tx};

use super::{PaymentLink, State, queries};
use crate::kit::{Ctx, CustomerId, Error, Micros, PaymentLinkId, Result, Right, locks};

/// One link. Needs [`Right::Read`].
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId) -> Result<PaymentLink> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

/// The latest links of a customer, newest first. Needs [`Right::Read`].
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, limit: i64) -> Result<Vec<PaymentLink>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &limit], |r| row(r, ctx.now))?)
}

pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId) -> Result<PaymentLink> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], |r| row(r, ctx.now))?.ok_or(Error::NotFound("payment link"))
}

/// Under the lock of its customer.
///
/// # Errors
/// `Conflict` (`moved`) when its customer was merged into another while we waited.
pub(super) fn locked(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId) -> Result<PaymentLink> {
    locks::with_customer(tx, ctx, "link", |tx| find(tx, ctx, id), |link| &link.customer)
}

pub(super) fn row(r: &Row<'_>, now: Micros) -> std::result::Result<PaymentLink, store::Error> {
    let (state, expires_at): (State, Micros) = (r.get(9)?, r.get(10)?);
    Ok(PaymentLink {
        id: r.get(0)?,
        customer: r.get(1)?,
        shop: r.get(2)?,
        shop_name: r.get(3)?,
        order: r.get(4)?,
        invoice: r.get(5)?,
        currency: r.get(6)?,
        amount: r.get(7)?,
        purpose: r.get(8)?,
        state: state.at(now, expires_at),
        expires_at,
        attempts: r.get(11)?,
        payment: r.get(12)?,
        payment_status: r.get(13)?,
        checkout: r.get(14)?,
        checkout_account: r.get(15)?,
        checkout_ref: r.get(16)?,
        checkout_url: r.get(17)?,
        checkout_until: r.get(18)?,
        checkout_words: r.get(19)?,
        created_at: r.get(20)?,
        created_by: r.get(21)?,
        closed_at: r.get(22)?,
        doors: r.get(23)?,
    })
}
