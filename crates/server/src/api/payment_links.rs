//! Payment links: make, copy, send, withdraw, note as paid by hand.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, CustomerId, InvoiceId, OrderId, PaymentLinkId, Right, ShopId};
use domain::payment_links::{self as room, State as Step, VALID_DAYS};
use domain::payments::MethodKind;
use domain::{customers, mail};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::invoices::body::{InvoiceMail, Mail};
use super::lists;
use super::types::{Money, Named, Page, Time, currency, money, time};
use super::words;
use super::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// Links that are listed.
const SHOWN: i64 = 200;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, orders) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    routes
        .api(read, routes!(list))
        .api(orders, routes!(create))
        .api(read, routes!(of_customer))
        .api(read, routes!(get))
        .api(orders, routes!(open_link))
        .api(orders, routes!(send))
        .api(orders, routes!(withdraw))
        .api(Policy::May(Right::Payments), routes!(receive))
}

/// A payment link.
#[derive(Debug, Serialize, ToSchema)]
struct PaymentLink {
    id: String,
    customer: String,
    shop: Named,
    order: Option<String>,
    invoice: Option<String>,
    amount: Money,
    /// What for, as the buyer reads it.
    purpose: String,
    /// What the buyer is asked to write on a bank transfer.
    #[schema(example = "PL-7F3KQ-9Q2MX")]
    reference: String,
    #[schema(value_type = words::PaymentLinkState)]
    state: Step,
    expires_at: Time,
    /// The payment that paid it, or that of the last try.
    payment: Option<String>,
    created_at: Time,
    created_by: String,
    /// When it was paid or withdrawn.
    closed_at: Option<Time>,
}

impl From<room::PaymentLink> for PaymentLink {
    fn from(l: room::PaymentLink) -> Self {
        Self {
            amount: money(l.amount, l.currency),
            reference: l.reference(),
            id: l.id.to_string(),
            customer: l.customer.to_string(),
            shop: Named { id: l.shop.to_string(), name: l.shop_name },
            order: l.order.map(|id| id.to_string()),
            invoice: l.invoice.map(|id| id.to_string()),
            purpose: l.purpose,
            state: l.state,
            expires_at: Time(l.expires_at),
            payment: l.payment.map(|id| id.to_string()),
            created_at: Time(l.created_at),
            created_by: l.created_by,
            closed_at: time(l.closed_at),
        }
    }
}

fn days() -> i64 {
    VALID_DAYS
}

/// What is to be paid by a link.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PaymentLinkCreate {
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
    /// How long it is open, days.
    #[serde(default = "days")]
    #[schema(minimum = 1, maximum = 90, default = 14)]
    days: i64,
}

/// The buyer's way to a payment link.
#[derive(Debug, Serialize, ToSchema)]
struct PaymentLinkDoor {
    /// Path on this installation; told once.
    link: Option<String>,
}

/// Money of a link that came by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PaymentLinkReceipt {
    /// Cash, cheque or transfer.
    #[schema(value_type = words::PaymentKind)]
    kind: MethodKind,
    /// Absent: now.
    #[serde(default)]
    paid_at: Option<Time>,
}

fn whole(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId) -> domain::Result<PaymentLink> {
    room::get(tx, &seeing(ctx), id).map(Into::into)
}

/// Make a payment link.
///
/// For any amount, or for what is due of an order or an invoice. Answers 409 `no_way_to_pay` when the shop has neither a provider nor a bank account,
/// `customer_inactive` for an archived customer, `order_state` or `invoice_state` when nothing is due.
#[utoipa::path(post, path = "/api/v1/customers/{id}/payment-links", operation_id = "createPaymentLink", tag = "Payments",
    params(("id" = String, Path)), request_body = PaymentLinkCreate, responses((status = 201, body = PaymentLink)))]
async fn create(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<PaymentLinkCreate>,
) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let input = room::LinkInput {
                customer: customer.clone(),
                shop: body.shop.clone(),
                currency: body.currency.as_deref().map(|code| currency("currency", code)).transpose()?,
                amount: body.amount,
                purpose: body.purpose.clone(),
                order: body.order.clone(),
                invoice: body.invoice.clone(),
                days: body.days,
            };
            let id = room::create(tx, ctx, &input)?;
            reply(StatusCode::CREATED, &format!("/api/v1/payment-links/{id}"), &whole(tx, ctx, &id)?)
        })
        .await
}

/// A payment link of the list, with whom it asks.
#[derive(Debug, Serialize, ToSchema)]
struct PaymentLinkRow {
    #[serde(flatten)]
    link: PaymentLink,
    /// What the customer is called.
    customer_name: String,
}

impl From<room::listed::Listed> for PaymentLinkRow {
    fn from(row: room::listed::Listed) -> Self {
        Self { link: row.link.into(), customer_name: row.customer_name }
    }
}

/// List payment links.
///
/// Of all customers, newest first unless another order is asked for, by the same filters as the page.
#[utoipa::path(get, path = "/api/v1/payment-links", operation_id = "listPaymentLinks", tag = "Payments", params(lists::PaymentLinksAsked),
    responses((status = 200, body = Page<PaymentLinkRow>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<Page<PaymentLinkRow>>, Problem> {
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), room::listed::rows).await
}

/// List the payment links of a customer.
///
/// The latest 200, newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/payment-links", operation_id = "listCustomerPaymentLinks", tag = "Payments",
    params(("id" = String, Path)), responses((status = 200, body = Page<PaymentLink>)))]
async fn of_customer(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Page<PaymentLink>>, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::of_customer(tx, ctx, &customer, SHOWN)
        })
        .await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Read a payment link.
#[utoipa::path(get, path = "/api/v1/payment-links/{id}", operation_id = "getPaymentLink", tag = "Payments", params(("id" = String, Path)),
    responses((status = 200, body = PaymentLink)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<PaymentLink>, Problem> {
    let id: PaymentLinkId = id(&text, "payment link")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Open a way for the buyer to a payment link.
///
/// Whoever has it may pay. It is told once; ways opened before stay open. 409 `link_state` unless the link is open.
#[utoipa::path(post, path = "/api/v1/payment-links/{id}/link", operation_id = "openPaymentLink", tag = "Payments",
    params(("id" = String, Path)), responses((status = 201, body = PaymentLinkDoor)))]
async fn open_link(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: PaymentLinkId = id(&text, "payment link")?;
    write
        .run_secret(&app, &caller, "link", move |tx, ctx, ()| {
            let secret = room::open_link(tx, ctx, &id)?;
            Ok((reply(StatusCode::CREATED, "", &PaymentLinkDoor { link: None })?, format!("/pay/{secret}")))
        })
        .await
}

/// Send a payment link by mail.
///
/// Puts it into the outbox, with a way of its own to the page. 409 `no_mail_server` where none is set up, `link_state` unless the link is open.
#[utoipa::path(post, path = "/api/v1/payment-links/{id}/mails", operation_id = "sendPaymentLink", tag = "Payments",
    params(("id" = String, Path)), request_body = InvoiceMail, responses((status = 201, body = Mail)))]
async fn send(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<InvoiceMail>) -> Result<Response, Problem> {
    let id: PaymentLinkId = id(&text, "payment link")?;
    let (config, origin) = (app.config.clone(), app.config.origin());
    write
        .run(&app, &caller, move |tx, ctx, body| {
            config.must_send_mail()?;
            let mail = mail::send_payment_link(tx, ctx, &id, &body.to, &body.message, &origin)?;
            reply(StatusCode::CREATED, "", &Mail::from(mail::get(tx, &seeing(ctx), &mail)?))
        })
        .await
}

/// Withdraw a payment link.
///
/// 409 `link_state` unless it is open, `payment_under_way` while a payment by it is on its way.
#[utoipa::path(post, path = "/api/v1/payment-links/{id}/withdrawal", operation_id = "withdrawPaymentLink", tag = "Payments",
    params(("id" = String, Path)), responses((status = 200, body = PaymentLink)))]
async fn withdraw(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: PaymentLinkId = id(&text, "payment link")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            room::withdraw(tx, ctx, &id)?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}

/// Record that the money of a payment link came by hand.
///
/// Also of one that expired. 409 `link_state` when it is paid or withdrawn.
#[utoipa::path(post, path = "/api/v1/payment-links/{id}/receipt", operation_id = "receivePaymentLink", tag = "Payments",
    params(("id" = String, Path)), request_body = PaymentLinkReceipt, responses((status = 200, body = PaymentLink)))]
async fn receive(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<PaymentLinkReceipt>,
) -> Result<Response, Problem> {
    let id: PaymentLinkId = id(&text, "payment link")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            room::receive(tx, ctx, &id, body.kind, body.paid_at.map(|t| t.0))?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}
