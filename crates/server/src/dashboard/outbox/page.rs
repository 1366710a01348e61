//! One mail: what became of it, what it carries, and another try.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::MailId;
use domain::mail::listed::{self, Listed};
use domain::mail::{self, Mail};
use domain::{Error, merchants};

use crate::app::App;
use crate::dashboard::invoices::{Sent, sent};
use crate::dashboard::{PageResult, frame, moments, see_other, show, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Frame, When};

/// Where what a mail carries has its page, and what it is.
pub fn thing(m: &Mail) -> Option<(String, &'static str)> {
    let invoice = m.invoice.as_ref().map(|id| (format!("/invoices/{id}"), "Invoice"));
    let offer = m.offer.as_ref().map(|id| (format!("/offers/{id}"), "Offer"));
    let link = m.payment_link.as_ref().map(|id| (format!("/payment-links/{id}"), "Payment link"));
    invoice.or(offer).or(link)
}

#[derive(Template)]
#[template(path = "dashboard/outbox/page.html")]
struct Page {
    frame: Frame,
    row: Listed,
    state: Sent,
    thing: Option<(String, &'static str)>,
    /// The customer's page and name.
    whose: Option<(String, String)>,
    asked: When,
    went: Option<When>,
    next: Option<When>,
    /// The button that sends it again, where it did not go for certain and this person may.
    again: Option<&'static str>,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(mail): Path<String>) -> PageResult {
    let mail: MailId = id(&mail, "mail")?;
    let (row, whose, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let row = listed::rows(tx, ctx, &[mail.to_string()])?.pop().ok_or(Error::NotFound("mail"))?;
            let whose = row.customer.as_ref().map(|id| domain::customers::get(tx, ctx, id)).transpose()?;
            let whose = whose.map(|c| (format!("/customers/{}", c.id), c.display_name));
            Ok((row, whose, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let state = sent(&row.mail, &zone);
    let page = Page {
        frame: frame(&app, &who, "outbox", &uri, &headers).await?,
        thing: thing(&row.mail),
        whose,
        asked: moments::moment(&zone, row.mail.queued_at),
        went: row.mail.sent_at.map(|at| moments::moment(&zone, at)),
        next: row.mail.next_at.map(|at| moments::moment(&zone, at)),
        again: state.again.filter(|_| who.ctx.may(row.mail.right())),
        state,
        row,
    };
    Ok(show(&page))
}

/// Sends a mail that failed once more.
pub async fn retry(State(app): State<App>, who: Who, Path(mail): Path<String>) -> PageResult {
    let mail: MailId = id(&mail, "mail")?;
    let which = mail.clone();
    app.write(&who.ctx, move |tx, ctx| mail::retry(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&format!("/outbox/{mail}")), "It is tried again.", None))
}
