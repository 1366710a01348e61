//! The job behind a change of rules or of rates: works out what is kept about every customer anew, in slices by id.

use serde_json::json;
use store::Tx;

use super::edit::AT_ONCE;
use super::queries;
use crate::customers::facts;
use crate::jobs::{Job, State, Step, Tools};
use crate::kit::{Ctx, CustomerId, DAY, Result};
use crate::rates;

/// The kind of job that works out all customers anew, after a change of N, currency or time zone.
pub const RECOMPUTE: &str = "recompute";
/// The kind of job that does so for customers with money in other currencies, after new rates.
pub const REVALUE: &str = "revalue";

/// Customers in one slice: about 25 ms of writing.
const SLICE: i64 = 50;

/// A slice of [`RECOMPUTE`].
pub fn recompute(tx: &mut Tx, ctx: &Ctx, _: &Tools, job: &mut Job) -> Result<Step> {
    let after = after(job);
    let last = facts::recompute(tx, ctx, after.as_ref(), SLICE)?;
    let (total, step) = (job.total, go_on(job, last));
    job.done = if step == Step::Done { total } else { job.done.min(total) };
    Ok(step)
}

/// Statuses and totals that are not all worked out under the rules in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anew {
    /// Customers that are.
    pub done: i64,
    /// All there were when the rules changed.
    pub total: i64,
    /// The last customer that is, in the order of ids; empty before the first.
    pub last: String,
    /// The job failed or was stopped: nobody is at it.
    pub stopped: bool,
}

/// How long an unfinished job is looked for.
const LOOKED_FOR: i64 = 30 * DAY;

/// How far working out all customers under new rules has come; `None` when they are. What is read meanwhile is right for those that are done, and as
/// it was for the others.
pub fn anew(tx: &mut Tx, ctx: &Ctx) -> Result<Option<Anew>> {
    let since = ctx.now - LOOKED_FOR;
    let found = tx.opt(&queries::ANEW, &[&ctx.merchant, &since], |r| {
        Ok((r.get::<String>(0)?, r.get::<i64>(1)?, r.get::<i64>(2)?, r.get::<String>(3)?))
    })?;
    let Some((state, done, total, cursor)) = found else { return Ok(None) };
    let stopped = match State::of(&state) {
        Some(State::Done) | None => return Ok(None),
        Some(state) => state.is_over(),
    };
    if total <= AT_ONCE {
        return Ok(None); // They were all worked out with the setting itself.
    }
    let cursor: serde_json::Value = serde_json::from_str(&cursor).unwrap_or_default();
    let last = cursor.get("after").and_then(|v| v.as_str()).unwrap_or_default().to_owned();
    Ok(Some(Anew { done: done.max(AT_ONCE), total, last, stopped }))
}

/// A slice of [`REVALUE`].
pub fn revalue(tx: &mut Tx, ctx: &Ctx, _: &Tools, job: &mut Job) -> Result<Step> {
    let after = after(job);
    let last = rates::refresh_slice(tx, ctx, after.as_ref(), SLICE)?;
    Ok(go_on(job, last))
}

fn after(job: &Job) -> Option<CustomerId> {
    job.cursor.get("after").and_then(|v| v.as_str()).map(|id| CustomerId::from_db(id.to_owned()))
}

fn go_on(job: &mut Job, last: Option<CustomerId>) -> Step {
    job.done += SLICE;
    match last {
        Some(last) => {
            job.cursor = json!({ "after": last.as_str() });
            Step::More
        }
        None => Step::Done,
    }
}
