//! The weights, estimated from the records themselves. Nobody has to say which pairs are one person: how often two *different* people agree is seen in pairs
//! drawn at random; how often records of *one* person agree follows by expectation maximisation over the pairs that share a key.

use std::collections::HashMap;

use crate::compare::{Level, Pattern};
use crate::field::{FIELDS, Field};
use crate::model::{LEVELS, Model, count};

/// As sure of what is assumed as of so many pairs seen: a file with three duplicates in it must not learn from those three alone.
const TRUST: f64 = 20.0;
const ROUNDS: usize = 60;

/// Patterns and how often each was seen.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// In pairs drawn at random.
    pub random: HashMap<Pattern, u32>,
    /// In pairs that share a key.
    pub keyed: HashMap<Pattern, u32>,
}

impl Sample {
    /// Notes a pair drawn at random.
    pub fn random(&mut self, pattern: Pattern) {
        *self.random.entry(pattern).or_default() += 1;
    }

    /// Notes a pair that shares a key.
    pub fn keyed(&mut self, pattern: Pattern) {
        *self.keyed.entry(pattern).or_default() += 1;
    }
}

/// Estimates a model of `records` records. `covered` is the part of all keyed pairs that the sample holds, from 0 to 1.
pub fn learn(sample: &Sample, records: usize, covered: f64) -> Model {
    let assumed = Model::assumed(records);
    let mut model = Model::of(assumed.same, strangers(sample, &assumed), assumed.shares);
    let pairs = count(records) * (count(records) - 1.0) / 2.0;
    // In a fixed order: sums of floats depend on it.
    let mut keyed: Vec<(Pattern, f64)> = sample.keyed.iter().map(|(pattern, n)| (*pattern, f64::from(*n))).collect();
    keyed.sort_unstable_by_key(|(pattern, _)| *pattern);
    for _ in 0..ROUNDS {
        let next = round(&model, &keyed, pairs * covered.clamp(1e-6, 1.0));
        let moved: f64 = next.shares.iter().zip(model.shares).map(|(x, y)| (x.ln() - y.ln()).abs()).sum();
        model = next;
        if moved < 1e-6 {
            break;
        }
    }
    model
}

/// How often two different people agree.
fn strangers(sample: &Sample, assumed: &Model) -> [[f64; LEVELS]; FIELDS] {
    let mut seen = [[0.0; LEVELS]; FIELDS];
    for (pattern, n) in &sample.random {
        for field in Field::ALL {
            seen[field.at()][pattern.level(field) as usize] += f64::from(*n);
        }
    }
    blend(&seen, &assumed.other, 10.0)
}

/// One round: how likely each tie explains each pattern, then what the records of one person look like.
fn round(model: &Model, keyed: &[(Pattern, f64)], pairs: f64) -> Model {
    let mut seen = [[0.0; LEVELS]; FIELDS];
    let mut tied = [0.0; 3];
    for (pattern, n) in keyed {
        let ties = model.ties(*pattern);
        let most = ties.iter().copied().fold(0.0, f64::max);
        let all = ties.iter().map(|tie| (tie - most).exp()).sum::<f64>() + (-most).exp();
        for (sum, tie) in tied.iter_mut().zip(ties) {
            *sum += n * (tie - most).exp() / all;
        }
        let here = n * (ties[0] - most).exp() / all;
        for field in Field::ALL {
            seen[field.at()][pattern.level(field) as usize] += here;
        }
    }
    let assumed = Model::assumed(2);
    let shares = tied.map(|tied| (tied.max(0.5) / pairs.max(1.0)).clamp(1e-14, 0.3));
    Model::of(blend(&seen, &assumed.same, TRUST), model.other, shares)
}

/// Shares of the levels that are evidence, with what is assumed counted as `trust` pairs.
fn blend(seen: &[[f64; LEVELS]; FIELDS], assumed: &[[f64; LEVELS]; FIELDS], trust: f64) -> [[f64; LEVELS]; FIELDS] {
    let mut out = *assumed;
    for field in Field::ALL {
        let (seen, assumed) = (&seen[field.at()], &assumed[field.at()]);
        let of = |levels: &[f64; LEVELS]| Level::SEEN.iter().map(|level| levels[*level as usize]).sum::<f64>();
        let (all, base) = (of(seen), of(assumed));
        for level in Level::SEEN {
            let at = level as usize;
            out[field.at()][at] = (seen[at] + trust * assumed[at] / base) / (all + trust);
        }
    }
    out
}
