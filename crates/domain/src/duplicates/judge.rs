//! How good what was found is, where the truth is known.

use std::collections::HashMap;

use likeness::Found;

/// Precision and recall of pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Pairs found.
    pub found: u64,
    /// Of these, pairs of one person.
    pub right: u64,
    /// Pairs of one person there are in truth.
    pub all: u64,
}

impl Judgement {
    /// The share of what was found that is right, in thousandths, rounded down; 1000 where nothing was found.
    pub fn precision(&self) -> u64 {
        (self.right * 1000).checked_div(self.found).unwrap_or(1000)
    }

    /// The share of what there is that was found, in thousandths, rounded down; 1000 where there is nothing.
    pub fn recall(&self) -> u64 {
        (self.right * 1000).checked_div(self.all).unwrap_or(1000)
    }
}

/// Holds what was found against the truth.
pub fn judge(found: &Found, truth: &[String]) -> Judgement {
    let mut sizes: HashMap<&str, u64> = HashMap::new();
    for person in truth {
        *sizes.entry(person).or_default() += 1;
    }
    let right = found.pairs.iter().filter(|pair| truth[pair.a as usize] == truth[pair.b as usize]).count();
    Judgement { found: found.pairs.len() as u64, right: right as u64, all: sizes.values().map(|n| n * (n - 1) / 2).sum() }
}
