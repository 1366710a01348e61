//! How long a contract runs, how it renews, and until which day notice can be given: days alone, worked out for any day.
//!
//! Terms are counted from the day behind the last one that was agreed, never from the renewal before, so that what ends with a month goes on ending with it.

use serde::{Deserialize, Serialize};

use crate::kit::{day_date, day_number};
use crate::subscriptions::Unit;
use crate::subscriptions::calendar::day_of;

/// More renewals than any calendar holds.
const MOST: i64 = 10_000;

/// A number of days, weeks, months or years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// So many …
    pub count: i64,
    /// … of these.
    pub unit: Unit,
}

impl Span {
    /// "3 months", "1 week".
    pub fn words(self) -> String {
        format!("{} {}{}", self.count, self.unit.label(), if self.count == 1 { "" } else { "s" })
    }

    /// The day that lies so long behind `day`; `steps` times.
    pub fn behind(self, day: i64, steps: i64) -> i64 {
        i64::from(day_number(day_of(day_date(day), self.unit, self.count, steps)))
    }
}

/// The term of a contract. Days are numbers since 1970, where the merchant lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// Its first day.
    pub starts_on: i64,
    /// The last day as it was agreed; `None` is open-ended.
    pub first_end: Option<i64>,
    /// The last day of the term it is in.
    pub ends_on: Option<i64>,
    /// How often it was renewed since the last day was agreed.
    pub renewals: i64,
    /// It goes on by so many months each time; 0 is never.
    pub renew_months: i64,
    /// How long before the end notice has to be given.
    pub notice: Option<Span>,
}

impl Term {
    /// The first term of what is agreed now.
    pub fn agreed(starts_on: i64, ends_on: Option<i64>, renew_months: i64, notice: Option<Span>) -> Self {
        Self { starts_on, first_end: ends_on, ends_on, renewals: 0, renew_months, notice }
    }

    /// Does it go on by itself?
    pub fn renews(&self) -> bool {
        self.renew_months > 0
    }

    /// The last day after so many renewals.
    pub fn end_after(&self, renewals: i64) -> Option<i64> {
        let months = Span { count: self.renew_months, unit: Unit::Month };
        self.first_end.map(|end| if renewals == 0 { end } else { months.behind(end + 1, renewals) - 1 })
    }

    /// The term of a running contract that it is in on a day: what renews has been renewed.
    pub fn on(mut self, today: i64) -> Self {
        while self.renews() && self.renewals < MOST && self.ends_on.is_some_and(|end| today > end) {
            self.renewals += 1;
            self.ends_on = self.end_after(self.renewals);
        }
        self
    }

    /// The last day for giving notice, so that it ends with this term; `None` when it is open-ended.
    pub fn notice_on(&self) -> Option<i64> {
        self.ends_on.map(|end| self.notice_before(end))
    }

    /// The last day for giving notice, so that it ends on a day.
    fn notice_before(&self, end: i64) -> i64 {
        self.notice.map_or(end, |span| span.behind(end + 1, -1) - 1)
    }

    /// The last day when notice is given on a day: that of this term, or of the first behind it for which it is not too late; what is open-ended runs for the
    /// period of notice. Never before it begins.
    pub fn end_by_notice(&self, today: i64) -> i64 {
        let mut end = self.ends_on;
        if self.renews() {
            let behind = (self.renewals + 1..=self.renewals + MOST).map_while(|k| self.end_after(k));
            end = end.into_iter().chain(behind).find(|end| today <= self.notice_before(*end)).or(end);
        }
        end.unwrap_or_else(|| self.notice.map_or(today, |span| span.behind(today, 1))).max(self.starts_on)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn n(y: i16, m: i8, d: i8) -> i64 {
        i64::from(day_number(date(y, m, d)))
    }

    const QUARTER: Option<Span> = Some(Span { count: 3, unit: Unit::Month });

    #[test]
    fn a_year_renews_by_the_day_and_notice_ends_with_a_month() {
        let term = Term::agreed(n(2026, 1, 1), Some(n(2026, 12, 31)), 12, QUARTER);
        assert_eq!(term.notice_on(), Some(n(2026, 9, 30)));
        assert_eq!(term.on(n(2026, 12, 31)), term, "its last day is one of its days");
        let next = term.on(n(2027, 1, 1));
        assert_eq!((next.ends_on, next.renewals, next.notice_on()), (Some(n(2027, 12, 31)), 1, Some(n(2027, 9, 30))));
        let later = term.on(n(2031, 6, 1));
        assert_eq!((later.ends_on, later.renewals), (Some(n(2031, 12, 31)), 5), "years switched off are caught up");
        assert_eq!((term.end_by_notice(n(2026, 9, 30)), term.end_by_notice(n(2026, 10, 1))), (n(2026, 12, 31), n(2027, 12, 31)));
    }

    #[test]
    fn the_period_of_notice_is_kept_however_often_it_renews_meanwhile() {
        let of = |end: i64, months: i64, notice: i64| {
            Term::agreed(n(2026, 1, 1), Some(end), months, Some(Span { count: notice, unit: Unit::Month }))
        };
        assert_eq!(of(n(2026, 11, 30), 1, 6).end_by_notice(n(2026, 11, 23)), n(2027, 5, 31));
        assert_eq!(of(n(2026, 12, 31), 1, 3).end_by_notice(n(2026, 11, 23)), n(2027, 2, 28));
        assert_eq!(of(n(2026, 12, 31), 12, 13).end_by_notice(n(2025, 11, 30)), n(2026, 12, 31), "the last day for it");
        assert_eq!(of(n(2026, 12, 31), 12, 13).end_by_notice(n(2025, 12, 1)), n(2027, 12, 31));
        assert_eq!(of(n(2026, 12, 31), 12, 13).end_by_notice(n(2026, 12, 1)), n(2028, 12, 31));
    }

    #[test]
    fn what_ends_with_a_month_goes_on_ending_with_it() {
        let term = Term::agreed(n(2027, 2, 1), Some(n(2027, 2, 28)), 1, None);
        let ends: Vec<i64> = (0..4).map(|k| term.end_after(k).unwrap()).collect();
        assert_eq!(ends, [n(2027, 2, 28), n(2027, 3, 31), n(2027, 4, 30), n(2027, 5, 31)]);
        assert_eq!(term.notice_on(), term.ends_on);
    }

    #[test]
    fn what_is_open_ended_runs_for_the_period_of_notice() {
        let term = Term::agreed(n(2026, 1, 1), None, 0, Some(Span { count: 2, unit: Unit::Week }));
        assert_eq!((term.notice_on(), term.on(n(2099, 1, 1)).ends_on), (None, None));
        assert_eq!(term.end_by_notice(n(2026, 6, 15)), n(2026, 6, 29));
        assert_eq!(term.end_by_notice(n(2025, 6, 15)), n(2026, 1, 1), "not before it begins");
    }

    proptest! {
        #[test]
        fn the_term_of_a_day_holds_that_day_and_is_worked_out_from_any_day_before(start in 10_000i64..20_000, length in 0i64..800, months in 1i64..37, a in 0i64..4_000, b in 0i64..4_000) {
            let term = Term::agreed(start, Some(start + length), months, None);
            let (first, then) = (start + a, start + a + b);
            let found = term.on(then);
            prop_assert!(found.ends_on.unwrap() >= then);
            prop_assert_eq!(term.on(first).on(then), found);
            prop_assert!(found.renewals == 0 || term.end_after(found.renewals - 1).unwrap() < then);
        }

        #[test]
        fn notice_is_never_shorter_than_agreed(start in 10_000i64..20_000, length in 0i64..800, months in 1i64..37, notice in 1i64..25, a in 0i64..4_000) {
            let term = Term::agreed(start, Some(start + length), months, Some(Span { count: notice, unit: Unit::Month }));
            let end = term.on(start + a).end_by_notice(start + a);
            prop_assert!(term.notice_before(end) >= start + a);
        }
    }
}
