//! Two lines before the database threads: people first, slices of long jobs behind them. A slice that waits is let in after a bounded
//! number of people, so that a busy day slows an import and never starves it.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::Error;
use crate::job::Job;

/// How many people may pass a waiting slice.
const PASSES: u32 = 64;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    Person,
    Slice,
}

pub(crate) struct Entry {
    pub job: Job,
    pub lane: Lane,
    /// A transaction that may write.
    pub write: bool,
}

pub(crate) struct Queue {
    lines: Mutex<Lines>,
    ready: Condvar,
    limit: usize,
}

#[derive(Default)]
struct Lines {
    people: VecDeque<Entry>,
    slices: VecDeque<Entry>,
    passed: u32,
    closed: bool,
}

impl Queue {
    pub(crate) fn new(limit: usize) -> Queue {
        Queue { lines: Mutex::default(), ready: Condvar::new(), limit }
    }

    /// Refuses when closed, or when more than the limit wait.
    pub(crate) fn push(&self, entry: Entry) -> Result<(), Error> {
        let mut lines = self.lock();
        if lines.closed {
            return Err(Error::Unavailable("the database is closing".to_owned()));
        }
        if lines.people.len() + lines.slices.len() >= self.limit {
            return Err(Error::Busy);
        }
        match entry.lane {
            Lane::Person => lines.people.push_back(entry),
            Lane::Slice => lines.slices.push_back(entry),
        }
        drop(lines);
        self.ready.notify_one();
        Ok(())
    }

    /// Waits for the next job that still has an owner. None when closed and empty: what was accepted is finished first.
    pub(crate) fn pop(&self) -> Option<Entry> {
        let mut lines = self.lock();
        loop {
            match lines.next() {
                Some(entry) if entry.job.claim() => return Some(entry),
                Some(_) => {}
                None if lines.closed => return None,
                None => lines = self.ready.wait(lines).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Another person's job, if one waits and no slice is due; for the writer that makes a batch.
    pub(crate) fn pop_person_now(&self) -> Option<Entry> {
        let mut lines = self.lock();
        while !lines.slice_is_due() {
            let entry = lines.person()?;
            if entry.job.claim() {
                return Some(entry);
            }
        }
        None
    }

    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        let lines = self.lock();
        lines.people.len() + lines.slices.len()
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn slice_is_due(&self) -> bool {
        !self.slices.is_empty() && self.passed >= PASSES
    }

    fn person(&mut self) -> Option<Entry> {
        let entry = self.people.pop_front()?;
        self.passed = if self.slices.is_empty() { 0 } else { self.passed + 1 };
        Some(entry)
    }

    fn next(&mut self) -> Option<Entry> {
        if !self.slice_is_due()
            && let Some(entry) = self.person()
        {
            return Some(entry);
        }
        self.passed = 0;
        self.slices.pop_front()
    }
}
