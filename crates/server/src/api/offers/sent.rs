//! How the buyer gets to see an offer: by mail, by a link.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{OfferId, Right};
use domain::{mail, offers as room};
use utoipa_axum::routes;

use super::body::OfferLink;
use crate::api::asked::At;
use crate::api::invoices::body::{InvoiceMail, Mail};
use crate::api::types::Page;
use crate::api::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

pub(super) fn routes(routes: Routes) -> Routes {
    let (read, orders) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    routes.api(orders, routes!(open_link)).api(orders, routes!(close_links)).api(read, routes!(mails)).api(orders, routes!(send))
}

/// Open a link for the buyer of an offer.
///
/// Whoever has it may accept or decline. It is told once; a draft is sent by it; links opened before stay open.
#[utoipa::path(post, path = "/api/v1/offers/{id}/link", operation_id = "openOfferLink", tag = "Offers", params(("id" = String, Path)),
    responses((status = 201, body = OfferLink)))]
async fn open_link(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: OfferId = id(&text, "offer")?;
    write
        .run_secret(&app, &caller, "link", move |tx, ctx, ()| {
            let secret = room::open_link(tx, ctx, &id)?;
            Ok((reply(StatusCode::CREATED, "", &OfferLink { link: None })?, format!("/o/{secret}")))
        })
        .await
}

/// Close all links of an offer.
#[utoipa::path(delete, path = "/api/v1/offers/{id}/link", operation_id = "closeOfferLinks", tag = "Offers", params(("id" = String, Path)),
    responses((status = 204)))]
async fn close_links(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: OfferId = id(&text, "offer")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::close_links(tx, ctx, &id).map(|()| done())).await
}

/// List the mails of an offer.
///
/// Newest first, with what became of each.
#[utoipa::path(get, path = "/api/v1/offers/{id}/mails", operation_id = "listOfferMails", tag = "Offers", params(("id" = String, Path)),
    responses((status = 200, body = Page<Mail>)))]
async fn mails(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Page<Mail>>, Problem> {
    let id: OfferId = id(&text, "offer")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            room::get(tx, ctx, &id)?;
            mail::of_offer(tx, ctx, &id)
        })
        .await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Send an offer by mail.
///
/// Puts it into the outbox, with the PDF and a link by which the buyer answers; a draft is sent by it. 409 `no_mail_server` where none is set up.
#[utoipa::path(post, path = "/api/v1/offers/{id}/mails", operation_id = "sendOffer", tag = "Offers", params(("id" = String, Path)),
    request_body = InvoiceMail, responses((status = 201, body = Mail)))]
async fn send(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<InvoiceMail>) -> Result<Response, Problem> {
    let id: OfferId = id(&text, "offer")?;
    let (config, origin) = (app.config.clone(), app.config.origin());
    write
        .run(&app, &caller, move |tx, ctx, body| {
            config.must_send_mail()?;
            let mail = mail::send_offer(tx, ctx, &id, &body.to, &body.message, &origin)?;
            reply(StatusCode::CREATED, "", &Mail::from(mail::get(tx, &seeing(ctx), &mail)?))
        })
        .await
}
