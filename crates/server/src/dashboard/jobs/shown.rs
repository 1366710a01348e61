//! A job and its results in words.

use std::collections::HashMap;

use domain::accounting;
use domain::customers::bulk::{self, Action};
use domain::duplicates;
use domain::jobs::{Job, Row, State};
use domain::kit::{Right, Zone};
use domain::mailings;
use domain::webhooks;

use crate::dashboard::{moments, tones};
use crate::http::Who;
use crate::look::When;

/// A job.
#[derive(Debug)]
pub struct JobView {
    pub id: String,
    pub title: String,
    pub by: String,
    pub tone: &'static str,
    pub word: &'static str,
    pub over: bool,
    pub done: i64,
    pub total: i64,
    /// `3,120 of 9,204`
    pub progress: String,
    pub asked: When,
    pub ended: Option<When>,
    pub error: String,
    /// What came out, from the job's own counts: `9,201 archived`, `3 not: live subscription`.
    pub result: Vec<String>,
    /// Where what came out stands.
    pub see: Option<(String, &'static str)>,
    pub may_cancel: bool,
    pub may_retry: bool,
    pub may_undo: bool,
}

impl JobView {
    /// Of a job, for this person.
    pub fn of(job: &Job, who: &Who, zone: &Zone) -> Self {
        let may = job.actor.id == who.ctx.actor.id || who.ctx.may(Right::Settings);
        let (tone, word) = state(job);
        let n = |n: i64| tones::number(n.unsigned_abs());
        Self {
            id: job.id.to_string(),
            title: title(job),
            by: job.actor.name.clone(),
            tone,
            word,
            over: job.state.is_over(),
            done: job.done,
            total: job.total.max(1),
            progress: if job.total > 0 { format!("{} of {}", n(job.done), n(job.total)) } else { n(job.done) },
            asked: moments::moment(zone, job.created_at),
            ended: job.finished_at.map(|at| moments::moment(zone, at)),
            error: job.error.clone(),
            result: result(job),
            see: match mailings::of_job(job) {
                Some(mailing) => Some((format!("/mailings/{mailing}"), "Look at the mailing")),
                None => (job.kind == duplicates::KIND && job.state == State::Done)
                    .then(|| ("/customers/duplicates".to_owned(), "Look at the pairs")),
            },
            may_cancel: may && !job.state.is_over() && !job.cancel_asked,
            may_retry: may && job.state == State::Failed,
            may_undo: bulk::can_undo(job) && action(job).is_some_and(|a| who.ctx.may(a.right())),
        }
    }
}

fn state(job: &Job) -> (&'static str, &'static str) {
    match job.state {
        State::Queued | State::Running if job.cancel_asked => ("attention", "Stopping"),
        State::Queued => ("quiet", "Waiting"),
        State::Running => ("attention", "Running"),
        State::Done => ("good", "Done"),
        State::Failed => ("problem", "Failed"),
        State::Cancelled => ("quiet", "Cancelled"),
    }
}

fn action(job: &Job) -> Option<Action> {
    serde_json::from_value(job.input.get("action")?.clone()).ok()
}

fn title(job: &Job) -> String {
    let many = match job.total {
        1 => "1 customer".to_owned(),
        n => format!("{} customers", tones::number(n.unsigned_abs())),
    };
    match (job.kind.as_str(), action(job)) {
        (bulk::KIND, Some(action)) => match action {
            Action::Archive { .. } => format!("Archive {many}"),
            Action::Unarchive => format!("Unarchive {many}"),
            Action::Delete => format!("Delete {many}"),
            Action::Restore => format!("Restore {many}"),
            Action::DeletePermanently => format!("Delete {many} permanently"),
            Action::Anonymise => format!("Anonymise {many}"),
            Action::SetGroup { .. } => format!("Set the group of {many}"),
            Action::AddTags { tags } => format!("Tag {many}: {}", tags.join(", ")),
            Action::RemoveTags { tags } => format!("Untag {many}: {}", tags.join(", ")),
        },
        (bulk::UNDO, _) => format!("Undo for {many}"),
        (mailings::KIND, _) => format!("Mail to {many}"),
        (duplicates::KIND, _) => "Find duplicates".to_owned(),
        (accounting::run::KIND, _) => "Export to the books".to_owned(),
        (webhooks::replay::KIND, _) => "Send webhooks again".to_owned(),
        ("recompute", _) => "Work out every status and total again".to_owned(),
        ("revalue", _) => "Work out values with a new exchange rate".to_owned(),
        (other, _) => {
            let words = other.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        }
    }
}

/// The counts that the job keeps of itself.
fn result(job: &Job) -> Vec<String> {
    if let Some(pairs) = job.result.get("pairs").and_then(serde_json::Value::as_u64) {
        return vec![if pairs == 1 { "1 likely pair".to_owned() } else { format!("{} likely pairs", tones::number(pairs)) }];
    }
    let plain = if job.kind == mailings::KIND { "put into the outbox" } else { "done" };
    let words = action(job).map_or(plain, |a| a.words());
    let done = job.result.get("done").and_then(serde_json::Value::as_u64);
    let mut lines: Vec<String> = done.map(|n| format!("{} {words}", tones::number(n))).into_iter().collect();
    if let Some(refused) = job.result.get("refused").and_then(serde_json::Value::as_object) {
        lines.extend(refused.iter().map(|(reason, n)| format!("{} not: {reason}", tones::number(n.as_u64().unwrap_or(0)))));
    }
    lines
}

/// The tone and word of an outcome.
pub fn outcome(word: &str) -> (&'static str, &'static str) {
    match word {
        "done" => ("good", "Done"),
        "refused" => ("attention", "Not done"),
        "undone" => ("quiet", "Undone"),
        "skipped" => ("quiet", "Skipped"),
        "failed" => ("problem", "Failed"),
        _ => ("quiet", "Other"),
    }
}

/// The result for one customer.
#[derive(Debug)]
pub struct Line {
    pub name: String,
    /// Empty when there is no page any more.
    pub href: String,
    pub tone: &'static str,
    pub word: &'static str,
    pub reason: String,
}

impl Line {
    /// With the name, while the customer exists.
    pub fn of(row: Row, names: &HashMap<String, String>) -> Self {
        let (tone, word) = outcome(&row.outcome);
        let name = names.get(&row.subject_id);
        Self {
            href: name.map(|_| format!("/customers/{}", row.subject_id)).unwrap_or_default(),
            name: name.cloned().unwrap_or(row.subject_id),
            tone,
            word,
            reason: row.reason,
        }
    }
}
