//! A note that an import wrote, when the import is taken back: it goes, unless somebody wrote in it or pinned it since.

use store::Tx;

use super::fieldwise::BACK;
use super::queries;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Result};

/// Whose it is, what it says, and whether it is as the import wrote it.
pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<Option<(CustomerId, String, bool)>> {
    Ok(tx.opt(&queries::NOTE_OF, &[&ctx.merchant, &id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?)
}

/// Would [`drop`] leave nothing of it?
pub(super) fn stands(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<bool> {
    Ok(find(tx, ctx, id)?.is_none_or(|(.., untouched)| untouched))
}

/// Deletes it, unless somebody worked on it since; tells whether it is gone.
pub(super) fn drop(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<bool> {
    let Some((owner, body, untouched)) = find(tx, ctx, id)? else { return Ok(true) };
    if untouched {
        tx.exec(&queries::DROP_NOTE, &[&ctx.merchant, &id])?;
        let event = Event::new("note.deleted").of(&owner).on("note", id).because(BACK);
        event.value("note", Some(&body), None).record(tx, ctx)?;
    }
    Ok(untouched)
}
