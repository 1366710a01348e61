//! Endpoints that are told of events (SPEC 13.2). The secret of an endpoint is told once.

mod deliveries;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Right, WebhookId};
use domain::webhooks::{self as room, EndpointInput, OffReason, endpoints};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::types::{Page, Time, time};
use super::words;
use super::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let settings = Policy::May(Right::Settings);
    let routes = routes
        .api(settings, routes!(list))
        .api(settings, routes!(create))
        .api(settings, routes!(get))
        .api(settings, routes!(edit))
        .api(settings, routes!(remove))
        .api(settings, routes!(rotate))
        .api(settings, routes!(disable))
        .api(settings, routes!(enable));
    deliveries::routes(routes)
}

/// An endpoint that is told of events.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookEndpoint {
    id: String,
    url: String,
    description: String,
    /// `*` for everything, `customer.*` for all of a noun, `customer.edited` for one kind.
    #[schema(example = json!(["customer.*", "order.created"]))]
    events: Vec<String>,
    #[schema(value_type = words::WebhookState)]
    state: &'static str,
    /// Why it is off; empty while it is on.
    #[schema(value_type = words::WebhookOffReason)]
    off_reason: &'static str,
    off_at: Option<Time>,
    /// Until when the secret before the last rotation signs too.
    previous_secret_until: Option<Time>,
    /// Since when every try fails.
    failing_since: Option<Time>,
    /// When it was last sent to.
    last_sent_at: Option<Time>,
    created_at: Time,
}

impl From<room::Endpoint> for WebhookEndpoint {
    fn from(e: room::Endpoint) -> Self {
        Self {
            id: e.id.to_string(),
            url: e.url,
            description: e.description,
            events: e.wants.words().to_vec(),
            state: e.state.name(),
            off_reason: e.off_reason.name(),
            off_at: time(e.off_at),
            previous_secret_until: time(e.previous_until),
            failing_since: time(e.failing_since),
            last_sent_at: (e.sent_at > 0).then_some(Time(e.sent_at)),
            created_at: Time(e.created_at),
        }
    }
}

/// An endpoint to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WebhookEndpointCreate {
    /// On the public internet, with https.
    #[schema(example = "https://shop.example.com/hooks")]
    url: String,
    #[serde(default)]
    description: String,
    /// `*`, `customer.*`, `customer.edited`.
    #[schema(min_items = 1, max_items = 100, example = json!(["customer.*"]))]
    events: Vec<String>,
}

/// What changes; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct WebhookEndpointPatch {
    url: Option<String>,
    description: Option<String>,
    #[schema(min_items = 1, max_items = 100)]
    events: Option<Vec<String>>,
}

/// An endpoint just made, or one with a new secret.
#[derive(Debug, Serialize, ToSchema)]
struct WebhookSecret {
    id: String,
    /// `whsec_…`, told once; `null` in a repeated answer.
    secret: Option<String>,
}

/// List webhook endpoints.
///
/// In the order they were made.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints", operation_id = "listWebhookEndpoints", tag = "Webhooks",
    responses((status = 200, body = Page<WebhookEndpoint>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<WebhookEndpoint>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| endpoints::list(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Create a webhook endpoint.
///
/// It is told of what happens from then on. At most 20.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints", operation_id = "createWebhookEndpoint", tag = "Webhooks",
    request_body = WebhookEndpointCreate, responses((status = 201, body = WebhookSecret)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<WebhookEndpointCreate>) -> Result<Response, Problem> {
    let (vault, local) = (app.config.vault.clone(), app.config.webhooks_local);
    write
        .run_secret(&app, &caller, "secret", move |tx, ctx, b| {
            let input = EndpointInput { url: b.url.clone(), description: b.description.clone(), events: b.events.clone(), local };
            let made = endpoints::create(tx, ctx, &vault, &input)?;
            let told = WebhookSecret { id: made.id.to_string(), secret: None };
            Ok((reply(StatusCode::CREATED, &format!("/api/v1/webhook-endpoints/{}", made.id), &told)?, made.secret))
        })
        .await
}

/// Read a webhook endpoint.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}", operation_id = "getWebhookEndpoint", tag = "Webhooks",
    params(("id" = String, Path)), responses((status = 200, body = WebhookEndpoint)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<WebhookEndpoint>, Problem> {
    let id = which(&text)?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| endpoints::get(tx, ctx, &id)).await?.into()))
}

/// Change a webhook endpoint.
///
/// What waits goes to the new address.
#[utoipa::path(patch, path = "/api/v1/webhook-endpoints/{id}", operation_id = "editWebhookEndpoint", tag = "Webhooks",
    params(("id" = String, Path)), request_body = WebhookEndpointPatch, responses((status = 200, body = WebhookEndpoint)))]
async fn edit(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<WebhookEndpointPatch>,
) -> Result<Response, Problem> {
    let (id, local) = (which(&text)?, app.config.webhooks_local);
    write
        .run(&app, &caller, move |tx, ctx, patch| {
            let (old, new) = (endpoints::get(tx, ctx, &id)?, patch.clone());
            let input = EndpointInput {
                url: new.url.unwrap_or(old.url),
                description: new.description.unwrap_or(old.description),
                events: new.events.unwrap_or_else(|| old.wants.words().to_vec()),
                local,
            };
            reply(StatusCode::OK, "", &WebhookEndpoint::from(endpoints::edit(tx, ctx, &id, &input)?))
        })
        .await
}

/// Remove a webhook endpoint.
///
/// With its messages and their tries.
#[utoipa::path(delete, path = "/api/v1/webhook-endpoints/{id}", operation_id = "removeWebhookEndpoint", tag = "Webhooks",
    params(("id" = String, Path)), responses((status = 204)))]
async fn remove(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id = which(&text)?;
    write.run(&app, &caller, move |tx, ctx, ()| endpoints::remove(tx, ctx, &id).map(|()| done())).await
}

/// Make a new secret for a webhook endpoint.
///
/// For 24 hours messages carry a signature of the secret before as well.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/rotate-secret", operation_id = "rotateWebhookSecret", tag = "Webhooks",
    params(("id" = String, Path)), responses((status = 200, body = WebhookSecret)))]
async fn rotate(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let (id, vault) = (which(&text)?, app.config.vault.clone());
    write
        .run_secret(&app, &caller, "secret", move |tx, ctx, ()| {
            let made = endpoints::rotate(tx, ctx, &vault, &id)?;
            Ok((reply(StatusCode::OK, "", &WebhookSecret { id: made.id.to_string(), secret: None })?, made.secret))
        })
        .await
}

/// Switch a webhook endpoint off.
///
/// What waits is given up; what happens meanwhile can be replayed when it is on again.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/disable", operation_id = "disableWebhookEndpoint", tag = "Webhooks",
    params(("id" = String, Path)), responses((status = 200, body = WebhookEndpoint)))]
async fn disable(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id = which(&text)?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            reply(StatusCode::OK, "", &WebhookEndpoint::from(endpoints::switch_off(tx, ctx, &id, OffReason::Hand)?))
        })
        .await
}

/// Switch a webhook endpoint on.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/enable", operation_id = "enableWebhookEndpoint", tag = "Webhooks",
    params(("id" = String, Path)), responses((status = 200, body = WebhookEndpoint)))]
async fn enable(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id = which(&text)?;
    write
        .run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &WebhookEndpoint::from(endpoints::switch_on(tx, ctx, &id)?)))
        .await
}

fn which(text: &str) -> domain::Result<WebhookId> {
    id(text, "webhook endpoint")
}
