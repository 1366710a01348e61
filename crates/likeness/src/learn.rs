//! The weights, estimated from the records themselves. Nobody has to say which pairs are one person: how often two *different* people agree is seen in pairs
//! drawn at random; how often records of *one* person agree follows by expectation maximisation over the pairs that share a key.

use std::collections::HashMap;

use crate::compare::{Level, Pattern};
use crate::field::{FIELDS, Field};
use crate::model::{LEVELS, Model, TIES, Table, count, near};

/// As sure of what is assumed as of so many pairs seen: where hardly anybody is there twice, namesakes must not be taken for the picture of one person.
const TRUST: f64 = 300.0;
const ROUNDS: usize = 60;
/// Nobody doubts: a thousand to one.
const PLAIN: f64 = 7.0;

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

/// Estimates a model of `records` records. The sample holds one of `stride` blocks.
pub fn learn(sample: &Sample, records: usize, stride: u32) -> Model {
    let assumed = Model::assumed(records);
    let other = strangers(sample, &assumed, |_| true, &assumed.other, 10.0);
    // Where hardly two of those drawn are of one town, they agree as all strangers do.
    let near = strangers(sample, &assumed, is_of_one_town, &near(&other), 50.0);
    let mut model = Model::of(assumed.same, other, near, assumed.shares);
    let pairs = count(records) * (count(records) - 1.0) / 2.0;
    // In a fixed order: sums of floats depend on it.
    let mut keyed: Vec<(Pattern, f64)> = sample.keyed.iter().map(|(pattern, n)| (*pattern, f64::from(*n))).collect();
    keyed.sort_unstable_by_key(|(pattern, _)| *pattern);
    for _ in 0..ROUNDS {
        let next = round(&model, &keyed, pairs / f64::from(stride.max(1)));
        let moved: f64 = next.shares.iter().zip(model.shares).map(|(x, y)| (x.ln() - y.ln()).abs()).sum();
        model = next;
        if moved < 1e-6 {
            break;
        }
    }
    model
}

fn is_of_one_town(pattern: Pattern) -> bool {
    [Field::City, Field::Zip].into_iter().any(|field| pattern.level(field) == Level::Same)
}

/// How often two different people agree, of whom this holds. What is assumed counts as `trust` pairs. In a small file some of the pairs drawn at random
/// are one person: what is plainly so is left out.
fn strangers(sample: &Sample, assumed: &Model, holds: impl Fn(Pattern) -> bool, base: &Table, trust: f64) -> Table {
    let mut seen = [[0.0; LEVELS]; FIELDS];
    let mut random: Vec<(Pattern, u32)> = sample.random.iter().map(|(pattern, n)| (*pattern, *n)).collect();
    random.sort_unstable_by_key(|(pattern, _)| *pattern);
    for (pattern, n) in random.into_iter().filter(|(pattern, _)| holds(*pattern)) {
        let strangers = if assumed.weigh(pattern) > PLAIN { 0.0 } else { f64::from(n) };
        for field in Field::ALL {
            seen[field.at()][pattern.level(field) as usize] += strangers;
        }
    }
    let mut other = blend(&seen, base, trust);
    for field in Field::ALL {
        // What was not seen in so many pairs may still be one in twice as many.
        let all: f64 = Level::SEEN.iter().map(|level| seen[field.at()][*level as usize]).sum();
        let least = 0.5 / (all + trust);
        Level::SEEN
            .iter()
            .for_each(|level| other[field.at()][*level as usize] = other[field.at()][*level as usize].max(least.min(0.000_5)));
    }
    other
}

/// One round: how likely each tie explains each pattern, then what the records of one person look like.
fn round(model: &Model, keyed: &[(Pattern, f64)], pairs: f64) -> Model {
    let mut seen = [[0.0; LEVELS]; FIELDS];
    let mut tied = [0.0; TIES.len()];
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
    let mut same = blend(&seen, &assumed.same, TRUST);
    for field in Field::ALL {
        // Namesakes of one town must not become the picture of one person: whoever is the same seldom differs.
        let most = (assumed.same[field.at()][Level::Differs as usize] * 3.0).min(0.6);
        let differs = same[field.at()][Level::Differs as usize];
        if differs > most {
            Level::SEEN.iter().for_each(|level| same[field.at()][*level as usize] *= (1.0 - most) / (1.0 - differs));
            same[field.at()][Level::Differs as usize] = most;
        }
    }
    Model::of(same, model.other, model.near, shares)
}

/// Shares of the levels that are evidence, with what is assumed counted as `trust` pairs.
fn blend(seen: &Table, assumed: &Table, trust: f64) -> Table {
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
