//! Returns in the words and tones of a row.

use domain::kit::{Money, Zone};
use domain::returns::{State, Summary};

use crate::dashboard::moments;
use crate::look::When;

/// A return as a row shows it.
#[derive(Clone, Debug)]
pub struct Line {
    pub t: Summary,
    pub tone: &'static str,
    pub value: String,
    pub created: When,
}

/// Makes one.
pub fn line(t: Summary, zone: &Zone) -> Line {
    Line {
        tone: match t.state {
            State::Requested | State::Received => "attention",
            State::Approved => "good",
            State::Closed | State::Rejected => "quiet",
        },
        value: Money::new(t.value, t.currency).to_string(),
        created: moments::day(zone, t.created_at),
        t,
    }
}
