//! Money on invoices: payments, and credit notes.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::invoices as room;
use domain::kit::{InvoiceId, PaymentId, Right};
use utoipa_axum::routes;

use super::body::{Invoice, InvoiceApply, InvoiceCredit, InvoiceCreditUsed, InvoicePaid};
use super::{step, whole};
use crate::api::asked::At;
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

pub(super) fn routes(routes: Routes) -> Routes {
    let (payments, refund) = (Policy::May(Right::Payments), Policy::May(Right::Refund));
    routes
        .api(payments, routes!(pay))
        .api(payments, routes!(apply))
        .api(payments, routes!(use_credit))
        .api(payments, routes!(undo_credit))
        .api(refund, routes!(credit))
}

/// Record a payment on an invoice.
///
/// By hand: cash, cheque or transfer; at most what is left.
#[utoipa::path(post, path = "/api/v1/invoices/{id}/payments", operation_id = "payInvoice", tag = "Invoices", params(("id" = String, Path)),
    request_body = InvoicePaid, responses((status = 200, body = Invoice)))]
async fn pay(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<InvoicePaid>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::record(tx, ctx, id, &body.input()).map(drop)).await
}

/// Pay an invoice with a payment that came before.
///
/// Takes what is free of it, at most what is left to pay. 409 `payment_used` when nothing is.
#[utoipa::path(post, path = "/api/v1/invoices/{id}/allocations", operation_id = "applyPayment", tag = "Invoices", params(("id" = String, Path)),
    request_body = InvoiceApply, responses((status = 200, body = Invoice)))]
async fn apply(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<InvoiceApply>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::apply(tx, ctx, id, &body.payment).map(drop)).await
}

/// Pay an invoice with store credit.
///
/// At most what is left to pay, and what the customer has in the invoice's currency. 409 `guest` when nobody owns the invoice.
#[utoipa::path(post, path = "/api/v1/invoices/{id}/store-credit", operation_id = "useStoreCredit", tag = "Invoices", params(("id" = String, Path)),
    request_body = InvoiceCreditUsed, responses((status = 200, body = Invoice)))]
async fn use_credit(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<InvoiceCreditUsed>,
) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::use_credit(tx, ctx, id, body.amount).map(drop)).await
}

/// Take store credit off an invoice.
///
/// All of that payment goes back to the ledger. 409 `payment_state` when it was undone before, or some of it was given back.
#[utoipa::path(delete, path = "/api/v1/invoices/{id}/store-credit/{payment}", operation_id = "undoStoreCredit", tag = "Invoices",
    params(("id" = String, Path), ("payment" = String, Path)), responses((status = 200, body = Invoice)))]
async fn undo_credit(
    State(app): State<App>,
    caller: Caller,
    At((invoice, payment)): At<(String, String)>,
    write: Write<()>,
) -> Result<Response, Problem> {
    let payment: PaymentId = id(&payment, "payment")?;
    step(&app, &caller, &invoice, write, move |tx, ctx, id, ()| room::undo_credit(tx, ctx, id, &payment)).await
}

/// Issue a credit note on an invoice.
///
/// Takes back all that is left, or the lines and quantities that are named. Money is given back apart, as a refund.
#[utoipa::path(post, path = "/api/v1/invoices/{id}/credit-notes", operation_id = "creditInvoice", tag = "Invoices", params(("id" = String, Path)),
    request_body = InvoiceCredit, responses((status = 201, body = Invoice)))]
async fn credit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<InvoiceCredit>) -> Result<Response, Problem> {
    let id: InvoiceId = id(&text, "invoice")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let made = room::credit(tx, ctx, &id, &body.input())?;
            reply(StatusCode::CREATED, &format!("/api/v1/invoices/{made}"), &whole(tx, ctx, &made)?)
        })
        .await
}
