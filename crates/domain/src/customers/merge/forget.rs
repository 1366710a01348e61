//! The undo copies go: when their term is over, when they were used, and with a customer that is deleted for good.

use store::Tx;

use super::queries as q;
use crate::kit::{Ctx, CustomerId, MergeId, Result};

/// Rows of one slice.
const SLICE: i64 = 5_000;

/// Drops a slice of what may be undone no more. `false` when there is nothing left to drop.
pub(crate) fn forget(tx: &mut Tx, ctx: &Ctx) -> Result<bool> {
    let Some(id) = tx.opt(&q::OVER, &[&ctx.merchant, &ctx.now], |r| r.get::<MergeId>(0))? else { return Ok(false) };
    if tx.exec(&q::DROP_MOVES, &[&ctx.merchant, &id, &SLICE])? == 0 {
        tx.exec(&q::DROP_COPIES, &[&ctx.merchant, &id])?;
        tx.exec(&q::FORGOTTEN, &[&ctx.merchant, &id])?;
    }
    Ok(true)
}

/// Drops the undo copy of one merge.
pub(super) fn copies(tx: &mut Tx, ctx: &Ctx, id: &MergeId) -> Result<()> {
    tx.exec(&q::DROP_ALL_MOVES, &[&ctx.merchant, id])?;
    tx.exec(&q::DROP_COPIES, &[&ctx.merchant, id])?;
    Ok(())
}

/// Drops every merge of a customer, with its undo copy: the customer is deleted for good.
pub(crate) fn drop_of(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    for id in tx.rows(&q::OF_ANY, &[&ctx.merchant, customer], |r| r.get::<MergeId>(0))? {
        copies(tx, ctx, &id)?;
        tx.exec(&q::DROP, &[&ctx.merchant, &id])?;
    }
    Ok(())
}
