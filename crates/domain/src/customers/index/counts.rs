//! How many each option of each filter would give (SPEC 1.5), counted in the same pass as the total: a customer
//! that fails no filter counts everywhere, one that fails a single filter counts in that filter alone.

use std::collections::BTreeMap;

use super::image::{Image, NONE};
use super::query::Query;
use super::sets::Sets;
use crate::customers::Status;

/// Options without a customer are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By status number, hidden ones too; index 0 is unused.
    pub status: [u64; 9],
    /// By payment method status.
    pub method: [u64; 7],
    pub group: BTreeMap<Option<u16>, u64>,
    pub tag: BTreeMap<u16, u64>,
    pub shop: BTreeMap<u16, u64>,
    pub country: BTreeMap<Option<u16>, u64>,
    pub active: u64,
    pub archived: u64,
}

/// One bit for each filter with options; status and activation are both functions of the status and share one.
pub(super) mod fail {
    pub const STATUS: u8 = 1;
    pub const METHOD: u8 = 2;
    pub const GROUP: u8 = 4;
    pub const TAG: u8 = 8;
    pub const SHOP: u8 = 16;
    pub const COUNTRY: u8 = 32;
    /// A range or the search: without options, so whoever fails it counts nowhere.
    pub const SPAN: u8 = 64;
}

type Wide<T> = Box<[T; 65536]>;

fn wide<T: Clone>(value: T) -> Wide<T> {
    let table: Result<Wide<T>, _> = vec![value; 65536].into_boxed_slice().try_into();
    match table {
        Ok(table) => table,
        Err(_) => unreachable!("the length is the one asked for"),
    }
}

/// Which values each filter lets through, as tables; none where nothing is chosen.
pub(super) struct Choice {
    pub status: [bool; 16],
    pub method: Option<[bool; 8]>,
    pub group: Option<Wide<bool>>,
    pub country: Option<Wide<bool>>,
    pub tags: Option<Vec<bool>>,
    pub shops: Option<Vec<bool>>,
}

/// Does the activation filter let a status through? Nothing asked: only a chosen status shows the hidden (SPEC 1.9).
fn activation(query: &Query, status: u8) -> bool {
    let is_live = status > Status::Archived as u8;
    match query.active {
        Some(true) => is_live,
        Some(false) => status == Status::Archived as u8,
        None => is_live || !query.status.is_empty(),
    }
}

impl Choice {
    pub fn new(image: &Image, query: &Query) -> Choice {
        let status = |code| any_of(&query.status, &code) && activation(query, code);
        let method = |code: usize| query.method.contains(&(code as u8));
        Choice {
            status: std::array::from_fn(|code| status(code as u8)),
            method: (!query.method.is_empty()).then(|| std::array::from_fn(method)),
            group: by_code(&query.group),
            country: by_code(&query.country),
            tags: by_set(&image.tag_sets, &query.tag),
            shops: by_set(&image.shop_sets, &query.shop),
        }
    }
}

fn any_of<T: PartialEq>(chosen: &[T], value: &T) -> bool {
    chosen.is_empty() || chosen.contains(value)
}

fn by_code(chosen: &[Option<u16>]) -> Option<Wide<bool>> {
    let mut table = (!chosen.is_empty()).then(|| wide(false))?;
    for code in chosen {
        table[usize::from(code.unwrap_or(NONE))] = true;
    }
    Some(table)
}

fn by_set(sets: &Sets, chosen: &[u16]) -> Option<Vec<bool>> {
    let has_any = |number: usize| sets.members(number).iter().any(|member| chosen.contains(member));
    (!chosen.is_empty()).then(|| (0..sets.len()).map(has_any).collect())
}

/// The counters of one pass.
pub(super) struct Tally {
    status: [u32; 16],
    method: [u32; 8],
    group: Wide<u32>,
    country: Wide<u32>,
    tags: Vec<u32>,
    shops: Vec<u32>,
}

impl Tally {
    pub fn new(image: &Image) -> Tally {
        Tally {
            status: [0; 16],
            method: [0; 8],
            group: wide(0),
            country: wide(0),
            tags: vec![0; image.tag_sets.len()],
            shops: vec![0; image.shop_sets.len()],
        }
    }

    pub fn add_statuses(&mut self, statuses: &[u8], methods: &[u8], fails: &[u8]) {
        add(&mut self.status[..], statuses, fails, fail::STATUS, |status| usize::from(status & 15));
        add(&mut self.method[..], methods, fails, fail::METHOD, |method| usize::from(method & 7));
    }

    pub fn add_group(&mut self, groups: &[u16], fails: &[u8]) {
        add(&mut self.group[..], groups, fails, fail::GROUP, usize::from);
    }

    pub fn add_country(&mut self, countries: &[u16], fails: &[u8]) {
        add(&mut self.country[..], countries, fails, fail::COUNTRY, usize::from);
    }

    pub fn add_tags(&mut self, tags: &[u32], fails: &[u8]) {
        add(&mut self.tags[..], tags, fails, fail::TAG, |tags| tags as usize);
    }

    pub fn add_shops(&mut self, shops: &[u32], fails: &[u8]) {
        add(&mut self.shops[..], shops, fails, fail::SHOP, |shops| shops as usize);
    }

    /// The counts, none above `most` (the size of a top list).
    pub fn finish(&self, image: &Image, query: &Query, most: u64) -> Counts {
        let capped = |count: u64| count.min(most);
        let by_status = |code: u8| u64::from(self.status[usize::from(code)]);
        // A status option speaks of what choosing it would show: with no activation asked, also the hidden.
        let shown = |code: u8| query.active.is_none() || activation(query, code);
        let chosen = |code: u8| if any_of(&query.status, &code) { by_status(code) } else { 0 };
        let archived = Status::Archived as u8;
        Counts {
            status: std::array::from_fn(|code| if shown(code as u8) { capped(by_status(code as u8)) } else { 0 }),
            method: std::array::from_fn(|code| capped(u64::from(self.method[code]))),
            group: codes(&self.group, most),
            country: codes(&self.country, most),
            tag: members(&image.tag_sets, &self.tags, most),
            shop: members(&image.shop_sets, &self.shops, most),
            active: capped((archived + 1..=Status::Prospect as u8).map(chosen).sum()),
            archived: capped(chosen(archived)),
        }
    }
}

/// One more for each row that fails nothing, or only the filter of `bit`.
#[inline(always)]
fn add<T: Copy>(counters: &mut [u32], values: &[T], fails: &[u8], bit: u8, counter: impl Fn(T) -> usize) {
    for (value, fails) in values.iter().zip(fails) {
        counters[counter(*value)] += u32::from(fails & !bit == 0);
    }
}

fn codes(table: &Wide<u32>, most: u64) -> BTreeMap<Option<u16>, u64> {
    let counted = table.iter().enumerate().filter(|(_, count)| **count > 0);
    counted.map(|(code, count)| (Some(code as u16).filter(|c| *c != NONE), u64::from(*count).min(most))).collect()
}

fn members(sets: &Sets, counted: &[u32], most: u64) -> BTreeMap<u16, u64> {
    let mut out = BTreeMap::new();
    for (number, count) in counted.iter().enumerate().filter(|(_, count)| **count > 0) {
        for member in sets.members(number) {
            *out.entry(*member).or_insert(0) += u64::from(*count);
        }
    }
    out.values_mut().for_each(|count| *count = (*count).min(most));
    out
}
