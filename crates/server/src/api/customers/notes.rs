//! Notes on a customer.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers::{self as room, notes};
use domain::kit::{CustomerId, NoteId, Right};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::types::{Page, Time, time};
use crate::api::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let write = Policy::May(Right::Write);
    routes.api(Policy::May(Right::Read), routes!(list)).api(write, routes!(add)).api(write, routes!(edit)).api(write, routes!(delete))
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
struct Note {
    id: String,
    body: String,
    /// `staff`, `api_key`, `system`.
    author_kind: String,
    author: String,
    created_at: Time,
    updated_at: Time,
    pinned_at: Option<Time>,
}

impl From<room::Note> for Note {
    fn from(n: room::Note) -> Self {
        Self {
            id: n.id.to_string(),
            body: n.body,
            author_kind: n.author_kind,
            author: n.author_name,
            created_at: Time(n.created_at),
            updated_at: Time(n.updated_at),
            pinned_at: time(n.pinned_at),
        }
    }
}

/// A note to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteCreate {
    /// 1 to 10,000 characters.
    #[schema(example = "Prefers to be called in the morning.")]
    body: String,
}

/// What changes in a note; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct NotePatch {
    body: Option<String>,
    /// The text as it was last read: when it is another now, nothing is changed and both come back (409, `stale`).
    seen: Option<String>,
    pinned: Option<bool>,
}

/// List the notes of a customer.
///
/// Pinned ones first, then the newest.
#[utoipa::path(get, path = "/api/v1/customers/{id}/notes", operation_id = "listNotes", tag = "Notes", params(("id" = String, Path)),
    responses((status = 200, body = Page<Note>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Page<Note>>, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let found = app.read(&ctx, move |tx, ctx| notes::list(tx, ctx, &customer)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Add a note.
#[utoipa::path(post, path = "/api/v1/customers/{id}/notes", operation_id = "addNote", tag = "Notes", params(("id" = String, Path)),
    request_body = NoteCreate, responses((status = 201, body = Note)))]
async fn add(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<NoteCreate>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| reply(StatusCode::CREATED, "", &Note::from(notes::add(tx, ctx, &customer, &body.body)?)))
        .await
}

/// Change or pin a note.
#[utoipa::path(patch, path = "/api/v1/customers/{id}/notes/{note}", operation_id = "editNote", tag = "Notes",
    params(("id" = String, Path), ("note" = String, Path)), request_body = NotePatch, responses((status = 200, body = Note)))]
async fn edit(
    State(app): State<App>,
    caller: Caller,
    At((text, note)): At<(String, String)>,
    write: Write<NotePatch>,
) -> Result<Response, Problem> {
    let (customer, note): (CustomerId, NoteId) = (id(&text, "customer")?, id(&note, "note")?);
    write
        .run(&app, &caller, move |tx, ctx, patch| {
            let mut found = None;
            if let Some(body) = &patch.body {
                found = Some(notes::edit(tx, ctx, &customer, &note, body, patch.seen.as_deref())?);
            }
            if let Some(pinned) = patch.pinned {
                found = Some(notes::pin(tx, ctx, &customer, &note, pinned)?);
            }
            let nothing = || domain::kit::Problems::one("body", "required", "Send body, pinned, or both.");
            reply(StatusCode::OK, "", &Note::from(found.ok_or_else(nothing)?))
        })
        .await
}

/// Delete a note.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/notes/{note}", operation_id = "deleteNote", tag = "Notes",
    params(("id" = String, Path), ("note" = String, Path)), responses((status = 204)))]
async fn delete(
    State(app): State<App>,
    caller: Caller,
    At((text, note)): At<(String, String)>,
    write: Write<()>,
) -> Result<Response, Problem> {
    let (customer, note): (CustomerId, NoteId) = (id(&text, "customer")?, id(&note, "note")?);
    write.run(&app, &caller, move |tx, ctx, ()| notes::delete(tx, ctx, &customer, &note).map(|()| done())).await
}
