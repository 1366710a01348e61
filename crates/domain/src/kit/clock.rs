//! Time: microseconds UTC as a whole number, handed in by whoever calls. The only place that reads the system's clock.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};

/// Microseconds since 1970-01-01T00:00:00Z.
pub type Micros = i64;

/// A day of 24 hours in microseconds.
pub const DAY: Micros = 86_400_000_000;

/// Who says what time it is.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Now, microseconds UTC.
    fn now(&self) -> Micros;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one door to the system's clock")]
    fn now(&self) -> Micros {
        Timestamp::now().as_microsecond()
    }
}

/// A clock that stands still, for tests, `--today` and the demo.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Micros);

impl Clock for FixedClock {
    fn now(&self) -> Micros {
        self.0
    }
}

/// When a command acts: now, or at the end of a day where the merchant lives (`--today`).
#[derive(Clone, Copy, Debug)]
pub enum AsOf {
    /// Now.
    Now,
    /// The last microsecond of this day.
    EndOf(civil::Date),
}

impl AsOf {
    /// The clock of a merchant in this zone.
    pub fn clock(self, zone: &Zone) -> Arc<dyn Clock> {
        match self {
            Self::Now => Arc::new(SystemClock),
            Self::EndOf(day) => Arc::new(FixedClock(zone.end_of(day))),
        }
    }
}

/// A merchant's time zone (IANA name).
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

impl Zone {
    /// `Europe/Paris`; `None` for an unknown name.
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    /// UTC.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone itself, for formatting.
    pub fn tz(&self) -> &TimeZone {
        &self.0
    }

    /// The calendar date at `at` in this zone.
    pub fn date(&self, at: Micros) -> civil::Date {
        stamp(at).to_zoned(self.0.clone()).date()
    }

    /// The date and time at `at` in this zone.
    pub fn civil(&self, at: Micros) -> civil::DateTime {
        stamp(at).to_zoned(self.0.clone()).datetime()
    }

    /// The day as a number (days since 1970-01-01) at `at` in this zone.
    pub fn day(&self, at: Micros) -> i32 {
        day_number(self.date(at))
    }

    /// The same wall time `days` days later: what "N days old" means across a change of summer time.
    pub fn add_days(&self, at: Micros, days: i64) -> Micros {
        let zoned = stamp(at).to_zoned(self.0.clone());
        zoned.checked_add(days.days()).map_or(Micros::MAX, |z| z.timestamp().as_microsecond())
    }

    /// The first microsecond of a date in this zone.
    pub fn start_of(&self, date: civil::Date) -> Micros {
        date.to_zoned(self.0.clone()).map_or(0, |z| z.timestamp().as_microsecond())
    }

    /// The last microsecond of a date in this zone.
    pub fn end_of(&self, date: civil::Date) -> Micros {
        date.tomorrow().map_or(Micros::MAX, |d| self.start_of(d) - 1)
    }

    /// A wall time in this zone as microseconds UTC.
    pub fn at(&self, when: civil::DateTime) -> Micros {
        when.to_zoned(self.0.clone()).map_or(0, |z| z.timestamp().as_microsecond())
    }
}

/// Days since 1970-01-01.
pub fn day_number(date: civil::Date) -> i32 {
    date.since(civil::date(1970, 1, 1)).map_or(0, |s| s.get_days())
}

/// The day of such a number; the furthest day there is for what lies outside the calendar.
pub fn day_date(number: i64) -> civil::Date {
    civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(number).unwrap_or_default()).unwrap_or(civil::Date::MAX)
}

/// RFC 3339 in UTC, as the API shows it.
pub fn rfc3339(at: Micros) -> String {
    stamp(at).to_string()
}

fn stamp(at: Micros) -> Timestamp {
    Timestamp::from_microsecond(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_merchants_day() {
        let paris = Zone::named("Europe/Paris").unwrap();
        let late = Zone::utc().at(civil::date(2026, 6, 30).at(22, 30, 0, 0));
        assert_eq!(paris.date(late), civil::date(2026, 7, 1));
        assert_eq!(Zone::utc().day(0), 0);
        assert_eq!(paris.end_of(civil::date(2026, 3, 29)) - paris.start_of(civil::date(2026, 3, 29)), 23 * 3_600_000_000 - 1);
    }
}
