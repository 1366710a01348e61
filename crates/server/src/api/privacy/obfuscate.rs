//! *Obfuscate enabled* of a customer: whether the retention rules of the shops, and anonymising all that match, may come to them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, CustomerId, Right};
use domain::privacy::retention as room;
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Read), routes!(get)).api(Policy::May(Right::Anonymise), routes!(put))
}

/// *Obfuscate enabled* of a customer.
#[derive(Debug, Serialize, ToSchema)]
struct Obfuscate {
    /// Unticked: retention and anonymising all that match leave this customer out. By hand it is always possible.
    enabled: bool,
}

/// *Obfuscate enabled* as it shall be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ObfuscatePut {
    enabled: bool,
}

fn read(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> domain::Result<Obfuscate> {
    let customer = domain::customers::get(tx, ctx, id)?.id;
    Ok(Obfuscate { enabled: room::is_enabled(tx, ctx, &customer)? })
}

/// Read whether a customer may be anonymised by rules.
#[utoipa::path(get, path = "/api/v1/customers/{id}/obfuscate", operation_id = "getObfuscateEnabled", tag = "Privacy", params(("id" = String, Path)),
    responses((status = 200, body = Obfuscate)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Obfuscate>, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| read(tx, ctx, &id)).await?))
}

/// Set whether a customer may be anonymised by rules.
///
/// *Obfuscate enabled*. Where it is not, the retention rules of the shops and anonymising all that match leave the customer out.
#[utoipa::path(put, path = "/api/v1/customers/{id}/obfuscate", operation_id = "setObfuscateEnabled", tag = "Privacy", params(("id" = String, Path)),
    request_body = ObfuscatePut, responses((status = 200, body = Obfuscate)))]
async fn put(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ObfuscatePut>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            room::set_enabled(tx, ctx, &id, body.enabled)?;
            reply(StatusCode::OK, "", &read(tx, &seeing(ctx), &id)?)
        })
        .await
}
