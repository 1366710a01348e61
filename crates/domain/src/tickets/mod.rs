//! Tickets: what somebody wants of the merchant, who answers for it, and what was said, until it is closed (SPEC 2.12).
//!
//! A thread is only ever added to: a message of the customer, an answer, or a note that the customer never sees. A message opens a ticket again that
//! was waiting, solved or closed. An archived customer gets no new ticket (SPEC 10.2); a ticket that is not closed keeps its customer from being
//! anonymised (SPEC 11.3).

mod bulk;
mod create;
mod edit;
pub mod listed;
mod of_talk;
pub mod queries;
mod read;
mod say;
mod send;
mod tags;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use bulk::{AT_ONCE, Changed, bulk, undo_bulk};
pub use create::{NewTicket, create};
pub use edit::{Edit, edit};
pub use of_talk::of_entry;
pub(crate) use of_talk::{came_back, follow, heard, linked, opened};
pub(crate) use read::find_locked;
pub use read::{Page, get, of_customer, thread, unsettled};
pub use say::{NewEntry, say};
pub use send::{Letter, Way, send, way};

use crate::conversations::Sending;
use crate::kit::{ConversationId, CustomerId, EntryId, Micros, PersonId, TicketEntryId, TicketId, words};

words! {
    /// Where a ticket stands.
    pub enum Status {
        /// Waits for the staff.
        Open = "open", "Open";
        /// Waits for the customer.
        Waiting = "waiting", "Waiting";
        /// Done, as far as the staff know.
        Solved = "solved", "Solved";
        /// Over.
        Closed = "closed", "Closed";
    }
}

impl Status {
    /// Is nothing more to be done?
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Solved | Self::Closed)
    }
}

words! {
    /// How soon it is wanted.
    pub enum Priority {
        /// When there is time.
        Low = "low", "Low";
        /// In its turn.
        Normal = "normal", "Normal";
        /// Before the others.
        High = "high", "High";
        /// Now.
        Urgent = "urgent", "Urgent";
    }
}

words! {
    /// What an entry of a thread is.
    pub enum EntryKind {
        /// The customer said it.
        Message = "message", "Customer";
        /// The customer was told it.
        Answer = "answer", "Answer";
        /// For the staff alone.
        Note = "note", "Internal note";
    }
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// What people call it by.
    pub number: String,
    /// Whose; nobody: not linked.
    pub customer: Option<CustomerId>,
    /// What that customer is called; empty without one.
    pub customer_name: String,
    /// What it is about; empty once its customer was anonymised.
    pub subject: String,
    /// Where it stands.
    pub status: Status,
    /// How soon it is wanted.
    pub priority: Priority,
    /// Who of the staff answers for it.
    pub assignee: Option<PersonId>,
    /// Their name; empty for nobody.
    pub assignee_name: String,
    /// Words by which it is found, in order.
    pub tags: Vec<String>,
    /// When it was made, microseconds UTC.
    pub created_at: Micros,
    /// By whom.
    pub created_by: String,
    /// When something was said or changed last.
    pub updated_at: Micros,
    /// Since when it is solved or closed.
    pub settled_at: Option<Micros>,
    /// Raised with every change.
    pub version: i64,
    /// What it was made of, when that was a mail, a chat or a call.
    pub conversation: Option<ConversationId>,
}

impl Ticket {
    /// The subject, or what stands in its place.
    pub fn title(&self) -> &str {
        if self.subject.is_empty() { "Subject erased" } else { &self.subject }
    }
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its id.
    pub id: TicketEntryId,
    /// Who speaks to whom.
    pub kind: EntryKind,
    /// The words.
    pub body: String,
    /// When, microseconds UTC.
    pub created_at: Micros,
    /// Who wrote it down.
    pub created_by: String,
    /// Where it stands in a conversation; nothing where it was only written down.
    pub said: Option<Said>,
}

/// What of a thread was said in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The mail, message or call.
    pub entry: EntryId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// What became of it, when it is a mail that was sent from here.
    pub sending: Option<Sending>,
}
