//! What deleting for good shares with anonymising: the rows are gone, and what speaks of the person inside of text, in old backups and in the wish for no
//! marketing is cared for in the same way.

use serde_json::json;
use store::Tx;

use super::{Cause, queries as q, refusals, sweep, words};
use crate::customers::state;
use crate::kit::{Ctx, CustomerId, ErasureId, Result};

/// Before the rows of these customers go, who are one person: a receipt that becomes a line of the ledger, the words for the pass, the refusal of marketing
/// as a keyed hash. Who was anonymised before has all that.
pub(crate) fn purge(tx: &mut Tx, ctx: &Ctx, all: &[CustomerId]) -> Result<()> {
    let mut who = Vec::new();
    for one in all {
        if state::load(tx, ctx, one)?.anonymised_at.is_none() {
            who.push(one.clone());
        }
    }
    if who.is_empty() {
        return Ok(());
    }
    let (found, mut kept) = (words::gather(tx, ctx, &who)?, Vec::new());
    refusals::keep(tx, ctx, &who, &mut kept)?;
    let (nothing, told, cause) = ("{}", json!(kept).to_string(), Cause::Purge);
    for (n, one) in who.iter().enumerate() {
        let erasure: ErasureId = ctx.id();
        let kept = if n == 0 { told.as_str() } else { "[]" };
        let params: [&dyn store::Bind; 8] = [&ctx.merchant, &erasure, one, &cause, &ctx.actor.name, &nothing, &kept, &ctx.now];
        tx.exec(&q::RECORD, &params)?;
        if n == 0 {
            words::keep(tx, ctx, &erasure, &found)?;
        }
    }
    sweep::ask(tx, ctx)?;
    crate::imports::hurry(tx, ctx)
}
