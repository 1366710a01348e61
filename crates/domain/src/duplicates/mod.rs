//! Customers that are likely one person, found and offered (SPEC 3.5, 10.1), never merged by themselves: by a job over all customers ([`seek`]),
//! while one is typed or imported ([`resembling`]), and in a file without a database ([`file`]). How two are compared stands in the crate `likeness`.
//!
//! A pair that somebody called *not a duplicate* stays so: a later run does not bring it back. A pair holds ids and a sentence without values, so that an
//! erasure has nothing to find here.

mod bench;
mod candidates;
mod decide;
pub mod file;
mod job;
mod judge;
pub mod queries;
mod read;
mod resemble;
mod seek;
mod sheet;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use bench::Bench;
pub(crate) use candidates::{same_company, same_tax};
pub use decide::{dismiss, undo_dismissal};
pub use job::{look, slice};
pub use judge::{Judgement, judge};
pub use read::{After, Asked, Page, Pair, Side, count_open, get, list};
pub(crate) use resemble::beside;
pub use resemble::{Alike, forget, resembling};
pub use seek::{running, seek};
pub use sheet::Sheet;

use crate::kit::words;

/// The kind of job that compares all customers of a merchant.
pub const KIND: &str = "duplicates";

/// A score at which hardly anybody doubts, in ten-thousandths.
pub const SURE: i64 = 9_900;

words! {
    /// What people said about a pair.
    pub enum State {
        /// Nobody said anything yet.
        Open = "open", "Open";
        /// Two people; never offered again.
        NotDuplicate = "not_duplicate", "Not a duplicate";
    }
}

/// A probability as it is kept: in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Score(pub i64);

impl Score {
    /// From the weight of evidence (natural logarithm of the odds).
    #[allow(clippy::float_arithmetic, clippy::cast_possible_truncation, reason = "a probability is no money; it is between 0 and 10,000")]
    pub(crate) fn of(weight: f64) -> Score {
        Score((likeness::Model::probability(weight) * 10_000.0).round() as i64)
    }

    /// `98 %`; never 100, because nobody knows.
    pub fn percent(self) -> String {
        format!("{} %", (self.0 / 100).clamp(0, 99))
    }
}
