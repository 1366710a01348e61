//! Imports over one another. What a later import noted as the value of before may be one of the import that is taken back now: it must not come
//! back when the later one is taken back too.

use store::Tx;

use super::journal::Before;
use super::queries;
use crate::kit::{Ctx, CustomerId, ImportId, Result};

/// In what later imports noted of the customer, what `before` tells of this one's changes is taken back too.
pub(super) fn forget(tx: &mut Tx, ctx: &Ctx, import: &ImportId, id: &CustomerId, before: &Before) -> Result<()> {
    let lines = tx.rows(&queries::NOTED_BY_OTHERS, &[&ctx.merchant, id, import], |r| {
        Ok((r.get::<ImportId>(0)?, r.get::<i64>(1)?, r.get::<String>(2)?))
    })?;
    for (other, position, text) in lines {
        // One that cannot be read is told when it is taken back itself.
        let Ok(mut later) = Before::read(&text) else { continue };
        if later.event_version > before.event_version && later.lose(before) {
            tx.exec(&queries::REWRITE, &[&ctx.merchant, &other, &position, &later.text()?])?;
        }
    }
    Ok(())
}
