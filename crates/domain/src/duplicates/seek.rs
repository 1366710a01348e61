//! Asking for a run over all customers.

use serde_json::json;
use store::Tx;

use super::KIND;
use crate::events::Event;
use crate::jobs::{self, Job};
use crate::kit::{Ctx, JobId, Result, Right};

/// Asks for a run; while one waits or runs already, that one is the answer.
pub fn seek(tx: &mut Tx, ctx: &Ctx) -> Result<JobId> {
    ctx.must(Right::Write)?;
    if let Some(job) = running(tx, ctx)? {
        return Ok(job.id);
    }
    let id = jobs::enqueue(tx, ctx, KIND, &json!({}), 0)?;
    Event::new("duplicates.sought").on("job", id.as_str()).record(tx, ctx)?;
    Ok(id)
}

/// The run that waits or runs, if there is one.
pub fn running(tx: &mut Tx, ctx: &Ctx) -> Result<Option<Job>> {
    Ok(jobs::running(tx, ctx)?.into_iter().find(|job| job.kind == KIND))
}
