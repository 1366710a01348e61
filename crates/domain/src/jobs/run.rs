//! What workers do: claim a waiting job, work slice after slice, end it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use store::{Db, Tx};

use super::{Job, State, control, queries};
use crate::customers::list::Indexes;
use crate::duplicates::Bench;
use crate::kit::{Clock, Ctx, Door, Error, IdSource, JobId, MerchantId, Micros, Result};
use crate::providers::Vault;

/// How long a worker holds a job without a sign of life: a minute.
const LEASE: Micros = 60_000_000;
/// How often a slice that fails on our side is tried.
const TRIES: i64 = 5;

/// What kinds may use beside their transaction.
#[derive(Clone, Debug, Default)]
pub struct Tools {
    /// The images of the customers.
    pub indexes: Indexes,
    /// Seals what is kept by law; without it nobody is anonymised.
    pub vault: Option<Vault>,
    /// What the [`Look`] before this slice found; null without one.
    pub seen: Json,
    /// What a long job keeps in memory between its slices; another process makes it anew.
    pub bench: Bench,
}

/// What a slice says when it is through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more.
    More,
    /// There is more, and not before this moment (microseconds UTC).
    Later(Micros),
    /// That was all.
    Done,
}

/// A kind of job: one slice of it. Writes at most about 25 ms, changes `job.cursor`, `job.done`, `job.total` and `job.result`;
/// the runner stores them in the same transaction. Must come to the same end when a slice runs again.
pub type Kind = fn(&mut Tx, &Ctx, &Tools, &mut Job) -> Result<Step>;

/// What a kind reads before each slice, in a read transaction of its own: what a slice may not ask, because it writes (the images of the
/// customers). Only the slice right behind it gets the answer, in [`Tools::seen`].
pub type Look = fn(&mut Tx, &Ctx, &Tools, &Job) -> Result<Json>;

/// The kinds this process knows.
#[derive(Clone, Debug, Default)]
pub struct Kinds(BTreeMap<&'static str, Kind>, BTreeMap<&'static str, Look>);

impl Kinds {
    /// With one more.
    #[must_use]
    pub fn with(mut self, name: &'static str, kind: Kind) -> Self {
        self.0.insert(name, kind);
        self
    }

    /// With one more that looks before each slice.
    #[must_use]
    pub fn with_look(mut self, name: &'static str, look: Look, kind: Kind) -> Self {
        self.1.insert(name, look);
        self.with(name, kind)
    }
}

/// A job that this worker holds.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Whose.
    pub merchant: MerchantId,
    /// Which.
    pub job: JobId,
    /// The worker that holds it.
    pub worker: String,
}

/// Takes a waiting job, or one whose worker has been silent for longer than its lease.
pub fn claim(tx: &mut Tx, worker: &str, now: Micros) -> Result<Option<Claimed>> {
    let due = tx.rows(&queries::DUE, &[&now], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?;
    for (job, merchant) in due {
        let (job, merchant) = (JobId::from_db(job), MerchantId::from_db(merchant));
        if tx.exec(&queries::TAKE, &[&job, &now, &(now + LEASE), &worker])? == 1 {
            tx.exec(&queries::STARTED, &[&merchant, &job, &now])?;
            return Ok(Some(Claimed { merchant, job, worker: worker.to_owned() }));
        }
    }
    Ok(None)
}

/// Works one slice. `Ok(true)`: call again. A refusal of the trade ends the job as failed at once; a fault of ours is left to the caller,
/// who tells [`failed`].
pub fn slice(tx: &mut Tx, kinds: &Kinds, tools: &Tools, claimed: &Claimed, now: Micros, ids: &IdSource) -> Result<bool> {
    if tx.exec(&queries::HOLD, &[&claimed.job, &claimed.worker, &(now + LEASE)])? == 0 {
        return Ok(false); // Another worker took it over.
    }
    let Some(mut job) = tx.opt(&queries::LOAD, &[&claimed.merchant, &claimed.job], control::read)? else { return Ok(false) };
    let ctx = context(claimed, &job, now, ids);
    if job.cancel_asked {
        return end(tx, claimed, State::Cancelled, "", now).map(|()| false);
    }
    let Some(kind) = kinds.0.get(job.kind.as_str()) else {
        return end(tx, claimed, State::Failed, "This version does not know this kind of job.", now).map(|()| false);
    };
    let step = kind(tx, &ctx, tools, &mut job)?;
    let text = |json: &Json| if json.is_null() { String::new() } else { json.to_string() };
    tx.exec(&queries::PROGRESS, &[&claimed.merchant, &claimed.job, &text(&job.cursor), &job.done, &job.total, &text(&job.result)])?;
    match step {
        Step::More => {}
        Step::Later(at) => drop(tx.exec(&queries::LATER, &[&claimed.job, &claimed.worker, &at])?),
        Step::Done => end(tx, claimed, State::Done, "", now)?,
    }
    Ok(step == Step::More)
}

fn context(claimed: &Claimed, job: &Job, now: Micros, ids: &IdSource) -> Ctx {
    Ctx { merchant: claimed.merchant.clone(), actor: Arc::new(job.actor.clone()), door: Door::Job, now, ids: ids.clone() }
}

/// What the slice to come needs to have seen. In a read transaction.
pub fn look(tx: &mut Tx, kinds: &Kinds, tools: &Tools, claimed: &Claimed, now: Micros) -> Result<Json> {
    let Some(job) = tx.opt(&queries::LOAD, &[&claimed.merchant, &claimed.job], control::read)? else { return Ok(Json::Null) };
    let Some(look) = kinds.1.get(job.kind.as_str()) else { return Ok(Json::Null) };
    look(tx, &context(claimed, &job, now, &IdSource::System), tools, &job)
}

fn end(tx: &mut Tx, claimed: &Claimed, state: State, error: &str, now: Micros) -> Result<()> {
    tx.exec(&queries::END, &[&claimed.merchant, &claimed.job, &state.name(), &error, &now])?;
    tx.exec(&queries::LEAVE, &[&claimed.job])?;
    Ok(())
}

/// Notes that a slice did not come through: the trade's refusal ends the job, a fault of ours is tried again with growing pauses.
pub fn failed(tx: &mut Tx, claimed: &Claimed, error: &Error, now: Micros) -> Result<()> {
    let ours = matches!(error, Error::Store(_) | Error::Internal(_));
    let words = if ours { "Something went wrong on our side.".to_owned() } else { error.to_string() };
    let attempts = tx.opt(&queries::ATTEMPT, &[&claimed.merchant, &claimed.job, &words], |r| r.get::<i64>(0))?.unwrap_or(TRIES);
    if !ours || attempts >= TRIES {
        return end(tx, claimed, State::Failed, &words, now);
    }
    let pause = 1_000_000 << attempts.min(8);
    tx.exec(&queries::LATER, &[&claimed.job, &claimed.worker, &(now + pause)])?;
    Ok(())
}

/// Works until nothing is due; gives how many jobs were touched. For the command line, tests and the worker thread (blocking).
///
/// # Errors
/// Only when the database cannot even note a failure.
pub fn run_all(db: &Db, kinds: &Kinds, tools: &Tools, clock: &dyn Clock, worker: &str, stop: &dyn Fn() -> bool) -> Result<usize> {
    let mut jobs = 0;
    while !stop() {
        let (now, name) = (clock.now(), worker.to_owned());
        let Some(claimed) = db.write_slice_now::<_, Error>(move |tx| claim(tx, &name, now))? else { break };
        jobs += 1;
        work(db, kinds, tools, clock, &claimed, stop)?;
    }
    Ok(jobs)
}

fn work(db: &Db, kinds: &Kinds, tools: &Tools, clock: &dyn Clock, claimed: &Claimed, stop: &dyn Fn() -> bool) -> Result<()> {
    while !stop() {
        let (now, ids) = (clock.now(), IdSource::System);
        let (seeing, using, held) = (kinds.clone(), tools.clone(), claimed.clone());
        let seen = db.read_now::<_, Error>(move |tx| look(tx, &seeing, &using, &held, now));
        let (kinds, mine, held) = (kinds.clone(), tools.clone(), claimed.clone());
        let done = seen.and_then(|seen| {
            let tools = Tools { seen, ..mine };
            db.write_slice_now::<_, Error>(move |tx| slice(tx, &kinds, &tools, &held, now, &ids))
        });
        match done {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                tracing::warn!(job = %claimed.job, error = error.logged(), "a slice of a job failed");
                let (held, now) = (claimed.clone(), clock.now());
                db.write_now::<_, Error>(move |tx| failed(tx, &held, &error, now))?;
                break;
            }
        }
    }
    tools.bench.clear();
    Ok(())
}
