//! What a customer pays with and has paid: payments, methods, and guest payments that may be theirs.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, CustomerId, MethodId, PageKey, PaymentId, Problems, Right, ShopId};
use domain::payments::{self as room, guests, methods};
use domain::providers::{self, TestPayment};
use domain::{customers, merchants, shops};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::body::{GuestPayment, MethodCheck, MethodCreate, Payment, PaymentMethod};
use crate::api::asked::{Asked, At, after, limit};
use crate::api::types::Page;
use crate::api::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

type Answer<T> = Result<axum::Json<T>, Problem>;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, orders, payments) = (Policy::May(Right::Read), Policy::May(Right::Orders), Policy::May(Right::Payments));
    routes
        .api(read, routes!(paid))
        .api(read, routes!(list_methods))
        .api(orders, routes!(attach_method))
        .api(orders, routes!(detach_method))
        .api(orders, routes!(choose_method))
        .api(orders, routes!(check_method))
        .api(read, routes!(list_guests))
        .api(payments, routes!(play))
        .api(payments, routes!(attach_guest))
        .api(payments, routes!(detach_guest))
}

/// A page of a list that has the newest first.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PaidAsked {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// List the payments of a customer.
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/payments", operation_id = "listCustomerPayments", tag = "Payments",
    params(("id" = String, Path), PaidAsked), responses((status = 200, body = Page<Payment>)))]
async fn paid(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>, Asked(asked): Asked<PaidAsked>) -> Answer<Page<Payment>> {
    let customer: CustomerId = id(&text, "customer")?;
    let (limit, after) = (limit(asked.limit)?, after(asked.after.as_deref())?);
    let behind = match after {
        Some(key) => Some((key.at, id::<PaymentId>(&key.id, "page").map_err(|_| bad_place())?)),
        None => None,
    };
    let mut found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::of_customer(tx, ctx, &customer, behind.as_ref().map(|(at, id)| (*at, id)), limit + 1)
        })
        .await?;
    let more = found.len() as i64 > limit;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|p| PageKey { at: p.paid_at, id: p.id.to_string() }.to_string());
    Ok(axum::Json(Page { next, ..Page::whole(found.into_iter().map(Into::into).collect()) }))
}

/// A payment with a test card.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TestPaymentCreate {
    #[schema(value_type = String)]
    shop: ShopId,
    /// Minor units of the shop's currency.
    #[schema(minimum = 1, example = 2500)]
    amount: i64,
    /// The number of a test card: it says what happens.
    #[schema(example = "4242 4242 4242 4242")]
    number: String,
}

/// What became of it so far.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct TestPaymentPlayed {
    /// `pending`, `settled`, `failed`, `bounced`.
    #[schema(example = "settled")]
    status: &'static str,
}

/// Pay with a test card.
///
/// In test mode, where the shop has an account with the test provider: it counts nowhere. The payment stands among those of the customer. Answers 409
/// `no_test_provider` for a shop without one.
#[utoipa::path(post, path = "/api/v1/customers/{id}/payments/test", operation_id = "playTestPayment", tag = "Payments", params(("id" = String, Path)),
    request_body = TestPaymentCreate, responses((status = 201, body = TestPaymentPlayed)))]
async fn play(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<TestPaymentCreate>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let unknown = |_| Problems::one("shop", "unknown", "Name one of your shops.");
            let currency = shops::get(tx, &seeing(ctx), &b.shop).map_err(unknown)?.currency;
            let asked =
                TestPayment { customer: customer.clone(), shop: b.shop.clone(), currency, amount: b.amount, number: b.number.clone() };
            let status = providers::play(tx, ctx, &asked)?.name();
            reply(StatusCode::CREATED, &format!("/api/v1/customers/{customer}/payments"), &TestPaymentPlayed { status })
        })
        .await
}

fn bad_place() -> domain::Error {
    domain::kit::Problems::one("after", "invalid", "This is not a value of that kind.")
}

/// List the payment methods of a customer.
///
/// Attached and detached ones, oldest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/methods", operation_id = "listMethods", tag = "Payment methods",
    params(("id" = String, Path)), responses((status = 200, body = Page<PaymentMethod>)))]
async fn list_methods(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Page<PaymentMethod>> {
    let customer: CustomerId = id(&text, "customer")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            let zone = merchants::settings(tx, ctx)?.zone;
            let found = methods::of_customer(tx, ctx, &customer)?;
            Ok(found.into_iter().map(|m| PaymentMethod::of(m, &zone, ctx.now)).collect())
        })
        .await?;
    Ok(axum::Json(Page::whole(found)))
}

/// Attach a payment method, or bring a known one up to date.
#[utoipa::path(post, path = "/api/v1/customers/{id}/methods", operation_id = "attachMethod", tag = "Payment methods",
    params(("id" = String, Path)), request_body = MethodCreate, responses((status = 200, body = PaymentMethod)))]
async fn attach_method(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<MethodCreate>,
) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let method = methods::attach(tx, ctx, &customer, &body.provider, &body.method.input())?;
            reply(StatusCode::OK, "", &method_of(tx, ctx, &customer, &method)?)
        })
        .await
}

fn method_of(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, method: &MethodId) -> domain::Result<PaymentMethod> {
    let found = methods::of_customer(tx, &seeing(ctx), customer)?.into_iter().find(|m| m.id == *method);
    let zone = merchants::settings(tx, &seeing(ctx))?.zone;
    found.map(|m| PaymentMethod::of(m, &zone, ctx.now)).ok_or(domain::Error::NotFound("payment method"))
}

/// Detach a payment method.
///
/// Its payments keep it.
#[utoipa::path(delete, path = "/api/v1/methods/{id}", operation_id = "detachMethod", tag = "Payment methods", params(("id" = String, Path)),
    responses((status = 204)))]
async fn detach_method(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: MethodId = id(&text, "payment method")?;
    write.run(&app, &caller, move |tx, ctx, ()| methods::detach(tx, ctx, &id).map(|()| done())).await
}

/// Make a payment method the default.
///
/// Answers 409 `detached` for one that was taken off, `test_mode` for one that pays no real money.
#[utoipa::path(post, path = "/api/v1/methods/{id}/default", operation_id = "chooseMethod", tag = "Payment methods",
    params(("id" = String, Path)), responses((status = 204)))]
async fn choose_method(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: MethodId = id(&text, "payment method")?;
    write.run(&app, &caller, move |tx, ctx, ()| methods::choose(tx, ctx, &id).map(|()| done())).await
}

/// Note what a provider says about a payment method.
#[utoipa::path(put, path = "/api/v1/methods/{id}/outcome", operation_id = "checkMethod", tag = "Payment methods",
    params(("id" = String, Path)), request_body = MethodCheck, responses((status = 204)))]
async fn check_method(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<MethodCheck>,
) -> Result<Response, Problem> {
    let id: MethodId = id(&text, "payment method")?;
    write.run(&app, &caller, move |tx, ctx, body| methods::set_outcome(tx, ctx, &id, body.outcome).map(|()| done())).await
}

/// List guest payments that may be a customer's.
///
/// Made with the same card, e-mail address or phone; newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/guest-payments", operation_id = "listGuestPayments", tag = "Payments",
    params(("id" = String, Path)), responses((status = 200, body = Page<GuestPayment>)))]
async fn list_guests(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Page<GuestPayment>> {
    let customer: CustomerId = id(&text, "customer")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            guests::related(tx, ctx, &customer)
        })
        .await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Which guest payment.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GuestAttach {
    /// Id of a payment without a customer.
    #[schema(value_type = String)]
    payment: PaymentId,
}

/// Attach a guest payment to a customer.
///
/// With its order and the other guest payments of that order.
#[utoipa::path(post, path = "/api/v1/customers/{id}/guest-payments", operation_id = "attachGuestPayment", tag = "Payments",
    params(("id" = String, Path)), request_body = GuestAttach, responses((status = 204)))]
async fn attach_guest(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<GuestAttach>,
) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write.run(&app, &caller, move |tx, ctx, body| guests::attach(tx, ctx, &body.payment, &customer).map(|()| done())).await
}

/// Undo the attaching of a guest payment.
#[utoipa::path(delete, path = "/api/v1/payments/{id}/attachment", operation_id = "detachGuestPayment", tag = "Payments",
    params(("id" = String, Path)), responses((status = 204)))]
async fn detach_guest(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: PaymentId = id(&text, "payment")?;
    write.run(&app, &caller, move |tx, ctx, ()| guests::undo_attach(tx, ctx, &id).map(|()| done())).await
}
