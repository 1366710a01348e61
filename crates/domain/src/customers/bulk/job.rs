//! A slice of a group action: the next customers, each through its verb, each with an outcome, the place stored in the same transaction.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::{Bind, Tx, Value};

use super::ahead::Ahead;
use super::run::told;
use super::verdict::{Before, Verdict, verdicts};
use super::{Action, Selection, queries as q};
use crate::customers;
use crate::jobs::{Job, Step, Tools};
use crate::kit::{Ctx, CustomerId, Error, JobId, Result};
use crate::privacy;
use crate::providers::Vault;

/// Customers between two looks at the watch.
const CHUNK: usize = 10;
/// How long a slice writes.
const LONG: Duration = Duration::from_millis(20);

#[derive(Deserialize)]
struct Input {
    action: Action,
    selection: Selection,
}

/// How far it came.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    #[serde(flatten)]
    ahead: Ahead,
    done: u64,
    refused: BTreeMap<String, u64>,
}

/// One slice of a job of kind [`super::KIND`].
pub fn slice(tx: &mut Tx, ctx: &Ctx, tools: &Tools, job: &mut Job) -> Result<Step> {
    let input: Input = serde_json::from_value(job.input.clone()).map_err(|e| Error::Internal(format!("input of a group action: {e}")))?;
    let mut place: Place = serde_json::from_value(job.cursor.clone()).unwrap_or_default();
    if !place.ahead.fill(&input.selection, &tools.seen, job.created_at) {
        return Ok(Step::More);
    }
    let (began, mut rows) = (Instant::now(), Rows::of(&job.id, job.done));
    while rows.all.is_empty() || began.elapsed() < LONG {
        let some = place.ahead.take(CHUNK);
        if some.is_empty() {
            break;
        }
        treat(tx, ctx, tools.vault.as_ref(), (&input.action, &input.selection), &some, &mut rows)?;
    }
    job.done = rows.position;
    place.done += rows.done;
    for (reason, n) in &rows.refused {
        *place.refused.entry(reason.clone()).or_insert(0) += n;
    }
    rows.write(tx, ctx)?;
    job.total = job.total.max(job.done);
    job.result = json!({ "done": place.done, "refused": place.refused });
    let over = place.ahead.is_over();
    if over {
        job.total = job.done;
        told(tx, ctx, &job.id, &input.action, place.done, &place.refused)?;
    }
    job.cursor = serde_json::to_value(&place).unwrap_or_default();
    Ok(if over { Step::Done } else { Step::More })
}

/// Looks before a slice, where it will need more: the images must not be asked by a transaction that writes.
pub fn look(tx: &mut Tx, ctx: &Ctx, tools: &Tools, job: &Job) -> Result<Json> {
    let place: Place = serde_json::from_value(job.cursor.clone()).unwrap_or_default();
    let Ok(Input { selection, .. }) = serde_json::from_value(job.input.clone()) else { return Ok(Json::Null) };
    place.ahead.look(tx, ctx, &tools.indexes, &selection)
}

/// Outcomes about to be written.
pub(super) struct Rows {
    job: JobId,
    position: i64,
    all: Vec<(CustomerId, &'static str, String, Option<String>)>,
    pub(super) done: u64,
    pub(super) refused: BTreeMap<String, u64>,
}

impl Rows {
    /// Behind so many that are written already.
    pub(super) fn of(job: &JobId, position: i64) -> Self {
        Self { job: job.clone(), position, all: Vec::new(), done: 0, refused: BTreeMap::new() }
    }

    fn add(&mut self, id: &CustomerId, outcome: std::result::Result<Before, String>) {
        self.position += 1;
        match outcome {
            Ok(before) => {
                self.done += 1;
                let before = serde_json::to_string(&before).unwrap_or_default();
                self.all.push((id.clone(), "done", String::new(), Some(before)));
            }
            Err(reason) => {
                *self.refused.entry(reason.clone()).or_insert(0) += 1;
                self.all.push((id.clone(), "refused", reason, None));
            }
        }
    }

    pub(super) fn write(self, tx: &mut Tx, ctx: &Ctx) -> Result<()> {
        let first = self.position - self.all.len() as i64;
        let row = |(i, (id, outcome, reason, before)): (usize, (CustomerId, &'static str, String, Option<String>))| {
            vec![
                ctx.merchant.value(),
                self.job.value(),
                Value::Int(first + 1 + i as i64),
                id.value(),
                outcome.into(),
                reason.into(),
                before.into(),
            ]
        };
        let rows: Vec<Vec<Value>> = self.all.into_iter().enumerate().map(row).collect();
        if !rows.is_empty() {
            tx.insert_many("job_rows", &["merchant_id", "job_id", "position", "subject_id", "outcome", "reason", "before"], &rows)?;
        }
        Ok(())
    }
}

/// Does it to some, and notes each outcome. A refusal of the trade is an outcome; a fault of ours ends the slice.
pub(super) fn treat(
    tx: &mut Tx,
    ctx: &Ctx,
    vault: Option<&Vault>,
    (action, selection): (&Action, &Selection),
    ids: &[CustomerId],
    rows: &mut Rows,
) -> Result<()> {
    // In the order of the locks.
    let mut ids = ids.to_vec();
    ids.sort();
    for (id, verdict) in ids.iter().zip(verdicts(tx, ctx, action, selection, &ids)?) {
        let outcome = match verdict {
            Verdict::Not(reason) => Err(reason.to_owned()),
            Verdict::Will(before) => match act(tx, ctx, vault, action, id) {
                Ok(()) => Ok(Before { version: tx.opt(&q::EVENTS_OF, &[&ctx.merchant, id], |r| r.get(0))?, ..before }),
                Err(error @ (Error::Store(_) | Error::Internal(_) | Error::Forbidden(_) | Error::Invalid(_))) => return Err(error),
                Err(refusal) => Err(refusal.to_string()),
            },
        };
        rows.add(id, outcome);
    }
    Ok(())
}

fn act(tx: &mut Tx, ctx: &Ctx, vault: Option<&Vault>, action: &Action, id: &CustomerId) -> Result<()> {
    match action {
        Action::Archive { subscription } => customers::archive(tx, ctx, id, *subscription),
        Action::Unarchive => customers::unarchive(tx, ctx, id),
        Action::Delete => customers::delete(tx, ctx, id),
        Action::Restore => customers::restore(tx, ctx, id),
        Action::DeletePermanently => customers::delete_permanently(tx, ctx, id),
        Action::Anonymise => {
            let vault = vault.ok_or_else(|| Error::Internal("no key for legal copies".to_owned()))?;
            privacy::anonymise(tx, ctx, vault, id, privacy::Cause::Bulk).map(drop)
        }
        Action::SetGroup { group } => customers::set_group(tx, ctx, id, group.as_ref()),
        Action::AddTags { tags } => customers::add_tags(tx, ctx, id, tags),
        Action::RemoveTags { tags } => customers::remove_tags(tx, ctx, id, tags),
    }
}
