//! On which day a period is due. Days are counted from an anchor and never from the day before, so that who began on the 31st pays on 28 February
//! and on 31 March, and who began on 29 February pays on that day again in the next leap year (SPEC 6.4).

use jiff::Span;
use jiff::civil::{Date, date};

use super::Unit;
use crate::kit::{DAY, Micros, day_date, day_number};

/// Nothing is due behind this day: further ahead is a slip of the keyboard.
pub(super) const LAST: Date = date(2199, 12, 31);

/// The day that lies `steps` cycles of `count` units behind the anchor; the last day of a month that is too short.
pub fn day_of(anchor: Date, unit: Unit, count: i64, steps: i64) -> Date {
    let n = count.saturating_mul(steps);
    let span = match unit {
        Unit::Day => Span::new().try_days(n),
        Unit::Week => Span::new().try_weeks(n),
        Unit::Month => Span::new().try_months(n),
        Unit::Year => Span::new().try_years(n),
    };
    span.and_then(|span| anchor.checked_add(span)).unwrap_or(LAST).min(LAST)
}

/// A payment is taken so much before its moment at the earliest.
const EARLY: Micros = DAY / 2;

/// The first moment in whole cycles from `next` that lies behind a payment made at `at`.
pub(crate) fn next_behind(next: Micros, at: Micros, count: i64, unit: Unit) -> Micros {
    let day = next.div_euclid(DAY);
    let moment = |steps| next + (i64::from(day_number(day_of(day_date(day), unit, count.max(1), steps))) - day) * DAY;
    (0..MOST_STEPS).map(moment).find(|next| *next > at + EARLY).unwrap_or(next)
}

/// So many cycles ahead are looked through.
const MOST_STEPS: i64 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::Zone;
    use proptest::prelude::*;

    fn days(anchor: Date, unit: Unit, count: i64, many: i64) -> Vec<String> {
        (0..many).map(|n| day_of(anchor, unit, count, n).to_string()).collect()
    }

    #[test]
    fn short_months_and_leap_years_come_back_to_the_day_of_the_anchor() {
        assert_eq!(days(date(2027, 1, 31), Unit::Month, 1, 5), ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]);
        assert_eq!(days(date(2028, 1, 31), Unit::Month, 1, 3), ["2028-01-31", "2028-02-29", "2028-03-31"]);
        assert_eq!(days(date(2024, 2, 29), Unit::Year, 1, 5), ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]);
        assert_eq!(days(date(2026, 12, 28), Unit::Week, 1, 3), ["2026-12-28", "2027-01-04", "2027-01-11"]);
        assert_eq!(days(date(2026, 10, 25), Unit::Day, 10, 3), ["2026-10-25", "2026-11-04", "2026-11-14"]);
        assert_eq!(day_of(date(2026, 1, 1), Unit::Year, 1000, 1000), LAST);
    }

    #[test]
    fn a_day_begins_where_the_merchant_lives_also_when_the_clocks_change() {
        let hour = 3_600_000_000;
        let paris = Zone::named("Europe/Paris").unwrap();
        let length = |day: Date| paris.start_of(day.tomorrow().unwrap()) - paris.start_of(day);
        assert_eq!((length(date(2026, 3, 29)), length(date(2026, 10, 25))), (23 * hour, 25 * hour));
        // In Santiago the clocks go forward at midnight: that day begins at one o'clock.
        let santiago = Zone::named("America/Santiago").unwrap();
        let day = date(2026, 9, 6);
        assert_eq!(santiago.date(santiago.start_of(day)), day);
        assert_eq!(santiago.date(santiago.start_of(day) - 1), date(2026, 9, 5));
    }

    proptest! {
        #[test]
        fn each_day_is_behind_the_one_before(year in 1990i16..2100, ordinal in 1i16..366, unit in 0usize..4, count in 1i64..24, n in 0i64..60) {
            let anchor = date(year, 1, 1).checked_add(Span::new().days(ordinal - 1)).unwrap();
            let (a, b) = (day_of(anchor, Unit::ALL[unit], count, n), day_of(anchor, Unit::ALL[unit], count, n + 1));
            prop_assert!(a < b || b == LAST, "{a} {b}");
        }
    }
}
