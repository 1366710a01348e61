//! What is kept on contracts: days and states that follow from what was agreed (SPEC 2.10).

use store::Tx;

use super::{Difference, Slice};
use crate::contracts;
use crate::kit::{Ctx, Result};

/// Contracts of one slice.
const ROWS: i64 = 1_000;

/// The contracts behind `after`.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let (rows, last, found) = contracts::differences(tx, ctx, after, ROWS)?;
    let difference = |(id, what, kept, should_be): contracts::Differs| Difference {
        merchant: ctx.merchant.clone(),
        kind: "contract",
        id,
        what: what.to_owned(),
        kept,
        should_be,
    };
    let next = last.filter(|_| rows as i64 == ROWS);
    Ok(Slice { looked_at: rows as u64, differences: found.into_iter().map(difference).collect(), next })
}
