//! Messages to an endpoint: what arrived, what waits, what was answered; a test, one again, a span again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{EventId, Right};
use domain::webhooks::{self as room, DeliveryState, read, replay};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::which;
use crate::api::asked::{Asked, At, after, limit, maybe};
use crate::api::types::{Page, Time, time};
use crate::api::words;
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let settings = Policy::May(Right::Settings);
    routes
        .api(settings, routes!(list))
        .api(settings, routes!(get))
        .api(settings, routes!(again))
        .api(settings, routes!(test))
        .api(settings, routes!(span))
}

/// A message for an endpoint: one for each event that its filter wants.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookDelivery {
    /// Id of the event, and of the message: `webhook-id`.
    event: String,
    /// Noun and verb.
    #[schema(example = "customer.edited")]
    kind: String,
    /// When it happened.
    at: Time,
    #[schema(value_type = words::WebhookDeliveryState)]
    state: &'static str,
    /// Tries since it was last asked for.
    attempts: i64,
    /// When it is sent next, while it waits.
    next_at: Option<Time>,
    /// When it arrived or was given up.
    done_at: Option<Time>,
    /// HTTP status of the last answer; absent without one.
    status: Option<i64>,
    /// Why the last try failed, in words.
    error: String,
}

impl From<room::Delivery> for WebhookDelivery {
    fn from(d: room::Delivery) -> Self {
        Self {
            event: d.event.to_string(),
            kind: d.kind,
            at: Time(d.at),
            state: d.state.name(),
            attempts: d.attempts,
            next_at: (d.state == DeliveryState::Waiting).then_some(Time(d.next_at)),
            done_at: time(d.done_at),
            status: (d.status != 0).then_some(d.status),
            error: d.words,
        }
    }
}

/// A try, kept for 30 days.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookAttempt {
    url: String,
    at: Time,
    /// How long the answer took.
    milliseconds: i64,
    /// HTTP status of the answer; absent without one.
    status: Option<i64>,
    /// Why it failed, in words.
    error: String,
    /// The first 4 KB of the answer.
    answer: String,
    /// The `webhook-timestamp` that was sent, seconds since 1970.
    timestamp: i64,
    /// The `webhook-signature` that was sent.
    signature: String,
}

impl From<room::Attempt> for WebhookAttempt {
    fn from(a: room::Attempt) -> Self {
        Self {
            url: a.url,
            at: Time(a.created_at),
            milliseconds: a.duration / 1000,
            status: (a.status != 0).then_some(a.status),
            error: a.error,
            answer: a.answer,
            timestamp: a.timestamp,
            signature: a.signature,
        }
    }
}

/// A message with its body and its tries.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookDeliveryFull {
    delivery: WebhookDelivery,
    /// As it is sent, JSON.
    body: String,
    /// The latest first, at most 100.
    attempts: Vec<WebhookAttempt>,
}

/// Which messages.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeliveriesAsked {
    /// Only those in this state.
    #[param(value_type = Option<words::WebhookDeliveryState>)]
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// What is sent again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WebhookReplay {
    /// Events not before; at most 30 days ago.
    from: Time,
    /// And before.
    until: Time,
    /// Also those that arrived.
    #[serde(default)]
    all: bool,
}

/// A replay that began.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookReplayStarted {
    /// Id of the job.
    job: String,
}

/// A test that was asked for.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookTest {
    /// Id of the event `webhook.test`, and of its message.
    event: String,
}

/// List the messages of a webhook endpoint.
///
/// The latest event first; with `state=waiting` the next to be sent first.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}/deliveries", operation_id = "listWebhookDeliveries", tag = "Webhooks",
    params(("id" = String, Path), DeliveriesAsked), responses((status = 200, body = Page<WebhookDelivery>)))]
async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<DeliveriesAsked>,
) -> Result<axum::Json<Page<WebhookDelivery>>, Problem> {
    let (id, state, limit) = (which(&text)?, maybe::<DeliveryState>("state", asked.state.as_deref())?, limit(asked.limit)?);
    let behind = after(asked.after.as_deref())?;
    let page = app.read(&ctx, move |tx, ctx| read::list(tx, ctx, &id, state, behind.as_ref(), limit)).await?;
    let next = page.next.map(|key| key.to_string());
    Ok(axum::Json(Page { next, ..Page::whole(page.rows.into_iter().map(Into::into).collect()) }))
}

/// Read a message of a webhook endpoint.
///
/// With its body and its tries.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}/deliveries/{event}", operation_id = "getWebhookDelivery", tag = "Webhooks",
    params(("id" = String, Path), ("event" = String, Path)), responses((status = 200, body = WebhookDeliveryFull)))]
async fn get(
    State(app): State<App>,
    Caller(ctx): Caller,
    At((endpoint, event)): At<(String, String)>,
) -> Result<axum::Json<WebhookDeliveryFull>, Problem> {
    let (endpoint, event) = (which(&endpoint)?, of_event(&event)?);
    let full = app.read(&ctx, move |tx, ctx| read::get(tx, ctx, &endpoint, &event)).await?;
    let attempts = full.attempts.into_iter().map(Into::into).collect();
    Ok(axum::Json(WebhookDeliveryFull { delivery: full.delivery.into(), body: full.body, attempts }))
}

/// Send a message of a webhook endpoint again.
///
/// With the same id; at once when it waits.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/deliveries/{event}/replay", operation_id = "replayWebhookDelivery", tag = "Webhooks",
    params(("id" = String, Path), ("event" = String, Path)), responses((status = 202, body = WebhookDelivery)))]
async fn again(
    State(app): State<App>,
    caller: Caller,
    At((endpoint, event)): At<(String, String)>,
    write: Write<()>,
) -> Result<Response, Problem> {
    let (endpoint, event) = (which(&endpoint)?, of_event(&event)?);
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            reply(StatusCode::ACCEPTED, "", &WebhookDelivery::from(replay::one(tx, ctx, &endpoint, &event)?))
        })
        .await
}

/// Send a test to a webhook endpoint.
///
/// A message of kind `webhook.test`, whatever the filter says.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/test", operation_id = "testWebhookEndpoint", tag = "Webhooks",
    params(("id" = String, Path)), responses((status = 202, body = WebhookTest)))]
async fn test(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id = which(&text)?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let event = replay::test(tx, ctx, &id)?;
            let place = format!("/api/v1/webhook-endpoints/{id}/deliveries/{event}");
            reply(StatusCode::ACCEPTED, &place, &WebhookTest { event: event.to_string() })
        })
        .await
}

/// Send the events of a time again to a webhook endpoint.
///
/// Those that the filter wants and that did not arrive, also what happened while the endpoint was off. Runs as a job.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/replays", operation_id = "replayWebhooks", tag = "Webhooks",
    params(("id" = String, Path)), request_body = WebhookReplay, responses((status = 202, body = WebhookReplayStarted)))]
async fn span(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<WebhookReplay>) -> Result<Response, Problem> {
    let endpoint = which(&text)?;
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let span = replay::Span { endpoint: endpoint.clone(), from: b.from.0, until: b.until.0, all: b.all };
            let job = replay::span(tx, ctx, &span)?;
            reply(StatusCode::ACCEPTED, &format!("/api/v1/jobs/{job}"), &WebhookReplayStarted { job: job.to_string() })
        })
        .await
}

fn of_event(text: &str) -> domain::Result<EventId> {
    id(text, "delivery")
}
