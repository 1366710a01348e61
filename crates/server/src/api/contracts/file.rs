//! The signed paper of a contract.

use axum::extract::{Request, State};
use axum::response::Response;
use domain::contracts as room;
use domain::kit::{ContractId, Right};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::body::Contract;
use super::step;
use crate::api::asked::{Asked, At};
use crate::api::write::Write;
use crate::app::App;
use crate::dashboard::conversations::download as sent;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The kinds of file that are taken.
const KINDS: [&str; 5] = [
    "application/pdf",
    "image/png",
    "image/jpeg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.text",
];

/// The operations.
pub fn routes(routes: Routes) -> Routes {
    let (read, orders) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    routes.api(read, routes!(get)).api(orders, routes!(put)).api(orders, routes!(remove))
}

/// What a file is called.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ContractFileAsked {
    /// Absent: by the number of the contract.
    name: Option<String>,
}

/// Download the file of a contract.
///
/// Always as `application/octet-stream`. Answers 404 without one.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/file", operation_id = "getContractFile", tag = "Contracts", params(("id" = String, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<Response, Problem> {
    let id: ContractId = id(&text, "contract")?;
    let (name, bytes) = app.read(&ctx, move |tx, ctx| room::download(tx, ctx, &id)).await?;
    Ok(sent(&name, bytes))
}

/// Put a file to a contract.
///
/// It takes the place of the one before. A PDF, PNG, JPEG, or a document of Word or OpenDocument, told by its content; at most 10 MB.
#[utoipa::path(put, path = "/api/v1/contracts/{id}/file", operation_id = "putContractFile", tag = "Contracts",
    params(("id" = String, Path), ContractFileAsked),
    request_body(content((Vec<u8> = "application/pdf"), (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"), (Vec<u8> = "application/vnd.oasis.opendocument.text"))),
    responses((status = 200, body = Contract)))]
async fn put(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    Asked(asked): Asked<ContractFileAsked>,
    request: Request,
) -> Result<Response, Problem> {
    let name = asked.name.unwrap_or_default();
    let write = Write::file(request, &app, &KINDS).await?;
    step(&app, &caller, &text, write, move |tx, ctx, id, bytes| room::attach(tx, ctx, id, &name, bytes)).await
}

/// Take the file of a contract out.
///
/// Without one, nothing happens.
#[utoipa::path(delete, path = "/api/v1/contracts/{id}/file", operation_id = "removeContractFile", tag = "Contracts", params(("id" = String, Path)),
    responses((status = 200, body = Contract)))]
async fn remove(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::detach(tx, ctx, id)).await
}
