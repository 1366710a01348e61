//! Plans that can be subscribed to, and on which days a failed payment is tried again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Currency, PlanId, Right, ShopId};
use domain::subscriptions::{self as room, PlanInput, RetryDays, Unit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::types::{Money, Page, Time, given, money, time};
use super::words;
use super::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, settings) = (Policy::May(Right::Read), Policy::May(Right::Settings));
    routes
        .api(read, routes!(list))
        .api(settings, routes!(create))
        .api(read, routes!(get))
        .api(settings, routes!(edit))
        .api(settings, routes!(archive))
        .api(settings, routes!(unarchive))
        .api(read, routes!(get_settings))
        .api(settings, routes!(put_settings))
}

/// Something that can be subscribed to.
#[derive(Debug, Serialize, ToSchema)]
struct Plan {
    id: String,
    shop: String,
    name: String,
    /// For each cycle; zero is free.
    price: Money,
    /// Every so many …
    cycle_count: i64,
    /// … of these.
    #[schema(value_type = words::CycleUnit)]
    cycle_unit: Unit,
    /// Free days at the beginning.
    trial_days: i64,
    /// Days behind the due day on which a failed payment is tried again; absent: the merchant's.
    retry_days: Option<Vec<i64>>,
    created_at: Time,
    archived_at: Option<Time>,
}

impl From<room::Plan> for Plan {
    fn from(p: room::Plan) -> Self {
        Self {
            id: p.id.to_string(),
            shop: p.shop.to_string(),
            price: money(p.amount, p.currency),
            name: p.name,
            cycle_count: p.cycle_count,
            cycle_unit: p.cycle_unit,
            trial_days: p.trial_days,
            retry_days: p.retry_days.map(|r| r.days().to_vec()),
            created_at: Time(p.created_at),
            archived_at: time(p.archived_at),
        }
    }
}

/// A plan to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanCreate {
    #[schema(value_type = String)]
    shop: ShopId,
    /// Unique within the shop.
    #[schema(example = "Roastery Club")]
    name: String,
    /// ISO 4217; absent: the shop's.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "EUR")]
    currency: Option<Currency>,
    /// Minor units for each cycle.
    #[schema(minimum = 0, example = 1900)]
    amount: i64,
    /// Every so many …
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1000)]
    cycle_count: i64,
    /// … of these.
    #[schema(value_type = words::CycleUnit)]
    cycle_unit: Unit,
    /// Free days at the beginning.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 730)]
    trial_days: i64,
    /// Rising days from 1 to 60; an empty list for no retries; absent: the merchant's.
    #[serde(default)]
    retry_days: Option<Vec<i64>>,
}

fn one() -> i64 {
    1
}

/// What changes; absent fields stay. `retry_days` null takes the merchant's days.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct PlanPatch {
    name: Option<String>,
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
    #[schema(minimum = 0)]
    amount: Option<i64>,
    #[schema(minimum = 1, maximum = 1000)]
    cycle_count: Option<i64>,
    #[schema(value_type = Option<words::CycleUnit>)]
    cycle_unit: Option<Unit>,
    #[schema(minimum = 0, maximum = 730)]
    trial_days: Option<i64>,
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Vec<i64>>)]
    retry_days: Option<Option<Vec<i64>>>,
}

/// How subscriptions of the merchant run.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SubscriptionSettings {
    /// Rising days from 1 to 60 behind the due day, on which a failed payment is tried again; an empty list for no retries.
    #[schema(example = json!([1, 3, 5, 7]))]
    retry_days: Vec<i64>,
}

/// List plans.
///
/// By name, archived ones too.
#[utoipa::path(get, path = "/api/v1/plans", operation_id = "listPlans", tag = "Subscriptions", responses((status = 200, body = Page<Plan>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<Plan>>, Problem> {
    let found = app.read(&ctx, room::plans).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Create a plan.
#[utoipa::path(post, path = "/api/v1/plans", operation_id = "createPlan", tag = "Subscriptions", request_body = PlanCreate,
    responses((status = 201, body = Plan)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<PlanCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let b = body.clone();
            let input = PlanInput {
                shop: b.shop,
                name: b.name,
                currency: b.currency,
                amount: b.amount,
                cycle_count: b.cycle_count,
                cycle_unit: b.cycle_unit,
                trial_days: b.trial_days,
                retry_days: b.retry_days.as_deref().map(RetryDays::of).transpose()?,
            };
            let plan = room::create_plan(tx, &seeing(ctx), &input)?;
            reply(StatusCode::CREATED, &format!("/api/v1/plans/{}", plan.id), &Plan::from(plan))
        })
        .await
}

/// Read a plan.
#[utoipa::path(get, path = "/api/v1/plans/{id}", operation_id = "getPlan", tag = "Subscriptions", params(("id" = String, Path)),
    responses((status = 200, body = Plan)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Plan>, Problem> {
    let id: PlanId = id(&text, "plan")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::plan(tx, ctx, &id)).await?.into()))
}

/// Change a plan.
///
/// For subscriptions that begin from then on; `retry_days` for all of the plan.
#[utoipa::path(patch, path = "/api/v1/plans/{id}", operation_id = "editPlan", tag = "Subscriptions", params(("id" = String, Path)),
    request_body = PlanPatch, responses((status = 200, body = Plan)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<PlanPatch>) -> Result<Response, Problem> {
    let id: PlanId = id(&text, "plan")?;
    write
        .run(&app, &caller, move |tx, ctx, patch| {
            let (old, new) = (room::plan(tx, &seeing(ctx), &id)?, patch.clone());
            let retry_days = match new.retry_days {
                Some(days) => days.as_deref().map(RetryDays::of).transpose()?,
                None => old.retry_days,
            };
            let input = PlanInput {
                shop: old.shop,
                name: new.name.unwrap_or(old.name),
                currency: new.currency.or(Some(old.currency)),
                amount: new.amount.unwrap_or(old.amount),
                cycle_count: new.cycle_count.unwrap_or(old.cycle_count),
                cycle_unit: new.cycle_unit.unwrap_or(old.cycle_unit),
                trial_days: new.trial_days.unwrap_or(old.trial_days),
                retry_days,
            };
            reply(StatusCode::OK, "", &Plan::from(room::edit_plan(tx, &seeing(ctx), &id, &input)?))
        })
        .await
}

/// Archive a plan.
///
/// Nobody begins it from then on; what runs goes on.
#[utoipa::path(post, path = "/api/v1/plans/{id}/archive", operation_id = "archivePlan", tag = "Subscriptions", params(("id" = String, Path)),
    responses((status = 200, body = Plan)))]
async fn archive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: PlanId = id(&text, "plan")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &Plan::from(room::archive_plan(tx, ctx, &id)?))).await
}

/// Open a plan again.
#[utoipa::path(delete, path = "/api/v1/plans/{id}/archive", operation_id = "unarchivePlan", tag = "Subscriptions", params(("id" = String, Path)),
    responses((status = 200, body = Plan)))]
async fn unarchive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: PlanId = id(&text, "plan")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &Plan::from(room::unarchive_plan(tx, ctx, &id)?))).await
}

/// Read the settings of subscriptions.
#[utoipa::path(get, path = "/api/v1/subscription-settings", operation_id = "getSubscriptionSettings", tag = "Subscriptions",
    responses((status = 200, body = SubscriptionSettings)))]
async fn get_settings(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<SubscriptionSettings>, Problem> {
    let days = app.read(&ctx, room::settings).await?;
    Ok(axum::Json(SubscriptionSettings { retry_days: days.days().to_vec() }))
}

/// Change the settings of subscriptions.
#[utoipa::path(put, path = "/api/v1/subscription-settings", operation_id = "putSubscriptionSettings", tag = "Subscriptions",
    request_body = SubscriptionSettings, responses((status = 200, body = SubscriptionSettings)))]
async fn put_settings(State(app): State<App>, caller: Caller, write: Write<SubscriptionSettings>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            room::edit_settings(tx, ctx, &RetryDays::of(&body.retry_days)?)?;
            reply(StatusCode::OK, "", body)
        })
        .await
}
