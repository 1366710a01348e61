//! What an endpoint leaves behind goes slice by slice: messages that wait for one that is off are given up, a removed one is forgotten, and so is
//! what is older than 30 days.

use store::Tx;

use super::{KEPT, queries};
use crate::kit::{Ctx, MerchantId, Micros, Result, WebhookId};

const GIVEN_UP: &str = "The endpoint was switched off.";

/// One slice over all merchants; gives whether there may be more.
pub fn slice(tx: &mut Tx, now: Micros) -> Result<bool> {
    let key = |r: &store::Row<'_>| Ok((r.get::<MerchantId>(0)?, r.get::<WebhookId>(1)?));
    if let Some((merchant, id)) = tx.opt(&queries::STRANDED, &[], key)? {
        return Ok(tx.exec(&queries::FAIL_SLICE, &[&merchant, &id, &now, &GIVEN_UP])? > 0);
    }
    let Some((merchant, id)) = tx.opt(&queries::REMOVED, &[], key)? else { return Ok(false) };
    for part in [&queries::DROP_ATTEMPTS, &queries::DROP_DELIVERIES] {
        if tx.exec(part, &[&merchant, &id])? > 0 {
            return Ok(true);
        }
    }
    Ok(tx.exec(&queries::DROP_ENDPOINT, &[&merchant, &id])? > 0)
}

/// Forgets some of what is older than [`KEPT`]; gives whether there may be more. For housekeeping.
pub fn forget(tx: &mut Tx, ctx: &Ctx) -> Result<bool> {
    let before = ctx.now - KEPT;
    let gone = tx.exec(&queries::FORGET_ATTEMPTS, &[&ctx.merchant, &before])?;
    Ok(gone + tx.exec(&queries::FORGET_DELIVERIES, &[&ctx.merchant, &before])? > 0)
}

/// How many messages wait, over all merchants, counted to a hundred thousand. For the metrics.
pub fn waiting(tx: &mut Tx) -> Result<i64> {
    Ok(tx.scalar(&queries::ALL_WAITING, &[])?)
}
