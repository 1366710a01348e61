//! Requests as pages and the API show them.

use store::{Row, Tx};

use super::{Request, Waiting, queries};
use crate::kit::{Ctx, CustomerId, Error, RequestId, Result, Right};
use crate::merchants;
use crate::payments::listed::named;

/// One request.
///
/// # Errors
/// `NotFound`.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &RequestId) -> Result<Request> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &RequestId) -> Result<Request> {
    tx.opt(&queries::GET, &[&ctx.merchant, id], request)?.ok_or(Error::NotFound("request"))
}

/// Those about a customer, the newest first; at most a hundred.
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<Request>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer], request)?)
}

/// How many wait today, where the merchant lives.
pub fn waiting(tx: &mut Tx, ctx: &Ctx) -> Result<Waiting> {
    ctx.must(Right::Read)?;
    let today = i64::from(merchants::settings(tx, ctx)?.zone.day(ctx.now));
    let (open, overdue) = tx.one(&queries::WAITING, &[&ctx.merchant, &today], |r| Ok((r.get::<i64>(0)?, r.get::<i64>(1)?)))?;
    Ok(Waiting { open: open.unsigned_abs(), overdue: overdue.unsigned_abs() })
}

pub(super) fn request(r: &Row<'_>) -> std::result::Result<Request, store::Error> {
    let customer: Option<CustomerId> = r.get(3)?;
    Ok(Request {
        id: r.get(0)?,
        kind: r.get(1)?,
        state: r.get(2)?,
        customer_name: if customer.is_some() { named(r, 13)? } else { String::new() },
        customer,
        who: r.get(4)?,
        note: r.get(5)?,
        received_on: r.get(6)?,
        due_on: r.get(7)?,
        created_at: r.get(8)?,
        created_by: r.get(9)?,
        closed_at: r.get(10)?,
        closed_by: r.get(11)?,
        version: r.get(12)?,
        extended_from: r.get(19)?,
        extension: r.get::<Option<String>>(20)?.unwrap_or_default(),
    })
}
