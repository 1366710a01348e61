//! Everything at once over records in memory: what the command line does with a file.

use std::collections::HashMap;

use crate::blocks::{Blocks, LARGEST};
use crate::compare::{Pattern, compare};
use crate::field::FIELDS;
use crate::groups::group;
use crate::hash::Sequence;
use crate::keys::{KINDS, key};
use crate::learn::{Sample, learn};
use crate::model::Model;
use crate::record::Record;
use crate::terms::Terms;

/// Pairs drawn at random to see how strangers agree.
const RANDOM: usize = 50_000;
/// Blocks of about so many records are learnt from; of more, evenly spread ones.
const LEARN_FROM: u64 = 100_000;
/// A pair is looked at again below even odds, because its group may speak for it.
const FAINT: f64 = -4.0;

/// Records packed one behind the other: about 100 bytes each.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    text: String,
    ends: Vec<usize>,
}

impl Shelf {
    /// Adds a record; gives its number, from 0.
    pub fn push(&mut self, record: &Record) -> usize {
        self.text.push_str(record.packed());
        self.ends.push(self.text.len());
        self.ends.len() - 1
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// None.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The packed text of a record.
    pub fn packed(&self, row: usize) -> &str {
        let from = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[from..self.ends[row]]
    }

    /// The fields of a record.
    pub fn fields(&self, row: usize) -> [&str; FIELDS] {
        Record::fields(self.packed(row))
    }
}

/// Two records that are likely one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The smaller number.
    pub a: u32,
    /// The larger number.
    pub b: u32,
    /// How likely, from 0 to 1.
    pub probability: f64,
    /// The grades.
    pub pattern: Pattern,
    /// The two are one only through a third record that is like both.
    pub through: bool,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Surest first.
    pub pairs: Vec<Pair>,
    /// Records of one person, two or more.
    pub groups: Vec<Vec<u32>>,
    /// What was learnt.
    pub model: Model,
    /// How many pairs were compared.
    pub compared: usize,
}

/// Finds who is there several times.
pub fn find(shelf: &Shelf) -> Found {
    let rows = shelf.len();
    let mut terms = Terms::for_records(rows);
    (0..rows).for_each(|row| terms.count(&shelf.fields(row)));
    let mut sample = Sample::default();
    let mut sequence = Sequence(1);
    if rows >= 2 {
        for _ in 0..RANDOM {
            let (a, b) = (sequence.below(rows), sequence.below(rows));
            if a != b {
                sample.random(compare(&shelf.fields(a), &shelf.fields(b)));
            }
        }
    }
    let mut compared = 0;
    let stride = 1 + rows as u64 / LEARN_FROM;
    walk(shelf, stride, true, &mut |_, _, pattern| sample.keyed(pattern));
    let model = learn(&sample, rows, 1.0 / f64::from(u32::try_from(stride).unwrap_or(u32::MAX)));
    let weight = |a: u32, b: u32| {
        let (x, y) = (shelf.fields(a as usize), shelf.fields(b as usize));
        model.weigh_values(compare(&x, &y), &terms, &x, &y)
    };
    let mut seen: HashMap<(u32, u32), f64> = HashMap::new();
    walk(shelf, 1, false, &mut |a, b, pattern| {
        compared += 1;
        if model.weigh(pattern) > FAINT - 12.0 {
            let w = weight(a, b);
            if w > FAINT {
                seen.insert((a, b), w);
            }
        }
    });
    let likely: Vec<(u32, u32, f64)> = seen.iter().filter(|(_, w)| **w > 0.0).map(|((a, b), w)| (*a, *b, *w)).collect();
    let groups = group(likely, &weight);
    let mut pairs = Vec::new();
    for group in &groups {
        for (at, &a) in group.iter().enumerate() {
            for &b in &group[at + 1..] {
                let direct = weight(a, b);
                let through = direct <= 0.0;
                let w = if through { group.iter().filter(|c| **c != a && **c != b).map(|c| weight(a, *c).min(weight(*c, b))).fold(0.0, f64::max) } else { direct };
                let pattern = compare(&shelf.fields(a as usize), &shelf.fields(b as usize));
                pairs.push(Pair { a, b, probability: Model::probability(w), pattern, through });
            }
        }
    }
    pairs.sort_by(|x, y| y.probability.total_cmp(&x.probability).then((x.a, x.b).cmp(&(y.a, y.b))));
    Found { pairs, groups, model, compared }
}

/// All pairs worth comparing, of one block in `stride`. With `once` each pair is given once, not again for each key it shares.
fn walk(shelf: &Shelf, stride: u64, once: bool, each: &mut dyn FnMut(u32, u32, Pattern)) {
    for kind in 0..KINDS {
        let keyed = (0..shelf.len()).filter_map(|row| Some((key(kind, &shelf.fields(row)).filter(|key| key % stride == 0)?, u32::try_from(row).ok()?))).collect();
        for block in Blocks::of(keyed).iter() {
            let mut members: Vec<u32> = block.iter().map(|(_, row)| *row).collect();
            if members.len() > LARGEST {
                members.sort_by(|a, b| shelf.packed(*a as usize).cmp(shelf.packed(*b as usize)));
            }
            for (i, j) in Blocks::pairs(members.len()) {
                let (a, b) = (members[i].min(members[j]), members[i].max(members[j]));
                let (x, y) = (shelf.fields(a as usize), shelf.fields(b as usize));
                let met = once && (0..kind).any(|earlier| {
                    let of = key(earlier, &x);
                    of.is_some() && of == key(earlier, &y)
                });
                if !met {
                    each(a, b, compare(&x, &y));
                }
            }
        }
    }
}
