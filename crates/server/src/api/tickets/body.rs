//! Tickets as the API writes and reads them.

use domain::kit::{CustomerId, PersonId, Problems, TicketId};
use domain::tickets::{self as room, EntryKind, Priority, Status};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::types::{Named, Time, given, person};
use crate::api::words;

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ticket {
    pub id: String,
    #[schema(example = "1042")]
    pub number: String,
    /// Absent while nobody is linked.
    pub customer: Option<Named>,
    /// Empty once its customer was anonymised.
    pub subject: String,
    #[schema(value_type = words::TicketStatus)]
    pub status: Status,
    #[schema(value_type = words::TicketPriority)]
    pub priority: Priority,
    /// Who of the staff answers for it.
    pub assignee: Option<Named>,
    pub tags: Vec<String>,
    pub created_at: Time,
    pub created_by: String,
    /// When something was said or changed last.
    pub updated_at: Time,
    /// Since when it is solved or closed.
    pub settled_at: Option<Time>,
    /// Send it back as `expected_version`.
    pub version: i64,
    /// The id of the conversation it was made of.
    pub conversation: Option<String>,
}

impl From<room::Ticket> for Ticket {
    fn from(t: room::Ticket) -> Self {
        Self {
            id: t.id.to_string(),
            number: t.number,
            customer: t.customer.map(|id| Named { id: id.to_string(), name: t.customer_name }),
            subject: t.subject,
            status: t.status,
            priority: t.priority,
            assignee: t.assignee.map(|id| Named { id: id.to_string(), name: t.assignee_name }),
            tags: t.tags,
            created_at: Time(t.created_at),
            created_by: t.created_by,
            updated_at: Time(t.updated_at),
            settled_at: t.settled_at.map(Time),
            version: t.version,
            conversation: t.conversation.map(|id| id.to_string()),
        }
    }
}

/// A ticket to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketNew {
    subject: String,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
    /// Absent: `normal`.
    #[serde(default)]
    #[schema(value_type = Option<words::TicketPriority>)]
    priority: Option<Priority>,
    /// The id of a person of the staff who may edit customers.
    #[serde(default)]
    assignee: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    /// What is said first.
    #[serde(default)]
    body: String,
    /// Who says it; absent: the customer.
    #[serde(default)]
    #[schema(value_type = Option<words::TicketEntryKind>)]
    kind: Option<EntryKind>,
}

impl TicketNew {
    pub fn input(&self) -> domain::Result<room::NewTicket> {
        Ok(room::NewTicket {
            customer: self.customer.clone(),
            subject: self.subject.clone(),
            priority: self.priority.unwrap_or(Priority::Normal),
            assignee: self.assignee.as_deref().map(person).transpose()?,
            tags: self.tags.clone(),
            first: (self.kind.unwrap_or(EntryKind::Message), self.body.clone()),
        })
    }
}

/// A change; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TicketPatch {
    expected_version: Option<i64>,
    subject: Option<String>,
    #[schema(value_type = Option<words::TicketStatus>)]
    status: Option<Status>,
    #[schema(value_type = Option<words::TicketPriority>)]
    priority: Option<Priority>,
    /// `null`: nobody.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    assignee: Option<Option<String>>,
    /// All of them.
    tags: Option<Vec<String>>,
    /// Links it to this customer.
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
}

impl TicketPatch {
    pub fn input(&self) -> domain::Result<room::Edit> {
        Ok(room::Edit {
            expected_version: self.expected_version,
            subject: self.subject.clone(),
            status: self.status,
            priority: self.priority,
            assignee: assignee(self.assignee.as_ref())?,
            tags: self.tags.clone(),
            customer: self.customer.clone(),
        })
    }
}

fn assignee(given: Option<&Option<String>>) -> domain::Result<Option<Option<PersonId>>> {
    given.map(|id| id.as_deref().map(person).transpose()).transpose()
}

/// A change to several tickets; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketsChange {
    #[schema(min_items = 1, max_items = 200)]
    ids: Vec<String>,
    #[serde(default)]
    #[schema(value_type = Option<words::TicketStatus>)]
    pub status: Option<Status>,
    /// `null`: nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    assignee: Option<Option<String>>,
}

impl TicketsChange {
    /// The tickets, and to whom they are given.
    pub fn input(&self) -> domain::Result<(Vec<TicketId>, Option<Option<PersonId>>)> {
        let unknown = |n: usize| Problems::one(format!("ids.{n}"), "unknown", "There is no such ticket.");
        let ids = self.ids.iter().enumerate().map(|(n, id)| id.parse().map_err(|()| unknown(n)));
        Ok((ids.collect::<domain::Result<_>>()?, assignee(self.assignee.as_ref())?))
    }
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketsChanged {
    /// So many were changed; the others stood so already.
    pub changed: u64,
    /// What takes it back within a day, by `/tickets/bulk/{id}/undo`; absent when nothing changed.
    pub change: Option<String>,
}

/// What became of taking a change back.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketsBack {
    /// So many stand as before.
    pub back: u64,
    /// So many were changed since, and stayed.
    pub passed_over: u64,
}
