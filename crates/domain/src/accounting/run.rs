//! Runs: everything that is not in the books yet is collected, then the run rests until each row has an outcome (SPEC 13.3). A run is a job: it goes on
//! behind a restart, is cancelled and tried again like any other. What a cancelled run left waits for the next one.

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Row, Tx};

use super::collect::{COLLECTED, Place, collect};
use super::connections::{find, record};
use super::{Connection, ExportState, State, queries};
use crate::jobs::{self, Job, Step, Tools};
use crate::kit::{AccountingId, Ctx, DAY, Error, JobId, Micros, PageKey, Result, Right};

/// The kind of job.
pub const KIND: &str = "accounting";
/// How long a run rests between two looks at its rows.
const REST: Micros = 1_000_000;

/// A run as pages and the API show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its job.
    pub id: JobId,
    /// When it was asked for, microseconds UTC.
    pub created_at: Micros,
    /// By whom.
    pub created_by: String,
    /// Where it stands.
    pub state: jobs::State,
    /// Rows with an outcome.
    pub done: i64,
    /// Rows in all; 0 while it collects.
    pub total: i64,
    /// In the books.
    pub exported: i64,
    /// Not done.
    pub refused: i64,
    /// Why it failed, in words.
    pub error: String,
    /// Somebody asked to stop.
    pub cancel_asked: bool,
}

/// A page of runs, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The runs.
    pub runs: Vec<Run>,
    /// Where the next page begins.
    pub next: Option<PageKey>,
}

#[derive(Serialize, Deserialize)]
struct Input {
    connection: AccountingId,
    /// Only what was put to it already.
    only: bool,
}

/// Begins a run over everything that is not in the books yet, what was refused before too. Needs [`Right::Payments`].
///
/// # Errors
/// A conflict: `not_connected`, `not_mapped`, `running`.
pub fn start(tx: &mut Tx, ctx: &Ctx, id: &AccountingId) -> Result<JobId> {
    ctx.must(Right::Payments)?;
    begin(tx, ctx, id, false)
}

/// Tries everything that was refused in a run once more, in a run of its own. Needs [`Right::Payments`].
///
/// # Errors
/// As [`start`]; a conflict `not_refused` when nothing was.
pub fn again(tx: &mut Tx, ctx: &Ctx, run: &JobId) -> Result<JobId> {
    ctx.must(Right::Payments)?;
    let (_, connection) = one(tx, ctx, run)?;
    let job = begin(tx, ctx, &connection, true)?;
    if tx.exec(&queries::AGAIN_OF_RUN, &[&ctx.merchant, &connection, run, &job, &ctx.now])? == 0 {
        return Err(not_refused());
    }
    Ok(job)
}

/// Tries one customer or invoice once more: in the run that goes on, else in one of its own. Needs [`Right::Payments`].
///
/// # Errors
/// [`Error::NotFound`]; as [`again`].
pub fn again_one(tx: &mut Tx, ctx: &Ctx, connection: &AccountingId, subject: &str) -> Result<JobId> {
    ctx.must(Right::Payments)?;
    let found = find(tx, ctx, connection)?;
    tx.opt(&queries::EXPORTED, &[&ctx.merchant, connection, &subject], |r| r.get::<String>(1))?.ok_or(Error::NotFound("export"))?;
    let job = match active(tx, ctx, &found)? {
        Some(job) => job,
        None => begin(tx, ctx, connection, true)?,
    };
    if tx.exec(&queries::AGAIN, &[&ctx.merchant, connection, &subject, &job, &ctx.now])? == 0 {
        return Err(not_refused());
    }
    Ok(job)
}

fn not_refused() -> Error {
    Error::conflict("not_refused", "Only what was refused is tried again.")
}

/// The run of a connection that goes on.
pub(super) fn active(tx: &mut Tx, ctx: &Ctx, c: &Connection) -> Result<Option<JobId>> {
    let Some(run) = &c.run else { return Ok(None) };
    let goes_on = tx.scalar::<i64>(&queries::ACTIVE, &[&ctx.merchant, run])? > 0;
    Ok(goes_on.then(|| run.clone()))
}

fn begin(tx: &mut Tx, ctx: &Ctx, id: &AccountingId, only: bool) -> Result<JobId> {
    let connection = find(tx, ctx, id)?;
    if connection.state != State::On {
        return Err(Error::conflict("not_connected", format!("Sign in to {} first.", connection.service.label())));
    }
    if !connection.mapping.is_ready() {
        return Err(Error::conflict("not_mapped", "Choose journal, accounts and VAT codes first."));
    }
    let running = || Error::conflict("running", "A run goes on already. Wait until it ends, or cancel it.");
    if active(tx, ctx, &connection)?.is_some() {
        return Err(running());
    }
    let job = jobs::enqueue(tx, ctx, KIND, &json!(Input { connection: id.clone(), only }), 0)?;
    let before = connection.run.as_ref().map_or("", |run| run.as_str());
    if tx.exec(&queries::SET_RUN, &[&ctx.merchant, id, &job, &before])? == 0 {
        return Err(running());
    }
    tx.exec(&queries::INSERT_RUN, &[&ctx.merchant, &job, id, &ctx.now, &ctx.actor.name])?;
    record(tx, ctx, "accounting.run_started", id, json!({ "run": job }))?;
    Ok(job)
}

/// Begins the runs that begin by themselves, once in 24 hours. For housekeeping.
pub fn daily(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    for id in tx.rows(&queries::DAILY, &[&ctx.merchant, &(ctx.now - DAY)], |r| r.get::<AccountingId>(0))? {
        match begin(tx, ctx, &id, false) {
            Ok(_) | Err(Error::Conflict { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

/// Runs of a connection. Needs [`Right::Payments`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn list(tx: &mut Tx, ctx: &Ctx, id: &AccountingId, after: Option<&PageKey>, limit: i64) -> Result<Page> {
    ctx.must(Right::Payments)?;
    find(tx, ctx, id)?;
    let after = after.cloned().unwrap_or_else(PageKey::newest);
    let mut runs = tx.rows(&queries::RUNS, &[&ctx.merchant, id, &after.at, &after.id, &(limit + 1)], read)?;
    let more = runs.len() as i64 > limit;
    runs.truncate(usize::try_from(limit).unwrap_or(0));
    let next = runs.last().filter(|_| more).map(|r| PageKey { at: r.created_at, id: r.id.to_string() });
    Ok(Page { runs, next })
}

/// One run, and its connection. Needs [`Right::Payments`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn one(tx: &mut Tx, ctx: &Ctx, run: &JobId) -> Result<(Run, AccountingId)> {
    ctx.must(Right::Payments)?;
    tx.opt(&queries::RUN, &[&ctx.merchant, run], |r| Ok((read(r)?, r.get(9)?)))?.ok_or(Error::NotFound("run"))
}

fn read(r: &Row<'_>) -> std::result::Result<Run, store::Error> {
    let (state, result): (String, serde_json::Value) = (r.get(3)?, serde_json::from_str(r.str(6)?).unwrap_or_default());
    Ok(Run {
        id: r.get(0)?,
        created_at: r.get(1)?,
        created_by: r.get(2)?,
        state: jobs::State::of(&state).ok_or_else(|| store::Error::Other(format!("job state {state}")))?,
        done: r.get(4)?,
        total: r.get(5)?,
        exported: result["done"].as_i64().unwrap_or(0),
        refused: result["refused"]["refused"].as_i64().unwrap_or(0),
        error: r.get(7)?,
        cancel_asked: r.get(8)?,
    })
}

/// One slice of a job of kind [`KIND`]: it collects, then waits for the outcomes.
pub fn slice(tx: &mut Tx, ctx: &Ctx, _: &Tools, job: &mut Job) -> Result<Step> {
    let input: Input = serde_json::from_value(job.input.clone()).map_err(|e| Error::Internal(e.to_string()))?;
    let c = find(tx, ctx, &input.connection)?;
    if c.state != State::On {
        return Err(Error::conflict("not_connected", format!("{} is not connected any more. Sign in, then try again.", c.service.label())));
    }
    let mut place: Place = serde_json::from_value(job.cursor.clone()).unwrap_or_default();
    let collecting = !input.only && place.step < COLLECTED;
    if collecting {
        place = collect(tx, ctx, &c, &job.id, place)?;
        job.cursor = json!(place);
    }
    let count = |tx: &mut Tx, state: ExportState| tx.scalar::<i64>(&queries::COUNT_OF_RUN, &[&ctx.merchant, &c.id, &state, &job.id]);
    if collecting {
        return Ok(Step::More);
    }
    let (waiting, exported, refused) = (count(tx, ExportState::Waiting)?, count(tx, ExportState::Done)?, count(tx, ExportState::Refused)?);
    (job.done, job.total) = (exported + refused, waiting + exported + refused);
    job.result = json!({ "done": exported });
    if refused > 0 {
        job.result["refused"] = json!({ "refused": refused });
    }
    Ok(if waiting == 0 { Step::Done } else { Step::Later(ctx.now + REST) })
}
