//! The logo on invoices.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::invoices as room;
use domain::kit::Right;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

pub(super) fn routes(routes: Routes) -> Routes {
    let settings = Policy::May(Right::Settings);
    routes.api(Policy::May(Right::Read), routes!(get)).api(settings, routes!(set)).api(settings, routes!(remove))
}

/// A logo that was set.
#[derive(Debug, Serialize, ToSchema)]
struct InvoiceLogo {
    /// Id of the picture; a new one with every change. Invoices that are issued keep theirs.
    logo: String,
}

/// Read the logo on invoices.
#[utoipa::path(get, path = "/api/v1/invoice-settings/logo", operation_id = "getInvoiceLogo", tag = "Invoices",
    responses((status = 200, description = "The picture", content((Vec<u8> = "image/png")))))]
async fn get(State(app): State<App>, Caller(ctx): Caller) -> Result<Response, Problem> {
    let bytes = app
        .read(&ctx, |tx, ctx| {
            let logo = room::settings(tx, ctx)?.logo.ok_or(domain::Error::NotFound("logo"))?;
            room::shown_logo(tx, ctx, &logo)
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], bytes).into_response())
}

/// Set the logo on invoices.
///
/// PNG or JPEG of at most 2 MB and 4000 by 4000 dots.
#[utoipa::path(put, path = "/api/v1/invoice-settings/logo", operation_id = "setInvoiceLogo", tag = "Invoices",
    request_body(content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"))), responses((status = 200, body = InvoiceLogo)))]
async fn set(State(app): State<App>, caller: Caller, request: Request) -> Result<Response, Problem> {
    let write = Write::file(request, &app, &["image/png", "image/jpeg"]).await?;
    let file = write.input.clone();
    let picture =
        tokio::task::spawn_blocking(move || room::logo_picture(&file)).await.map_err(|e| domain::Error::Internal(e.to_string()))??;
    write
        .with(picture)
        .run(&app, &caller, |tx, ctx, picture| {
            let logo = room::set_logo(tx, ctx, picture)?.to_string();
            reply(StatusCode::OK, "", &InvoiceLogo { logo })
        })
        .await
}

/// Take the logo off invoices.
#[utoipa::path(delete, path = "/api/v1/invoice-settings/logo", operation_id = "removeInvoiceLogo", tag = "Invoices", responses((status = 204)))]
async fn remove(State(app): State<App>, caller: Caller, write: Write<()>) -> Result<Response, Problem> {
    write.run(&app, &caller, |tx, ctx, ()| room::remove_logo(tx, ctx).map(|()| done())).await
}
