//! Charges as pages and the API show them.

use store::{Row, Tx};

use super::{Charge, queries};
use crate::kit::{ChargeId, Ctx, CustomerId, Error, Result, Right};

/// One charge. Needs [`Right::Read`].
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &ChargeId) -> Result<Charge> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

/// The latest charges of a customer, newest first. Needs [`Right::Read`].
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, limit: i64) -> Result<Vec<Charge>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &limit], row)?)
}

pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &ChargeId) -> Result<Charge> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], row)?.ok_or(Error::NotFound("charge"))
}

pub(super) fn row(r: &Row<'_>) -> std::result::Result<Charge, store::Error> {
    Ok(Charge {
        id: r.get(0)?,
        customer: r.get(1)?,
        shop: r.get(2)?,
        method: r.get(3)?,
        order: r.get(4)?,
        invoice: r.get(5)?,
        provider: r.get(6)?,
        live: r.get(7)?,
        currency: r.get(8)?,
        amount: r.get(9)?,
        purpose: r.get(10)?,
        state: r.get(11)?,
        failure_code: r.get(12)?,
        failure: r.get(13)?,
        payment: r.get(14)?,
        created_at: r.get(15)?,
        created_by: r.get(16)?,
        updated_at: r.get(17)?,
    })
}
