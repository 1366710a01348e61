//! Links as pages and the API show them, each in the state of the moment.

use store::{Row, Tx};

use super::{MethodLink, State, queries};
use crate::kit::{Ctx, CustomerId, Error, MethodLinkId, Micros, Result, Right, locks};

/// One link. Needs [`Right::Read`].
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &MethodLinkId) -> Result<MethodLink> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

/// The latest links of a customer, newest first. Needs [`Right::Read`].
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, limit: i64) -> Result<Vec<MethodLink>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &limit], |r| row(r, ctx.now))?)
}

pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &MethodLinkId) -> Result<MethodLink> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], |r| row(r, ctx.now))?.ok_or(Error::NotFound("link"))
}

/// Under the lock of its customer.
///
/// # Errors
/// `Conflict` (`moved`) when its customer was merged into another while we waited.
pub(super) fn locked(tx: &mut Tx, ctx: &Ctx, id: &MethodLinkId) -> Result<MethodLink> {
    locks::with_customer(tx, ctx, "link", |tx| find(tx, ctx, id), |link| &link.customer)
}

fn row(r: &Row<'_>, now: Micros) -> std::result::Result<MethodLink, store::Error> {
    let (state, expires_at): (State, Micros) = (r.get(4)?, r.get(6)?);
    Ok(MethodLink {
        id: r.get(0)?,
        customer: r.get(1)?,
        shop: r.get(2)?,
        shop_name: r.get(3)?,
        state: state.at(now, expires_at),
        recipient: r.get(5)?,
        expires_at,
        setup: r.get(7)?,
        created_at: r.get(8)?,
        created_by: r.get(9)?,
    })
}
