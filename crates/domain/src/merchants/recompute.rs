//! The job behind a change of rules or of rates: works out what is kept about every customer anew, in slices by id.

use serde_json::json;
use store::Tx;

use crate::customers::facts;
use crate::jobs::{Job, Step, Tools};
use crate::kit::{Ctx, CustomerId, Result};
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
    Ok(go_on(job, last))
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
