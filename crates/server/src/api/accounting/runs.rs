//! Runs of exports, their log, and trying again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounting::log::{self, Entry};
use domain::accounting::run::{self as room, Run};
use domain::kit::{CustomerId, JobId, Right};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::which;
use crate::api::asked::{Asked, At, NewestAsked, after, limit};
use crate::api::types::{Page, Time};
use crate::api::words;
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (books, read) = (Policy::May(Right::Payments), Policy::May(Right::Read));
    routes
        .api(books, routes!(list))
        .api(books, routes!(start))
        .api(books, routes!(get))
        .api(books, routes!(log_of_run))
        .api(books, routes!(again))
        .api(books, routes!(again_one))
        .api(read, routes!(log_of_customer))
}

/// A run of exports. It is a job: `POST /jobs/{id}/cancel` stops it.
#[derive(Debug, Serialize, ToSchema)]
struct AccountingRun {
    /// Id of the run, and of its job.
    id: String,
    /// `queued`, `running`, `done`, `failed`, `cancelled`.
    state: &'static str,
    /// Rows with an outcome.
    done: i64,
    /// Rows in all; 0 while it collects.
    total: i64,
    /// Rows that are in the books.
    exported: i64,
    /// Rows that were refused.
    refused: i64,
    /// Why it failed, in words.
    error: String,
    /// Who asked for it.
    created_by: String,
    created_at: Time,
}

impl From<Run> for AccountingRun {
    fn from(r: Run) -> Self {
        Self {
            id: r.id.to_string(),
            state: r.state.name(),
            done: r.done,
            total: r.total,
            exported: r.exported,
            refused: r.refused,
            error: r.error,
            created_by: r.created_by,
            created_at: Time(r.created_at),
        }
    }
}

/// A run that began.
#[derive(Debug, Serialize, ToSchema)]
struct AccountingRunStarted {
    /// Id of the run, and of its job.
    run: String,
}

/// A try to export something.
#[derive(Debug, Serialize, ToSchema)]
struct AccountingLogEntry {
    id: String,
    connection: String,
    run: String,
    #[schema(value_type = words::AccountingKind)]
    kind: &'static str,
    /// Id of the customer or invoice.
    subject: String,
    customer: Option<String>,
    /// Number of the invoice, reference of the customer: what it is found by there.
    reference: String,
    #[schema(value_type = words::AccountingAction)]
    action: &'static str,
    #[schema(value_type = words::AccountingOutcome)]
    outcome: &'static str,
    /// What people there call it.
    remote_number: String,
    /// In words.
    message: String,
    at: Time,
    /// How far the export came meanwhile.
    #[schema(value_type = Option<words::AccountingExportState>)]
    state: Option<&'static str>,
    /// Paid in the books, as far as they say.
    paid: Option<bool>,
}

impl From<Entry> for AccountingLogEntry {
    fn from(e: Entry) -> Self {
        Self {
            id: e.id.to_string(),
            connection: e.connection.to_string(),
            run: e.run.to_string(),
            kind: e.kind.name(),
            subject: e.subject,
            customer: e.customer.map(|c| c.to_string()),
            reference: e.reference,
            action: e.action.name(),
            outcome: e.outcome.name(),
            remote_number: e.remote_number,
            message: e.words,
            at: Time(e.created_at),
            state: e.state.map(|s| s.name()),
            paid: e.paid,
        }
    }
}

fn paged(page: log::Page) -> axum::Json<Page<AccountingLogEntry>> {
    let next = page.next.map(|key| key.to_string());
    axum::Json(Page { next, ..Page::whole(page.entries.into_iter().map(Into::into).collect()) })
}

fn started(run: &JobId) -> domain::Result<domain::replies::Reply> {
    reply(StatusCode::ACCEPTED, &format!("/api/v1/accounting-runs/{run}"), &AccountingRunStarted { run: run.to_string() })
}

/// List the runs of a connection.
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/accounting-connections/{id}/runs", operation_id = "listAccountingRuns", tag = "Accounting",
    params(("id" = String, Path), NewestAsked), responses((status = 200, body = Page<AccountingRun>)))]
async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<NewestAsked>,
) -> Result<axum::Json<Page<AccountingRun>>, Problem> {
    let (id, limit, behind) = (which(&text)?, limit(asked.limit)?, after(asked.after.as_deref())?);
    let page = app.read(&ctx, move |tx, ctx| room::list(tx, ctx, &id, behind.as_ref(), limit)).await?;
    let next = page.next.map(|key| key.to_string());
    Ok(axum::Json(Page { next, ..Page::whole(page.runs.into_iter().map(Into::into).collect()) }))
}

/// Begin a run.
///
/// Everything issued that is not in the books yet, what was refused before too. One run of a connection goes on at a time.
#[utoipa::path(post, path = "/api/v1/accounting-connections/{id}/runs", operation_id = "startAccountingRun", tag = "Accounting",
    params(("id" = String, Path)), responses((status = 202, body = AccountingRunStarted)))]
async fn start(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id = which(&text)?;
    write.run(&app, &caller, move |tx, ctx, ()| started(&room::start(tx, ctx, &id)?)).await
}

/// Read a run.
#[utoipa::path(get, path = "/api/v1/accounting-runs/{id}", operation_id = "getAccountingRun", tag = "Accounting",
    params(("id" = String, Path)), responses((status = 200, body = AccountingRun)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<AccountingRun>, Problem> {
    let id = of_run(&text)?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::one(tx, ctx, &id)).await?.0.into()))
}

/// List what became of each row of a run.
///
/// The newest first.
#[utoipa::path(get, path = "/api/v1/accounting-runs/{id}/log", operation_id = "listAccountingRunLog", tag = "Accounting",
    params(("id" = String, Path), NewestAsked), responses((status = 200, body = Page<AccountingLogEntry>)))]
async fn log_of_run(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<NewestAsked>,
) -> Result<axum::Json<Page<AccountingLogEntry>>, Problem> {
    let (id, limit, behind) = (of_run(&text)?, limit(asked.limit)?, after(asked.after.as_deref())?);
    Ok(paged(app.read(&ctx, move |tx, ctx| log::of_run(tx, ctx, &id, behind.as_ref(), limit)).await?))
}

/// Try what was refused in a run again.
///
/// In a run of its own.
#[utoipa::path(post, path = "/api/v1/accounting-runs/{id}/retry", operation_id = "retryAccountingRun", tag = "Accounting",
    params(("id" = String, Path)), responses((status = 202, body = AccountingRunStarted)))]
async fn again(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id = of_run(&text)?;
    write.run(&app, &caller, move |tx, ctx, ()| started(&room::again(tx, ctx, &id)?)).await
}

/// Try one export again.
///
/// `subject` is the id of the customer or invoice. It joins the run that goes on, else it has one of its own.
#[utoipa::path(post, path = "/api/v1/accounting-connections/{id}/exports/{subject}/retry", operation_id = "retryAccountingExport", tag = "Accounting",
    params(("id" = String, Path), ("subject" = String, Path)), responses((status = 202, body = AccountingRunStarted)))]
async fn again_one(
    State(app): State<App>,
    caller: Caller,
    At((text, subject)): At<(String, String)>,
    write: Write<()>,
) -> Result<Response, Problem> {
    let id = which(&text)?;
    write.run(&app, &caller, move |tx, ctx, ()| started(&room::again_one(tx, ctx, &id, &subject)?)).await
}

/// List what of a customer was exported to the books.
///
/// The customer itself and its invoices and credit notes, every try, the newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/accounting-log", operation_id = "listCustomerAccountingLog", tag = "Accounting",
    params(("id" = String, Path), NewestAsked), responses((status = 200, body = Page<AccountingLogEntry>)))]
async fn log_of_customer(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<NewestAsked>,
) -> Result<axum::Json<Page<AccountingLogEntry>>, Problem> {
    let (customer, limit, behind) = (id::<CustomerId>(&text, "customer")?, limit(asked.limit)?, after(asked.after.as_deref())?);
    let found = app.read(&ctx, move |tx, ctx| {
        let customer = domain::customers::get(tx, ctx, &customer)?.id;
        log::of_customer(tx, ctx, &customer, behind.as_ref(), limit)
    });
    Ok(paged(found.await?))
}

fn of_run(text: &str) -> domain::Result<JobId> {
    id(text, "run")
}
