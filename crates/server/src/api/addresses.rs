//! Addresses that bounced: marked so that nothing more is sent to many there, until the mark is taken off.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::addresses as room;
use domain::kit::Right;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::types::Time;
use super::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Write));
    routes.api(write, routes!(bounced)).api(read, routes!(get)).api(write, routes!(clear))
}

/// That mail to an address came back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BounceCreate {
    #[schema(example = "ana@example.es")]
    email: String,
    /// What the other server said: digits and dots.
    #[serde(default)]
    #[schema(example = "5.1.1", pattern = "^[0-9.]{0,20}$")]
    code: String,
}

/// An address that bounced.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BouncedAddress)]
struct Bounce {
    /// What the other server said; may be empty.
    code: String,
    bounced_at: Time,
}

impl From<room::Bounce> for Bounce {
    fn from(b: room::Bounce) -> Self {
        Self { code: b.code, bounced_at: Time(b.at) }
    }
}

/// Mark an address as bounced.
///
/// Mailings skip it from then on. Told again, the mark takes the newest code.
#[utoipa::path(post, path = "/api/v1/bounces", operation_id = "markBounce", tag = "Mailings", request_body = BounceCreate,
    responses((status = 200, body = Bounce)))]
async fn bounced(State(app): State<App>, caller: Caller, write: Write<BounceCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| reply(StatusCode::OK, "", &Bounce::from(room::bounced(tx, ctx, &body.email, &body.code)?)))
        .await
}

/// Read whether an address bounced.
#[utoipa::path(get, path = "/api/v1/bounces/{email}", operation_id = "getBounce", tag = "Mailings", params(("email" = String, Path)),
    responses((status = 200, body = Bounce)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(email): At<String>) -> Result<axum::Json<Bounce>, Problem> {
    let found = app.read(&ctx, move |tx, ctx| room::standing(tx, ctx, &email)?.ok_or(domain::Error::NotFound("bounce"))).await?;
    Ok(axum::Json(found.into()))
}

/// Take the mark off.
///
/// Without a mark nothing happens.
#[utoipa::path(delete, path = "/api/v1/bounces/{email}", operation_id = "clearBounce", tag = "Mailings", params(("email" = String, Path)),
    responses((status = 204)))]
async fn clear(State(app): State<App>, caller: Caller, At(email): At<String>, write: Write<()>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            room::clear(tx, ctx, &email)?;
            Ok(done())
        })
        .await
}
