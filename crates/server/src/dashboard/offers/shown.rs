//! Offers in the words and tones of a row.

use domain::invoices::due_days;
use domain::kit::{Money, Zone};
use domain::offers::{State, Summary};

use crate::dashboard::moments;
use crate::look::When;

/// An offer as a row shows it.
#[derive(Clone, Debug)]
pub struct Line {
    pub s: Summary,
    pub tone: &'static str,
    pub total: String,
    pub created: When,
    pub valid: String,
}

/// Makes one.
pub fn line(s: Summary, zone: &Zone) -> Line {
    Line {
        tone: match s.state {
            State::Sent => "attention",
            State::Accepted => "good",
            State::Expired | State::Declined => "problem",
            State::Draft | State::Withdrawn => "quiet",
        },
        total: Money::new(s.total, s.currency).to_string(),
        created: moments::day(zone, s.created_at),
        valid: moments::date(due_days(s.valid_until)),
        s,
    }
}
