//! The outbox: what waits, went, or did not go.

use axum::extract::{RawQuery, State};
use domain::kit::{MailId, Right};
use domain::mail::listed::{self, Carries, Listed};
use domain::mail::{self};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::lists::{self, MailsAsked};
use super::types::{Page, Time, time};
use super::words;
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    routes.api(read, routes!(list)).api(read, routes!(get))
}

/// A mail of the outbox.
#[derive(Debug, Serialize, ToSchema)]
struct OutboxMail {
    id: String,
    #[schema(value_type = words::MailState)]
    state: mail::State,
    #[schema(value_type = words::MailCarries)]
    carries: Carries,
    customer: Option<String>,
    invoice: Option<String>,
    offer: Option<String>,
    payment_link: Option<String>,
    to: String,
    subject: String,
    /// How often it was tried.
    attempts: i64,
    /// What the server or the network said last.
    error: String,
    queued_at: Time,
    queued_by: String,
    next_at: Option<Time>,
    sent_at: Option<Time>,
}

impl From<Listed> for OutboxMail {
    fn from(row: Listed) -> Self {
        let m = row.mail;
        Self {
            id: m.id.to_string(),
            state: m.state,
            carries: row.carries,
            customer: row.customer.map(|id| id.to_string()),
            invoice: m.invoice.map(|id| id.to_string()),
            offer: m.offer.map(|id| id.to_string()),
            payment_link: m.payment_link.map(|id| id.to_string()),
            to: m.recipient,
            subject: m.subject,
            attempts: m.attempts,
            error: m.error,
            queued_at: Time(m.queued_at),
            queued_by: m.queued_by,
            next_at: time(m.next_at),
            sent_at: time(m.sent_at),
        }
    }
}

/// List mails.
///
/// The outbox, newest first. `retryMail` sends one that failed once more.
#[utoipa::path(get, path = "/api/v1/mails", operation_id = "listMails", tag = "Mails", params(MailsAsked),
    responses((status = 200, body = Page<OutboxMail>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<Page<OutboxMail>>, Problem> {
    lists::page(&app, &ctx, &listed::LIST, raw.as_deref(), listed::rows).await
}

/// Get a mail.
///
/// What became of it. Its words are not given: some hold a link that is meant for the receiver alone.
#[utoipa::path(get, path = "/api/v1/mails/{id}", operation_id = "getMail", tag = "Mails", params(("id" = String, Path)),
    responses((status = 200, body = OutboxMail)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<OutboxMail>, Problem> {
    let mail: MailId = id(&text, "mail")?;
    let found = app.read(&ctx, move |tx, ctx| listed::rows(tx, ctx, &[mail.to_string()])).await?.pop();
    Ok(axum::Json(found.ok_or(domain::Error::NotFound("mail"))?.into()))
}
