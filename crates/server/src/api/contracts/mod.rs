//! Contracts: list, make, change, and what moves them on.

mod body;
mod file;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::contracts as room;
use domain::customers;
use domain::kit::{ContractId, Ctx, CustomerId, Right};
use store::Tx;
use utoipa_axum::routes;

use self::body::{Contract, ContractClose, ContractCreate, ContractNotice, ContractPatch, ContractRow};
use super::asked::{Asked, At, NewestAsked, after, limit};
use super::lists;
use super::types::Page;
use super::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

type Answer<T> = Result<axum::Json<T>, Problem>;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, orders) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    let routes = routes
        .api(read, routes!(list))
        .api(orders, routes!(create))
        .api(read, routes!(get))
        .api(orders, routes!(edit))
        .api(read, routes!(of_customer))
        .api(orders, routes!(start))
        .api(orders, routes!(give_notice))
        .api(orders, routes!(take_back_notice))
        .api(orders, routes!(end))
        .api(orders, routes!(cancel));
    file::routes(routes)
}

/// List contracts.
///
/// Of all customers, newest first unless another order is asked for, by the same filters as the page.
#[utoipa::path(get, path = "/api/v1/contracts", operation_id = "listContracts", tag = "Contracts", params(lists::ContractsAsked),
    responses((status = 200, body = Page<ContractRow>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Answer<Page<ContractRow>> {
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), room::listed::rows).await
}

/// List the contracts of a customer.
///
/// Newest first, drafts too.
#[utoipa::path(get, path = "/api/v1/customers/{id}/contracts", operation_id = "listCustomerContracts", tag = "Contracts",
    params(("id" = String, Path), NewestAsked), responses((status = 200, body = Page<ContractRow>)))]
async fn of_customer(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<NewestAsked>,
) -> Answer<Page<ContractRow>> {
    let customer: CustomerId = id(&text, "customer")?;
    let (limit, after) = (limit(asked.limit)?, after(asked.after.as_deref())?);
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::of_customer(tx, ctx, &customer, after.as_ref(), limit)
        })
        .await?;
    let data = found.contracts.into_iter().map(Into::into).collect();
    Ok(axum::Json(Page { data, next: found.next.map(|key| key.to_string()), prev: None, total: None }))
}

/// Create a contract.
///
/// With a customer, from a shop: a draft, or one that runs at once. Answers 409 `customer_inactive` for an archived customer, and 409 `contract_state` for
/// one that would run and whose last day is over.
#[utoipa::path(post, path = "/api/v1/contracts", operation_id = "createContract", tag = "Contracts", request_body = ContractCreate,
    responses((status = 201, body = Contract)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<ContractCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let id = room::create(tx, ctx, &body.input()?)?;
            if body.start {
                room::start(tx, ctx, &id)?;
            }
            reply(StatusCode::CREATED, &format!("/api/v1/contracts/{id}"), &whole(tx, ctx, &id)?)
        })
        .await
}

/// What a write answers with, also to those who may write and not read.
fn whole(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> domain::Result<Contract> {
    room::get(tx, &seeing(ctx), id).map(Into::into)
}

/// Read a contract.
#[utoipa::path(get, path = "/api/v1/contracts/{id}", operation_id = "getContract", tag = "Contracts", params(("id" = String, Path)),
    responses((status = 200, body = Contract)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Contract> {
    let id: ContractId = id(&text, "contract")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change a contract.
///
/// A draft, or one that runs; a last day that differs is agreed anew. Answers 409 `contract_state` once notice was given or it is over.
#[utoipa::path(patch, path = "/api/v1/contracts/{id}", operation_id = "editContract", tag = "Contracts", params(("id" = String, Path)),
    request_body = ContractPatch, responses((status = 200, body = Contract)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ContractPatch>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| {
        let now = room::get(tx, &seeing(ctx), id)?;
        room::edit(tx, ctx, id, &body.edit(now.input())?)
    })
    .await
}

/// Start a contract.
///
/// A draft binds from now on; once more changes nothing. Answers 409 `contract_state` when it is over, and 409 `customer_inactive` for an archived customer.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/start", operation_id = "startContract", tag = "Contracts", params(("id" = String, Path)),
    responses((status = 200, body = Contract)))]
async fn start(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::start(tx, ctx, id)).await
}

/// Note that notice was given.
///
/// It ends with its term, with the next one when it is too late for this, or on the day that both agreed on. 409 `contract_state` unless it runs.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/notice", operation_id = "giveContractNotice", tag = "Contracts", params(("id" = String, Path)),
    request_body = ContractNotice, responses((status = 200, body = Contract)))]
async fn give_notice(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<ContractNotice>,
) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::give_notice(tx, ctx, id, &body.input()?)).await
}

/// Take notice back.
///
/// It runs on as it was agreed. 409 `contract_state` unless notice was given and its last day is not over; 409 `customer_inactive` for an archived customer.
#[utoipa::path(delete, path = "/api/v1/contracts/{id}/notice", operation_id = "takeBackContractNotice", tag = "Contracts", params(("id" = String, Path)),
    responses((status = 200, body = Contract)))]
async fn take_back_notice(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::take_back_notice(tx, ctx, id)).await
}

/// End a contract.
///
/// With this day, whatever was agreed. 409 `contract_state` unless it runs.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/ending", operation_id = "endContract", tag = "Contracts", params(("id" = String, Path)),
    request_body = ContractClose, responses((status = 200, body = Contract)))]
async fn end(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ContractClose>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::end(tx, ctx, id, &body.reason)).await
}

/// Cancel a contract.
///
/// It is called off; a draft too. 409 `contract_state` when it is over.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/cancellation", operation_id = "cancelContract", tag = "Contracts", params(("id" = String, Path)),
    request_body = ContractClose, responses((status = 200, body = Contract)))]
async fn cancel(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ContractClose>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::cancel(tx, ctx, id, &body.reason)).await
}

/// One verb on one contract, answered with the contract as it is then.
async fn step<T: Clone + Send + Sync + 'static>(
    app: &App,
    caller: &Caller,
    text: &str,
    write: Write<T>,
    verb: impl Fn(&mut Tx, &Ctx, &ContractId, &T) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let id: ContractId = id(text, "contract")?;
    write
        .run(app, caller, move |tx, ctx, body| {
            verb(tx, ctx, &id, body)?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}
