//! The ledgers of two customers that become one, and are parted again (SPEC 10.1). The customers are locked by the verb that merges.

use store::Tx;

use super::queries;
use crate::kit::{Ctx, Currency, CustomerId, Error, Money, Result};

/// Puts the lines of both in one row, by time, each ledger in its own order; before the lines move.
pub(crate) fn interleave(tx: &mut Tx, ctx: &Ctx, one: &CustomerId, other: &CustomerId) -> Result<()> {
    tx.exec(&queries::INTERLEAVE, &[&ctx.merchant, one, other])?;
    Ok(())
}

/// The balances of these customers are the sums of their lines.
pub(crate) fn sum_up(tx: &mut Tx, ctx: &Ctx, customers: &[&CustomerId]) -> Result<()> {
    for customer in customers {
        tx.exec(&queries::DROP_BALANCES, &[&ctx.merchant, customer])?;
        tx.exec(&queries::SUM_UP, &[&ctx.merchant, customer])?;
    }
    Ok(())
}

/// Each its own ledger again, once the lines are back.
///
/// # Errors
/// `Conflict` (`credit_spent`) when what came with the one who went was spent since.
pub(crate) fn part(tx: &mut Tx, ctx: &Ctx, gone: &CustomerId, stays: &CustomerId) -> Result<()> {
    for customer in [gone, stays] {
        tx.exec(&queries::RENUMBER, &[&ctx.merchant, customer])?;
        let lacks =
            tx.opt(&queries::BELOW_ZERO, &[&ctx.merchant, customer], |r| Ok(Money::new(-r.get::<i64>(1)?, r.get::<Currency>(0)?)))?;
        if let Some(lacks) = lacks {
            let message = format!("Store credit of both was spent together since: {lacks} would be lacking. Grant it first, then undo.");
            return Err(Error::conflict("credit_spent", message));
        }
    }
    sum_up(tx, ctx, &[gone, stays])
}
