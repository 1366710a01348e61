//! Who was merged into another has nothing left: what still points to it shows under nobody.

use store::Tx;

use super::Difference;
use super::credit::difference;
use crate::customers::merge;
use crate::kit::{Ctx, Result};

/// Rows of every room that point to a customer who was merged.
pub(super) fn hanging(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Difference>> {
    let found = merge::hanging(tx, ctx)?;
    Ok(found
        .into_iter()
        .map(|(table, id, rows)| difference(ctx, "customer", id.as_str(), format!("{table} of a merged customer"), rows, 0))
        .collect())
}
