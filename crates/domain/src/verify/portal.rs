//! Who is gone has no portal, and what is closed has no session and no link (SPEC 12, 10.3).

use store::Tx;

use super::{Difference, Slice, queries};
use crate::kit::{Ctx, Result};

/// Portals of one slice.
const ROWS: i64 = 1_000;

/// The portals behind `after`.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let rows = tx.rows(&queries::PORTALS, &[&ctx.merchant, &after, &ROWS], |r| {
        Ok((r.get::<String>(0)?, r.get::<bool>(1)?, r.get::<bool>(2)?, r.get::<bool>(3)?))
    })?;
    let mut differences = Vec::new();
    for (id, open, gone, doors) in &rows {
        let mut note = |what: &str, kept: &str, should_be: &str| {
            differences.push(Difference {
                merchant: ctx.merchant.clone(),
                kind: "portal",
                id: id.clone(),
                what: what.to_owned(),
                kept: kept.to_owned(),
                should_be: should_be.to_owned(),
            });
        };
        if *open && *gone {
            note("closed", "no", "yes");
        }
        if !*open && *doors {
            note("sessions and links", "some", "none");
        }
    }
    let next = if rows.len() as i64 == ROWS { rows.last().map(|r| r.0.clone()) } else { None };
    Ok(Slice { looked_at: rows.len() as u64, differences, next })
}
