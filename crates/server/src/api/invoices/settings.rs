//! Who sells, and how invoices are numbered, taxed and rounded.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::invoices as room;
use domain::kit::Right;
use utoipa_axum::routes;

use super::body::InvoiceSettings;
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Read), routes!(get)).api(Policy::May(Right::Settings), routes!(put))
}

/// Read the settings of invoices.
#[utoipa::path(get, path = "/api/v1/invoice-settings", operation_id = "getInvoiceSettings", tag = "Invoices",
    responses((status = 200, body = InvoiceSettings)))]
async fn get(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<InvoiceSettings>, Problem> {
    Ok(axum::Json(app.read(&ctx, room::settings).await?.into()))
}

/// Change the settings of invoices.
///
/// All of them at once. Invoices that are issued stay as they are.
#[utoipa::path(put, path = "/api/v1/invoice-settings", operation_id = "putInvoiceSettings", tag = "Invoices", request_body = InvoiceSettings,
    responses((status = 200, body = InvoiceSettings)))]
async fn put(State(app): State<App>, caller: Caller, write: Write<InvoiceSettings>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let now: InvoiceSettings = room::edit_settings(tx, ctx, &body.edit())?.into();
            reply(StatusCode::OK, "", &now)
        })
        .await
}
