//! What was said: every mail, chat and call of a customer in one stream, newest last, answered from here (SPEC 2.11, 7.1, 7.2).
//!
//! A conversation holds entries, each said by the other side or by the house. What people say to us is always kept: from a known address it
//! belongs to the oldest live customer that has it, from another it waits in the inbox until somebody says whose it is. What the house writes
//! goes into the outbox (`mail`) in the same transaction. Nothing here talks to the network, and no mail, however broken, stops others.

mod bounce;
mod calls;
mod chats;
mod clean;
mod drafts;
mod inbox;
mod known;
mod machine;
pub mod mailboxes;
mod of_ticket;
mod parse;
mod parties;
pub mod phones;
mod put;
pub mod queries;
mod read;
mod receive;
pub mod records;
mod sent;
mod signature;
#[cfg(test)]
mod tests;
mod write;

pub use calls::{CallInput, record_call};
pub(crate) use chats::from_portal;
pub use chats::{ChatInput, MessageInput, open_chat, say};
pub use drafts::{Begun, DraftFile, KeptDraft, count_drafts, draft, draft_files, drafts, drafts_of, drop_draft, of_person, save_draft};
pub use inbox::{Inbox, Newcomer, close, inbox, link, make, reopen, waiting};
pub(crate) use of_ticket::{OfTicket, message, of_ticket};
pub use parse::{LARGEST, Parsed, parse};
pub(crate) use read::find as said;
pub use read::{Asked, entries, entry, file, get, html, stream};
pub use receive::{Arrival, Filed, receive};
pub(crate) use sent::{Heading, file_sent, heading};
pub use signature::{set_signature, signature};
pub use write::{Draft, NewFile, compose, no_customer, recipients, reply};
pub(crate) use write::{answer, begin};

use crate::kit::{ConversationId, CustomerId, EntryFileId, EntryId, MailId, Micros, words};
use crate::mail;

words! {
    /// By which way.
    pub enum Kind {
        /// E-mail.
        Mail = "mail", "Mail";
        /// A chat.
        Chat = "chat", "Chat";
        /// A call.
        Call = "call", "Call";
    }
}

words! {
    /// Who said it.
    pub enum Direction {
        /// The other side.
        In = "in", "Received";
        /// The house.
        Out = "out", "Sent";
    }
}

words! {
    /// Is it still talked about?
    pub enum State {
        /// Yes.
        Open = "open", "Open";
        /// No; the next word opens it again.
        Closed = "closed", "Closed";
    }
}

words! {
    /// How a call went.
    pub enum Outcome {
        /// They spoke.
        Answered = "answered", "Answered";
        /// Nobody took it.
        Missed = "missed", "Missed";
        /// The line was busy.
        Busy = "busy", "Busy";
        /// Somebody spoke to the machine.
        Voicemail = "voicemail", "Voicemail";
        /// It never rang.
        Failed = "failed", "Failed";
    }
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// By which way.
    pub kind: Kind,
    /// Is it still talked about?
    pub state: State,
    /// Whose; nobody yet: it waits in the inbox.
    pub customer: Option<CustomerId>,
    /// The other side's name, as it gave it; may be empty.
    pub name: String,
    /// The other side's e-mail address or phone.
    pub address: String,
    /// What about.
    pub subject: String,
    /// The last word is the other side's.
    pub waiting: bool,
    /// How many entries.
    pub entries: i64,
    /// The newest entry's moment, microseconds UTC.
    pub last_at: Micros,
    /// When it began.
    pub created_at: Micros,
    /// The customer's name; empty without one.
    pub customer_name: String,
}

/// What became of a mail that was written here.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Sending {
    /// The mail in the outbox.
    pub id: MailId,
    /// How far it came.
    pub state: mail::State,
    /// What a server said last; may be empty.
    pub error: String,
}

/// A file that came or went with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryFile {
    /// Its id.
    pub id: EntryFileId,
    /// Its name.
    pub name: String,
    /// Its media type as it was given.
    pub content_type: String,
    /// Bytes.
    pub size: i64,
}

/// One mail, message or call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Whose.
    pub customer: Option<CustomerId>,
    /// By which way.
    pub kind: Kind,
    /// Who said it.
    pub direction: Direction,
    /// When, microseconds UTC.
    pub at: Micros,
    /// By whom, as a name; may be empty.
    pub author: String,
    /// The other side's address or phone.
    pub address: String,
    /// To whom it went as well, comma-separated.
    pub more: String,
    /// What about.
    pub subject: String,
    /// What was said; in a page of many at most [`read::SHORT`] characters.
    pub body: String,
    /// There is more of it than `body` says.
    pub cut: bool,
    /// It came as HTML; see [`html`].
    pub has_html: bool,
    /// What was attached.
    pub files: Vec<EntryFile>,
    /// What became of it, when it was sent from here.
    pub sending: Option<Sending>,
    /// How the call went.
    pub outcome: Option<Outcome>,
    /// How long they spoke.
    pub seconds: i64,
}
