//! The order of the list and the rows of one page (SPEC 1.7): a page is picked in the pass, by the place of a row and
//! never by an offset, so that what is added or removed meanwhile shifts nothing.

use std::cmp::Ordering;

use super::image::{Image, Key, NEVER, prefix};
use super::query::{Cursor, Mark, Sort, SortBy};

/// A row with its sorted value as a number: lower comes first.
type Ranked = (u64, u32);

pub(super) struct Order<'a> {
    image: &'a Image,
    sort: Sort,
}

/// A cursor, ready to be compared with rows.
pub(super) struct Place<'c> {
    value: u64,
    text: &'c [u8],
    key: &'c Key,
}

/// Numbers keep their order as unsigned ones; never comes last in either direction.
#[inline(always)]
fn rank(number: i64, descending: bool) -> u64 {
    let ascending = (number as u64) ^ (1 << 63);
    match (number, descending) {
        (NEVER, _) => u64::MAX,
        (_, true) => !ascending,
        (_, false) => ascending.min(u64::MAX - 1),
    }
}

/// The first bytes of a name, as numbers are ranked.
#[inline(always)]
fn rank_name(prefix: u64, descending: bool) -> u64 {
    if descending { !prefix } else { prefix }
}

/// The same of an e-mail address: none comes last in either direction.
#[inline(always)]
fn rank_email(prefix: u64, descending: bool) -> u64 {
    if prefix == 0 { u64::MAX } else { rank_name(prefix, descending) }
}

impl<'a> Order<'a> {
    pub fn new(image: &'a Image, sort: Sort) -> Order<'a> {
        Order { image, sort }
    }

    #[inline(always)]
    pub fn value(&self, row: usize) -> u64 {
        let (image, descending) = (self.image, self.sort.descending);
        match self.sort.by {
            SortBy::Name => rank_name(image.prefix[row], descending),
            SortBy::Email => rank_email(image.email[row], descending),
            SortBy::Created => rank(image.created[row], descending),
            SortBy::LastOrder => rank(image.last_order[row], descending),
            SortBy::Lifetime => rank(image.lifetime[row], descending),
        }
    }

    /// What a row is sorted by beyond its first bytes; empty where it is a number.
    fn text(&self, row: usize) -> &'a [u8] {
        match self.sort.by {
            SortBy::Name => self.image.text.name(row),
            SortBy::Email => self.image.text.email(row),
            SortBy::Created | SortBy::LastOrder | SortBy::Lifetime => &[],
        }
    }

    /// Numbers have no text: to compare two empty ones costs a hundred nanoseconds where `memcmp` reads through a mask, and ties are many.
    fn texts(&self, a: &[u8], b: &[u8]) -> Ordering {
        match (a.is_empty() && b.is_empty(), self.sort.descending) {
            (true, _) => Ordering::Equal,
            (_, true) => b.cmp(a),
            (_, false) => a.cmp(b),
        }
    }

    pub fn compare(&self, a: Ranked, b: Ranked) -> Ordering {
        let (image, first, second) = (self.image, a.1 as usize, b.1 as usize);
        let by_value = a.0.cmp(&b.0);
        if by_value.is_ne() {
            return by_value;
        }
        self.texts(self.text(first), self.text(second)).then_with(|| image.keys[first].cmp(&image.keys[second]))
    }

    /// `None` where the cursor is of another sort.
    pub fn place<'c>(&self, cursor: &'c Cursor) -> Option<Place<'c>> {
        let descending = self.sort.descending;
        let (value, text): (u64, &[u8]) = match (&cursor.mark, self.sort.by) {
            (Mark::Name(text), SortBy::Name) => (rank_name(prefix(text.as_bytes()), descending), text.as_bytes()),
            (Mark::Email(text), SortBy::Email) => (rank_email(prefix(text.as_bytes()), descending), text.as_bytes()),
            (Mark::Number(number), SortBy::Created | SortBy::LastOrder | SortBy::Lifetime) => {
                (rank(number.unwrap_or(NEVER), descending), &[])
            }
            _ => return None,
        };
        Some(Place { value, text, key: &cursor.key })
    }

    /// Where a row stands, seen from a place.
    #[inline(always)]
    pub fn side(&self, (value, row): Ranked, place: &Place) -> Ordering {
        value.cmp(&place.value).then_with(|| {
            let row = row as usize;
            self.texts(self.text(row), place.text).then_with(|| self.image.keys[row].cmp(place.key))
        })
    }

    /// The place of a row.
    pub fn cursor(&self, row: usize) -> Cursor {
        let image = self.image;
        let mark = match self.sort.by {
            SortBy::Name => Mark::Name(String::from_utf8_lossy(self.text(row)).into_owned()),
            SortBy::Email => Mark::Email(String::from_utf8_lossy(self.text(row)).into_owned()),
            SortBy::Created => Mark::Number(Some(image.created[row])),
            SortBy::LastOrder => Mark::Number(Some(image.last_order[row]).filter(|at| *at != NEVER)),
            SortBy::Lifetime => Mark::Number(Some(image.lifetime[row])),
        };
        Cursor { mark, key: image.keys[row] }
    }
}

/// Keeps the first (or, going back, the last) `limit` of the rows offered. Rows gather in a buffer that is cut when it is full:
/// unlike a heap this costs little even when every row is better than the one before.
pub(super) struct Picker<'a> {
    order: Order<'a>,
    back: bool,
    limit: usize,
    full: usize,
    rows: Vec<Ranked>,
    worst: Option<Ranked>,
    /// Value of the worst, turned round when going back: whoever is above is out.
    bar: u64,
}

const BUFFER: usize = 4096;

impl<'a> Picker<'a> {
    pub fn new(order: Order<'a>, limit: usize, back: bool) -> Picker<'a> {
        Picker { order, back, limit, full: limit.saturating_mul(4).max(BUFFER), rows: Vec::new(), worst: None, bar: u64::MAX }
    }

    #[inline(always)]
    pub fn offer(&mut self, row: Ranked) {
        if (if self.back { !row.0 } else { row.0 }) <= self.bar {
            self.consider(row);
        }
    }

    fn consider(&mut self, row: Ranked) {
        if self.worst.is_some_and(|worst| self.compare(row, worst).is_gt()) || self.limit == 0 {
            return;
        }
        self.rows.push(row);
        if self.rows.len() >= self.full {
            self.cut();
        }
    }

    /// The picked rows, in the order of the list.
    pub fn finish(mut self) -> Vec<usize> {
        if self.rows.len() > self.limit {
            self.cut();
        }
        let order = &self.order;
        self.rows.sort_unstable_by(|a, b| order.compare(*a, *b));
        self.rows.iter().map(|(_, row)| *row as usize).collect()
    }

    #[inline]
    fn compare(&self, a: Ranked, b: Ranked) -> Ordering {
        compare(&self.order, self.back, a, b)
    }

    fn cut(&mut self) {
        let (order, back) = (&self.order, self.back);
        let (_, worst, _) = self.rows.select_nth_unstable_by(self.limit - 1, |a, b| compare(order, back, *a, *b));
        self.worst = Some(*worst);
        self.bar = if back { !worst.0 } else { worst.0 };
        self.rows.truncate(self.limit);
    }
}

#[inline]
fn compare(order: &Order, back: bool, a: Ranked, b: Ranked) -> Ordering {
    if back { order.compare(b, a) } else { order.compare(a, b) }
}
