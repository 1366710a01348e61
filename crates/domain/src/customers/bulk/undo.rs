//! Undo of a group action (SPEC 8.2): archive, unarchive, delete, restore, group and tags go back to what they were, customer by customer. Ended
//! subscriptions stay ended, and what somebody changed since on the same customer stays.

use std::collections::BTreeSet;

use serde_json::json;
use store::Tx;

use super::verdict::Before;
use super::{Action, KIND, queries as q};
use crate::customers;
use crate::jobs::{self, Job, Step, Tools};
use crate::kit::{Ctx, CustomerId, Error, JobId, Result, name_key};

/// The kind of job that undoes a large one.
pub const UNDO: &str = "bulk_undo";
/// Customers of a slice.
const SLICE: i64 = 50;

/// Can this job be undone?
pub fn can_undo(job: &Job) -> bool {
    job.kind == KIND && job.state.is_over() && action(job).is_ok_and(|a| !matches!(a, Action::DeletePermanently | Action::Anonymise))
}

/// Puts everybody back, at once when they are few, else as a job of its own; gives that job.
///
/// # Errors
/// A conflict `not_undoable` for a job that runs, that deleted for good, or is no group action.
pub fn undo(tx: &mut Tx, ctx: &Ctx, id: &JobId) -> Result<JobId> {
    let job = jobs::load(tx, ctx, id)?;
    ctx.must(action(&job)?.right())?;
    if !can_undo(&job) {
        return Err(refused());
    }
    let total: i64 = tx.one(&q::COUNT_UNDOABLE, &[&ctx.merchant, id], |r| r.get(0))?;
    let undo = jobs::enqueue(tx, ctx, UNDO, &json!({ "job": id }), total)?;
    if total <= super::AT_ONCE as i64 {
        let slice = back(tx, ctx, &job, 0, super::AT_ONCE as i64)?;
        jobs::finish(tx, ctx, &undo, total, &json!({ "done": slice.back, "refused": slice.count - slice.back }))?;
    }
    Ok(undo)
}

/// One slice of a job of kind [`UNDO`].
pub fn undo_slice(tx: &mut Tx, ctx: &Ctx, _: &Tools, job: &mut Job) -> Result<Step> {
    let of: JobId = serde_json::from_value(job.input["job"].clone()).map_err(|e| Error::Internal(format!("input of an undo: {e}")))?;
    let undone = jobs::load(tx, ctx, &of)?;
    let slice = back(tx, ctx, &undone, job.cursor.as_i64().unwrap_or(0), SLICE)?;
    job.done += slice.count;
    job.cursor = json!(slice.last);
    let so_far = |key: &str| job.result[key].as_i64().unwrap_or(0);
    job.result = json!({ "done": so_far("done") + slice.back, "refused": so_far("refused") + slice.count - slice.back });
    Ok(if slice.count < SLICE { Step::Done } else { Step::More })
}

/// What a slice of an undo came to.
struct Slice {
    /// Looked at.
    count: i64,
    /// Put back; the others say why not.
    back: i64,
    /// The last place.
    last: i64,
}

/// Puts back what stands behind a place.
fn back(tx: &mut Tx, ctx: &Ctx, job: &Job, after: i64, limit: i64) -> Result<Slice> {
    let action = action(job)?;
    let rows = tx.rows(&q::UNDOABLE, &[&ctx.merchant, &job.id, &after, &limit], |r| {
        Ok((r.get::<i64>(0)?, r.get::<CustomerId>(1)?, r.get::<Option<String>>(2)?))
    })?;
    let last = rows.last().map_or(after, |r| r.0);
    let mut slice = Slice { count: rows.len() as i64, back: 0, last };
    let mut by_id = rows;
    by_id.sort_by(|a, b| a.1.cmp(&b.1));
    for (position, id, before) in by_id {
        let before: Before = before.and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default();
        let reason = match one(tx, ctx, &action, &id, &before) {
            Ok(()) => String::new(),
            Err(error @ (Error::Store(_) | Error::Internal(_) | Error::Forbidden(_))) => return Err(error),
            Err(refusal) => refusal.to_string(),
        };
        slice.back += i64::from(reason.is_empty());
        let outcome = if reason.is_empty() { "undone" } else { "refused" };
        tx.exec(&q::UNDONE, &[&ctx.merchant, &job.id, &position, &outcome, &reason])?;
    }
    Ok(slice)
}

fn one(tx: &mut Tx, ctx: &Ctx, action: &Action, id: &CustomerId, before: &Before) -> Result<()> {
    let had: BTreeSet<String> = before.tags.iter().map(|t| name_key(t)).collect();
    let those = |tags: &[String], had_it: bool| tags.iter().filter(|t| had.contains(&name_key(t)) == had_it).cloned().collect::<Vec<_>>();
    if matches!(action, Action::Archive { .. } | Action::Unarchive | Action::Delete | Action::Restore)
        && let Some(version) = before.version
        && tx.opt(&q::DECIDED_SINCE, &[&ctx.merchant, id, &version], |_| Ok(()))?.is_some()
    {
        return Err(Error::conflict("changed_since", "Somebody archived, deleted or restored this customer since; it stays as it is."));
    }
    match action {
        Action::Archive { .. } => customers::unarchive(tx, ctx, id),
        Action::Unarchive => customers::archive(tx, ctx, id, None),
        Action::Delete => customers::restore(tx, ctx, id),
        Action::Restore => customers::delete(tx, ctx, id),
        Action::SetGroup { group } => {
            if customers::group_of(tx, ctx, id)? != *group {
                return Err(Error::conflict("changed_since", "The group was changed since; it stays as it is."));
            }
            customers::set_group(tx, ctx, id, before.group.as_ref())
        }
        Action::AddTags { tags } => customers::remove_tags(tx, ctx, id, &those(tags, false)),
        Action::RemoveTags { tags } => customers::add_tags(tx, ctx, id, &those(tags, true)),
        Action::DeletePermanently | Action::Anonymise => Err(refused()),
    }
}

fn action(job: &Job) -> Result<Action> {
    serde_json::from_value(job.input["action"].clone()).map_err(|_| refused())
}

fn refused() -> Error {
    Error::conflict("not_undoable", "This cannot be undone.")
}
