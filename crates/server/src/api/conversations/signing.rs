//! The key that mail is signed with (DKIM). Its private half goes in and is never given back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::Right;
use domain::mail::dkim::{self as room, Dkim};
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
    routes.api(settings, routes!(get)).api(settings, routes!(set)).api(settings, routes!(remove))
}

/// The key that signs, without its private half.
#[derive(Debug, Serialize, ToSchema)]
struct SigningKey {
    /// The domain that signs.
    #[schema(example = "example.com")]
    domain: String,
    #[schema(example = "desk")]
    selector: String,
    /// The name of the TXT record.
    #[schema(example = "desk._domainkey.example.com")]
    record_name: String,
    /// What stands there.
    #[schema(example = "v=DKIM1; k=ed25519; p=…")]
    record: String,
    created_at: Time,
}

impl From<Dkim> for SigningKey {
    fn from(d: Dkim) -> Self {
        Self { record_name: d.name(), domain: d.domain, selector: d.selector, record: d.record, created_at: Time(d.created_at) }
    }
}

/// A key to sign with.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SigningKeyPut {
    /// The domain that mail comes from.
    #[schema(example = "example.com")]
    domain: String,
    #[schema(example = "desk")]
    selector: String,
    /// Private key in PEM (PKCS #8, or PKCS #1 for RSA); absent: one of Ed25519 is made.
    #[serde(default)]
    key: String,
}

/// Read the key that mail is signed with.
#[utoipa::path(get, path = "/api/v1/signing-key", operation_id = "getSigningKey", tag = "Conversations",
    responses((status = 200, body = SigningKey)))]
async fn get(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<SigningKey>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::dkim(tx, ctx)).await?;
    Ok(axum::Json(found.ok_or(domain::Error::NotFound("signing key"))?.into()))
}

/// Set the key that mail is signed with.
///
/// Publish the record of the answer under its name. The private half is stored encrypted and never given back.
#[utoipa::path(put, path = "/api/v1/signing-key", operation_id = "setSigningKey", tag = "Conversations", request_body = SigningKeyPut,
    responses((status = 200, body = SigningKey)))]
async fn set(State(app): State<App>, caller: Caller, write: Write<SigningKeyPut>) -> Result<Response, Problem> {
    let vault = app.config.vault.clone();
    write
        .run(&app, &caller, move |tx, ctx, b| {
            room::set_dkim(tx, ctx, &vault, (b.domain.as_str(), b.selector.as_str()), &b.key)?;
            let now = room::dkim(tx, ctx)?.ok_or(domain::Error::NotFound("signing key"))?;
            reply(StatusCode::OK, "", &SigningKey::from(now))
        })
        .await
}

/// Forget the key that mail is signed with.
///
/// Mail leaves unsigned from now on.
#[utoipa::path(delete, path = "/api/v1/signing-key", operation_id = "removeSigningKey", tag = "Conversations", responses((status = 204)))]
async fn remove(State(app): State<App>, caller: Caller, write: Write<()>) -> Result<Response, Problem> {
    write.run(&app, &caller, |tx, ctx, ()| room::remove_dkim(tx, ctx).map(|()| done())).await
}
