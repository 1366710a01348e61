//! Chats and calls, as programs tell them (SPEC 7.2).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::conversations::{self as room, CallInput, ChatInput, MessageInput};
use domain::kit::{ConversationId, CustomerId, Right};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::{Conversation, Entry};
use crate::api::asked::At;
use crate::api::types::Time;
use crate::api::words;
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

pub fn routes(routes: Routes) -> Routes {
    let write = Policy::May(Right::Write);
    routes.api(write, routes!(open_chat)).api(write, routes!(say)).api(write, routes!(record_call))
}

/// A chat that begins.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ChatNew {
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
    /// By it the customer is found when none is named.
    #[schema(example = "ana@example.com")]
    email: String,
    name: String,
    subject: String,
}

/// A message of a chat.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessageNew {
    #[schema(value_type = words::EntryDirection)]
    direction: room::Direction,
    /// The name of who said it.
    #[serde(default)]
    author: String,
    body: String,
    /// Absent: now.
    #[serde(default)]
    at: Option<Time>,
}

/// A call that is over.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CallNew {
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
    /// The other side's number; by it the customer is found when none is named.
    #[schema(example = "+34 612 345 678")]
    phone: String,
    #[schema(value_type = words::EntryDirection)]
    direction: room::Direction,
    #[schema(value_type = words::CallOutcome)]
    outcome: room::Outcome,
    started_at: Time,
    /// How long they spoke.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 86_400)]
    seconds: i64,
    /// Who of the house.
    #[serde(default)]
    author: String,
    /// What it was about.
    #[serde(default)]
    note: String,
    /// The id of the call where it was made: the same again is the same entry.
    #[serde(default)]
    external_id: String,
}

/// Open a chat.
///
/// Of somebody unknown it waits in the inbox. It is closed with `POST /api/v1/conversations/{id}/closure`.
#[utoipa::path(post, path = "/api/v1/chats", operation_id = "openChat", tag = "Conversations", request_body = ChatNew,
    responses((status = 201, body = Conversation)))]
async fn open_chat(State(app): State<App>, caller: Caller, write: Write<ChatNew>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, b| {
            let input =
                ChatInput { customer: b.customer.clone(), email: b.email.clone(), name: b.name.clone(), subject: b.subject.clone() };
            let id = room::open_chat(tx, ctx, &input)?;
            reply(StatusCode::CREATED, &format!("/api/v1/conversations/{id}"), &Conversation::from(room::get(tx, &seeing(ctx), &id)?))
        })
        .await
}

/// Add a message to a chat.
///
/// Answers 409 `not_chat` for a conversation that is none. A closed chat is open again.
#[utoipa::path(post, path = "/api/v1/chats/{id}/messages", operation_id = "addChatMessage", tag = "Conversations", params(("id" = String, Path)),
    request_body = MessageNew, responses((status = 201, body = Entry)))]
async fn say(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<MessageNew>) -> Result<Response, Problem> {
    let chat: ConversationId = id(&text, "conversation")?;
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let input = MessageInput { direction: b.direction, author: b.author.clone(), body: b.body.clone(), at: b.at.map(|t| t.0) };
            let entry = room::say(tx, ctx, &chat, &input)?;
            reply(StatusCode::CREATED, &format!("/api/v1/entries/{entry}"), &Entry::from(room::entry(tx, &seeing(ctx), &entry)?))
        })
        .await
}

/// Record a call.
///
/// When it is over. The same `external_id` again answers 200 with the same entry. Of somebody unknown it waits in the inbox.
#[utoipa::path(post, path = "/api/v1/calls", operation_id = "recordCall", tag = "Conversations", request_body = CallNew,
    responses((status = 201, body = Entry), (status = 200, body = Entry)))]
async fn record_call(State(app): State<App>, caller: Caller, write: Write<CallNew>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, b| {
            let input = CallInput {
                customer: b.customer.clone(),
                phone: b.phone.clone(),
                direction: b.direction,
                outcome: b.outcome,
                started_at: b.started_at.0,
                seconds: b.seconds,
                author: b.author.clone(),
                note: b.note.clone(),
                external_id: b.external_id.clone(),
            };
            let (entry, new) = room::record_call(tx, ctx, &input)?;
            let status = if new { StatusCode::CREATED } else { StatusCode::OK };
            reply(status, &format!("/api/v1/entries/{entry}"), &Entry::from(room::entry(tx, &seeing(ctx), &entry)?))
        })
        .await
}
