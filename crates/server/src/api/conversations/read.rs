//! Reading: a customer's stream, the inbox, one conversation, one entry, a file.

use axum::extract::State;
use axum::response::Response;
use domain::conversations as room;
use domain::customers;
use domain::kit::{ConversationId, CustomerId, EntryFileId, EntryId, PageKey, Right};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::body::{Conversation, Entry};
use crate::api::asked::{Asked, At, after, limit, maybe};
use crate::api::types::Page;
use crate::api::words;
use crate::app::App;
use crate::dashboard::conversations::download;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    routes
        .api(read, routes!(stream))
        .api(read, routes!(inbox))
        .api(read, routes!(conversation))
        .api(read, routes!(entries))
        .api(read, routes!(entry))
        .api(read, routes!(file))
}

/// A page of a stream.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StreamAsked {
    /// Only of this kind.
    #[param(value_type = Option<words::ConversationKind>)]
    kind: Option<String>,
    /// Any part of what was said, of the subject, of names and addresses; case and accents aside.
    q: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A page of entries or conversations.
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

/// A page of the inbox.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InboxAsked {
    /// Which part; `unknown` unless said.
    #[param(value_type = Option<words::ConversationInbox>, inline)]
    view: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// One row more was read than is shown: by it there is a next page.
fn page<R, T: From<R>>(mut found: Vec<R>, limit: i64, key: impl Fn(&R) -> PageKey) -> Page<T> {
    let limit = usize::try_from(limit).unwrap_or_default();
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|row| key(row).to_string());
    Page { data: found.into_iter().map(Into::into).collect(), next, prev: None, total: None }
}

fn entry_key(e: &room::Entry) -> PageKey {
    PageKey { at: e.at, id: e.id.to_string() }
}

/// List what was said to and by a customer.
///
/// Mails, chat messages and calls in one stream, newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/entries", operation_id = "listEntries", tag = "Conversations",
    params(("id" = String, Path), StreamAsked), responses((status = 200, body = Page<Entry>)))]
async fn stream(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<StreamAsked>,
) -> Result<axum::Json<Page<Entry>>, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let (limit, from) = (limit(asked.limit)?, after(asked.after.as_deref())?.unwrap_or_else(PageKey::newest));
    let wanted = room::Asked { kind: maybe("kind", asked.kind.as_deref())?, q: asked.q.unwrap_or_default() };
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::stream(tx, ctx, &customer, &wanted, &from, limit + 1)
        })
        .await?;
    Ok(axum::Json(page(found, limit, entry_key)))
}

/// List conversations that wait.
///
/// Of unknown senders, of customers whose last word nobody answered, or put aside; the newest word first.
#[utoipa::path(get, path = "/api/v1/conversations", operation_id = "listInbox", tag = "Conversations", params(InboxAsked),
    responses((status = 200, body = Page<Conversation>)))]
async fn inbox(
    State(app): State<App>,
    Caller(ctx): Caller,
    Asked(asked): Asked<InboxAsked>,
) -> Result<axum::Json<Page<Conversation>>, Problem> {
    let (limit, from) = (limit(asked.limit)?, after(asked.after.as_deref())?.unwrap_or_else(PageKey::newest));
    let which = maybe("view", asked.view.as_deref())?.unwrap_or(room::Inbox::Unknown);
    let found = app.read(&ctx, move |tx, ctx| room::inbox(tx, ctx, which, &from, limit + 1)).await?;
    Ok(axum::Json(page(found, limit, |c| PageKey { at: c.last_at, id: c.id.to_string() })))
}

/// Read a conversation.
#[utoipa::path(get, path = "/api/v1/conversations/{id}", operation_id = "getConversation", tag = "Conversations", params(("id" = String, Path)),
    responses((status = 200, body = Conversation)))]
async fn conversation(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Conversation>, Problem> {
    let id: ConversationId = id(&text, "conversation")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// List the entries of a conversation.
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/entries", operation_id = "listConversationEntries", tag = "Conversations",
    params(("id" = String, Path), EntriesAsked), responses((status = 200, body = Page<Entry>)))]
async fn entries(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<EntriesAsked>,
) -> Result<axum::Json<Page<Entry>>, Problem> {
    let id: ConversationId = id(&text, "conversation")?;
    let (limit, from) = (limit(asked.limit)?, after(asked.after.as_deref())?.unwrap_or_else(PageKey::newest));
    let found = app
        .read(&ctx, move |tx, ctx| {
            room::get(tx, ctx, &id)?;
            room::entries(tx, ctx, &id, &from, limit + 1)
        })
        .await?;
    Ok(axum::Json(page(found, limit, entry_key)))
}

/// Read an entry.
///
/// With all of its text.
#[utoipa::path(get, path = "/api/v1/entries/{id}", operation_id = "getEntry", tag = "Conversations", params(("id" = String, Path)),
    responses((status = 200, body = Entry)))]
async fn entry(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Entry>, Problem> {
    let id: EntryId = id(&text, "entry")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::entry(tx, ctx, &id)).await?.into()))
}

/// Download a file of an entry.
///
/// Always as `application/octet-stream`: it is a stranger's.
#[utoipa::path(get, path = "/api/v1/entries/{id}/files/{file}", operation_id = "getEntryFile", tag = "Conversations",
    params(("id" = String, Path), ("file" = String, Path)), responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn file(State(app): State<App>, Caller(ctx): Caller, At((entry, file)): At<(String, String)>) -> Result<Response, Problem> {
    let (entry, file): (EntryId, EntryFileId) = (id(&entry, "entry")?, id(&file, "file")?);
    let (name, _, bytes) = app.read(&ctx, move |tx, ctx| room::file(tx, ctx, &entry, &file)).await?;
    Ok(download(&name, bytes))
}
