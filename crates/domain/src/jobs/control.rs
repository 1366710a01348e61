//! What people do with jobs: ask for one, look, cancel, try again.

use serde_json::Value as Json;
use store::{Row as Cells, Tx};

use super::{Job, Row, State, queries};
use crate::kit::{Actor, ActorKind, Ctx, Error, JobId, Result, Right, Rights};
use crate::mailings;

/// Asks for a job in the verb's own transaction. `total` is the number of units, 0 when not known yet.
pub fn enqueue(tx: &mut Tx, ctx: &Ctx, kind: &str, input: &Json, total: i64) -> Result<JobId> {
    let id: JobId = ctx.id();
    let (actor, rights) = (&ctx.actor, ctx.actor.rights.names().join(" "));
    tx.exec(
        &queries::INSERT,
        &[&ctx.merchant, &id, &kind, &input.to_string(), &total, &actor.kind.name(), &actor.id, &actor.name, &rights, &ctx.now],
    )?;
    tx.exec(&queries::QUEUE, &[&id, &ctx.merchant, &ctx.now])?;
    Ok(id)
}

/// Ends a job in the transaction that asked for it: the work was little and is done.
pub fn finish(tx: &mut Tx, ctx: &Ctx, id: &JobId, done: i64, result: &Json) -> Result<()> {
    tx.exec(&queries::STARTED, &[&ctx.merchant, id, &ctx.now])?;
    tx.exec(&queries::PROGRESS, &[&ctx.merchant, id, &"", &done, &done, &result.to_string()])?;
    tx.exec(&queries::END, &[&ctx.merchant, id, &super::State::Done.name(), &"", &ctx.now])?;
    tx.exec(&queries::LEAVE, &[id])?;
    Ok(())
}

/// One job.
///
/// # Errors
/// `NotFound` here and for another merchant's.
pub fn load(tx: &mut Tx, ctx: &Ctx, id: &JobId) -> Result<Job> {
    ctx.must(Right::Read)?;
    tx.opt(&queries::LOAD, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("job"))
}

/// The latest jobs, newest first.
pub fn list(tx: &mut Tx, ctx: &Ctx, limit: i64) -> Result<Vec<Job>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::LIST, &[&ctx.merchant, &limit], read)?)
}

/// Those that wait or run, for the top bar.
pub fn running(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Job>> {
    Ok(tx.rows(&queries::RUNNING, &[&ctx.merchant], read)?)
}

/// Outcomes behind `after` (0 for the first), at most `limit`; all outcomes or one.
pub fn rows(tx: &mut Tx, ctx: &Ctx, id: &JobId, outcome: Option<&str>, after: i64, limit: i64) -> Result<Vec<Row>> {
    ctx.must(Right::Read)?;
    let read = |r: &Cells| Ok(Row { position: r.get(0)?, subject_id: r.get(1)?, outcome: r.get(2)?, reason: r.get(3)? });
    match outcome {
        Some(outcome) => Ok(tx.rows(&queries::ROWS_OF, &[&ctx.merchant, id, &after, &limit, &outcome], read)?),
        None => Ok(tx.rows(&queries::ROWS, &[&ctx.merchant, id, &after, &limit], read)?),
    }
}

/// How many rows ended in which way.
pub fn outcomes(tx: &mut Tx, ctx: &Ctx, id: &JobId) -> Result<Vec<(String, i64)>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OUTCOMES, &[&ctx.merchant, id], |r| Ok((r.get(0)?, r.get(1)?)))?)
}

/// Asks a job to stop behind its current slice. What is done stays done.
///
/// # Errors
/// `NotFound`; a conflict `job_over` when it has ended.
pub fn cancel(tx: &mut Tx, ctx: &Ctx, id: &JobId) -> Result<()> {
    let job = load(tx, ctx, id)?;
    // A mailing also takes back what it has put into the outbox.
    if let Some(mailing) = mailings::of_job(&job) {
        return mailings::cancel(tx, ctx, &mailing);
    }
    may_steer(ctx, &job)?;
    ask_cancel(tx, ctx, id)
}

/// The same for a verb that has looked at the rights.
pub(crate) fn ask_cancel(tx: &mut Tx, ctx: &Ctx, id: &JobId) -> Result<()> {
    if tx.exec(&queries::ASK_CANCEL, &[&ctx.merchant, id])? == 0 {
        return Err(Error::conflict("job_over", "This job has already ended."));
    }
    wake(tx, ctx, id)
}

/// A job that rests until a moment to come goes on now.
pub(crate) fn wake(tx: &mut Tx, ctx: &Ctx, id: &JobId) -> Result<()> {
    tx.exec(&queries::WAKE, &[id, &ctx.now])?;
    Ok(())
}

/// Lets a failed job go on where it stopped.
///
/// # Errors
/// `NotFound`; a conflict `job_not_failed` otherwise.
pub fn retry(tx: &mut Tx, ctx: &Ctx, id: &JobId) -> Result<()> {
    let job = load(tx, ctx, id)?;
    may_steer(ctx, &job)?;
    if tx.exec(&queries::REQUEUE, &[&ctx.merchant, id])? == 0 {
        return Err(Error::conflict("job_not_failed", "Only a job that failed can be tried again."));
    }
    tx.exec(&queries::QUEUE, &[id, &ctx.merchant, &ctx.now])?;
    Ok(())
}

/// One's own jobs, or with the right to change settings all.
fn may_steer(ctx: &Ctx, job: &Job) -> Result<()> {
    if job.actor.id == ctx.actor.id { Ok(()) } else { ctx.must(Right::Settings) }
}

/// Reads a row of `jobs`.
pub(super) fn read(r: &Cells) -> std::result::Result<Job, store::Error> {
    let json = |text: String| serde_json::from_str(&text).unwrap_or(Json::Null);
    let (state, kind): (String, String) = (r.get("state")?, r.get("actor_kind")?);
    let rights: String = r.get("actor_rights")?;
    Ok(Job {
        id: JobId::from_db(r.get("id")?),
        kind: r.get("kind")?,
        state: State::of(&state).ok_or_else(|| store::Error::Other(format!("job state {state}")))?,
        input: json(r.get("input")?),
        cursor: json(r.get("cursor")?),
        done: r.get("done")?,
        total: r.get("total")?,
        result: json(r.get("result")?),
        error: r.get("error")?,
        attempts: r.get("attempts")?,
        cancel_asked: r.get("cancel_asked")?,
        actor: Actor {
            kind: [ActorKind::Staff, ActorKind::ApiKey].into_iter().find(|k| k.name() == kind).unwrap_or(ActorKind::System),
            id: r.get("actor_id")?,
            name: r.get("actor_name")?,
            rights: Rights::parse(&rights),
        },
        created_at: r.get("created_at")?,
        started_at: r.get("started_at")?,
        finished_at: r.get("finished_at")?,
    })
}
