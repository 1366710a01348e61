//! The pass that answers a question: candidates from the search, then one walk over the columns that
//! counts and picks. It must never read a row twice for the same answer, or look at the clock.

use std::cmp::Ordering;

use super::bits::Bits;
use super::counts::Tally;
use super::image::{Image, Key};
use super::page::{Order, Picker};
use super::query::{Cursor, Found, Query, Sort, SortBy};
use super::search::{self, Seeker};
use super::walk::Walk;

impl Image {
    /// Answers `query` as of `now` (microseconds UTC) and `today` (days since 1970-01-01 where the merchant is).
    pub fn find(&self, query: &Query, now: i64, today: i32) -> Found {
        match query.top {
            Some(most) => self.find_top(query, most, now, today),
            None => self.find_page(query, now, today),
        }
    }

    /// The place of a customer in an order of the list, `None` when it is not here.
    pub fn cursor(&self, key: &Key, sort: Sort) -> Option<Cursor> {
        self.row_of(key).map(|row| Order::new(self, sort).cursor(row))
    }

    fn find_page(&self, query: &Query, now: i64, today: i32) -> Found {
        let order = Order::new(self, query.sort);
        let after = query.after.as_ref().and_then(|cursor| order.place(cursor));
        let before = query.before.as_ref().and_then(|cursor| order.place(cursor)).filter(|_| after.is_none());
        let mut picker = Picker::new(Order::new(self, query.sort), query.limit, before.is_some());
        // Matches on the near side of the place: behind `after`, in front of `before`.
        let (mut total, mut near) = (0, 0);
        let counts = self.pass(query, u64::MAX, now, today, |row| {
            total += 1;
            let ranked = (order.value(row), row as u32);
            let is_near = match (&after, &before) {
                (Some(place), _) => order.side(ranked, place) == Ordering::Greater,
                (_, Some(place)) => order.side(ranked, place) == Ordering::Less,
                _ => true,
            };
            if is_near {
                near += 1;
                picker.offer(ranked);
            }
        });
        let rows = picker.finish();
        let skipped = if before.is_some() { near - rows.len() as u64 } else { total - near };
        self.found(&order, &rows, total, skipped, counts)
    }

    fn find_top(&self, query: &Query, most: usize, now: i64, today: i32) -> Found {
        let sort = Sort { by: SortBy::Lifetime, descending: true };
        let order = Order::new(self, sort);
        let mut picker = Picker::new(Order::new(self, sort), most, false);
        let mut asked = query.clone();
        asked.lifetime.from = Some(query.lifetime.from.unwrap_or(1).max(1));
        let offer = |row: usize| picker.offer((order.value(row), row as u32));
        let counts = self.pass(&asked, most as u64, now, today, offer);
        let all = picker.finish();
        let near = |cursor: &Cursor, wanted: Ordering| {
            let place = order.place(cursor)?;
            Some(all.partition_point(|row| {
                let side = order.side((order.value(*row), *row as u32), &place);
                side == Ordering::Less || side != wanted && side == Ordering::Equal
            }))
        };
        let after = query.after.as_ref().and_then(|cursor| near(cursor, Ordering::Greater));
        let before = query.before.as_ref().and_then(|cursor| near(cursor, Ordering::Equal)).filter(|_| after.is_none());
        let from = before.map_or(after.unwrap_or(0), |end| end.saturating_sub(query.limit));
        let to = before.unwrap_or(from.saturating_add(query.limit).min(all.len()));
        self.found(&order, &all[from..to], all.len() as u64, from as u64, counts)
    }

    fn found(&self, order: &Order, rows: &[usize], total: u64, skipped: u64, counts: Option<super::Counts>) -> Found {
        Found {
            total,
            keys: rows.iter().map(|row| self.keys[*row]).collect(),
            position: skipped + 1,
            more_before: skipped > 0,
            more_after: skipped + (rows.len() as u64) < total,
            first: rows.first().map(|row| order.cursor(*row)),
            last: rows.last().map(|row| order.cursor(*row)),
            counts,
        }
    }

    /// Calls `visit` with each row that matches; gives the option counts where they are wanted.
    fn pass(&self, query: &Query, most: u64, now: i64, today: i32, visit: impl FnMut(usize)) -> Option<super::Counts> {
        let candidates = self.candidates(query);
        let mut tally = query.want_counts.then(|| Tally::new(self));
        // Rows mostly lie by age, so the newest are met early when they are what is asked for.
        let from_end = query.sort.by == SortBy::Created && query.sort.descending != query.before.is_some();
        Walk::new(self, query, now, today).run(candidates.as_ref(), from_end, tally.as_mut(), visit);
        tally.map(|tally| tally.finish(self, query, most))
    }

    /// Rows that the words and `restrict` leave; `None` for all.
    fn candidates(&self, query: &Query) -> Option<Bits> {
        let mut seekers: Vec<Seeker> = query.words.iter().map(Seeker::new).collect();
        seekers.sort_by_key(|seeker| std::cmp::Reverse(seeker.length()));
        let restricted = query.restrict.as_ref().map(|keys| self.rows_of(keys));
        if seekers.is_empty() {
            return restricted;
        }
        match restricted {
            Some(mut rows) if rows.count() <= self.rows() / 8 => {
                rows.retain(|row| seekers.iter().all(|seeker| seeker.matches(self, row)));
                Some(rows)
            }
            restricted => {
                let mut rows = search::matching(self, &seekers);
                if let Some(restricted) = &restricted {
                    rows.and(restricted);
                }
                Some(rows)
            }
        }
    }

    fn rows_of(&self, keys: &[Key]) -> Bits {
        let mut rows = Bits::none(self.rows());
        keys.iter().filter_map(|key| self.row_of(key)).for_each(|row| rows.set(row));
        rows
    }
}
