//! What a storefront sells: one order, or a synchronisation of many (SPEC 6.1).

pub mod body;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Problems, Right};
use domain::orders;
use futures_util::{StreamExt, stream};
use utoipa_axum::routes;

use self::body::{Checkout, CheckoutDone, CheckoutResult, CheckoutResults, Checkouts};
use super::write::{Write, item, reply};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

/// The most orders of one request.
const MOST: usize = 500;
/// How many of them are under way at once: enough for a shared commit, few enough to leave room for others.
const AT_ONCE: usize = 16;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Orders), routes!(checkout)).api(Policy::May(Right::Orders), routes!(checkouts))
}

/// Take in an order of a shop.
///
/// The shop's own order id makes it idempotent: 201 when it is new, 200 when it was brought up to date or nothing changed. An archived
/// customer's unpaid order is refused with 409 `customer_inactive`, that of one who was anonymised or deleted for good with `customer_gone`, a blocked
/// buyer's with `blocked`; a paid one is recorded and flagged, for `customer_gone` without a word of who bought. Store
/// credit that is not there is 409 `credit_insufficient`, unless other money was taken: then that payment is recorded as failed.
#[utoipa::path(post, path = "/api/v1/checkouts", operation_id = "checkout", tag = "Checkouts", request_body = Checkout,
    responses((status = 200, body = CheckoutDone), (status = 201, body = CheckoutDone)))]
async fn checkout(State(app): State<App>, caller: Caller, write: Write<Checkout>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let done: CheckoutDone = orders::checkout(tx, ctx, &body.input())?.into();
            reply(status(&done), &format!("/api/v1/orders/{}", done.order), &done)
        })
        .await
}

fn status(done: &CheckoutDone) -> StatusCode {
    if done.created { StatusCode::CREATED } else { StatusCode::OK }
}

/// Take in many orders of shops.
///
/// Always 200 with a result for each; sending the same again changes nothing.
#[utoipa::path(post, path = "/api/v1/checkouts/bulk", operation_id = "checkoutMany", tag = "Checkouts", request_body = Checkouts,
    responses((status = 200, body = CheckoutResults)))]
async fn checkouts(State(app): State<App>, caller: Caller, write: Write<Checkouts>) -> Result<Response, Problem> {
    let all = write.input.checkouts.clone();
    if all.is_empty() || all.len() > MOST {
        return Err(Problems::one("checkouts", "invalid", "Send 1 to 500 checkouts.").into());
    }
    let each = stream::iter(all).map(|one| {
        let (app, caller) = (app.clone(), caller.clone());
        async move {
            let external_id = one.get("external_id").and_then(|id| id.as_str()).unwrap_or_default().to_owned();
            let done = match item::<Checkout>(&one).map(|one| one.input()) {
                Ok(input) => app.write(&caller.0, move |tx, ctx| orders::checkout(tx, ctx, &input)).await.map_err(Problem::from),
                Err(problem) => Err(problem),
            };
            match done {
                Ok(done) => {
                    let done = CheckoutDone::from(done);
                    CheckoutResult { external_id, status: status(&done).as_u16(), checkout: Some(done), problem: None }
                }
                Err(problem) => CheckoutResult { external_id, status: problem.status, checkout: None, problem: Some(problem) },
            }
        }
    });
    let results = CheckoutResults { results: each.buffered(AT_ONCE).collect().await };
    // A repeat finds every order as it is, and gets the first answer.
    let body = reply(StatusCode::OK, "", &results)?;
    write.run(&app, &caller, move |_, _, _| Ok(body.clone())).await
}
