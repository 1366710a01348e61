//! API keys. The secret of a key is told once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{ApiKeyId, Right};
use domain::staff::api_keys::{self as room, NewKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::types::{Page, Time, time};
use crate::api::words::{self, Given};
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let staff = Policy::May(Right::Staff);
    routes.api(staff, routes!(list)).api(staff, routes!(create)).api(staff, routes!(get)).api(staff, routes!(revoke))
}

/// A key.
#[derive(Debug, Serialize, ToSchema)]
struct ApiKey {
    id: String,
    name: String,
    /// The last four characters of the secret.
    hint: String,
    #[schema(value_type = Vec<words::Scope>)]
    scopes: Vec<&'static str>,
    created_by: Option<String>,
    created_at: Time,
    /// To the minute.
    last_used_at: Option<Time>,
    /// Holds for ever when absent.
    expires_at: Option<Time>,
    revoked_at: Option<Time>,
}

impl From<room::ApiKey> for ApiKey {
    fn from(k: room::ApiKey) -> Self {
        Self {
            id: k.id.to_string(),
            name: k.name,
            hint: k.hint,
            scopes: k.scopes.names(),
            created_by: k.creator,
            created_at: Time(k.created_at),
            last_used_at: time(k.last_used_at),
            expires_at: time(k.expires_at),
            revoked_at: time(k.revoked_at),
        }
    }
}

/// A key to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApiKeyCreate {
    /// What it is for.
    #[schema(example = "Web shop")]
    name: String,
    /// At most those of the key that asks.
    #[schema(value_type = Vec<words::Scope>)]
    scopes: Vec<Given>,
    /// Absent: holds for ever.
    #[serde(default)]
    expires_at: Option<Time>,
}

/// A key just made.
#[derive(Debug, Serialize, ToSchema)]
struct ApiKeyMade {
    id: String,
    /// Told once; `null` in a repeated answer.
    secret: Option<String>,
}

/// List API keys.
///
/// Newest first, revoked ones too.
#[utoipa::path(get, path = "/api/v1/api-keys", operation_id = "listApiKeys", tag = "API keys", responses((status = 200, body = Page<ApiKey>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<ApiKey>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::list(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Create an API key.
#[utoipa::path(post, path = "/api/v1/api-keys", operation_id = "createApiKey", tag = "API keys", request_body = ApiKeyCreate,
    responses((status = 201, body = ApiKeyMade)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<ApiKeyCreate>) -> Result<Response, Problem> {
    write
        .run_secret(&app, &caller, "secret", |tx, ctx, body| {
            let scopes = super::set(&body.scopes.iter().map(|g| g.0).collect::<Vec<_>>());
            let new = NewKey { name: body.name.clone(), scopes, expires_at: body.expires_at.map(|t| t.0) };
            let made = room::create(tx, ctx, &new)?;
            let told = ApiKeyMade { id: made.id.to_string(), secret: None };
            Ok((reply(StatusCode::CREATED, &format!("/api/v1/api-keys/{}", made.id), &told)?, made.secret))
        })
        .await
}

/// Read an API key.
#[utoipa::path(get, path = "/api/v1/api-keys/{id}", operation_id = "getApiKey", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKey)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<ApiKey>, Problem> {
    let id: ApiKeyId = id(&text, "API key")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Revoke an API key.
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", operation_id = "revokeApiKey", tag = "API keys", params(("id" = String, Path)),
    responses((status = 200, body = ApiKey)))]
async fn revoke(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: ApiKeyId = id(&text, "API key")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &ApiKey::from(room::revoke(tx, ctx, &id)?))).await
}
