//! Personal data: all of one person as a file, and the register of what people ask about theirs.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::invoices::due_days;
use domain::kit::{Ctx, CustomerId, Problems, RequestId, Right};
use domain::privacy::data::{self, Format};
use domain::privacy::requests as room;
use serde::{Deserialize, Serialize};
use store::Tx;
use tokio_util::io::ReaderStream;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::api::asked::{Asked, At};
use crate::api::lists;
use crate::api::types::{Page, Time};
use crate::api::words;
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::dashboard::spooled;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, answer) = (Policy::May(Right::Read), Policy::May(Right::PersonalData));
    routes
        .api(answer, routes!(file))
        .api(read, routes!(list))
        .api(answer, routes!(create))
        .api(read, routes!(get))
        .api(answer, routes!(edit))
        .api(answer, routes!(close))
        .api(answer, routes!(reopen))
        .api(answer, routes!(extend))
}

/// Which of the two files.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FileAsked {
    /// `json` unless said; `html` reads well on a phone and on paper.
    #[param(pattern = "^(json|html)?$")]
    format: Option<String>,
}

/// All that is kept about a person.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described; the file is written row by row")]
struct PersonalData {
    #[schema(example = "regulars.personal-data.v1")]
    layout: String,
    merchant: String,
    name: String,
    /// The customer, and those merged into it.
    customers: Vec<String>,
    /// RFC 3339, UTC.
    made_at: String,
    sections: Vec<PersonalSection>,
}

/// What one part of Regulars keeps.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described; the file is written row by row")]
struct PersonalSection {
    #[schema(example = "Profile")]
    heading: String,
    #[schema(example = "customers")]
    table: String,
    /// Each with its columns by name.
    rows: Vec<BTreeMap<String, serde_json::Value>>,
}

/// Take all data of one person.
///
/// Everything that is kept about a customer, and about those merged into it, from all rooms; without secrets and without the names of the staff. Noted
/// on the timeline.
#[utoipa::path(get, path = "/api/v1/customers/{id}/data", operation_id = "getCustomerData", tag = "Privacy",
    params(("id" = String, Path), FileAsked),
    responses((status = 200, description = "The file", content((PersonalData = "application/json"), (String = "text/html")))))]
async fn file(State(app): State<App>, caller: Caller, At(text): At<String>, Asked(asked): Asked<FileAsked>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let format = match asked.format.as_deref().unwrap_or_default() {
        "" => Format::Json,
        word => word.parse().map_err(|()| Problems::one("format", "invalid", "Use json or html."))?,
    };
    let name = format!("data-{customer}.{}", format.name());
    let file = tokio::task::spawn_blocking(move || spooled(|out| data::write(&app.db, &caller.0, &customer, format, out).map(drop)))
        .await
        .map_err(|e| domain::Error::Internal(e.to_string()))??;
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    let body = Body::from_stream(ReaderStream::with_capacity(tokio::fs::File::from_std(file), 1 << 16));
    Ok((headers, body).into_response())
}

/// A request of somebody about their data.
#[derive(Debug, Serialize, ToSchema)]
struct PrivacyRequest {
    id: String,
    #[schema(value_type = words::RequestKind)]
    kind: room::Kind,
    #[schema(value_type = words::RequestState)]
    state: room::State,
    /// Once it is known.
    customer: Option<String>,
    /// Who asks, as they said.
    who: String,
    note: String,
    #[schema(example = "2026-06-15")]
    received_on: String,
    /// The last day to answer.
    #[schema(example = "2026-07-15")]
    due_on: String,
    created_at: Time,
    created_by: String,
    closed_at: Option<Time>,
    /// Empty while it is open.
    closed_by: String,
    /// The last day before it was extended.
    #[schema(example = "2026-07-15")]
    extended_from: Option<String>,
    /// Why it was extended; empty unless it was.
    extension: String,
    /// Send it back as `expected_version`.
    version: i64,
}

impl From<room::Request> for PrivacyRequest {
    fn from(q: room::Request) -> Self {
        Self {
            id: q.id.to_string(),
            kind: q.kind,
            state: q.state,
            customer: q.customer.map(|c| c.to_string()),
            who: q.who,
            note: q.note,
            received_on: due_days(q.received_on).to_string(),
            due_on: due_days(q.due_on).to_string(),
            created_at: Time(q.created_at),
            created_by: q.created_by,
            closed_at: q.closed_at.map(Time),
            closed_by: q.closed_by,
            extended_from: q.extended_from.map(|day| due_days(day).to_string()),
            extension: q.extension,
            version: q.version,
        }
    }
}

/// A request to be written down.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PrivacyRequestNew {
    #[schema(value_type = words::RequestKind)]
    kind: room::Kind,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
    /// Who asks; needed without a customer.
    #[serde(default)]
    who: String,
    #[serde(default)]
    note: String,
    /// The day it came; absent: today.
    #[serde(default)]
    #[schema(example = "2026-06-15")]
    received_on: Option<String>,
}

impl PrivacyRequestNew {
    fn input(&self) -> domain::Result<room::NewRequest> {
        let wrong = |_| Problems::one("received_on", "invalid", "Use a day such as 2026-06-15.");
        let received_on = self.received_on.as_deref().map(|day| day.parse().map_err(wrong)).transpose()?;
        let (who, note) = (self.who.clone(), self.note.clone());
        Ok(room::NewRequest { kind: self.kind, customer: self.customer.clone(), who, note, received_on })
    }
}

/// A change; what is absent stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PrivacyRequestPatch {
    #[serde(default)]
    expected_version: Option<i64>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
    #[serde(default)]
    who: Option<String>,
    #[serde(default)]
    note: Option<String>,
}

/// How it was answered.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PrivacyRequestClosed {
    /// `done` or `refused`.
    #[schema(value_type = words::RequestState)]
    state: room::State,
    /// In the place of the note there is; a refusal says why.
    #[serde(default)]
    note: String,
}

/// List requests about data.
///
/// What is due first comes first.
#[utoipa::path(get, path = "/api/v1/privacy-requests", operation_id = "listPrivacyRequests", tag = "Privacy", params(lists::RequestsAsked),
    responses((status = 200, body = Page<PrivacyRequest>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<Page<PrivacyRequest>>, Problem> {
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), room::listed::rows).await
}

fn whole(tx: &mut Tx, ctx: &Ctx, id: &RequestId) -> domain::Result<PrivacyRequest> {
    room::get(tx, &seeing(ctx), id).map(Into::into)
}

/// Write a request down.
///
/// It is due in a month, by the calendar, from the day it came.
#[utoipa::path(post, path = "/api/v1/privacy-requests", operation_id = "createPrivacyRequest", tag = "Privacy",
    request_body = PrivacyRequestNew, responses((status = 201, body = PrivacyRequest)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<PrivacyRequestNew>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let made = room::create(tx, ctx, &body.input()?)?;
            reply(StatusCode::CREATED, &format!("/api/v1/privacy-requests/{made}"), &whole(tx, ctx, &made)?)
        })
        .await
}

/// Read a request.
#[utoipa::path(get, path = "/api/v1/privacy-requests/{id}", operation_id = "getPrivacyRequest", tag = "Privacy",
    params(("id" = String, Path)), responses((status = 200, body = PrivacyRequest)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<PrivacyRequest>, Problem> {
    let id: RequestId = id(&text, "request")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change a request.
///
/// Answers 409 `request_state` once it is closed.
#[utoipa::path(patch, path = "/api/v1/privacy-requests/{id}", operation_id = "editPrivacyRequest", tag = "Privacy",
    params(("id" = String, Path)), request_body = PrivacyRequestPatch, responses((status = 200, body = PrivacyRequest)))]
async fn edit(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<PrivacyRequestPatch>,
) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| {
        let PrivacyRequestPatch { expected_version, customer, who, note } = body.clone();
        room::edit(tx, ctx, id, &room::Edit { expected_version, customer, who, note })
    })
    .await
}

/// Close a request.
#[utoipa::path(post, path = "/api/v1/privacy-requests/{id}/closure", operation_id = "closePrivacyRequest", tag = "Privacy",
    params(("id" = String, Path)), request_body = PrivacyRequestClosed, responses((status = 200, body = PrivacyRequest)))]
async fn close(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<PrivacyRequestClosed>,
) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::close(tx, ctx, id, body.state, &body.note)).await
}

/// Open a request again.
#[utoipa::path(delete, path = "/api/v1/privacy-requests/{id}/closure", operation_id = "reopenPrivacyRequest", tag = "Privacy",
    params(("id" = String, Path)), responses((status = 200, body = PrivacyRequest)))]
async fn reopen(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::reopen(tx, ctx, id)).await
}

/// Why more time is needed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PrivacyRequestExtend {
    /// Whoever asks is to be told.
    #[schema(min_length = 1, max_length = 1000)]
    reason: String,
}

/// Extend a request.
///
/// Once, by two months, before its last day is over (Art. 12(3) GDPR). Answers 409 `already_extended`, `too_late`, `request_state`.
#[utoipa::path(post, path = "/api/v1/privacy-requests/{id}/extension", operation_id = "extendPrivacyRequest", tag = "Privacy",
    params(("id" = String, Path)), request_body = PrivacyRequestExtend, responses((status = 200, body = PrivacyRequest)))]
async fn extend(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<PrivacyRequestExtend>,
) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::extend(tx, ctx, id, &body.reason)).await
}

/// One verb on one request, answered with the request as it is then.
async fn step<T: Clone + Send + Sync + 'static>(
    app: &App,
    caller: &Caller,
    text: &str,
    write: Write<T>,
    verb: impl Fn(&mut Tx, &Ctx, &RequestId, &T) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let id: RequestId = id(text, "request")?;
    write
        .run(app, caller, move |tx, ctx, body| {
            verb(tx, ctx, &id, body)?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}
