//! Conversations and entries as the API writes them.

use domain::conversations as room;
use domain::mail;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::types::Time;
use crate::api::words;

/// A conversation: mails, a chat or a call.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conversation {
    pub id: String,
    #[schema(value_type = words::ConversationKind)]
    pub kind: room::Kind,
    #[schema(value_type = words::ConversationState)]
    pub state: room::State,
    /// Absent while nobody has said whose it is.
    pub customer: Option<String>,
    /// The other side's name, as it gave it; may be empty.
    pub name: String,
    /// The other side's e-mail address or phone; may be empty.
    pub address: String,
    pub subject: String,
    /// The last word is the other side's, and nobody put it aside.
    pub waiting: bool,
    /// How many entries.
    pub entries: i64,
    /// The newest entry's moment.
    pub last_at: Time,
    pub created_at: Time,
}

impl From<room::Conversation> for Conversation {
    fn from(c: room::Conversation) -> Self {
        Self {
            id: c.id.to_string(),
            kind: c.kind,
            state: c.state,
            customer: c.customer.map(|id| id.to_string()),
            name: c.name,
            address: c.address,
            subject: c.subject,
            waiting: c.waiting,
            entries: c.entries,
            last_at: Time(c.last_at),
            created_at: Time(c.created_at),
        }
    }
}

/// A file that came or went with an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryFile {
    pub id: String,
    pub name: String,
    /// As it was given; nobody has looked whether it is true.
    pub content_type: String,
    /// Bytes.
    pub size: i64,
}

/// What became of a mail that was written here.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntrySending {
    /// The mail in the outbox.
    pub mail: String,
    #[schema(value_type = words::MailState)]
    pub state: mail::State,
    /// What a server said last; may be empty.
    pub error: String,
}

impl From<room::Sending> for EntrySending {
    fn from(s: room::Sending) -> Self {
        Self { mail: s.id.to_string(), state: s.state, error: s.error }
    }
}

/// One mail, message or call.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    pub id: String,
    pub conversation: String,
    pub customer: Option<String>,
    #[schema(value_type = words::ConversationKind)]
    pub kind: room::Kind,
    #[schema(value_type = words::EntryDirection)]
    pub direction: room::Direction,
    pub at: Time,
    /// By whom, as a name; may be empty.
    pub author: String,
    /// The other side's e-mail address or phone.
    pub address: String,
    /// To whom it went as well, comma-separated.
    pub more: String,
    pub subject: String,
    /// Plain text; in a page of many at most 4,000 characters.
    pub body: String,
    /// There is more of it than `body` says: read the entry alone.
    pub cut: bool,
    /// It came as HTML.
    pub has_html: bool,
    pub files: Vec<EntryFile>,
    /// Absent for what was not sent from here.
    pub sending: Option<EntrySending>,
    /// How the call went; absent for what is no call.
    #[schema(value_type = Option<words::CallOutcome>)]
    pub outcome: Option<room::Outcome>,
    /// How long they spoke.
    pub seconds: i64,
}

impl From<room::Entry> for Entry {
    fn from(e: room::Entry) -> Self {
        let file = |f: room::EntryFile| EntryFile { id: f.id.to_string(), name: f.name, content_type: f.content_type, size: f.size };
        Self {
            id: e.id.to_string(),
            conversation: e.conversation.to_string(),
            customer: e.customer.map(|id| id.to_string()),
            kind: e.kind,
            direction: e.direction,
            at: Time(e.at),
            author: e.author,
            address: e.address,
            more: e.more,
            subject: e.subject,
            body: e.body,
            cut: e.cut,
            has_html: e.has_html,
            files: e.files.into_iter().map(file).collect(),
            sending: e.sending.map(EntrySending::from),
            outcome: e.outcome,
            seconds: e.seconds,
        }
    }
}
