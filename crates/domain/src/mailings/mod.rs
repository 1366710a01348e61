//! Mailings (SPEC 7.3): one template of a shop to many customers, each once.
//!
//! A mailing is begun with a selection of customers, as a group action is. A job goes through them, so many mails a minute: whoever may get it gets a
//! mail into the outbox ([`crate::mail`]), whoever may not gets a reason, and both stand in one line for each customer, written in the same
//! transaction. The keys of those lines are the promise that nobody is written to twice, whatever dies. What became of a mail comes back from
//! the outbox; a mail of which nobody knows whether it arrived is *unknown* and never sent again by itself.
//!
//! Every mail carries a link by which its reader wants no more of them; the refusal outlasts the reader's data.

mod begin;
mod feedback;
mod letter;
pub mod listed;
mod preview;
pub mod queries;
mod read;
mod slice;
mod steer;
#[cfg(test)]
mod tests;
mod trial;
mod unsubscribe;
mod who;

use std::collections::BTreeMap;

use serde::Serialize;

pub use begin::{NewMailing, start};
pub(crate) use feedback::{again, bounced, forget, interrupted, judged, leave_out, told};
pub(crate) use letter::of_mail;
pub use letter::{html, text};
pub use preview::{Preview, Skipped, preview};
pub use read::{counts, get, rows};
pub use slice::{look, slice};
pub use steer::{cancel, of_job, pause, resume};
pub use trial::{filled, send_trial};
pub use unsubscribe::{Asked, asked, unsubscribe};
pub(crate) use who::{Reader, reader};

use crate::kit::{CustomerId, JobId, MailId, MailingId, Micros, ShopId, TemplateId, words};

/// The kind of job.
pub const KIND: &str = "mailing";
/// The most mails a minute.
pub const FASTEST: i64 = 60_000;

words! {
    /// How far a mailing came.
    pub enum State {
        /// Its mail goes into the outbox.
        Sending = "sending", "Sending";
        /// Somebody stopped it for a while.
        Paused = "paused", "Paused";
        /// Every customer has its line.
        Done = "done", "Done";
        /// Somebody ended it before.
        Cancelled = "cancelled", "Cancelled";
    }
}

words! {
    /// What became of one customer's mail.
    pub enum Outcome {
        /// Waits in the outbox.
        Queued = "queued", "Waiting";
        /// A server took it.
        Sent = "sent", "Sent";
        /// It could not be written, or no server took it.
        Failed = "failed", "Failed";
        /// Nobody knows whether it arrived; it is not sent again by itself.
        Unknown = "unknown", "Unknown";
        /// The customer was not to get it.
        Skipped = "skipped", "Skipped";
    }
}

words! {
    /// Why a customer does not get it.
    pub enum Skip {
        /// Archived.
        Archived = "archived", "archived";
        /// Deleted.
        Deleted = "deleted", "deleted";
        /// Anonymised.
        Anonymised = "anonymised", "anonymised";
        /// Merged into another customer.
        Merged = "merged", "merged into another customer";
        /// There is no address that mail can go to.
        NoAddress = "no_address", "no e-mail address";
        /// Wants none.
        Unsubscribed = "unsubscribed", "unsubscribed";
        /// Was never asked, and the mailing is only for those who agreed.
        NoConsent = "no_consent", "never agreed to marketing";
        /// Mail to the address came back.
        Bounced = "bounced", "the address bounced";
        /// Somebody else of the mailing has the same address.
        SameAddress = "same_address", "the same address as somebody before";
        /// The mailing was cancelled.
        Cancelled = "cancelled", "cancelled before it was sent";
        /// The customer is no longer there.
        Gone = "gone", "no longer there";
    }
}

/// A mailing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mailing {
    /// Its id.
    pub id: MailingId,
    /// How far it came.
    pub state: State,
    /// Of which shop.
    pub shop: ShopId,
    /// What the shop is called.
    pub shop_name: String,
    /// Its template.
    pub template: TemplateId,
    /// The version of it that is sent.
    pub version: i64,
    /// What the template was called then.
    pub name: String,
    /// What that version says the mail is about.
    pub subject: String,
    /// At most so many mails a minute.
    pub per_minute: i64,
    /// Only to those who agreed to marketing.
    pub consenting_only: bool,
    /// So many customers were chosen.
    pub total: i64,
    /// The job that does it.
    pub job: JobId,
    /// When it was begun, microseconds UTC.
    pub created_at: Micros,
    /// Who began it.
    pub created_by: String,
    /// When the last customer had its line, or it was cancelled.
    pub ended_at: Option<Micros>,
}

/// Lines of a mailing counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// By outcome; what is absent is none.
    pub outcomes: BTreeMap<Outcome, i64>,
    /// Of the skipped, by reason.
    pub skipped: BTreeMap<Skip, i64>,
    /// So many of the addresses bounced afterwards.
    pub bounced: i64,
    /// So many wanted no more, by the link of this mailing.
    pub unsubscribed: i64,
}

impl Counts {
    /// So many ended so.
    pub fn of(&self, outcome: Outcome) -> i64 {
        self.outcomes.get(&outcome).copied().unwrap_or(0)
    }

    /// So many customers have their line.
    pub fn lines(&self) -> i64 {
        self.outcomes.values().sum()
    }
}

/// The line of one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its place, from 1.
    pub position: i64,
    /// Whose.
    pub customer: CustomerId,
    /// What the customer is called today.
    pub customer_name: String,
    /// The mail, while there is one.
    pub mail: Option<MailId>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was skipped.
    pub reason: Option<Skip>,
    /// What the server or the template said; empty when nothing.
    pub detail: String,
    /// When that was.
    pub at: Micros,
    /// When the address bounced.
    pub bounced_at: Option<Micros>,
    /// When the reader wanted no more.
    pub unsubscribed_at: Option<Micros>,
}
