//! Numbers that people read: orders and customers count up from 1001.

use store::Tx;

use super::queries;
use crate::kit::{Ctx, Result};

/// Takes the next number of a series (`order`, `customer`). Its row stays locked until the end of the transaction and every other
/// writer of the series waits for it: take numbers last, after all other locks.
pub fn next_number(tx: &mut Tx, ctx: &Ctx, series: &'static str) -> Result<i64> {
    Ok(tx.one(&queries::NEXT_NUMBER, &[&ctx.merchant, &series], |r| r.get(0))?)
}
