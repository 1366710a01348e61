//! The time that sums are of: whole days where the merchant lives, both in. It stands in the address.

use domain::affiliates::Period;
use domain::kit::{Micros, Zone};
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::dashboard::customers::profile::address;
use crate::dashboard::moments;

/// From a day to a day; open where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub from: Option<Date>,
    pub until: Option<Date>,
}

/// A link to a time.
#[derive(Clone, Debug)]
pub struct Choice {
    pub name: &'static str,
    pub href: String,
    pub on: bool,
}

impl Span {
    /// As the address or a form says it; what is no day is open.
    pub fn of(value: impl Fn(&str) -> String) -> Self {
        let day = |name: &str| value(name).trim().parse().ok();
        Self { from: day("from"), until: day("until") }
    }

    /// As verbs take it.
    pub fn period(self, zone: &Zone) -> Period {
        let end = |d: Date| d.tomorrow().map_or(Micros::MAX, |next| zone.start_of(next));
        Period { from: self.from.map_or(i64::MIN, |d| zone.start_of(d)), until: self.until.map_or(i64::MAX, end) }
    }

    /// The values of the address.
    pub fn values(self) -> [(&'static str, Option<String>); 2] {
        [("from", self.from.map(|d| d.to_string())), ("until", self.until.map(|d| d.to_string()))]
    }

    /// A path with this time.
    pub fn at(self, path: &str) -> String {
        address(path, &self.values())
    }

    /// "1 Jun 2026 to 30 Jun 2026", "all time".
    pub fn words(self) -> String {
        match (self.from, self.until) {
            (None, None) => "all time".to_owned(),
            (Some(from), None) => format!("since {}", moments::date(from)),
            (None, Some(until)) => format!("until {}", moments::date(until)),
            (Some(from), Some(until)) => format!("{} to {}", moments::date(from), moments::date(until)),
        }
    }

    /// The usual times, as links of this path.
    pub fn choices(self, path: &str, today: Date) -> Vec<Choice> {
        let this = today.first_of_month();
        let last = this.checked_sub(1.month()).unwrap_or(this);
        let all = [
            ("All time", Self::default()),
            ("This month", Self { from: Some(this), until: Some(this.last_of_month()) }),
            ("Last month", Self { from: Some(last), until: Some(last.last_of_month()) }),
            ("This year", Self { from: Some(today.first_of_year()), until: Some(today.last_of_year()) }),
        ];
        all.into_iter().map(|(name, span)| Choice { name, href: span.at(path), on: span == self }).collect()
    }
}

/// What a payout was for, as its two moments say.
pub fn between(zone: &Zone, from: Micros, until: Micros) -> String {
    let from = (from != i64::MIN).then(|| zone.date(from));
    let until = (until != i64::MAX).then(|| zone.date(until.saturating_sub(1)));
    Span { from, until }.words()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_time_reads_back_and_takes_both_days() {
        let zone = Zone::named("Europe/Paris").unwrap();
        let june = Span::of(|name| if name == "from" { "2026-06-01".into() } else { "2026-06-30".into() });
        let period = june.period(&zone);
        assert_eq!(
            (zone.date(period.from), zone.date(period.until - 1), zone.date(period.until)),
            (date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 1))
        );
        assert_eq!(between(&zone, period.from, period.until), "1 Jun 2026 to 30 Jun 2026");
        assert_eq!((between(&zone, i64::MIN, i64::MAX), Span::of(|_| "x".into())), ("all time".to_owned(), Span::default()));
        let choices = june.choices("/affiliates", date(2026, 6, 15));
        assert_eq!(
            choices.iter().filter(|c| c.on).map(|c| c.href.as_str()).collect::<Vec<_>>(),
            ["/affiliates?from=2026-06-01&until=2026-06-30"]
        );
    }
}
