//! The picture of a customer: a file in, a square file out.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::customers as room;
use domain::kit::{CustomerId, Right};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let write = Policy::May(Right::Write);
    routes.api(Policy::May(Right::Read), routes!(get)).api(write, routes!(set)).api(write, routes!(remove))
}

/// A picture that was set.
#[derive(Debug, Serialize, ToSchema)]
struct Avatar {
    /// Id of the picture; a new one with every change.
    avatar: String,
}

/// Read the picture of a customer.
#[utoipa::path(get, path = "/api/v1/customers/{id}/avatar", operation_id = "getAvatar", tag = "Customers", params(("id" = String, Path)),
    responses((status = 200, description = "256 by 256", content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png")))))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let (kind, bytes) = app
        .read(&ctx, move |tx, ctx| {
            let customer = room::get(tx, ctx, &customer)?;
            let avatar = customer.avatar.ok_or(domain::Error::NotFound("picture"))?;
            room::avatar(tx, ctx, &customer.id, &avatar)
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// Set the picture of a customer.
///
/// PNG, JPEG or WebP of at most 5 MB and 8000 by 8000 dots. The middle of it is kept, 256 by 256, without metadata.
#[utoipa::path(put, path = "/api/v1/customers/{id}/avatar", operation_id = "setAvatar", tag = "Customers", params(("id" = String, Path)),
    request_body(content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"))),
    responses((status = 200, body = Avatar)))]
async fn set(State(app): State<App>, caller: Caller, At(text): At<String>, request: Request) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let write = Write::file(request, &app, &["image/png", "image/jpeg", "image/webp"]).await?;
    let file = write.input.clone();
    let picture = tokio::task::spawn_blocking(move || room::picture(&file)).await.map_err(|e| domain::Error::Internal(e.to_string()))??;
    write
        .with(picture)
        .run(&app, &caller, move |tx, ctx, picture| {
            let avatar = room::set_avatar(tx, ctx, &customer, picture)?.to_string();
            reply(StatusCode::OK, "", &Avatar { avatar })
        })
        .await
}

/// Take the picture of a customer away.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/avatar", operation_id = "removeAvatar", tag = "Customers", params(("id" = String, Path)),
    responses((status = 204)))]
async fn remove(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::remove_avatar(tx, ctx, &customer).map(|()| done())).await
}
