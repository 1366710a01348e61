//! Payments: read, record by hand, bounce, refund, dispute; and what belongs to a customer: payments, methods, guest payments.

pub mod body;
mod evidence;
mod of_customer;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, DisputeId, PaymentId, Right};
use domain::payments::{self as room, disputes, refunds};
use domain::providers;
use store::Tx;
use utoipa_axum::routes;

use self::body::{Bounce, Decision, Dispute, DisputePut, DisputeRow, Payment, PaymentCreate, RefundCreate};
use super::asked::At;
use super::lists::{self, DisputesAsked, PaymentsAsked};
use super::types::Page;
use super::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let payments = Policy::May(Right::Payments);
    let routes = routes
        .api(Policy::May(Right::Read), routes!(list))
        .api(Policy::May(Right::Read), routes!(list_disputes))
        .api(payments, routes!(record))
        .api(Policy::May(Right::Read), routes!(get))
        .api(payments, routes!(bounce))
        .api(Policy::May(Right::Refund), routes!(refund))
        .api(payments, routes!(dispute))
        .api(payments, routes!(decide));
    evidence::routes(of_customer::routes(routes))
}

fn whole(tx: &mut Tx, ctx: &Ctx, id: &PaymentId) -> domain::Result<Payment> {
    room::get(tx, &seeing(ctx), id).map(Into::into)
}

/// List payments.
///
/// Of all customers and guests, newest first, by the same filters as the page.
#[utoipa::path(get, path = "/api/v1/payments", operation_id = "listPayments", tag = "Payments", params(PaymentsAsked),
    responses((status = 200, body = Page<Payment>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<Page<Payment>>, Problem> {
    let rows = |tx: &mut Tx, ctx: &Ctx, ids: &[String]| Ok(room::listed::rows(tx, ctx, ids)?.into_iter().map(|row| row.payment).collect());
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), rows).await
}

/// List disputes.
///
/// The latest first, by the same filters as the page.
#[utoipa::path(get, path = "/api/v1/disputes", operation_id = "listDisputes", tag = "Payments", params(DisputesAsked),
    responses((status = 200, body = Page<DisputeRow>)))]
async fn list_disputes(
    State(app): State<App>,
    Caller(ctx): Caller,
    RawQuery(raw): RawQuery,
) -> Result<axum::Json<Page<DisputeRow>>, Problem> {
    lists::page(&app, &ctx, &room::listed_disputes::LIST, raw.as_deref(), room::listed_disputes::rows).await
}

/// Record a payment by hand.
///
/// Cash, cheque or transfer, for an order or for a customer alone. An order that is paid by it becomes paid.
#[utoipa::path(post, path = "/api/v1/payments", operation_id = "recordPayment", tag = "Payments", request_body = PaymentCreate,
    responses((status = 201, body = Payment)))]
async fn record(State(app): State<App>, caller: Caller, write: Write<PaymentCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let id = room::record(tx, ctx, &body.input())?;
            reply(StatusCode::CREATED, &format!("/api/v1/payments/{id}"), &whole(tx, ctx, &id)?)
        })
        .await
}

/// Read a payment.
#[utoipa::path(get, path = "/api/v1/payments/{id}", operation_id = "getPayment", tag = "Payments", params(("id" = String, Path)),
    responses((status = 200, body = Payment)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Payment>, Problem> {
    let id: PaymentId = id(&text, "payment")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Note that the bank took a payment back.
///
/// It stops counting for status and value, and its order is unpaid again.
#[utoipa::path(post, path = "/api/v1/payments/{id}/bounce", operation_id = "bouncePayment", tag = "Payments", params(("id" = String, Path)),
    request_body = Bounce, responses((status = 200, body = Payment)))]
async fn bounce(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<Bounce>) -> Result<Response, Problem> {
    let id: PaymentId = id(&text, "payment")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            room::bounce(tx, ctx, &id, &body.reason)?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}

/// Refund a payment.
///
/// The refund of a provider's payment is asked for at the provider and is `pending` until that answers, when the shop has an account there; any other,
/// and one with `provider_ref` or `refunded_at`, is recorded as made. All refunds of a payment together never exceed what it brought.
#[utoipa::path(post, path = "/api/v1/payments/{id}/refunds", operation_id = "refundPayment", tag = "Payments", params(("id" = String, Path)),
    request_body = RefundCreate, responses((status = 201, body = Payment)))]
async fn refund(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<RefundCreate>) -> Result<Response, Problem> {
    let id: PaymentId = id(&text, "payment")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let made = if body.provider_ref.is_none() && body.refunded_at.is_none() {
                providers::refund(tx, ctx, &id, body.amount, &body.reason)?
            } else {
                refunds::refund(tx, ctx, &body.input(&id))?
            };
            if body.tell_customer {
                refunds::tell_payer(tx, ctx, &made)?;
            }
            reply(StatusCode::CREATED, "", &whole(tx, ctx, &id)?)
        })
        .await
}

/// Take in a dispute, or the decision about a known one.
#[utoipa::path(post, path = "/api/v1/payments/{id}/disputes", operation_id = "putDispute", tag = "Payments", params(("id" = String, Path)),
    request_body = DisputePut, responses((status = 200, body = Dispute)))]
async fn dispute(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<DisputePut>) -> Result<Response, Problem> {
    let id: PaymentId = id(&text, "payment")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let dispute = disputes::put(tx, ctx, &body.input(&id))?;
            let found = disputes::of_payment(tx, ctx, &id)?.into_iter().find(|d| d.id == dispute);
            reply(StatusCode::OK, "", &found.map(Dispute::from).ok_or(domain::Error::NotFound("dispute"))?)
        })
        .await
}

/// Decide an open dispute.
#[utoipa::path(post, path = "/api/v1/disputes/{id}/decision", operation_id = "decideDispute", tag = "Payments", params(("id" = String, Path)),
    request_body = Decision, responses((status = 204)))]
async fn decide(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<Decision>) -> Result<Response, Problem> {
    let id: DisputeId = id(&text, "dispute")?;
    write.run(&app, &caller, move |tx, ctx, body| disputes::close(tx, ctx, &id, body.won).map(|()| done())).await
}
