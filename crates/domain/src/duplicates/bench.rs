//! What a run holds in memory between its slices: keys and ids of all customers (about 90 bytes each), how common values are, and a sample to learn from. It
//! is derived: a process that takes a run over makes it anew and goes on behind the last pair that was written.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use likeness::{Blocks, FIELDS, LARGEST, Model, Record, Sample, Terms, compare, keys};

use crate::kit::{CustomerId, JobId};

/// Records kept to see how strangers agree.
const STRANGERS: usize = 1_000;

/// Values are counted in a table for so many customers, 4 MB; of more, some are taken for more common than they are.
const TERMS: usize = 250_000;

/// The bench of a worker: of one run at a time.
#[derive(Clone, Default)]
pub struct Bench(Arc<Mutex<Option<Run>>>);

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bench")
    }
}

impl Bench {
    /// Forgets what the last run held.
    pub fn clear(&self) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = None;
    }

    /// Lends the run of a job, an empty one when this process has none.
    pub(super) fn with<R>(&self, job: &JobId, f: impl FnOnce(&mut Run) -> R) -> R {
        let mut held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if held.as_ref().is_none_or(|run| run.job != *job) {
            *held = Some(Run::new(job));
        }
        f(held.get_or_insert_with(|| Run::new(job)))
    }
}

/// A run in this process.
pub(super) struct Run {
    job: JobId,
    ids: Vec<[u8; 16]>,
    keyed: Vec<Vec<(u32, u32)>>,
    blocks: Vec<Blocks>,
    /// How common values are.
    pub terms: Terms,
    strangers: Vec<Record>,
    stride: usize,
    /// The weights, once they are known.
    pub model: Option<Model>,
    /// The last customer that was read, until all are.
    pub read_to: Option<String>,
    /// Everybody was read.
    pub all_read: bool,
    /// Pairs compared already in this process.
    pub seen: HashSet<(u32, u32)>,
}

impl Run {
    fn new(job: &JobId) -> Run {
        Run {
            job: job.clone(),
            ids: Vec::new(),
            keyed: vec![Vec::new(); keys::KINDS],
            blocks: Vec::new(),
            terms: Terms::for_records(TERMS),
            strangers: Vec::new(),
            stride: 1,
            model: None,
            read_to: None,
            all_read: false,
            seen: HashSet::new(),
        }
    }

    /// Takes a customer in.
    pub fn take(&mut self, id: &CustomerId, record: Record) {
        let Ok(row) = u32::try_from(self.ids.len()) else { return };
        self.ids.push(id.bytes());
        let fields = Record::fields(record.packed());
        self.terms.count(&fields);
        for kind in 0..keys::KINDS {
            if let Some(key) = keys::key(kind, &fields) {
                self.keyed[kind].push((key, row));
            }
        }
        if self.ids.len().is_multiple_of(self.stride) {
            self.strangers.push(record);
            if self.strangers.len() > STRANGERS * 2 {
                let mut at = 0;
                self.strangers.retain(|_| {
                    at += 1;
                    at % 2 == 0
                });
                self.stride *= 2;
            }
        }
    }

    /// Sorts one more kind of keys; true when all are.
    pub fn sort_one(&mut self) -> bool {
        let kind = self.blocks.len();
        if kind < keys::KINDS {
            self.blocks.push(Blocks::of(std::mem::take(&mut self.keyed[kind])));
        }
        self.blocks.len() == keys::KINDS
    }

    /// How many customers were read.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// The id of a customer by its place.
    pub fn id(&self, row: u32) -> CustomerId {
        CustomerId::of(&self.ids[row as usize])
    }

    /// The next block of a kind behind a key.
    pub fn block(&self, kind: usize, key: Option<u32>) -> Option<&[(u32, u32)]> {
        self.blocks.get(kind)?.behind(key)
    }

    /// Of one block in `stride` of a kind, the first customers.
    pub fn sampled(&self, kind: usize, stride: u32) -> Vec<Vec<u32>> {
        let Some(blocks) = self.blocks.get(kind) else { return Vec::new() };
        let some = blocks.iter().filter(|block| block[0].0.is_multiple_of(stride));
        some.map(|block| block.iter().take(LARGEST).map(|(_, row)| *row).collect()).collect()
    }

    /// The part of a kind's keys that lies up to `key`, in thousandths.
    pub fn part(&self, key: Option<u32>) -> i64 {
        key.map_or(0, |key| i64::from(key) * 1000 / i64::from(u32::MAX))
    }

    /// How strangers agree.
    pub fn strangers(&self, sample: &mut Sample) {
        let fields: Vec<[&str; FIELDS]> = self.strangers.iter().map(|r| Record::fields(r.packed())).collect();
        let many = fields.len();
        for step in [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233].into_iter().filter(|step| *step < many) {
            for at in 0..many {
                let other = (at + step * 7 + 3) % many;
                if other != at {
                    sample.random(compare(&fields[at], &fields[other]));
                }
            }
        }
    }
}
