//! Offers: list, draft, send, link, and what ends them.

mod body;
mod sent;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::customers;
use domain::kit::{Ctx, CustomerId, OfferId, Right};
use domain::offers as room;
use store::Tx;
use utoipa_axum::routes;

use self::body::{Offer, OfferCreate, OfferDecline, OfferPatch, OfferRow};
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
        .api(read, routes!(pdf))
        .api(read, routes!(of_customer))
        .api(orders, routes!(accept))
        .api(orders, routes!(decline))
        .api(orders, routes!(withdraw));
    sent::routes(routes)
}

/// List offers.
///
/// Of all customers, newest first unless another order is asked for, by the same filters as the page.
#[utoipa::path(get, path = "/api/v1/offers", operation_id = "listOffers", tag = "Offers", params(lists::OffersAsked),
    responses((status = 200, body = Page<OfferRow>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Answer<Page<OfferRow>> {
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), room::listed::rows).await
}

/// List the offers of a customer.
///
/// Newest first, drafts too.
#[utoipa::path(get, path = "/api/v1/customers/{id}/offers", operation_id = "listCustomerOffers", tag = "Offers",
    params(("id" = String, Path), NewestAsked), responses((status = 200, body = Page<OfferRow>)))]
async fn of_customer(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<NewestAsked>,
) -> Answer<Page<OfferRow>> {
    let customer: CustomerId = id(&text, "customer")?;
    let (limit, after) = (limit(asked.limit)?, after(asked.after.as_deref())?);
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::of_customer(tx, ctx, &customer, after.as_ref(), limit)
        })
        .await?;
    let data = found.offers.into_iter().map(Into::into).collect();
    Ok(axum::Json(Page { data, next: found.next.map(|key| key.to_string()), prev: None, total: None }))
}

/// Create a draft of an offer.
///
/// For a customer, from a shop. Answers 409 `customer_inactive` for an archived customer.
#[utoipa::path(post, path = "/api/v1/offers", operation_id = "createOffer", tag = "Offers", request_body = OfferCreate,
    responses((status = 201, body = Offer)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<OfferCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let id = room::create(tx, ctx, &body.input()?)?;
            reply(StatusCode::CREATED, &format!("/api/v1/offers/{id}"), &whole(tx, ctx, &id)?)
        })
        .await
}

/// What a write answers with, also to those who may write and not read.
fn whole(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> domain::Result<Offer> {
    room::get(tx, &seeing(ctx), id).map(Into::into)
}

/// Read an offer.
#[utoipa::path(get, path = "/api/v1/offers/{id}", operation_id = "getOffer", tag = "Offers", params(("id" = String, Path)),
    responses((status = 200, body = Offer)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Offer> {
    let id: OfferId = id(&text, "offer")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change a draft of an offer.
///
/// Answers 409 `offer_state` once it was sent.
#[utoipa::path(patch, path = "/api/v1/offers/{id}", operation_id = "editOffer", tag = "Offers", params(("id" = String, Path)),
    request_body = OfferPatch, responses((status = 200, body = Offer)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<OfferPatch>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::edit(tx, ctx, id, &body.edit()?)).await
}

/// Download an offer as PDF.
///
/// Of a sent one as it was sent, of a draft as it would be sent now. Answers 409 `tax_unclear` when its tax is no rate of its amount.
#[utoipa::path(get, path = "/api/v1/offers/{id}/pdf", operation_id = "getOfferPdf", tag = "Offers", params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 409, description = "No paper can say its tax")))]
async fn pdf(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<Response, Problem> {
    let id: OfferId = id(&text, "offer")?;
    let paper = app.read(&ctx, move |tx, ctx| room::paper(tx, ctx, &id)).await?;
    let name = paper.file_name.clone();
    let bytes = tokio::task::spawn_blocking(move || paper.pdf()).await.map_err(|e| domain::Error::Internal(e.to_string()))??;
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))], bytes)
        .into_response())
}

/// Accept an offer.
///
/// The order it becomes stands in `order`; once more gives the same. 409 `offer_state` unless it was sent and still stands.
#[utoipa::path(post, path = "/api/v1/offers/{id}/acceptance", operation_id = "acceptOffer", tag = "Offers", params(("id" = String, Path)),
    responses((status = 200, body = Offer)))]
async fn accept(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::accept(tx, ctx, id).map(drop)).await
}

/// Decline an offer.
///
/// 409 `offer_state` unless it was sent and still stands.
#[utoipa::path(post, path = "/api/v1/offers/{id}/refusal", operation_id = "declineOffer", tag = "Offers", params(("id" = String, Path)),
    request_body = OfferDecline, responses((status = 200, body = Offer)))]
async fn decline(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<OfferDecline>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::decline(tx, ctx, id, &body.reason)).await
}

/// Withdraw an offer.
///
/// A draft too. 409 `offer_state` when it was answered or expired.
#[utoipa::path(post, path = "/api/v1/offers/{id}/withdrawal", operation_id = "withdrawOffer", tag = "Offers", params(("id" = String, Path)),
    responses((status = 200, body = Offer)))]
async fn withdraw(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::withdraw(tx, ctx, id)).await
}

/// One verb on one offer, answered with the offer as it is then.
async fn step<T: Clone + Send + Sync + 'static>(
    app: &App,
    caller: &Caller,
    text: &str,
    write: Write<T>,
    verb: impl Fn(&mut Tx, &Ctx, &OfferId, &T) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let id: OfferId = id(text, "offer")?;
    write
        .run(app, caller, move |tx, ctx, body| {
            verb(tx, ctx, &id, body)?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}
