//! What is said on a ticket.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{PageKey, Problems, Right, TicketId};
use domain::tickets::{self as room, EntryKind, Letter, NewEntry, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::api::asked::{self, Asked, At};
use crate::api::conversations::EntrySending;
use crate::api::types::{Page, Time};
use crate::api::words;
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// Reading a thread and adding to it.
pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Read), routes!(list)).api(Policy::May(Right::Write), routes!(say))
}

/// What was said.
#[derive(Debug, Serialize, ToSchema)]
struct TicketEntry {
    id: String,
    #[schema(value_type = words::TicketEntryKind)]
    kind: EntryKind,
    body: String,
    created_at: Time,
    /// Who wrote it down.
    created_by: String,
    /// The id of the entry it is in a conversation (`GET /entries/{id}`); absent where it was only written down.
    entry: Option<String>,
    /// Absent for what was not sent from here.
    sending: Option<EntrySending>,
}

impl From<room::Entry> for TicketEntry {
    fn from(e: room::Entry) -> Self {
        let (entry, sending) = e.said.map_or((None, None), |s| (Some(s.entry.to_string()), s.sending.map(EntrySending::from)));
        Self { id: e.id.to_string(), kind: e.kind, body: e.body, created_at: Time(e.created_at), created_by: e.created_by, entry, sending }
    }
}

/// Which part of a thread.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EntriesAsked {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Read the thread of a ticket.
///
/// Newest first, internal notes among them.
#[utoipa::path(get, path = "/api/v1/tickets/{id}/entries", operation_id = "listTicketEntries", tag = "Tickets",
    params(("id" = String, Path), EntriesAsked), responses((status = 200, body = Page<TicketEntry>)))]
async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<EntriesAsked>,
) -> Result<axum::Json<Page<TicketEntry>>, Problem> {
    let id: TicketId = id(&text, "ticket")?;
    let (after, limit) = (asked::after(asked.after.as_deref())?, usize::try_from(asked::limit(asked.limit)?).unwrap_or(1));
    let (entries, next): (_, Option<PageKey>) = app.read(&ctx, move |tx, ctx| room::thread(tx, ctx, &id, after.as_ref(), limit)).await?;
    let data = entries.into_iter().map(Into::into).collect();
    Ok(axum::Json(Page { data, next: next.map(|key| key.to_string()), prev: None, total: None }))
}

/// Something to be said.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TicketEntryNew {
    #[schema(value_type = words::TicketEntryKind)]
    kind: EntryKind,
    body: String,
    /// Where the ticket stands afterwards; absent: a message of the customer opens it, an answer on an open one waits for the customer, a note
    /// moves nothing.
    #[serde(default)]
    #[schema(value_type = Option<words::TicketStatus>)]
    status: Option<Status>,
    /// `true`: this answer goes to the customer, in the conversation of the ticket or else by a new mail.
    #[serde(default)]
    send: bool,
}

/// Add to the thread of a ticket.
///
/// It is written down, and sent to nobody; an `answer` with `send` goes to the customer, too, whose reply opens the ticket again. Answers 409 where that
/// cannot be: `no_customer`, `customer_inactive`, `no_address`.
#[utoipa::path(post, path = "/api/v1/tickets/{id}/entries", operation_id = "addTicketEntry", tag = "Tickets",
    params(("id" = String, Path)), request_body = TicketEntryNew, responses((status = 201, body = TicketEntry)))]
async fn say(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<TicketEntryNew>) -> Result<Response, Problem> {
    let id: TicketId = id(&text, "ticket")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let made = match (body.send, body.kind) {
                (true, EntryKind::Answer) => room::send(tx, ctx, &id, &Letter { body: body.body.clone(), status: body.status })?,
                (true, _) => return Err(Problems::one("send", "invalid", "Only an answer is sent.")),
                (false, kind) => room::say(tx, ctx, &id, &NewEntry { kind, body: body.body.clone(), status: body.status })?,
            };
            let (entries, _) = room::thread(tx, &seeing(ctx), &id, None, 1)?;
            let entry = entries.into_iter().find(|e| e.id == made).ok_or(domain::Error::NotFound("entry"))?;
            reply(StatusCode::CREATED, &format!("/api/v1/tickets/{id}/entries"), &TicketEntry::from(entry))
        })
        .await
}
