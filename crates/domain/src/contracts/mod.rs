//! Contracts (SPEC 2.10): what was agreed with a customer, from when until when, for how much, how it renews, and until which day notice can be given.
//!
//! Every contract is a customer's, and the customer's lock guards it. What it is on a day is kept nowhere alone: [`State::on`] and [`Term::on`] work it out,
//! so that no read shows yesterday's state; the clock ([`daily`]) writes down what they say, and makes a task when a reminder is due, once for each term.

mod change;
mod clock;
mod create;
mod decide;
mod file;
pub mod listed;
pub mod queries;
mod read;
mod term;
#[cfg(test)]
mod tests;
mod verify;

pub use change::{Edit, edit};
pub use clock::daily;
pub use create::{Input, NewContract, create};
pub use decide::{GivenNotice, cancel, end, give_notice, start, take_back_notice};
pub use file::{File, LARGEST, attach, detach, download};
pub(crate) use read::find_locked;
pub use read::{Contract, Page, Summary, get, of_customer};
pub use term::{Span, Term};
pub(crate) use verify::{Differs, differences};

use crate::kit::words;

words! {
    /// How far a contract came.
    pub enum State {
        /// Being put together; it binds nobody yet.
        Draft = "draft", "Draft";
        /// It binds both.
        Running = "running", "Running";
        /// Notice was given; it runs until its last day.
        Notice = "notice", "Notice given";
        /// Its last day is over.
        Ended = "ended", "Ended";
        /// Called off.
        Cancelled = "cancelled", "Cancelled";
    }
}

impl State {
    /// What a contract that is kept in this state is on a day, with the last day and the renewal that are kept.
    pub fn on(self, today: i64, ends_on: Option<i64>, renews: bool) -> Self {
        let over = ends_on.is_some_and(|end| today > end);
        match self {
            Self::Running if over && !renews => Self::Ended,
            Self::Notice if over => Self::Ended,
            other => other,
        }
    }

    /// Is something still to come of it?
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Running | Self::Notice)
    }
}
