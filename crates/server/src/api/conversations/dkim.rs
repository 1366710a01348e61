//! The key by which the mail of a merchant is signed (DKIM).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Error;
use domain::kit::Right;
use domain::mail::dkim as room;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::types::Time;
use crate::api::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

pub fn routes(routes: Routes) -> Routes {
    let settings = Policy::May(Right::Settings);
    routes.api(settings, routes!(get)).api(settings, routes!(set)).api(settings, routes!(forget))
}

/// The key that signs; its private half is never given back.
#[derive(Debug, Serialize, ToSchema)]
struct Dkim {
    /// The domain that signs.
    domain: String,
    selector: String,
    /// The name of the TXT record to publish.
    #[schema(example = "desk._domainkey.example.com")]
    record_name: String,
    /// What stands in it.
    record: String,
    created_at: Time,
}

impl From<room::Dkim> for Dkim {
    fn from(d: room::Dkim) -> Self {
        Self { record_name: d.name(), domain: d.domain, selector: d.selector, record: d.record, created_at: Time(d.created_at) }
    }
}

/// The key, as it shall be.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DkimPut {
    #[schema(example = "example.com")]
    domain: String,
    #[schema(example = "desk")]
    selector: String,
    /// A private key of RSA (2048 bits and more) or Ed25519 in PEM; absent: one of Ed25519 is made.
    #[serde(default)]
    key: String,
}

/// Read the key that signs mail.
///
/// Answers 404 when mail leaves unsigned.
#[utoipa::path(get, path = "/api/v1/dkim", operation_id = "getDkim", tag = "Conversations", responses((status = 200, body = Dkim)))]
async fn get(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Dkim>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::dkim(tx, ctx)?.ok_or(Error::NotFound("key"))).await?;
    Ok(axum::Json(found.into()))
}

/// Set the key that signs mail.
///
/// In the place of the one before. It is stored encrypted; publish the record that is answered.
#[utoipa::path(put, path = "/api/v1/dkim", operation_id = "setDkim", tag = "Conversations", request_body = DkimPut,
    responses((status = 200, body = Dkim)))]
async fn set(State(app): State<App>, caller: Caller, write: Write<DkimPut>) -> Result<Response, Problem> {
    let vault = app.config.vault.clone();
    write
        .run(&app, &caller, move |tx, ctx, b| {
            room::set_dkim(tx, ctx, &vault, (&b.domain, &b.selector), &b.key)?;
            reply(StatusCode::OK, "", &Dkim::from(room::dkim(tx, ctx)?.ok_or(Error::NotFound("key"))?))
        })
        .await
}

/// Forget the key that signs mail.
///
/// Mail leaves unsigned from then on. Twice is once.
#[utoipa::path(delete, path = "/api/v1/dkim", operation_id = "forgetDkim", tag = "Conversations", responses((status = 204)))]
async fn forget(State(app): State<App>, caller: Caller, write: Write<()>) -> Result<Response, Problem> {
    write.run(&app, &caller, |tx, ctx, ()| room::remove_dkim(tx, ctx).map(|()| done())).await
}
