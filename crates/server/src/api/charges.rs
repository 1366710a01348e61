//! Charges: money taken from a method that a customer keeps.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::charges::{self as room, State as Step};
use domain::customers;
use domain::kit::{ChargeId, CustomerId, InvoiceId, MethodId, OrderId, Right, ShopId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::types::{Money, Page, Time, currency, money};
use super::words;
use super::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// Charges that are listed.
const SHOWN: i64 = 200;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    routes.api(Policy::May(Right::Payments), routes!(charge)).api(read, routes!(of_customer)).api(read, routes!(get))
}

/// A charge.
#[derive(Debug, Serialize, ToSchema)]
struct Charge {
    id: String,
    customer: String,
    shop: String,
    /// The method it charges.
    method: Option<String>,
    order: Option<String>,
    invoice: Option<String>,
    /// `stripe`, `test`.
    provider: String,
    live: bool,
    amount: Money,
    /// What for.
    purpose: String,
    #[schema(value_type = words::ChargeState)]
    state: Step,
    /// The provider's code; `authentication_required`: the buyer must be asked, by a payment link.
    failure_code: String,
    failure: String,
    /// The payment it became.
    payment: Option<String>,
    created_at: Time,
    created_by: String,
    updated_at: Time,
}

impl From<room::Charge> for Charge {
    fn from(c: room::Charge) -> Self {
        Self {
            amount: money(c.amount, c.currency),
            id: c.id.to_string(),
            customer: c.customer.to_string(),
            shop: c.shop.to_string(),
            method: c.method.map(|id| id.to_string()),
            order: c.order.map(|id| id.to_string()),
            invoice: c.invoice.map(|id| id.to_string()),
            provider: c.provider,
            live: c.live,
            purpose: c.purpose,
            state: c.state,
            failure_code: c.failure_code,
            failure: c.failure,
            payment: c.payment.map(|id| id.to_string()),
            created_at: Time(c.created_at),
            created_by: c.created_by,
            updated_at: Time(c.updated_at),
        }
    }
}

/// What is charged, and to which method.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChargeCreate {
    /// Id of one of the customer's payment methods.
    #[schema(value_type = String)]
    method: MethodId,
    /// Id of a shop; needed without an order or an invoice.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    shop: Option<ShopId>,
    /// Minor units; absent: all that is due of the order or the invoice.
    #[serde(default)]
    #[schema(minimum = 1)]
    amount: Option<i64>,
    /// ISO 4217; absent: the order's, the invoice's or the shop's.
    #[serde(default)]
    currency: Option<String>,
    /// What for; needed without an order or an invoice.
    #[serde(default)]
    #[schema(max_length = 200)]
    purpose: String,
    /// Id of an open order of the customer.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    order: Option<OrderId>,
    /// Id of an unpaid invoice of the customer.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    invoice: Option<InvoiceId>,
}

/// Charge a payment method.
///
/// Any amount, or what is due of an order or an invoice. The test provider answers at once; Stripe is asked, and `state` is `asked` until it answers. Answers 409
/// `customer_inactive` for an archived customer, `order_state` or `invoice_state` when nothing is due.
#[utoipa::path(post, path = "/api/v1/customers/{id}/charges", operation_id = "chargeMethod", tag = "Payments", params(("id" = String, Path)),
    request_body = ChargeCreate, responses((status = 201, body = Charge)))]
async fn charge(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ChargeCreate>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let input = room::ChargeInput {
                customer: customer.clone(),
                method: body.method.clone(),
                shop: body.shop.clone(),
                currency: body.currency.as_deref().map(|code| currency("currency", code)).transpose()?,
                amount: body.amount,
                purpose: body.purpose.clone(),
                order: body.order.clone(),
                invoice: body.invoice.clone(),
            };
            let id = room::charge(tx, ctx, &input)?;
            reply(StatusCode::CREATED, &format!("/api/v1/charges/{id}"), &Charge::from(room::get(tx, &seeing(ctx), &id)?))
        })
        .await
}

/// List the charges of a customer.
///
/// The latest 200, newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/charges", operation_id = "listCustomerCharges", tag = "Payments",
    params(("id" = String, Path)), responses((status = 200, body = Page<Charge>)))]
async fn of_customer(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Page<Charge>>, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::of_customer(tx, ctx, &customer, SHOWN)
        })
        .await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Read a charge.
#[utoipa::path(get, path = "/api/v1/charges/{id}", operation_id = "getCharge", tag = "Payments", params(("id" = String, Path)),
    responses((status = 200, body = Charge)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Charge>, Problem> {
    let id: ChargeId = id(&text, "charge")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}
