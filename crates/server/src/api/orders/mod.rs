//! Orders: list, create, read, edit a draft, and the steps an order takes.

pub mod body;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, OrderId, Right};
use domain::orders::{self as room, OrderPage};
use store::Tx;
use utoipa_axum::routes;

use self::body::{Order, OrderAddresses, OrderCreate, OrderNote, OrderPaid, OrderPatch, OrderRow};
use super::asked::At;
use super::lists::{self, OrdersAsked};
use super::payments::body::Payment;
use super::types::Page;
use super::write::{Write, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

type Answer<T> = Result<axum::Json<T>, Problem>;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, orders) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    routes
        .api(read, routes!(list))
        .api(orders, routes!(create))
        .api(read, routes!(get))
        .api(orders, routes!(edit))
        .api(read, routes!(payments))
        .api(orders, routes!(put_note))
        .api(orders, routes!(put_addresses))
        .api(orders, routes!(place))
        .api(orders, routes!(pay))
        .api(orders, routes!(fulfil))
        .api(orders, routes!(close))
        .api(orders, routes!(cancel))
}

/// A page of orders as the API writes it.
pub fn page(page: OrderPage) -> Page<OrderRow> {
    Page { data: page.orders.into_iter().map(Into::into).collect(), next: page.next.map(|key| key.to_string()), prev: None, total: None }
}

/// List orders.
///
/// Of all customers and guests, newest first, by the same filters as the page.
#[utoipa::path(get, path = "/api/v1/orders", operation_id = "listOrders", tag = "Orders", params(OrdersAsked),
    responses((status = 200, body = Page<OrderRow>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Answer<Page<OrderRow>> {
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), room::listed::rows).await
}

/// Create an order.
///
/// By hand, for a customer. What a shop sells comes in by `POST /checkouts`.
#[utoipa::path(post, path = "/api/v1/orders", operation_id = "createOrder", tag = "Orders", request_body = OrderCreate,
    responses((status = 201, body = Order)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<OrderCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let id = room::create(tx, ctx, &body.input())?;
            reply(StatusCode::CREATED, &format!("/api/v1/orders/{id}"), &whole(tx, ctx, &id)?)
        })
        .await
}

/// What a write answers with, also to those who may write and not read.
fn whole(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> domain::Result<Order> {
    room::get(tx, &super::write::seeing(ctx), id).map(Into::into)
}

/// Read an order.
#[utoipa::path(get, path = "/api/v1/orders/{id}", operation_id = "getOrder", tag = "Orders", params(("id" = String, Path)),
    responses((status = 200, body = Order)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Order> {
    let id: OrderId = id(&text, "order")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change a draft.
#[utoipa::path(patch, path = "/api/v1/orders/{id}", operation_id = "editOrder", tag = "Orders", params(("id" = String, Path)),
    request_body = OrderPatch, responses((status = 200, body = Order)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<OrderPatch>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::edit_draft(tx, ctx, id, &body.edit())).await
}

/// List the payments of an order.
#[utoipa::path(get, path = "/api/v1/orders/{id}/payments", operation_id = "listOrderPayments", tag = "Orders", params(("id" = String, Path)),
    responses((status = 200, body = Page<Payment>)))]
async fn payments(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Page<Payment>> {
    let id: OrderId = id(&text, "order")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            room::get(tx, ctx, &id)?;
            domain::payments::of_order(tx, ctx, &id)
        })
        .await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Set the note on an order.
///
/// In any state; empty takes it away.
#[utoipa::path(put, path = "/api/v1/orders/{id}/note", operation_id = "setOrderNote", tag = "Orders", params(("id" = String, Path)),
    request_body = OrderNote, responses((status = 200, body = Order)))]
async fn put_note(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<OrderNote>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::set_note(tx, ctx, id, &body.note, body.expected_version)).await
}

/// Set the addresses of an order.
///
/// Until it is fulfilled. The customer keeps theirs, and an issued invoice what it says.
#[utoipa::path(put, path = "/api/v1/orders/{id}/addresses", operation_id = "setOrderAddresses", tag = "Orders", params(("id" = String, Path)),
    request_body = OrderAddresses, responses((status = 200, body = Order)))]
async fn put_addresses(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<OrderAddresses>,
) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| {
        let (billing, delivery) = (body.billing.clone().into(), body.delivery.clone().map(Into::into));
        room::set_addresses(tx, ctx, id, &billing, delivery.as_ref(), body.expected_version)
    })
    .await
}

/// Place a draft.
#[utoipa::path(post, path = "/api/v1/orders/{id}/placement", operation_id = "placeOrder", tag = "Orders", params(("id" = String, Path)),
    responses((status = 200, body = Order)))]
async fn place(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::place(tx, ctx, id)).await
}

/// Mark an order as paid.
///
/// Records a payment by hand of what is still due; needs the scope `payments` too.
#[utoipa::path(post, path = "/api/v1/orders/{id}/payment", operation_id = "payOrder", tag = "Orders", params(("id" = String, Path)),
    request_body = OrderPaid, responses((status = 200, body = Order)))]
async fn pay(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<OrderPaid>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| {
        room::mark_paid(tx, ctx, id, body.kind, body.paid_at.map(|t| t.0), &body.note).map(drop)
    })
    .await
}

/// Fulfil an order.
#[utoipa::path(post, path = "/api/v1/orders/{id}/fulfilment", operation_id = "fulfilOrder", tag = "Orders", params(("id" = String, Path)),
    responses((status = 200, body = Order)))]
async fn fulfil(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::fulfil(tx, ctx, id)).await
}

/// Close an order.
///
/// Answers 409 `unpaid` while something is due.
#[utoipa::path(post, path = "/api/v1/orders/{id}/closing", operation_id = "closeOrder", tag = "Orders", params(("id" = String, Path)),
    responses((status = 200, body = Order)))]
async fn close(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::close(tx, ctx, id)).await
}

/// Cancel an order.
///
/// Answers 409 `paid` while money of it is with us: refund it first.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancellation", operation_id = "cancelOrder", tag = "Orders", params(("id" = String, Path)),
    responses((status = 200, body = Order)))]
async fn cancel(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::cancel(tx, ctx, id)).await
}

/// One verb on one order, answered with the order as it is then.
async fn step<T: Clone + Send + Sync + 'static>(
    app: &App,
    caller: &Caller,
    text: &str,
    write: Write<T>,
    verb: impl Fn(&mut Tx, &Ctx, &OrderId, &T) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let id: OrderId = id(text, "order")?;
    write
        .run(app, caller, move |tx, ctx, body| {
            verb(tx, ctx, &id, body)?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}
