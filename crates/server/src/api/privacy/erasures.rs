//! Anonymising, its receipts, legal copies and retention (SPEC 11).

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use domain::kit::{CustomerId, ErasureId, InvoiceId, JobId, Right, ShopId};
use domain::privacy::{self as room, Cause, retention};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::api::asked::{Asked, At, limit, maybe};
use crate::api::types::{Page, Time, time};
use crate::api::words;
use crate::api::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, anonymise) = (Policy::May(Right::Read), Policy::May(Right::Anonymise));
    routes
        .api(anonymise, routes!(erase))
        .api(read, routes!(of_customer))
        .api(read, routes!(list))
        .api(read, routes!(get))
        .api(Policy::May(Right::LegalCopies), routes!(legal))
        .api(anonymise, routes!(rules))
        .api(anonymise, routes!(set_rule))
        .api(anonymise, routes!(dry_run))
        .api(anonymise, routes!(run))
}

/// Something that stayed, and why.
#[derive(Debug, Serialize, ToSchema)]
struct KeptThing {
    what: String,
    rule: String,
    count: Option<u64>,
    until: Option<Time>,
}

/// What was done when a customer was anonymised. Nothing personal is in it.
#[derive(Debug, Serialize, ToSchema)]
struct Erasure {
    #[schema(example = "era_01k…")]
    id: String,
    customer: String,
    #[schema(value_type = words::ErasureCause)]
    cause: Cause,
    /// By whom.
    by: String,
    at: Time,
    /// Rows cleared or deleted, by table.
    cleared: BTreeMap<String, u64>,
    kept: Vec<KeptThing>,
    /// Since when it stands in the ledger that is played again over a restored backup.
    noted_at: Option<Time>,
    /// Since when no webhook body, stored answer or journal names the customer.
    swept_at: Option<Time>,
    /// Since when the erased bytes are gone from the files of the database.
    scrubbed_at: Option<Time>,
}

impl From<room::Receipt> for Erasure {
    fn from(r: room::Receipt) -> Self {
        let kept = r.kept.into_iter().map(|k| KeptThing { what: k.what, rule: k.rule, count: k.count, until: time(k.until) });
        Self {
            id: r.id.to_string(),
            customer: r.customer.to_string(),
            cause: r.cause,
            by: r.by,
            at: Time(r.at),
            cleared: r.cleared,
            kept: kept.collect(),
            noted_at: time(r.noted_at),
            swept_at: time(r.swept_at),
            scrubbed_at: time(r.scrubbed_at),
        }
    }
}

/// Anonymise a customer.
///
/// Final. Erases everything that says who it is, and whoever was merged into it. Answers 409 `still_active` with everything that has to be closed
/// first; done before, it answers with the same receipt.
#[utoipa::path(post, path = "/api/v1/customers/{id}/anonymise", operation_id = "anonymiseCustomer", tag = "Privacy", params(("id" = String, Path)),
    responses((status = 200, body = Erasure)))]
async fn erase(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let (id, vault): (CustomerId, _) = (id(&text, "customer")?, app.config.vault.clone());
    let answer = write
        .run(&app, &caller, move |tx, ctx, ()| {
            reply(StatusCode::OK, "", &Erasure::from(room::anonymise(tx, &seeing(ctx), &vault, &id, Cause::Hand)?))
        })
        .await?;
    app.erased().await?;
    Ok(answer)
}

/// Read a customer's receipt.
#[utoipa::path(get, path = "/api/v1/customers/{id}/erasure", operation_id = "getErasureOfCustomer", tag = "Privacy", params(("id" = String, Path)),
    responses((status = 200, body = Erasure)))]
async fn of_customer(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Erasure>, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    let found = app.read(&ctx, move |tx, ctx| room::of_customer(tx, ctx, &id)?.ok_or(domain::Error::NotFound("receipt"))).await?;
    Ok(axum::Json(found.into()))
}

/// A page of receipts.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ErasuresAsked {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// List receipts, newest first.
#[utoipa::path(get, path = "/api/v1/erasures", operation_id = "listErasures", tag = "Privacy", params(ErasuresAsked),
    responses((status = 200, body = Page<Erasure>)))]
async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    Asked(asked): Asked<ErasuresAsked>,
) -> Result<axum::Json<Page<Erasure>>, Problem> {
    let (limit, below) = (limit(asked.limit)?, maybe::<ErasureId>("after", asked.after.as_deref())?);
    let mut all = app.read(&ctx, move |tx, ctx| room::list(tx, ctx, below.as_ref(), limit + 1)).await?;
    let more = all.len() as i64 > limit;
    all.truncate(limit as usize);
    let next = all.last().filter(|_| more).map(|r| r.id.to_string());
    Ok(axum::Json(Page { data: all.into_iter().map(Into::into).collect(), next, prev: None, total: None }))
}

/// Read a receipt.
#[utoipa::path(get, path = "/api/v1/erasures/{id}", operation_id = "getErasure", tag = "Privacy", params(("id" = String, Path)),
    responses((status = 200, body = Erasure)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Erasure>, Problem> {
    let id: ErasureId = id(&text, "receipt")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::find(tx, ctx, &id)).await?.into()))
}

/// Read the legal copy of an invoice.
///
/// As it was issued, with its buyer, as PDF. Needs the scope `legal_copies`; each reading is told in the audit log.
#[utoipa::path(get, path = "/api/v1/invoices/{id}/legal-copy", operation_id = "getLegalCopy", tag = "Privacy", params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 409, description = "Another key sealed it")))]
async fn legal(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<Response, Problem> {
    let (id, vault): (InvoiceId, _) = (id(&text, "invoice")?, app.config.vault.clone());
    let paper = app.write(&ctx, move |tx, ctx| room::legal_paper(tx, &seeing(ctx), &vault, &id)).await?;
    let name = paper.file_name.clone();
    let bytes = tokio::task::spawn_blocking(move || paper.pdf()).await.map_err(|e| domain::Error::Internal(e.to_string()))??;
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))], bytes)
        .into_response())
}

/// The rule of a shop.
#[derive(Debug, Serialize, ToSchema)]
struct RetentionRule {
    shop: String,
    name: String,
    /// After so many months without an order, a payment, a message or a visit to the portal; null: never.
    months: Option<i64>,
    /// So many days before, the customer is written to once; null: nobody is.
    warn_days: Option<i64>,
}

/// List the retention rules.
///
/// Of a customer of several shops the longest counts.
#[utoipa::path(get, path = "/api/v1/retention", operation_id = "listRetentionRules", tag = "Privacy", responses((status = 200, body = Vec<RetentionRule>)))]
async fn rules(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Vec<RetentionRule>>, Problem> {
    let rules = app.read(&ctx, |tx, ctx| retention::rules(tx, &seeing(ctx))).await?;
    Ok(axum::Json(
        rules
            .into_iter()
            .map(|r| RetentionRule { shop: r.shop.to_string(), name: r.name, months: r.months, warn_days: r.warn_days })
            .collect(),
    ))
}

/// The rule of a shop, as it shall be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RetentionChange {
    /// 1 to 240; null: never.
    #[schema(example = 36)]
    months: Option<i64>,
    /// 1 to 90; null or absent: no mail before.
    #[serde(default)]
    #[schema(example = 30)]
    warn_days: Option<i64>,
}

/// Set the retention rule of a shop.
///
/// Needs the scope `settings` too.
#[utoipa::path(put, path = "/api/v1/retention/{id}", operation_id = "setRetentionRule", tag = "Privacy", params(("id" = String, Path)),
    request_body = RetentionChange, responses((status = 204)))]
async fn set_rule(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<RetentionChange>,
) -> Result<Response, Problem> {
    let shop: ShopId = id(&text, "shop")?;
    write
        .run(&app, &caller, move |tx, ctx, body| retention::set_rule(tx, &seeing(ctx), &shop, body.months, body.warn_days).map(|()| done()))
        .await
}

/// What a run would do.
#[derive(Debug, Serialize, ToSchema)]
struct RetentionOutcome {
    /// Customers that were looked at.
    looked: u64,
    /// So many would be anonymised.
    will: u64,
    /// So many would be warned by mail, and stay for now.
    warn: u64,
    /// So many would not, by reason.
    refused: BTreeMap<String, u64>,
}

/// Say what a run of retention would do now.
///
/// Exact numbers; nothing is changed.
#[utoipa::path(get, path = "/api/v1/retention/preview", operation_id = "previewRetention", tag = "Privacy", responses((status = 200, body = RetentionOutcome)))]
async fn dry_run(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<RetentionOutcome>, Problem> {
    let mut counted = retention::Counted::default();
    while !counted.is_over {
        counted = app.read(&ctx, move |tx, ctx| retention::count_on(tx, ctx, counted.clone())).await?;
    }
    let o = counted.outcome;
    Ok(axum::Json(RetentionOutcome { looked: o.looked, will: o.will, warn: o.warn, refused: o.refused }))
}

/// The job that was begun.
#[derive(Debug, Serialize, ToSchema)]
struct RetentionRun {
    job: String,
}

/// Run retention now.
///
/// As a job; it also runs once a day by itself. Answers 409 `no_rule` when no shop has a rule.
#[utoipa::path(post, path = "/api/v1/retention/run", operation_id = "runRetention", tag = "Privacy", responses((status = 202, body = RetentionRun)))]
async fn run(State(app): State<App>, caller: Caller, write: Write<()>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, ()| {
            let job: JobId = retention::start(tx, ctx)?;
            reply(StatusCode::ACCEPTED, &format!("/api/v1/jobs/{job}"), &RetentionRun { job: job.to_string() })
        })
        .await
}
