//! What is done with a subscription: started, cancelled, paused, resumed, moved, given another method, tried again, noted as paid by hand.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers;
use domain::kit::{CustomerId, Right, SubscriptionId};
use domain::subscriptions as room;
use utoipa_axum::routes;

use super::Subscription;
use super::body::{
    PeriodsAsked, SubscriptionCancel, SubscriptionCourse, SubscriptionMethod, SubscriptionMove, SubscriptionPeriod, SubscriptionReceipt,
    SubscriptionResume, SubscriptionStart, day,
};
use crate::api::asked::{Asked, At, limit};
use crate::api::customers::body::Cancel;
use crate::api::types::Page;
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations.
pub fn routes(routes: Routes) -> Routes {
    let (read, orders) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    routes
        .api(orders, routes!(start))
        .api(read, routes!(course))
        .api(read, routes!(periods))
        .api(orders, routes!(cancel))
        .api(orders, routes!(take_back))
        .api(orders, routes!(pause))
        .api(orders, routes!(resume))
        .api(orders, routes!(move_to))
        .api(orders, routes!(change_method))
        .api(orders, routes!(retry))
        .api(Policy::May(Right::Payments), routes!(receive))
}

/// Does it and tells how the subscription stands then.
async fn act<T: Clone + Send + Sync + 'static>(
    app: App,
    caller: Caller,
    text: String,
    write: Write<T>,
    verb: impl Fn(&mut store::Tx, &domain::Ctx, &SubscriptionId, &T) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let id: SubscriptionId = id(&text, "subscription")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            verb(tx, ctx, &id, body)?;
            reply(StatusCode::OK, "", &Subscription::of(room::get(tx, &seeing(ctx), &id)?, ctx.now))
        })
        .await
}

/// Start a subscription.
///
/// Regulars runs it: the first payment is due on the day it begins, or behind its free days, and is taken by itself. Answers 409 `customer_inactive` for an
/// archived or deleted customer.
#[utoipa::path(post, path = "/api/v1/customers/{id}/subscriptions", operation_id = "startSubscription", tag = "Subscriptions",
    params(("id" = String, Path)), request_body = SubscriptionStart, responses((status = 201, body = Subscription)))]
async fn start(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<SubscriptionStart>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let customer = customers::get(tx, &seeing(ctx), &customer)?.id;
            let id = room::start(tx, ctx, &body.input(&customer)?)?;
            let made = Subscription::of(room::get(tx, &seeing(ctx), &id)?, ctx.now);
            reply(StatusCode::CREATED, &format!("/api/v1/subscriptions/{id}"), &made)
        })
        .await
}

/// Read how a subscription runs.
///
/// Its clockwork where Regulars runs it, and what its provider was asked where a provider does.
#[utoipa::path(get, path = "/api/v1/subscriptions/{id}/course", operation_id = "getSubscriptionCourse", tag = "Subscriptions",
    params(("id" = String, Path)), responses((status = 200, body = SubscriptionCourse)))]
async fn course(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<SubscriptionCourse>, Problem> {
    let id: SubscriptionId = id(&text, "subscription")?;
    Ok(axum::Json(SubscriptionCourse::of(app.read(&ctx, move |tx, ctx| room::course(tx, ctx, &id)).await?)))
}

/// List the periods of a subscription.
///
/// Those whose payment was tried, newest first. What a provider runs has none here.
#[utoipa::path(get, path = "/api/v1/subscriptions/{id}/periods", operation_id = "listSubscriptionPeriods", tag = "Subscriptions",
    params(("id" = String, Path), PeriodsAsked), responses((status = 200, body = Page<SubscriptionPeriod>)))]
async fn periods(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<PeriodsAsked>,
) -> Result<axum::Json<Page<SubscriptionPeriod>>, Problem> {
    let id: SubscriptionId = id(&text, "subscription")?;
    let limit = limit(asked.limit)?;
    let wrong = |_| domain::kit::Problems::one("after", "invalid", "Use the next of a page before.");
    let before = asked.after.as_deref().map(str::parse::<i64>).transpose().map_err(wrong)?;
    let (s, mut found) =
        app.read(&ctx, move |tx, ctx| Ok((room::get(tx, ctx, &id)?, room::periods(tx, ctx, &id, before, limit + 1)?))).await?;
    let more = found.len() as i64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or_default());
    let next = found.last().filter(|_| more).map(|(p, _)| p.number.to_string());
    let data = found.into_iter().map(|(p, payment)| SubscriptionPeriod::of(p, payment.as_ref(), s.currency)).collect();
    Ok(axum::Json(Page { next, ..Page::whole(data) }))
}

/// Cancel a subscription.
///
/// Now, or with the period that is paid. What a provider runs is asked of the provider: it changes when the provider answers (see `course`). Answers 409
/// `nothing_unused` when `refund_unused` finds nothing to give back: for what a provider runs, and where nothing of the period is left.
#[utoipa::path(post, path = "/api/v1/subscriptions/{id}/cancellation", operation_id = "cancelSubscription", tag = "Subscriptions",
    params(("id" = String, Path)), request_body = SubscriptionCancel, responses((status = 200, body = Subscription)))]
async fn cancel(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<SubscriptionCancel>,
) -> Result<Response, Problem> {
    act(app, caller, text, write, |tx, ctx, id, body| match body.when {
        Cancel::Now if body.refund_unused => room::cancel_with_refund(tx, ctx, id, None).map(drop),
        Cancel::PeriodEnd if body.refund_unused => {
            Err(domain::kit::Problems::one("refund_unused", "invalid", "Only what ends now leaves days unused."))
        }
        Cancel::Now => room::cancel_now(tx, ctx, id),
        Cancel::PeriodEnd => room::cancel_at_period_end(tx, ctx, id).map(drop),
    })
    .await
}

/// Take a cancellation back.
///
/// While there is time left.
#[utoipa::path(delete, path = "/api/v1/subscriptions/{id}/cancellation", operation_id = "keepSubscription", tag = "Subscriptions",
    params(("id" = String, Path)), responses((status = 200, body = Subscription)))]
async fn take_back(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    act(app, caller, text, write, |tx, ctx, id, ()| room::take_back(tx, ctx, id)).await
}

/// Pause a subscription.
///
/// Nothing is charged until it is resumed.
#[utoipa::path(post, path = "/api/v1/subscriptions/{id}/pause", operation_id = "pauseSubscription", tag = "Subscriptions",
    params(("id" = String, Path)), responses((status = 200, body = Subscription)))]
async fn pause(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    act(app, caller, text, write, |tx, ctx, id, ()| room::pause(tx, ctx, id)).await
}

/// Resume a subscription.
#[utoipa::path(post, path = "/api/v1/subscriptions/{id}/resumption", operation_id = "resumeSubscription", tag = "Subscriptions",
    params(("id" = String, Path)), request_body = SubscriptionResume, responses((status = 200, body = Subscription)))]
async fn resume(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<SubscriptionResume>,
) -> Result<Response, Problem> {
    act(app, caller, text, write, |tx, ctx, id, body| {
        let day = body.day.as_deref().map(|text| day("day", text)).transpose()?;
        room::resume(tx, ctx, id, day)
    })
    .await
}

/// Move the next payment.
///
/// The later ones follow from there; a payment that failed is tried again on that day.
#[utoipa::path(post, path = "/api/v1/subscriptions/{id}/next-payment", operation_id = "moveSubscriptionPayment", tag = "Subscriptions",
    params(("id" = String, Path)), request_body = SubscriptionMove, responses((status = 200, body = Subscription)))]
async fn move_to(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<SubscriptionMove>,
) -> Result<Response, Problem> {
    act(app, caller, text, write, |tx, ctx, id, body| room::move_to(tx, ctx, id, day("day", &body.day)?)).await
}

/// Change the payment method of a subscription.
///
/// A payment that failed is tried with it at once.
#[utoipa::path(put, path = "/api/v1/subscriptions/{id}/method", operation_id = "changeSubscriptionMethod", tag = "Subscriptions",
    params(("id" = String, Path)), request_body = SubscriptionMethod, responses((status = 200, body = Subscription)))]
async fn change_method(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<SubscriptionMethod>,
) -> Result<Response, Problem> {
    act(app, caller, text, write, |tx, ctx, id, body| room::change_method(tx, ctx, id, body.method.as_ref())).await
}

/// Try a failed payment of a subscription again.
///
/// Now, beside its schedule.
#[utoipa::path(post, path = "/api/v1/subscriptions/{id}/retry", operation_id = "retrySubscriptionPayment", tag = "Subscriptions",
    params(("id" = String, Path)), responses((status = 200, body = Subscription)))]
async fn retry(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    act(app, caller, text, write, |tx, ctx, id, ()| room::retry(tx, ctx, id)).await
}

/// Record the expected payment of a subscription that is paid by hand.
#[utoipa::path(post, path = "/api/v1/subscriptions/{id}/receipt", operation_id = "receiveSubscriptionPayment", tag = "Subscriptions",
    params(("id" = String, Path)), request_body = SubscriptionReceipt, responses((status = 200, body = Subscription)))]
async fn receive(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<SubscriptionReceipt>,
) -> Result<Response, Problem> {
    act(app, caller, text, write, |tx, ctx, id, body| room::receive(tx, ctx, id, body.kind, body.paid_at.map(|t| t.0)).map(drop)).await
}
