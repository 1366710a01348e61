//! What an invoice is made from, and what becomes of it: issued, withdrawn, linked, sent.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::invoices as room;
use domain::kit::{InvoiceId, MailId, OrderId, PaymentId, Right};
use domain::mail;
use utoipa_axum::routes;

use super::body::{Invoice, InvoiceLink, InvoiceMail, Mail};
use super::{step, whole};
use crate::api::asked::At;
use crate::api::types::Page;
use crate::api::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

pub(super) fn routes(routes: Routes) -> Routes {
    let (read, orders, refund) = (Policy::May(Right::Read), Policy::May(Right::Orders), Policy::May(Right::Refund));
    routes
        .api(orders, routes!(of_order))
        .api(orders, routes!(of_payment))
        .api(orders, routes!(issue))
        .api(refund, routes!(void))
        .api(orders, routes!(open_link))
        .api(orders, routes!(close_link))
        .api(read, routes!(mails))
        .api(orders, routes!(send))
        // What it carries decides which right is needed: the verb asks.
        .api(read, routes!(retry))
}

/// Draft an invoice of an order.
///
/// It comes to exactly what the order comes to. The draft there is, when there is one; 409 `invoiced` when an invoice stands.
#[utoipa::path(post, path = "/api/v1/orders/{id}/invoice", operation_id = "invoiceOrder", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 201, body = Invoice)))]
async fn of_order(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let order: OrderId = id(&text, "order")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let id = room::of_order_draft(tx, ctx, &order)?;
            reply(StatusCode::CREATED, &format!("/api/v1/invoices/{id}"), &whole(tx, ctx, &id)?)
        })
        .await
}

/// Draft an invoice of a payment.
///
/// Of its order, or of the amount that was paid. 409 `invoiced` when an invoice stands.
#[utoipa::path(post, path = "/api/v1/payments/{id}/invoice", operation_id = "invoicePayment", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 201, body = Invoice)))]
async fn of_payment(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let payment: PaymentId = id(&text, "payment")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let id = room::of_payment_draft(tx, ctx, &payment)?;
            reply(StatusCode::CREATED, &format!("/api/v1/invoices/{id}"), &whole(tx, ctx, &id)?)
        })
        .await
}

/// Issue a draft.
///
/// It gets the next number of its series and does not change any more. 409 `seller_incomplete` before the settings say who sells.
#[utoipa::path(post, path = "/api/v1/invoices/{id}/issue", operation_id = "issueInvoice", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 200, body = Invoice)))]
async fn issue(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::issue(tx, ctx, id).map(drop)).await
}

/// Withdraw an invoice that was issued by mistake.
///
/// It keeps its number and owes nothing. 409 `invoice_state` when something is paid or credited: then a credit note is the way.
#[utoipa::path(post, path = "/api/v1/invoices/{id}/withdrawal", operation_id = "withdrawInvoice", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 200, body = Invoice)))]
async fn void(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::void(tx, ctx, id)).await
}

/// Open a link for the buyer.
///
/// Whoever has it sees this invoice. It is told once; an older one stops working.
#[utoipa::path(post, path = "/api/v1/invoices/{id}/link", operation_id = "openInvoiceLink", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 201, body = InvoiceLink)))]
async fn open_link(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: InvoiceId = id(&text, "invoice")?;
    write
        .run_secret(&app, &caller, "link", move |tx, ctx, ()| {
            let secret = room::open_link(tx, ctx, &id)?;
            Ok((reply(StatusCode::CREATED, "", &InvoiceLink { link: None })?, format!("/i/{secret}")))
        })
        .await
}

/// Close the link for the buyer.
#[utoipa::path(delete, path = "/api/v1/invoices/{id}/link", operation_id = "closeInvoiceLink", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 204)))]
async fn close_link(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: InvoiceId = id(&text, "invoice")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::revoke_link(tx, ctx, &id).map(|()| done())).await
}

/// List the mails of an invoice.
///
/// Newest first, with what became of each.
#[utoipa::path(get, path = "/api/v1/invoices/{id}/mails", operation_id = "listInvoiceMails", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 200, body = Page<Mail>)))]
async fn mails(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Page<Mail>>, Problem> {
    let id: InvoiceId = id(&text, "invoice")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            room::get(tx, ctx, &id)?;
            mail::of_invoice(tx, ctx, &id)
        })
        .await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Send an invoice by mail.
///
/// Puts it into the outbox, with the PDF. 409 `no_mail_server` where none is set up.
#[utoipa::path(post, path = "/api/v1/invoices/{id}/mails", operation_id = "sendInvoice", tag = "Invoices", params(("id" = String, Path)),
    request_body = InvoiceMail, responses((status = 201, body = Mail)))]
async fn send(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<InvoiceMail>) -> Result<Response, Problem> {
    let id: InvoiceId = id(&text, "invoice")?;
    let config = app.config.clone();
    write
        .run(&app, &caller, move |tx, ctx, body| {
            config.must_send_mail()?;
            let mail = mail::send_invoice(tx, ctx, &id, &body.to, &body.message)?;
            reply(StatusCode::CREATED, "", &Mail::from(mail::get(tx, &seeing(ctx), &mail)?))
        })
        .await
}

/// Send a mail once more that failed, or of which nobody knows.
///
/// One that is `unknown` may have arrived: ask the receiver first. Needs the scope that it was written with beside `read`: `orders` for an invoice, an offer, a
/// link to pay or to add a method, else `write`; `bulk_mail` too for one of a mailing. What its first sending asked is asked again: 409 `mail_state` for one that
/// waits or was sent, `offer_state` and `link_state` for what does not stand any more, `customer_inactive`, and for a mailing `unsubscribed`, `bounced`,
/// `no_consent`, `no_address`.
#[utoipa::path(post, path = "/api/v1/mails/{id}/retry", operation_id = "retryMail", tag = "Mails", params(("id" = String, Path)),
    responses((status = 200, body = Mail)))]
async fn retry(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: MailId = id(&text, "mail")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            mail::retry(tx, ctx, &id)?;
            reply(StatusCode::OK, "", &Mail::from(mail::get(tx, &seeing(ctx), &id)?))
        })
        .await
}
