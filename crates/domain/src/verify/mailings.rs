//! Mailings: a line says of its mail what the outbox says, so that nobody believes a mail went out that did not.

use store::Tx;

use super::{Difference, Slice};
use crate::kit::{Ctx, Result};
use crate::mailings::queries;

/// The lines of the mailing behind `after`.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, after: &str) -> Result<Slice> {
    let Some(id) = tx.opt(&queries::NEXT, &[&ctx.merchant, &after], |r| r.get::<String>(0))? else {
        return Ok(Slice { looked_at: 0, differences: Vec::new(), next: None });
    };
    let differences = tx.rows(&queries::VERIFY, &[&ctx.merchant, &id], |r| {
        let (customer, kept, mail): (String, String, String) = (r.get(0)?, r.get(1)?, r.get(2)?);
        let what = format!("outcome for {customer}");
        Ok(Difference { merchant: ctx.merchant.clone(), kind: "mailing", id: id.clone(), what, kept, should_be: format!("mail {mail}") })
    })?;
    Ok(Slice { looked_at: 1, differences, next: Some(id) })
}
