//! Contracts in the words and tones of a row.

use domain::contracts::{Span, State, Summary};
use domain::kit::{Money, Zone, day_date};

use crate::dashboard::moments;
use crate::look::When;

/// A contract as a row shows it.
#[derive(Clone, Debug)]
pub struct Line {
    pub s: Summary,
    pub tone: &'static str,
    /// `€240.00 each month`
    pub value: String,
    pub from: String,
    pub until: String,
    pub notice: String,
    pub renewal: String,
    pub created: When,
}

/// `each month`, `each 3 months`; nothing for the whole.
pub fn each(cycle: Option<Span>) -> String {
    match cycle {
        None => String::new(),
        Some(Span { count: 1, unit }) => format!(" each {}", unit.label()),
        Some(span) => format!(" each {}", span.words()),
    }
}

/// A day in words.
pub fn day(day: i64) -> String {
    moments::date(day_date(day))
}

/// Makes one.
pub fn line(s: Summary, zone: &Zone) -> Line {
    Line {
        tone: match s.state {
            State::Running => "good",
            State::Notice => "attention",
            State::Draft | State::Ended | State::Cancelled => "quiet",
        },
        value: format!("{}{}", Money::new(s.amount, s.currency), each(s.cycle)),
        from: day(s.term.starts_on),
        until: s.term.ends_on.map_or_else(|| "Open-ended".to_owned(), day),
        notice: s.notice_on().map(day).unwrap_or_default(),
        renewal: renewal(s.term.renew_months),
        created: moments::day(zone, s.created_at),
        s,
    }
}

/// `by 12 months`; nothing for what does not renew.
pub fn renewal(months: i64) -> String {
    match months {
        0 => String::new(),
        1 => "by 1 month".to_owned(),
        n => format!("by {n} months"),
    }
}
