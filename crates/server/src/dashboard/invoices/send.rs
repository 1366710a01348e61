//! The Invoice dialog of a payment (SPEC 2.5), and sending: what goes to whom, once for one press.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::invoices::{self, Invoice};
use domain::kit::{InvoiceId, MailId, Money, PaymentId, Right};
use domain::mail::{self, Mail};
use domain::merchants;
use domain::payments::{self, PaymentStatus};
use domain::replies::Reply;

use super::page::{Row, rows};
use super::shown::{Line, line};
use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, moments, once, outbox, refused, see_other, show, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/invoices/send.html")]
struct Send {
    frame: Frame,
    form: Form,
    line: Line,
    rows: Vec<Row>,
    tax: String,
    last: Option<String>,
    back: String,
    may_send: bool,
    ready: bool,
    once: String,
}

#[derive(Template)]
#[template(path = "dashboard/invoices/none.html")]
struct NoneYet {
    frame: Frame,
    at: String,
    back: String,
    amount: String,
    /// Why there is none, when none can be made.
    why: &'static str,
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

async fn render(asked: Asked<'_>, invoice: InvoiceId, back: Option<String>, status: StatusCode, form: Option<Form>) -> PageResult {
    let Asked { app, who, uri, headers } = asked;
    let (i, mails, zone): (Invoice, Vec<Mail>, _) = app
        .read(&who.ctx, move |tx, ctx| {
            Ok((invoices::get(tx, ctx, &invoice)?, mail::of_invoice(tx, ctx, &invoice)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let form = form.unwrap_or_else(|| Form::of([("to", i.summary.buyer.email.clone())]));
    let last = mails.iter().find_map(|m| m.sent_at.map(|at| format!("Sent to {} at {}.", m.recipient, moments::moment(&zone, at).shown)));
    let page = Send {
        frame: frame(app, who, "invoices", uri, headers).await?,
        once: once(&form, who),
        form,
        rows: rows(&i),
        tax: Money::new(i.summary.tax, i.summary.currency).to_string(),
        last,
        back: back.unwrap_or_else(|| format!("/invoices/{}", i.summary.id)),
        may_send: who.ctx.may(Right::Orders) && i.summary.state.is_issued(),
        ready: app.config.smtp.is_some(),
        line: line(i.summary, i64::from(zone.day(who.ctx.now))),
    };
    Ok(show_with(status, &page))
}

/// The invoice of a payment: to look at, to send again, to download; or the way to make one.
pub async fn of_payment(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(payment): Path<String>) -> PageResult {
    let payment: PaymentId = id(&payment, "payment")?;
    let which = payment.clone();
    let (p, found) = app
        .read(&who.ctx, move |tx, ctx| {
            Ok((payments::get(tx, ctx, &which)?, invoices::of_payments(tx, ctx, std::slice::from_ref(&which))?.pop().flatten()))
        })
        .await?;
    let back = match (&p.customer, &p.order) {
        (Some(customer), _) => format!("/customers/{customer}/payments"),
        (None, Some(order)) => format!("/orders/{order}"),
        (None, None) => "/invoices".to_owned(),
    };
    if let Some(found) = found {
        let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
        return render(asked, found.id, Some(back), StatusCode::OK, None).await;
    }
    let why = match () {
        () if p.status != PaymentStatus::Settled => "Only a payment that is paid is billed.",
        () if !p.live => "A payment in test mode is not billed.",
        () if !who.ctx.may(Right::Orders) => "You may not make invoices.",
        () => "",
    };
    let page = NoneYet {
        frame: frame(&app, &who, "invoices", &uri, &headers).await?,
        at: format!("/payments/{payment}/invoice"),
        back,
        amount: Money::new(p.amount, p.currency).to_string(),
        why,
    };
    Ok(show(&page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(invoice): Path<String>) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    render(asked, id(&invoice, "invoice")?, None, StatusCode::OK, None).await
}

/// Puts it into the outbox, once.
pub async fn send(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(invoice): Path<String>, typed: Typed) -> PageResult {
    let invoice: InvoiceId = id(&invoice, "invoice")?;
    let (which, sent) = (invoice.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/invoices/{which}/send"), |tx| {
                mail::send_invoice(tx, ctx, &which, sent.get("to"), sent.get("message"))?;
                Ok(Reply::new(303, format!("/invoices/{which}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Invoice put into the outbox.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
            render(asked, invoice, None, status, Some(form)).await
        }
    }
}

/// Sends a mail that failed once more.
pub async fn retry(State(app): State<App>, who: Who, Path(mail): Path<String>) -> PageResult {
    let mail: MailId = id(&mail, "mail")?;
    let mail = app
        .write(&who.ctx, move |tx, ctx| {
            mail::retry(tx, ctx, &mail)?;
            mail::get(tx, &crate::api::write::seeing(ctx), &mail)
        })
        .await?;
    let back = outbox::thing(&mail).map_or_else(|| format!("/outbox/{}", mail.id), |(href, _)| href);
    Ok(toasted(see_other(&back), "It is tried again.", None))
}
