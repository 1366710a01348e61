//! Long work: what runs, how far it is, and what became of each row.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::jobs as room;
use domain::kit::{JobId, Right};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked::{Asked, At, limit};
use super::types::{Page, Time, time};
use super::write::{Write, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

type Answer<T> = Result<axum::Json<T>, Problem>;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    routes
        .api(read, routes!(list))
        .api(read, routes!(get))
        .api(read, routes!(rows))
        .api(read, routes!(cancel))
        .api(read, routes!(retry))
        .api(read, routes!(undo))
}

/// A job.
#[derive(Debug, Serialize, ToSchema)]
pub struct Job {
    pub id: String,
    /// `bulk`, `recompute`, …
    pub kind: String,
    /// `queued`, `running`, `done`, `failed`, `cancelled`.
    pub state: String,
    /// Units done.
    pub done: i64,
    /// Units in all; 0 while not known.
    pub total: i64,
    /// What came out, by kind: counts by outcome.
    #[schema(value_type = serde_json::Value)]
    pub result: serde_json::Value,
    /// Why it failed, in words.
    pub error: String,
    /// Somebody asked to stop.
    pub cancel_asked: bool,
    /// Who asked for it.
    pub actor: String,
    pub created_at: Time,
    pub started_at: Option<Time>,
    pub finished_at: Option<Time>,
}

impl From<room::Job> for Job {
    fn from(j: room::Job) -> Self {
        Self {
            id: j.id.to_string(),
            kind: j.kind,
            state: j.state.name().to_owned(),
            done: j.done,
            total: j.total,
            result: j.result,
            error: j.error,
            cancel_asked: j.cancel_asked,
            actor: j.actor.name,
            created_at: Time(j.created_at),
            started_at: time(j.started_at),
            finished_at: time(j.finished_at),
        }
    }
}

/// What became of one row.
#[derive(Debug, Serialize, ToSchema)]
struct JobRow {
    /// Its place, from 1.
    position: i64,
    /// Id of a customer.
    subject: String,
    /// `done`, `refused`, `skipped`, `undone`.
    outcome: String,
    /// Why, in words; empty when done.
    reason: String,
}

/// How many.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct JobsAsked {
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Which rows.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RowsAsked {
    /// `done`, `refused`, `skipped` or `undone`.
    outcome: Option<String>,
    /// `next` of the page before.
    after: Option<i64>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// List jobs.
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/jobs", operation_id = "listJobs", tag = "Jobs", params(JobsAsked), responses((status = 200, body = Page<Job>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, Asked(asked): Asked<JobsAsked>) -> Answer<Page<Job>> {
    let limit = limit(asked.limit)?;
    let found = app.read(&ctx, move |tx, ctx| room::list(tx, ctx, limit)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Read a job.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", operation_id = "getJob", tag = "Jobs", params(("id" = String, Path)),
    responses((status = 200, body = Job)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Job> {
    let id: JobId = id(&text, "job")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::load(tx, ctx, &id)).await?.into()))
}

/// List what became of each row of a job.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/rows", operation_id = "listJobRows", tag = "Jobs", params(("id" = String, Path), RowsAsked),
    responses((status = 200, body = Page<JobRow>)))]
async fn rows(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>, Asked(asked): Asked<RowsAsked>) -> Answer<Page<JobRow>> {
    let id: JobId = id(&text, "job")?;
    let limit = limit(asked.limit)?;
    let mut found = app
        .read(&ctx, move |tx, ctx| {
            room::load(tx, ctx, &id)?;
            room::rows(tx, ctx, &id, asked.outcome.as_deref(), asked.after.unwrap_or(0), limit + 1)
        })
        .await?;
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|r| r.position.to_string());
    let row = |r: room::Row| JobRow { position: r.position, subject: r.subject_id, outcome: r.outcome, reason: r.reason };
    Ok(axum::Json(Page { next, ..Page::whole(found.into_iter().map(row).collect()) }))
}

/// Cancel a job.
///
/// It stops behind its current slice; what is done stays done. One's own jobs, or with the scope `settings` all.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancellation", operation_id = "cancelJob", tag = "Jobs", params(("id" = String, Path)),
    responses((status = 200, body = Job)))]
async fn cancel(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: JobId = id(&text, "job")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            room::cancel(tx, ctx, &id)?;
            reply(StatusCode::OK, "", &Job::from(room::load(tx, ctx, &id)?))
        })
        .await
}

/// Let a failed job go on where it stopped.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/retry", operation_id = "retryJob", tag = "Jobs", params(("id" = String, Path)),
    responses((status = 200, body = Job)))]
async fn retry(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: JobId = id(&text, "job")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            room::retry(tx, ctx, &id)?;
            reply(StatusCode::OK, "", &Job::from(room::load(tx, ctx, &id)?))
        })
        .await
}

/// Undo a group action.
///
/// Everybody goes back to what they were, as far as nobody changed them since. Answers with the job that does it; 409 `not_undoable` for
/// what deleted for good.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/undo", operation_id = "undoJob", tag = "Jobs", params(("id" = String, Path)),
    responses((status = 202, body = Job)))]
async fn undo(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: JobId = id(&text, "job")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let undo = domain::customers::bulk::undo(tx, ctx, &id)?;
            reply(StatusCode::ACCEPTED, &format!("/api/v1/jobs/{undo}"), &Job::from(room::load(tx, ctx, &undo)?))
        })
        .await
}
