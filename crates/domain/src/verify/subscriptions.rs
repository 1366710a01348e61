//! Subscriptions that Regulars runs: how each stands is what its clockwork gives, each period is closed in its turn, and each was charged at most once.

use store::Tx;

use super::{Difference, Slice};
use crate::kit::{Ctx, Result};
use crate::subscriptions;

/// Subscriptions of one slice.
const MANY: i64 = 500;

/// Those behind `after`.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let (found, next) = subscriptions::differences(tx, ctx, after, MANY)?;
    let difference = |(id, what, kept, should_be): (String, &str, String, String)| Difference {
        merchant: ctx.merchant.clone(),
        kind: "subscription",
        id,
        what: what.to_owned(),
        kept,
        should_be,
    };
    Ok(Slice { looked_at: 0, differences: found.into_iter().map(difference).collect(), next })
}
