//! Mailings (SPEC 7.3): what one would do, beginning it, what became of each customer's mail, pausing, resuming, ending.

mod body;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers::bulk;
use domain::kit::{Ctx, MailingId, Right};
use domain::mailings::{self as room, Outcome, listed};
use serde::Deserialize;
use store::Tx;
use utoipa::IntoParams;
use utoipa_axum::routes;

use self::body::{Mailing, MailingCreate, MailingLine, MailingPreview, Trial, TrialCreate};
use super::asked::{Asked, At, limit};
use super::lists::{self, MailingsAsked};
use super::types::Page;
use super::words;
use super::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, send) = (Policy::May(Right::Read), Policy::May(Right::BulkMail));
    routes
        .api(read, routes!(list))
        .api(send, routes!(preview))
        .api(send, routes!(trial))
        .api(send, routes!(create))
        .api(read, routes!(get))
        .api(read, routes!(lines))
        .api(send, routes!(pause))
        .api(send, routes!(resume))
        .api(send, routes!(cancel))
}

/// Which lines.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LinesAsked {
    #[param(value_type = Option<words::MailingOutcome>)]
    outcome: Option<Outcome>,
    /// `next` of the page before.
    after: Option<i64>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

fn one(tx: &mut Tx, ctx: &Ctx, id: &MailingId) -> domain::Result<Mailing> {
    let found = listed::rows(tx, &seeing(ctx), &[id.to_string()])?.pop();
    found.map(Into::into).ok_or(domain::Error::NotFound("mailing"))
}

/// List mailings.
///
/// Newest first unless said otherwise.
#[utoipa::path(get, path = "/api/v1/mailings", operation_id = "listMailings", tag = "Mailings", params(MailingsAsked),
    responses((status = 200, body = Page<Mailing>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<Page<Mailing>>, Problem> {
    lists::page(&app, &ctx, &listed::LIST, raw.as_deref(), listed::rows).await
}

/// Preview a mailing.
///
/// Exactly how many would get it, who would be skipped and why, and the mail of the first one. Changes nothing. Needs the scope `read` too.
#[utoipa::path(post, path = "/api/v1/mailings/preview", operation_id = "previewMailing", tag = "Mailings", request_body = MailingCreate,
    responses((status = 200, body = MailingPreview)))]
async fn preview(State(app): State<App>, caller: Caller, write: Write<MailingCreate>) -> Result<axum::Json<MailingPreview>, Problem> {
    let (new, indexes) = (write.input.input()?, app.indexes.clone());
    let ctx = seeing(&caller.0);
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::preview(tx, ctx, &indexes, &new, 0)).await?.into()))
}

/// Send a trial.
///
/// The mail of one customer to an address of yours, marked as a trial and without a link to unsubscribe. It counts nowhere.
#[utoipa::path(post, path = "/api/v1/mailings/trials", operation_id = "sendMailingTrial", tag = "Mailings", request_body = TrialCreate,
    responses((status = 202, body = Trial)))]
async fn trial(State(app): State<App>, caller: Caller, write: Write<TrialCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, b| {
            let mail = room::send_trial(tx, &seeing(ctx), &b.template, &b.customer, &b.to)?;
            reply(StatusCode::ACCEPTED, "", &Trial { mail: mail.to_string() })
        })
        .await
}

/// Begin a mailing.
///
/// A job puts the mails into the outbox; whoever may not get it is skipped with a reason. Send an Idempotency-Key: without one, a repeat is
/// another mailing.
#[utoipa::path(post, path = "/api/v1/mailings", operation_id = "createMailing", tag = "Mailings", request_body = MailingCreate,
    responses((status = 202, body = Mailing)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<MailingCreate>) -> Result<Response, Problem> {
    let (selection, indexes) = (write.input.selection()?, app.indexes.clone());
    let picked = app.read(&seeing(&caller.0), move |tx, ctx| bulk::pick(tx, ctx, &indexes, &selection)).await?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let id = room::start(tx, &seeing(ctx), &body.input()?, picked.total)?;
            reply(StatusCode::ACCEPTED, &format!("/api/v1/mailings/{id}"), &one(tx, ctx, &id)?)
        })
        .await
}

/// Read a mailing.
#[utoipa::path(get, path = "/api/v1/mailings/{id}", operation_id = "getMailing", tag = "Mailings", params(("id" = String, Path)),
    responses((status = 200, body = Mailing)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Mailing>, Problem> {
    let id: MailingId = id(&text, "mailing")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| one(tx, ctx, &id)).await?))
}

/// List what became of each customer's mail.
#[utoipa::path(get, path = "/api/v1/mailings/{id}/lines", operation_id = "listMailingLines", tag = "Mailings",
    params(("id" = String, Path), LinesAsked), responses((status = 200, body = Page<MailingLine>)))]
async fn lines(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<LinesAsked>,
) -> Result<axum::Json<Page<MailingLine>>, Problem> {
    let id: MailingId = id(&text, "mailing")?;
    let (limit, after) = (limit(asked.limit)?, asked.after.unwrap_or(0));
    let mut found = app.read(&ctx, move |tx, ctx| room::rows(tx, ctx, &id, asked.outcome, after, limit + 1)).await?;
    let more = found.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|line| line.position.to_string());
    Ok(axum::Json(Page { next, ..Page::whole(found.into_iter().map(Into::into).collect()) }))
}

/// Pause a mailing.
///
/// What a server already has is on its way; the rest waits.
#[utoipa::path(post, path = "/api/v1/mailings/{id}/pause", operation_id = "pauseMailing", tag = "Mailings", params(("id" = String, Path)),
    responses((status = 200, body = Mailing)))]
async fn pause(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    steer(app, caller, &text, write, room::pause).await
}

/// Resume a mailing.
///
/// It goes on behind the last customer.
#[utoipa::path(delete, path = "/api/v1/mailings/{id}/pause", operation_id = "resumeMailing", tag = "Mailings", params(("id" = String, Path)),
    responses((status = 200, body = Mailing)))]
async fn resume(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    steer(app, caller, &text, write, room::resume).await
}

/// Cancel a mailing.
///
/// What waits in the outbox is taken back; what was sent stays sent.
#[utoipa::path(post, path = "/api/v1/mailings/{id}/cancel", operation_id = "cancelMailing", tag = "Mailings", params(("id" = String, Path)),
    responses((status = 200, body = Mailing)))]
async fn cancel(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    steer(app, caller, &text, write, room::cancel).await
}

async fn steer(
    app: App,
    caller: Caller,
    text: &str,
    write: Write<()>,
    verb: fn(&mut Tx, &Ctx, &MailingId) -> domain::Result<()>,
) -> Result<Response, Problem> {
    let id: MailingId = id(text, "mailing")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            verb(tx, ctx, &id)?;
            reply(StatusCode::OK, "", &one(tx, ctx, &id)?)
        })
        .await
}
