//! Words by which tickets are found again.

use store::Tx;

use super::queries;
use crate::kit::{Ctx, Problems, Result, TicketId, clean, name_key};

/// So many a ticket has.
const MOST: usize = 20;

/// Cleaned, each once whatever its case, in order; problems stand at `tags`.
pub(super) fn cleaned(problems: &mut Problems, names: &[String]) -> Vec<String> {
    let mut all: Vec<(String, String)> = Vec::new();
    for name in names {
        let name = clean(problems, "tags", name, 40);
        let key = name_key(&name);
        if !key.is_empty() && all.iter().all(|(k, _)| *k != key) {
            all.push((key, name));
        }
    }
    if all.len() > MOST {
        problems.add("tags", "too_many", format!("Use at most {MOST} tags."));
    }
    all.sort();
    all.into_iter().map(|(_, name)| name).collect()
}

/// Gives the ticket exactly these, which are cleaned.
pub(super) fn put(tx: &mut Tx, ctx: &Ctx, id: &TicketId, names: &[String]) -> Result<()> {
    tx.exec(&queries::UNTAG, &[&ctx.merchant, id])?;
    for name in names {
        tx.exec(&queries::TAG, &[&ctx.merchant, id, name, &name_key(name)])?;
    }
    Ok(())
}
