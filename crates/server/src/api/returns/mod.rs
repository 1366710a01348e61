//! Returns: asked for on an order, approved, received, made good, closed.

mod body;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, CustomerId, OrderId, ReturnId, Right};
use domain::returns as room;
use domain::{customers, orders};
use store::Tx;
use utoipa_axum::routes;

use self::body::{Return, ReturnCreate, ReturnRefundAsked, ReturnReject, ReturnRow};
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
    let (read, orders, refund) = (Policy::May(Right::Read), Policy::May(Right::Orders), Policy::May(Right::Refund));
    routes
        .api(read, routes!(list))
        .api(read, routes!(of_customer))
        .api(read, routes!(of_order))
        .api(orders, routes!(request))
        .api(read, routes!(get))
        .api(orders, routes!(approve))
        .api(orders, routes!(receive))
        .api(orders, routes!(close))
        .api(orders, routes!(reject))
        .api(refund, routes!(give_back))
        .api(orders, routes!(replace))
}

/// List returns.
///
/// Of all customers and guests, newest first unless another order is asked for, by the same filters as the page.
#[utoipa::path(get, path = "/api/v1/returns", operation_id = "listReturns", tag = "Returns", params(lists::ReturnsAsked),
    responses((status = 200, body = Page<ReturnRow>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Answer<Page<ReturnRow>> {
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), room::listed::rows).await
}

/// List the returns of a customer.
///
/// Of all their orders, newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/returns", operation_id = "listCustomerReturns", tag = "Returns",
    params(("id" = String, Path), NewestAsked), responses((status = 200, body = Page<ReturnRow>)))]
async fn of_customer(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<NewestAsked>,
) -> Answer<Page<ReturnRow>> {
    let customer: CustomerId = id(&text, "customer")?;
    let (limit, after) = (limit(asked.limit)?, after(asked.after.as_deref())?);
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::of_customer(tx, ctx, &customer, after.as_ref(), limit)
        })
        .await?;
    let data = found.returns.into_iter().map(Into::into).collect();
    Ok(axum::Json(Page { data, next: found.next.map(|key| key.to_string()), prev: None, total: None }))
}

/// List the returns of an order.
///
/// Oldest first.
#[utoipa::path(get, path = "/api/v1/orders/{id}/returns", operation_id = "listOrderReturns", tag = "Returns", params(("id" = String, Path)),
    responses((status = 200, body = Page<ReturnRow>)))]
async fn of_order(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Page<ReturnRow>> {
    let order: OrderId = id(&text, "order")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            orders::get(tx, ctx, &order)?;
            room::of_order(tx, ctx, &order)
        })
        .await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Ask for a return.
///
/// Of lines of an order that is paid or sent; no more than was bought. 409 `order_state` for another.
#[utoipa::path(post, path = "/api/v1/orders/{id}/returns", operation_id = "requestReturn", tag = "Returns", params(("id" = String, Path)),
    request_body = ReturnCreate, responses((status = 201, body = Return)))]
async fn request(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ReturnCreate>) -> Result<Response, Problem> {
    let order: OrderId = id(&text, "order")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let id = room::request(tx, ctx, &order, &body.input())?;
            reply(StatusCode::CREATED, &format!("/api/v1/returns/{id}"), &whole(tx, ctx, &id)?)
        })
        .await
}

/// What a write answers with, also to those who may write and not read.
fn whole(tx: &mut Tx, ctx: &Ctx, id: &ReturnId) -> domain::Result<Return> {
    room::get(tx, &seeing(ctx), id).map(Into::into)
}

/// Read a return.
#[utoipa::path(get, path = "/api/v1/returns/{id}", operation_id = "getReturn", tag = "Returns", params(("id" = String, Path)),
    responses((status = 200, body = Return)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Return> {
    let id: ReturnId = id(&text, "return")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Approve a return.
///
/// Answers 409 `return_state` unless nobody decided.
#[utoipa::path(post, path = "/api/v1/returns/{id}/approval", operation_id = "approveReturn", tag = "Returns", params(("id" = String, Path)),
    responses((status = 200, body = Return)))]
async fn approve(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::approve(tx, ctx, id)).await
}

/// Note that a return is here.
///
/// Answers 409 `return_state` unless it was approved.
#[utoipa::path(post, path = "/api/v1/returns/{id}/receipt", operation_id = "receiveReturn", tag = "Returns", params(("id" = String, Path)),
    responses((status = 200, body = Return)))]
async fn receive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::receive(tx, ctx, id)).await
}

/// Close a return.
///
/// Answers 409 `return_state` before it was approved, and when it is over.
#[utoipa::path(post, path = "/api/v1/returns/{id}/closing", operation_id = "closeReturn", tag = "Returns", params(("id" = String, Path)),
    responses((status = 200, body = Return)))]
async fn close(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::close(tx, ctx, id)).await
}

/// Reject a return.
///
/// Answers 409 `return_state` once the goods are here, or something was given for it.
#[utoipa::path(post, path = "/api/v1/returns/{id}/rejection", operation_id = "rejectReturn", tag = "Returns", params(("id" = String, Path)),
    request_body = ReturnReject, responses((status = 200, body = Return)))]
async fn reject(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ReturnReject>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::reject(tx, ctx, id, &body.answer)).await
}

/// Give money back for a return.
///
/// Of a payment of its order, through the provider where there is one; never more than is left of the payment. All that the goods were
/// worth answers 409 `return_replaced` while the order stands that replaced them.
#[utoipa::path(post, path = "/api/v1/returns/{id}/refunds", operation_id = "refundReturn", tag = "Returns", params(("id" = String, Path)),
    request_body = ReturnRefundAsked, responses((status = 200, body = Return)))]
async fn give_back(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<ReturnRefundAsked>,
) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::refund(tx, &seeing(ctx), id, &body.input()).map(drop)).await
}

/// Send a replacement.
///
/// A new order of the same goods at no charge, once for each return; it stands in `replacement`. Answers 409 `return_refunded` when all that the
/// goods were worth was given back.
#[utoipa::path(post, path = "/api/v1/returns/{id}/replacement", operation_id = "replaceReturn", tag = "Returns", params(("id" = String, Path)),
    responses((status = 200, body = Return)))]
async fn replace(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::replace(tx, ctx, id).map(drop)).await
}

/// One verb on one return, answered with the return as it is then.
async fn step<T: Clone + Send + Sync + 'static>(
    app: &App,
    caller: &Caller,
    text: &str,
    write: Write<T>,
    verb: impl Fn(&mut Tx, &Ctx, &ReturnId, &T) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let id: ReturnId = id(text, "return")?;
    write
        .run(app, caller, move |tx, ctx, body| {
            verb(tx, ctx, &id, body)?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}
