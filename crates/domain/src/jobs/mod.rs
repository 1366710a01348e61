//! Long work: leased, sliced, retried, cancelled, restarted (DESIGN, Data).
//!
//! A job works in slices. Each slice is one transaction that does a little work *and* stores how far it came, so a process that dies
//! between two slices loses nothing, and the next worker goes on behind the last one that was committed. A job never touches the network inside a slice.
//! Which jobs wait stands in the directory table `job_queue`; everything else in the merchant's own rows.

mod control;
pub mod queries;
mod run;
#[cfg(test)]
mod tests;

pub(crate) use control::{ask_cancel, wake};
pub use control::{cancel, enqueue, finish, list, load, outcomes, retry, rows, running};
pub use run::{Claimed, Kind, Kinds, Look, Step, Tools, claim, failed, look, run_all, slice};

use serde_json::Value as Json;

use crate::kit::JobId;

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Waits for a worker.
    Queued,
    /// A worker holds it.
    Running,
    /// Ended as asked.
    Done,
    /// Ended with an error; can be tried again.
    Failed,
    /// Ended because somebody asked.
    Cancelled,
}

impl State {
    /// The name in the database and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// From the name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Cancelled].into_iter().find(|s| s.name() == name)
    }

    /// No worker will touch it any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }
}

/// A job.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Which [`Kind`] does it: `bulk`, `recompute`, …
    pub kind: String,
    /// Where it stands.
    pub state: State,
    /// What was asked, as the enqueuing verb wrote it. No personal data but ids.
    pub input: Json,
    /// How far it came; only the kind reads it.
    pub cursor: Json,
    /// Units done.
    pub done: i64,
    /// Units in all; 0 while not known.
    pub total: i64,
    /// What came out: counts by outcome.
    pub result: Json,
    /// Why it failed, in words.
    pub error: String,
    /// How often it was tried.
    pub attempts: i64,
    /// Somebody asked to stop.
    pub cancel_asked: bool,
    /// Who asked for it.
    pub actor: crate::kit::Actor,
    /// When it was asked for.
    pub created_at: i64,
    /// When a worker first took it.
    pub started_at: Option<i64>,
    /// When it ended.
    pub finished_at: Option<i64>,
}

/// The outcome of one row of a job.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Row {
    /// Its place, from 1.
    pub position: i64,
    /// What it was about: a customer's id.
    pub subject_id: String,
    /// `done`, `refused`, `skipped`, `undone`.
    pub outcome: String,
    /// Why, in words; empty when done.
    pub reason: String,
}
