//! Tasks: each is of the customer whose thing it is on.

use store::Tx;

use super::Difference;
use crate::kit::{Ctx, Result};
use crate::tasks;

/// Those that are of somebody else; at most a thousand.
pub(super) fn whose(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Difference>> {
    let difference = |(id, kept, should_be): (String, String, String)| Difference {
        merchant: ctx.merchant.clone(),
        kind: "task",
        id,
        what: "customer".to_owned(),
        kept,
        should_be,
    };
    Ok(tasks::differences(tx, ctx)?.into_iter().map(difference).collect())
}
