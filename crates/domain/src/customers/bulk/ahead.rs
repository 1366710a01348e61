//! Who comes next of a selection, for jobs that work customer by customer: some are looked up ahead and stand in the job's cursor.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::Tx;

use super::Selection;
use super::run::all_of;
use crate::customers::list::{self, Indexes};
use crate::kit::{Ctx, CustomerId, Micros, Result};

/// Ids that are looked up ahead.
const AHEAD: usize = 200;

/// How far the looking up came; part of a cursor.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Ahead {
    /// Looked up and not treated yet.
    ahead: Vec<CustomerId>,
    /// Behind this place in the list, or so many into the ids, the next are looked up.
    after: Option<String>,
    taken: usize,
    /// Everything was looked up.
    all: bool,
}

/// The next that match, from a place of the list on.
#[derive(Serialize, Deserialize)]
struct Seen {
    from: Option<String>,
    ids: Vec<CustomerId>,
    more: Option<String>,
}

impl Ahead {
    /// Nobody is left.
    pub(crate) fn is_over(&self) -> bool {
        self.ahead.is_empty() && self.all
    }

    /// The next, at most so many.
    pub(crate) fn take(&mut self, many: usize) -> Vec<CustomerId> {
        self.ahead.drain(..many.min(self.ahead.len())).collect()
    }

    /// Takes what was looked up before this slice (`seen`, of [`Ahead::look`]), where it is needed. False while nobody has looked from here yet.
    /// Who was made after the work was asked for is not meant.
    pub(crate) fn fill(&mut self, selection: &Selection, seen: &Json, asked_at: Micros) -> bool {
        if !self.ahead.is_empty() || self.all {
            return true;
        }
        match selection {
            Selection::Ids(ids) => self.take_ids(ids),
            Selection::All { except, .. } => match serde_json::from_value(seen.clone()) {
                Ok(Seen { from, ids, more }) if from == self.after => {
                    self.ahead = ids.into_iter().filter(|id| !except.contains(id) && made_before(id, asked_at)).collect();
                    self.all = more.is_none();
                    self.after = more;
                }
                _ => return false,
            },
        }
        true
    }

    fn take_ids(&mut self, ids: &[CustomerId]) {
        let mut ids = ids.to_vec();
        ids.sort();
        ids.dedup();
        self.ahead = ids.iter().skip(self.taken).take(AHEAD).cloned().collect();
        self.taken += self.ahead.len();
        self.all = self.taken >= ids.len();
    }

    /// Looks before a slice, where it will need more: the images must not be asked by a transaction that writes.
    pub(crate) fn look(&self, tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, selection: &Selection) -> Result<Json> {
        let Selection::All { query, .. } = selection else { return Ok(Json::Null) };
        if !self.ahead.is_empty() || self.all {
            return Ok(Json::Null);
        }
        let query = all_of(tx, ctx, query)?;
        let (ids, more) = list::ids(tx, ctx, indexes, &query, self.after.as_deref(), AHEAD)?;
        Ok(serde_json::to_value(Seen { from: self.after.clone(), ids, more }).unwrap_or_default())
    }
}

fn made_before(id: &CustomerId, at: Micros) -> bool {
    let mut millis = [0; 8];
    millis[2..].copy_from_slice(&id.bytes()[..6]);
    u64::from_be_bytes(millis) <= (at / 1000).max(0) as u64
}
