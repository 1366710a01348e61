//! Mailboxes that are looked into.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::conversations::mailboxes::{self as room, MailboxInput, Security};
use domain::kit::{MailboxId, Right};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::types::{Page, Time, time};
use crate::api::words;
use crate::api::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

pub fn routes(routes: Routes) -> Routes {
    let settings = Policy::May(Right::Settings);
    routes
        .api(settings, routes!(list))
        .api(settings, routes!(create))
        .api(settings, routes!(get))
        .api(settings, routes!(edit))
        .api(settings, routes!(look))
        .api(settings, routes!(disable))
}

/// A mailbox; its password is never given back.
#[derive(Debug, Serialize, ToSchema)]
struct Mailbox {
    id: String,
    /// What customers write to.
    address: String,
    host: String,
    port: i64,
    #[schema(value_type = words::MailboxSecurity)]
    security: Security,
    username: String,
    folder: String,
    /// New mail that belongs to no conversation opens a ticket.
    makes_tickets: bool,
    created_at: Time,
    /// Absent while it is looked into.
    disabled_at: Option<Time>,
    checked_at: Option<Time>,
    /// What went wrong at the last look; empty when nothing.
    error: String,
}

impl From<room::Mailbox> for Mailbox {
    fn from(m: room::Mailbox) -> Self {
        Self {
            id: m.id.to_string(),
            address: m.address,
            host: m.host,
            port: m.port,
            security: m.security,
            username: m.username,
            folder: m.folder,
            makes_tickets: m.makes_tickets,
            created_at: Time(m.created_at),
            disabled_at: time(m.disabled_at),
            checked_at: time(m.checked_at),
            error: m.error,
        }
    }
}

/// A mailbox to set up or to change.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailboxPut {
    #[schema(example = "desk@example.com")]
    address: String,
    #[schema(example = "imap.example.com")]
    host: String,
    #[serde(default = "usual_port")]
    #[schema(minimum = 1, maximum = 65_535)]
    port: i64,
    #[serde(default = "usual_security")]
    #[schema(value_type = words::MailboxSecurity)]
    security: Security,
    username: String,
    /// Absent keeps the one that is there.
    #[serde(default)]
    password: String,
    /// Absent: `INBOX`.
    #[serde(default)]
    folder: String,
    /// New mail that belongs to no conversation opens a ticket.
    #[serde(default)]
    makes_tickets: bool,
}

fn usual_port() -> i64 {
    993
}

fn usual_security() -> Security {
    Security::Tls
}

impl MailboxPut {
    fn input(&self) -> MailboxInput {
        MailboxInput {
            address: self.address.clone(),
            host: self.host.clone(),
            port: self.port,
            security: self.security,
            username: self.username.clone(),
            password: self.password.clone(),
            folder: self.folder.clone(),
            makes_tickets: self.makes_tickets,
        }
    }
}

/// List the mailboxes.
///
/// By address, those that are switched off too.
#[utoipa::path(get, path = "/api/v1/mailboxes", operation_id = "listMailboxes", tag = "Conversations",
    responses((status = 200, body = Page<Mailbox>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<Mailbox>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::list(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Set up a mailbox.
///
/// Mail that comes from this day on is filed. The password is stored encrypted.
#[utoipa::path(post, path = "/api/v1/mailboxes", operation_id = "createMailbox", tag = "Conversations", request_body = MailboxPut,
    responses((status = 201, body = Mailbox)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<MailboxPut>) -> Result<Response, Problem> {
    let vault = app.config.vault.clone();
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let id = room::create(tx, ctx, &vault, &b.input())?;
            reply(StatusCode::CREATED, &format!("/api/v1/mailboxes/{id}"), &Mailbox::from(room::get(tx, ctx, &id)?))
        })
        .await
}

/// Read a mailbox.
#[utoipa::path(get, path = "/api/v1/mailboxes/{id}", operation_id = "getMailbox", tag = "Conversations", params(("id" = String, Path)),
    responses((status = 200, body = Mailbox)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Mailbox>, Problem> {
    let id: MailboxId = id(&text, "mailbox")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change a mailbox.
///
/// One that was switched off is looked into again, and needs its password.
#[utoipa::path(put, path = "/api/v1/mailboxes/{id}", operation_id = "editMailbox", tag = "Conversations", params(("id" = String, Path)),
    request_body = MailboxPut, responses((status = 200, body = Mailbox)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<MailboxPut>) -> Result<Response, Problem> {
    let (id, vault): (MailboxId, _) = (id(&text, "mailbox")?, app.config.vault.clone());
    write
        .run(&app, &caller, move |tx, ctx, b| {
            room::edit(tx, ctx, &vault, &id, &b.input())?;
            reply(StatusCode::OK, "", &Mailbox::from(room::get(tx, ctx, &id)?))
        })
        .await
}

/// Look into a mailbox as soon as a worker is free.
#[utoipa::path(post, path = "/api/v1/mailboxes/{id}/looks", operation_id = "lookIntoMailbox", tag = "Conversations", params(("id" = String, Path)),
    responses((status = 204)))]
async fn look(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: MailboxId = id(&text, "mailbox")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::look_now(tx, ctx, &id).map(|()| done())).await
}

/// Switch a mailbox off.
///
/// Its password is forgotten. What it brought stays.
#[utoipa::path(post, path = "/api/v1/mailboxes/{id}/disable", operation_id = "disableMailbox", tag = "Conversations", params(("id" = String, Path)),
    responses((status = 204)))]
async fn disable(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: MailboxId = id(&text, "mailbox")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::disable(tx, ctx, &id).map(|()| done())).await
}
