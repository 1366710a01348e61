//! Sending an offer by mail: to whom, with which words, once for one press. A draft is sent by it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::OfferId;
use domain::replies::Reply;
use domain::{mail, merchants, offers};

use super::shown::{Line, line};
use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, moments, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/offers/send.html")]
struct Send {
    frame: Frame,
    form: Form,
    line: Line,
    last: Option<String>,
    ready: bool,
    once: String,
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    offer: OfferId,
    status: StatusCode,
    form: Option<Form>,
) -> PageResult {
    let (offer, mails, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            Ok((offers::get(tx, ctx, &offer)?, mail::of_offer(tx, ctx, &offer)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let form = form.unwrap_or_else(|| Form::of([("to", offer.buyer.email.clone())]));
    let page = Send {
        frame: frame(app, who, "offers", uri, headers).await?,
        once: once(&form, who),
        form,
        last: mails.iter().find_map(|m| m.sent_at.map(|at| format!("Sent to {} at {}.", m.recipient, moments::moment(&zone, at).shown))),
        ready: app.config.smtp.is_some(),
        line: line(offer.summary, &zone),
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(offer): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&offer, "offer")?, StatusCode::OK, None).await
}

/// Puts it into the outbox, once.
pub async fn send(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(offer): Path<String>, typed: Typed) -> PageResult {
    let offer: OfferId = id(&offer, "offer")?;
    let (which, sent, origin) = (offer.clone(), typed.clone(), app.config.origin());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/offers/{which}/send"), |tx| {
                mail::send_offer(tx, ctx, &which, sent.get("to"), sent.get("message"), &origin)?;
                Ok(Reply::new(303, format!("/offers/{which}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Offer put into the outbox.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, offer, status, Some(form)).await
        }
    }
}
