//! The register of what people ask about their data (SPEC 11.4): to see it, to have it erased, to have it put right. A month, by the calendar,
//! from the day it came; what is late stands on Home.
//!
//! The register keeps that something was asked and when it was answered. It does nothing by itself: the file and the erasure are verbs of their own.

mod change;
mod extend;
pub mod listed;
mod make;
pub mod queries;
mod read;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use change::{Edit, close, edit, reopen};
pub use extend::extend;
pub use make::{NewRequest, create, due};
pub use read::{get, of_customer, waiting};

use crate::kit::{CustomerId, Micros, RequestId, words};

words! {
    /// What is asked for.
    pub enum Kind {
        /// To see what is kept.
        Access = "access", "See the data";
        /// To be forgotten.
        Erasure = "erasure", "Erase the data";
        /// To have it put right.
        Correction = "correction", "Correct the data";
    }
}

words! {
    /// How far it came.
    pub enum State {
        /// Waits for an answer.
        Open = "open", "Open";
        /// Done what was asked.
        Done = "done", "Done";
        /// Answered with no: nobody could say who asks, or the law wants the data kept.
        Refused = "refused", "Refused";
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// What is asked for.
    pub kind: Kind,
    /// How far it came.
    pub state: State,
    /// Whose data, once that is known.
    pub customer: Option<CustomerId>,
    /// What that customer is called; empty without one.
    pub customer_name: String,
    /// Who asks, as they said.
    pub who: String,
    /// What was said and done.
    pub note: String,
    /// The day it came, since 1970 where the merchant lives.
    pub received_on: i64,
    /// The last day to answer.
    pub due_on: i64,
    /// When it was written down.
    pub created_at: Micros,
    /// By whom.
    pub created_by: String,
    /// When it was closed.
    pub closed_at: Option<Micros>,
    /// By whom; empty while it is open.
    pub closed_by: String,
    /// Raised with every change.
    pub version: i64,
    /// The last day before it was extended.
    pub extended_from: Option<i64>,
    /// Why it was extended; empty unless it was.
    pub extension: String,
}

impl Request {
    /// Is its last day over, and no answer given?
    pub fn is_overdue(&self, today: i64) -> bool {
        self.state == State::Open && self.due_on < today
    }

    /// Who it is about, in the best words there are.
    pub fn about(&self) -> &str {
        [self.customer_name.as_str(), self.who.as_str()].into_iter().find(|t| !t.is_empty()).unwrap_or("Nobody named")
    }
}

/// How many wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Open.
    pub open: u64,
    /// Of them, late.
    pub overdue: u64,
}
