//! Subscriptions: taken in from whoever charges them, read, and run from here.

pub mod body;
mod run;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers;
use domain::kit::{Ctx, Currency, CustomerId, MethodId, Micros, Right, ShopId, SubscriptionId};
use domain::subscriptions::{self as room, SubscriptionInput, SubscriptionStatus, Unit};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::lists::{self, SubscriptionsAsked};
use crate::api::types::{Money, Page, Time, money, time};
use crate::api::words;
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, orders) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    let routes = routes.api(read, routes!(list)).api(read, routes!(list_all)).api(orders, routes!(put)).api(read, routes!(get));
    run::routes(routes)
}

/// A subscription.
#[derive(Debug, Serialize, ToSchema)]
struct Subscription {
    id: String,
    customer: String,
    shop: String,
    name: String,
    /// At this moment.
    #[schema(value_type = words::SubscriptionState)]
    status: SubscriptionStatus,
    /// Real money.
    live: bool,
    /// For each cycle.
    amount: Money,
    /// Every so many …
    cycle_count: i64,
    /// … of these.
    #[schema(value_type = words::CycleUnit)]
    cycle_unit: Unit,
    /// Who charges it.
    provider: String,
    provider_ref: Option<String>,
    /// The payment method it charges.
    method: Option<String>,
    started_at: Time,
    trial_until: Option<Time>,
    next_payment_at: Option<Time>,
    /// Its last moment, when an end is known.
    ends_at: Option<Time>,
    /// Regulars runs it; else whoever charges it does.
    own: bool,
}

impl Subscription {
    fn of(s: room::Subscription, now: Micros) -> Self {
        Self {
            status: s.status_at(now),
            amount: money(s.amount, s.currency),
            id: s.id.to_string(),
            customer: s.customer.to_string(),
            shop: s.shop.to_string(),
            name: s.name,
            live: s.live,
            cycle_count: s.cycle_count,
            cycle_unit: s.cycle_unit,
            provider: s.provider,
            provider_ref: s.provider_ref,
            method: s.method.map(|m| m.to_string()),
            started_at: Time(s.started_at),
            trial_until: time(s.trial_until),
            next_payment_at: time(s.next_payment_at),
            ends_at: time(s.ends_at),
            own: s.own,
        }
    }
}

/// A subscription as whoever charges it tells of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SubscriptionPut {
    #[schema(value_type = String)]
    customer: CustomerId,
    #[schema(value_type = String)]
    shop: ShopId,
    #[schema(example = "Roastery Club")]
    name: String,
    #[schema(value_type = words::SubscriptionState)]
    status: SubscriptionStatus,
    /// Real money.
    #[serde(default = "yes")]
    live: bool,
    /// ISO 4217.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// Minor units for each cycle.
    #[schema(minimum = 0)]
    amount: i64,
    /// Every so many …
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1000)]
    cycle_count: i64,
    /// … of these.
    #[schema(value_type = words::CycleUnit)]
    cycle_unit: Unit,
    /// Who charges it; absent: `manual`.
    #[serde(default = "manual")]
    provider: String,
    /// The provider's id: the same id again is the same subscription.
    #[serde(default)]
    provider_ref: Option<String>,
    /// The payment method it charges.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    method: Option<MethodId>,
    started_at: Time,
    #[serde(default)]
    trial_until: Option<Time>,
    #[serde(default)]
    next_payment_at: Option<Time>,
    /// Its last moment; when it is cancelled or ended and this is absent: now.
    #[serde(default)]
    ends_at: Option<Time>,
}

fn yes() -> bool {
    true
}

fn one() -> i64 {
    1
}

fn manual() -> String {
    "manual".to_owned()
}

impl SubscriptionPut {
    fn input(&self) -> SubscriptionInput {
        let s = self.clone();
        SubscriptionInput {
            customer: s.customer,
            shop: s.shop,
            name: s.name,
            status: s.status,
            live: s.live,
            currency: s.currency,
            amount: s.amount,
            cycle_count: s.cycle_count,
            cycle_unit: s.cycle_unit,
            provider: s.provider,
            provider_ref: s.provider_ref,
            method: s.method,
            started_at: s.started_at.0,
            trial_until: s.trial_until.map(|t| t.0),
            next_payment_at: s.next_payment_at.map(|t| t.0),
            ends_at: s.ends_at.map(|t| t.0),
            import_id: None,
        }
    }
}

/// List the subscriptions of a customer.
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/subscriptions", operation_id = "listSubscriptions", tag = "Subscriptions",
    params(("id" = String, Path)), responses((status = 200, body = Page<Subscription>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Page<Subscription>>, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let now = ctx.now;
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::of_customer(tx, ctx, &customer)
        })
        .await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(|s| Subscription::of(s, now)).collect())))
}

/// List subscriptions.
///
/// Of all customers, the latest first, by the same filters as the page.
#[utoipa::path(get, path = "/api/v1/subscriptions", operation_id = "listAllSubscriptions", tag = "Subscriptions", params(SubscriptionsAsked),
    responses((status = 200, body = Page<Subscription>)))]
async fn list_all(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<Page<Subscription>>, Problem> {
    let rows = |tx: &mut Tx, ctx: &Ctx, ids: &[String]| {
        Ok(room::listed::rows(tx, ctx, ids)?.into_iter().map(|row| Subscription::of(row.subscription, ctx.now)).collect())
    };
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), rows).await
}

/// Take in a subscription, or bring a known one up to date.
///
/// One that has ended stays ended.
#[utoipa::path(post, path = "/api/v1/subscriptions", operation_id = "putSubscription", tag = "Subscriptions",
    request_body = SubscriptionPut, responses((status = 200, body = Subscription)))]
async fn put(State(app): State<App>, caller: Caller, write: Write<SubscriptionPut>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let id = room::put(tx, ctx, &body.input())?;
            let found = room::get(tx, &seeing(ctx), &id)?;
            reply(StatusCode::OK, &format!("/api/v1/subscriptions/{id}"), &Subscription::of(found, ctx.now))
        })
        .await
}

/// Read a subscription.
#[utoipa::path(get, path = "/api/v1/subscriptions/{id}", operation_id = "getSubscription", tag = "Subscriptions",
    params(("id" = String, Path)), responses((status = 200, body = Subscription)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Subscription>, Problem> {
    let id: SubscriptionId = id(&text, "subscription")?;
    let now = ctx.now;
    Ok(axum::Json(Subscription::of(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?, now)))
}
