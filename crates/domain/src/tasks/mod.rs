//! Tasks: what somebody of the staff has to do and until when, on a customer, on an order, invoice, offer, contract, return or ticket of it, or by itself (SPEC 2.12).
//!
//! A task keeps whose it is beside what it is on; whatever gives an order, an invoice or a ticket to another customer takes its tasks along
//! ([`follow_order`] and its like), and `regulars verify` looks. An archived customer gets no new task (SPEC 10.2).

mod create;
mod done;
mod edit;
mod follow;
pub mod listed;
mod on;
pub mod queries;
mod read;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use create::{NewTask, create};
pub use done::{finish, finish_many, reopen};
pub use edit::{Edit, edit};
pub(crate) use follow::{differences, follow_order, follow_payment, follow_ticket, let_go};
pub use on::On;
pub use read::{Due, Page, due, get, of, of_customer};

use crate::kit::{CustomerId, Micros, PersonId, TaskId};

/// A task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What it is on.
    pub on: On,
    /// What people call that: "Order 1042"; empty for nothing and for a customer.
    pub on_label: String,
    /// Whose that is.
    pub customer: Option<CustomerId>,
    /// What that customer is called; empty without one.
    pub customer_name: String,
    /// What is to be done.
    pub title: String,
    /// More about it.
    pub note: String,
    /// The last day for it, since 1970 where the merchant lives.
    pub due_on: Option<i64>,
    /// From this day on it stands among what is due.
    pub remind_on: Option<i64>,
    /// Who does it.
    pub assignee: Option<PersonId>,
    /// Their name; empty for nobody.
    pub assignee_name: String,
    /// When it was made, microseconds UTC.
    pub created_at: Micros,
    /// By whom.
    pub created_by: String,
    /// Since when it is done.
    pub done_at: Option<Micros>,
    /// By whom; empty while it is not.
    pub done_by: String,
    /// Raised with every change.
    pub version: i64,
}

impl Task {
    /// Is its last day over, and it is not done?
    pub fn is_overdue(&self, today: i64) -> bool {
        self.done_at.is_none() && self.due_on.is_some_and(|day| day < today)
    }

    /// Is it to be looked at today: its day has come, or that of its reminder?
    pub fn is_due(&self, today: i64) -> bool {
        self.done_at.is_none() && [self.due_on, self.remind_on].into_iter().flatten().any(|day| day <= today)
    }
}
