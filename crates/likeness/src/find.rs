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
const LEARN_FROM: usize = 100_000;
/// Kinds of keys are shared out among so many.
const THREADS: usize = 2;
/// Above what rare values can add to a weight.
const RAREST: f64 = 18.0;

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
    let model = learn_from(shelf);
    let weight = |a: u32, b: u32| {
        let (x, y) = (shelf.fields(a as usize), shelf.fields(b as usize));
        model.weigh_values(compare(&x, &y), &terms, &x, &y)
    };
    let found = std::thread::scope(|scope| {
        let part = |nth: usize| (0..KINDS).filter(move |kind| kind % THREADS == nth);
        let threads: Vec<_> = (0..THREADS)
            .map(|nth| {
                let (model, terms) = (&model, &terms);
                scope.spawn(move || compare_kinds(shelf, part(nth), model, terms))
            })
            .collect();
        let done = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault)));
        done.collect::<Vec<_>>()
    });
    let compared = found.iter().map(|(compared, _)| compared).sum();
    let mut likely: HashMap<(u32, u32), f64> = HashMap::new();
    found.into_iter().for_each(|(_, some)| likely.extend(some));
    let likely = likely.into_iter().map(|((a, b), w)| (a, b, w)).collect();
    let groups = group(likely, &weight);
    let mut pairs: Vec<Pair> = groups.iter().flat_map(|group| pairs_of(shelf, group, &weight)).collect();
    pairs.sort_by(|x, y| y.probability.total_cmp(&x.probability).then((x.a, x.b).cmp(&(y.a, y.b))));
    Found { pairs, groups, model, compared }
}

/// Compares whom these kinds of keys bring together: how many pairs, and those that are more likely one person than not.
fn compare_kinds(shelf: &Shelf, kinds: impl Iterator<Item = usize>, model: &Model, terms: &Terms) -> (usize, HashMap<(u32, u32), f64>) {
    let (mut compared, mut likely) = (0, HashMap::new());
    for kind in kinds {
        walk(shelf, kind, 1, false, &mut |(a, b), pattern, x, y| {
            compared += 1;
            // How rare a value is moves a weight by so much at most.
            if model.weigh(pattern) > -RAREST {
                let weight = model.weigh_values(pattern, terms, x, y);
                if weight > 0.0 {
                    likely.insert((a, b), weight);
                }
            }
        });
    }
    (compared, likely)
}

/// The weights of these records.
fn learn_from(shelf: &Shelf) -> Model {
    let rows = shelf.len();
    let (mut sample, mut sequence) = (Sample::default(), Sequence(1));
    // Not more than there are: the same few pairs again and again would look like certainty.
    for _ in 0..RANDOM.min(rows.saturating_mul(rows.saturating_sub(1)) / 2) {
        let (a, b) = (sequence.below(rows), sequence.below(rows));
        if a != b {
            sample.random(compare(&shelf.fields(a), &shelf.fields(b)));
        }
    }
    let stride = 1 + u32::try_from(rows / LEARN_FROM).unwrap_or(u32::MAX - 1);
    (0..KINDS).for_each(|kind| walk(shelf, kind, stride, true, &mut |_, pattern, _, _| sample.keyed(pattern)));
    learn(&sample, rows, stride)
}

/// Every pair of a group. Two that are not alike themselves are as sure as the weaker step over a third.
fn pairs_of(shelf: &Shelf, group: &[u32], weight: &dyn Fn(u32, u32) -> f64) -> Vec<Pair> {
    let over = |a: u32, b: u32| {
        let third = group.iter().filter(|c| **c != a && **c != b);
        third.map(|c| weight(a, *c).min(weight(*c, b))).fold(0.0, f64::max)
    };
    let pair = |a: u32, b: u32| {
        let direct = weight(a, b);
        let through = direct <= 0.0;
        let probability = Model::probability(if through { over(a, b) } else { direct });
        Pair { a, b, probability, pattern: compare(&shelf.fields(a as usize), &shelf.fields(b as usize)), through }
    };
    group.iter().enumerate().flat_map(|(at, a)| group[at + 1..].iter().map(move |b| (*a, *b))).map(|(a, b)| pair(a, b)).collect()
}

/// What is done with a pair: its two numbers, the grades, the fields of both.
type Each<'a> = &'a mut dyn FnMut((u32, u32), Pattern, &[&str; FIELDS], &[&str; FIELDS]);

/// The pairs that one kind of key brings together, of one block in `stride`. With `once` a pair that an earlier kind brought is left out.
fn walk(shelf: &Shelf, kind: usize, stride: u32, once: bool, each: Each<'_>) {
    let keyed = |row: usize| Some((key(kind, &shelf.fields(row)).filter(|key| key % stride == 0)?, u32::try_from(row).ok()?));
    for block in Blocks::of((0..shelf.len()).filter_map(keyed).collect()).iter() {
        let mut members: Vec<u32> = block.iter().map(|(_, row)| *row).collect();
        if members.len() > LARGEST {
            members.sort_by(|a, b| shelf.packed(*a as usize).cmp(shelf.packed(*b as usize)));
        }
        let fields: Vec<[&str; FIELDS]> = members.iter().map(|row| shelf.fields(*row as usize)).collect();
        for (i, j) in Blocks::pairs(members.len()) {
            let met = once
                && (0..kind).any(|earlier| {
                    let of = key(earlier, &fields[i]);
                    of.is_some() && of == key(earlier, &fields[j])
                });
            if !met {
                let pair = (members[i].min(members[j]), members[i].max(members[j]));
                each(pair, compare(&fields[i], &fields[j]), &fields[i], &fields[j]);
            }
        }
    }
}
