//! Somebody was erased whom the journal of an import names: a line of made customers loses that one id, so that the others can still be taken back.

use store::Tx;

use super::journal::kind;
use super::queries;
use crate::kit::{Ctx, Result};

/// Takes out of a line of the journal the ids of those who were erased. Tells whether that was all that had to be done; if not, the line holds
/// nobody else, or more than ids, and goes whole.
pub(crate) fn lose(tx: &mut Tx, ctx: &Ctx, import: &str, position: i64, is_erased: &dyn Fn(&str) -> bool) -> Result<bool> {
    let line = tx.opt(&queries::LINE, &[&ctx.merchant, &import, &position], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?;
    let Some((_, ids)) = line.filter(|(what, _)| what == kind::CUSTOMERS) else { return Ok(false) };
    let others: Vec<&str> = ids.split(' ').filter(|id| !is_erased(id)).collect();
    if others.is_empty() {
        return Ok(false);
    }
    tx.exec(&queries::SHORTEN, &[&ctx.merchant, &import, &position, &others.join(" ")])?;
    Ok(true)
}
