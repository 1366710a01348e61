//! One walk over the columns, a block of rows at a time: each step is a short loop over one column, which a processor does
//! several rows of at once. A filter nobody set costs nothing. It must never look at the text.

use super::bits::Bits;
use super::counts::{Choice, Tally, fail};
use super::image::{DEAD, Image, NEVER, method_at, status_at};
use super::query::{Query, Span};

const BLOCK: usize = 1024;

/// The rows of one block.
enum Rows {
    Run(usize, usize),
    Picked(Vec<u32>),
}

impl Rows {
    #[inline(always)]
    fn row(&self, at: usize) -> usize {
        match self {
            Rows::Run(from, _) => from + at,
            Rows::Picked(rows) => rows[at] as usize,
        }
    }

    /// The values of one column for these rows, copied to `room` when they do not lie together.
    fn of<'a, T: Copy>(&self, column: &'a [T], room: &'a mut Vec<T>) -> &'a [T] {
        match self {
            Rows::Run(from, to) => &column[*from..*to],
            Rows::Picked(rows) => {
                room.clear();
                room.extend(rows.iter().map(|row| column[*row as usize]));
                room
            }
        }
    }
}

/// Where columns are gathered and statuses worked out; kept between blocks.
#[derive(Default)]
struct Rooms {
    facts: Vec<u8>,
    status: Vec<u8>,
    method: Vec<u8>,
    fails: Vec<u8>,
    day: Vec<i32>,
    time: Vec<i64>,
    narrow: Vec<u16>,
    wide: Vec<u32>,
}

pub(super) struct Walk<'a> {
    image: &'a Image,
    query: &'a Query,
    choice: Choice,
    now: i64,
    today: i32,
    rooms: Rooms,
}

impl<'a> Walk<'a> {
    pub fn new(image: &'a Image, query: &'a Query, now: i64, today: i32) -> Walk<'a> {
        Walk { image, query, choice: Choice::new(image, query), now, today, rooms: Rooms::default() }
    }

    /// Counts into `tally` and calls `visit` with each row that matches, among `candidates` or all; late rows first when
    /// `from_end`, which is only a matter of speed.
    pub fn run(mut self, candidates: Option<&Bits>, from_end: bool, tally: Option<&mut Tally>, mut visit: impl FnMut(usize)) {
        let rows = self.image.rows();
        let blocks = rows.div_ceil(BLOCK);
        let mut tally = tally;
        for block in 0..blocks {
            let from = BLOCK * if from_end { blocks - 1 - block } else { block };
            let to = (from + BLOCK).min(rows);
            let picked = candidates.map(|bits| bits.within(from, to));
            // To gather most of a block costs more than to walk all of it and pass over the others.
            let (rows, others) = match picked {
                Some(picked) if picked.len() * 2 < to - from => (Rows::Picked(picked), None),
                Some(_) => (Rows::Run(from, to), candidates),
                None => (Rows::Run(from, to), None),
            };
            if !matches!(&rows, Rows::Picked(picked) if picked.is_empty()) {
                self.block(&rows, others, tally.as_deref_mut());
                let matching = self.rooms.fails.iter().enumerate().filter(|(_, fails)| **fails == 0);
                matching.for_each(|(at, _)| visit(rows.row(at)));
            }
        }
    }

    /// Leaves in `fails` what each row of the block fails; where `only` is given, who is not in it fails too.
    fn block(&mut self, rows: &Rows, only: Option<&Bits>, tally: Option<&mut Tally>) {
        let (image, choice, now, today) = (self.image, &self.choice, self.now, self.today);
        let Rooms { facts, status, method, fails, day, time, narrow, wide } = &mut self.rooms;
        let facts = rows.of(&image.facts, facts);
        fails.clear();
        fails.extend(facts.iter().map(|facts| facts & DEAD));
        if let Some(only) = only {
            let out = |(at, fails): (usize, &mut u8)| *fails |= u8::from(!only.has(rows.row(at))) * fail::SPAN;
            fails.iter_mut().enumerate().for_each(out);
        }
        let until = rows.of(&image.until, time);
        status.clear();
        status.extend(facts.iter().zip(until).map(|(facts, until)| status_at(*facts, *until, now)));
        refuse(fails, status, fail::STATUS, |status| choice.status[usize::from(status & 15)]);
        if choice.method.is_some() || tally.is_some() {
            let expires = rows.of(&image.expires, day);
            method.clear();
            method.extend(facts.iter().zip(expires).map(|(facts, last)| method_at(*facts, *last, today)));
        }
        if let Some(table) = &choice.method {
            refuse(fails, method, fail::METHOD, |method| table[usize::from(method & 7)]);
        }
        if let Some(table) = &choice.group {
            refuse(fails, rows.of(&image.group, narrow), fail::GROUP, |group| table[usize::from(group)]);
        }
        if let Some(table) = &choice.country {
            refuse(fails, rows.of(&image.country, narrow), fail::COUNTRY, |country| table[usize::from(country)]);
        }
        if let Some(table) = &choice.tags {
            refuse(fails, rows.of(&image.tags, wide), fail::TAG, |tags| table[tags as usize]);
        }
        if let Some(table) = &choice.shops {
            refuse(fails, rows.of(&image.shops, wide), fail::SHOP, |shops| table[shops as usize]);
        }
        spans(image, self.query, rows, fails, time, wide);
        if let Some(tally) = tally {
            tally.add_statuses(status, method, fails);
            tally.add_group(rows.of(&image.group, narrow), fails);
            tally.add_country(rows.of(&image.country, narrow), fails);
            tally.add_tags(rows.of(&image.tags, wide), fails);
            tally.add_shops(rows.of(&image.shops, wide), fails);
        }
    }
}

#[inline(always)]
fn refuse<T: Copy>(fails: &mut [u8], values: &[T], bit: u8, passes: impl Fn(T) -> bool) {
    for (fails, value) in fails.iter_mut().zip(values) {
        *fails |= if passes(*value) { 0 } else { bit };
    }
}

/// The ranges, each only where it binds.
fn spans(image: &Image, query: &Query, rows: &Rows, fails: &mut [u8], time: &mut Vec<i64>, wide: &mut Vec<u32>) {
    let mut bound = |column: &[i64], span: Span<i64>| {
        if !span.is_open() {
            let (from, to) = (span.from.unwrap_or(i64::MIN), span.to.unwrap_or(i64::MAX));
            refuse(fails, rows.of(column, time), fail::SPAN, |value| from <= value && value <= to);
        }
    };
    bound(&image.lifetime, query.lifetime);
    bound(&image.created, query.created);
    let ever = Span { from: Some(query.last_order.from.unwrap_or(NEVER + 1)), to: query.last_order.to };
    bound(&image.last_order, if query.last_order.is_open() { query.last_order } else { ever });
    if let Some(since) = query.no_order_since {
        refuse(fails, rows.of(&image.last_order, time), fail::SPAN, |last| last < since);
    }
    if !query.orders.is_open() {
        refuse(fails, rows.of(&image.orders, wide), fail::SPAN, |orders| query.orders.holds(orders));
    }
}
