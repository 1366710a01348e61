//! The portal in a merge: whoever comes in as the one who goes comes in as the survivor, unless the survivor has a portal of its own; undo puts both
//! back as they were.

use store::Tx;

use super::queries as q;
use crate::kit::{Ctx, CustomerId, Error, MergeId, Result};
use crate::portal::{self, Kept};

/// What the copies are marked with.
const MARK: &str = "portal_access";

/// Is it open?
pub(super) fn is_open(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<bool> {
    Ok(portal::kept(tx, ctx, id)?.is_some_and(|k| k.is_open()))
}

/// Hands the portal of the one who goes to a survivor who has none, and closes it. Gives how many were handed over.
pub(super) fn hand_over(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, gone: &CustomerId, stays: &CustomerId) -> Result<i64> {
    let theirs = portal::kept(tx, ctx, gone)?.filter(Kept::is_open);
    let ours = portal::kept(tx, ctx, stays)?;
    portal::shut(tx, ctx, gone)?;
    let Some(theirs) = theirs else { return Ok(0) };
    let closed = portal::kept(tx, ctx, gone)?;
    note(tx, ctx, merge, gone, Some(&theirs), closed.as_ref())?;
    if ours.as_ref().is_some_and(Kept::is_open) {
        return Ok(0);
    }
    portal::put(tx, ctx, stays, Some(&theirs))?;
    note(tx, ctx, merge, stays, ours.as_ref(), Some(&theirs))?;
    Ok(1)
}

fn note(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, id: &CustomerId, before: Option<&Kept>, after: Option<&Kept>) -> Result<()> {
    let text = |kept: Option<&Kept>| serde_json::to_string(&kept).map_err(|e| Error::Internal(e.to_string()));
    tx.exec(&q::COPY, &[&ctx.merchant, merge, &MARK, id, &text(before)?, &text(after)?])?;
    Ok(())
}

/// Both as they were. A portal that was changed since (another password, invited anew, closed) is newer than the merge and stays.
pub(super) fn put_back(tx: &mut Tx, ctx: &Ctx, merge: &MergeId) -> Result<()> {
    let copies =
        tx.rows(&q::COPIES, &[&ctx.merchant, merge, &MARK], |r| Ok((r.get::<CustomerId>(0)?, r.get::<String>(1)?, r.get::<String>(2)?)))?;
    for (id, before, after) in copies {
        let (before, after) = (parse(&before)?, parse(&after)?);
        let untouched = match (portal::kept(tx, ctx, &id)?, &after) {
            (Some(now), Some(after)) => now.is_like(after),
            (now, after) => now.is_none() && after.is_none(),
        };
        if untouched {
            portal::put(tx, ctx, &id, before.as_ref())?;
        }
    }
    Ok(())
}

fn parse(text: &str) -> Result<Option<Kept>> {
    let broken = |e: serde_json::Error| Error::Internal(format!("the undo copy of a portal cannot be read: {e}"));
    serde_json::from_str(text).map_err(broken)
}
