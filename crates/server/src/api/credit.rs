//! Store credit: balances and ledger of a customer, grants, what is taken back, and refunds as credit.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::credit::{self as room, CreditRefund, GrantInput};
use domain::customers;
use domain::kit::{CreditId, Ctx, Currency, CustomerId, PageKey, PaymentId, Problems, Right};
use domain::payments as money_in;
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked::{Asked, At, after, limit};
use super::payments::body::Payment;
use super::types::{Money, Time, money};
use super::words;
use super::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let refund = Policy::May(Right::Refund);
    routes
        .api(Policy::May(Right::Read), routes!(get))
        .api(refund, routes!(grant))
        .api(refund, routes!(take_back))
        .api(refund, routes!(refund_as_credit))
}

/// A line of the ledger.
#[derive(Debug, Serialize, ToSchema)]
struct CreditLine {
    id: String,
    #[schema(value_type = words::CreditLineKind)]
    kind: room::Kind,
    /// Below zero when credit went.
    amount: Money,
    /// What was there afterwards.
    balance: Money,
    reason: String,
    /// The payment it belongs to: the refunded one, or the one made with it.
    payment: Option<String>,
    refund: Option<String>,
    order: Option<String>,
    order_number: Option<String>,
    at: Time,
    /// By whom.
    by: String,
}

impl From<room::Line> for CreditLine {
    fn from(l: room::Line) -> Self {
        Self {
            id: l.id.to_string(),
            kind: l.kind,
            amount: money(l.amount, l.currency),
            balance: money(l.balance, l.currency),
            reason: l.reason,
            payment: l.payment.map(|p| p.to_string()),
            refund: l.refund.map(|r| r.to_string()),
            order: l.order.map(|o| o.to_string()),
            order_number: l.order_number,
            at: Time(l.at),
            by: l.by,
        }
    }
}

/// What there is, and a page of how it came.
#[derive(Debug, Serialize, ToSchema)]
struct Credit {
    /// One for each currency that ever had any.
    balances: Vec<Money>,
    /// The ledger, newest first.
    data: Vec<CreditLine>,
    /// `after` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An amount given or taken by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreditChange {
    /// Minor units, above zero.
    #[schema(minimum = 1, example = 1500)]
    amount: i64,
    /// ISO 4217.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// Why; needed. The customer does not see it.
    #[schema(example = "late delivery")]
    reason: String,
}

impl CreditChange {
    fn input(&self, customer: &CustomerId) -> GrantInput {
        GrantInput { customer: customer.clone(), currency: self.currency, amount: self.amount, reason: self.reason.clone() }
    }
}

/// A part of a payment, given as credit.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreditRefundCreate {
    /// Minor units of the payment's currency, at most what is left to refund.
    #[schema(minimum = 1, example = 500)]
    amount: i64,
    #[serde(default)]
    reason: String,
}

/// A page of the ledger.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CreditAsked {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Read a customer's store credit.
///
/// Balances, and the ledger newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/credit", operation_id = "getCredit", tag = "Store credit",
    params(("id" = String, Path), CreditAsked), responses((status = 200, body = Credit)))]
async fn get(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<CreditAsked>,
) -> Result<axum::Json<Credit>, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let (limit, after) = (limit(asked.limit)?, after(asked.after.as_deref())?);
    let wrong = |_| Problems::one("after", "invalid", "Use the next of a page before.");
    let behind = after.map(|key| key.id.parse::<CreditId>().map(|id| (key.at, id)).map_err(wrong)).transpose()?;
    let (balances, mut lines) = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            let place = behind.as_ref().map(|(at, id)| (*at, id));
            Ok((room::balances(tx, ctx, &customer)?, room::lines(tx, ctx, &customer, place, limit + 1)?))
        })
        .await?;
    let more = lines.len() as i64 > limit;
    lines.truncate(usize::try_from(limit).unwrap_or_default());
    let next = lines.last().filter(|_| more).map(|l| PageKey { at: l.at, id: l.id.to_string() }.to_string());
    let balances = balances.into_iter().map(|b| money(b.minor, b.currency)).collect();
    Ok(axum::Json(Credit { balances, data: lines.into_iter().map(Into::into).collect(), next }))
}

/// The line that was just written: the newest.
fn newest(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, id: &CreditId) -> domain::Result<CreditLine> {
    let lines = room::lines(tx, &seeing(ctx), customer, None, 5)?;
    let line = lines.into_iter().find(|l| l.id == *id);
    line.map(Into::into).ok_or(domain::Error::NotFound("line"))
}

/// Grant store credit.
#[utoipa::path(post, path = "/api/v1/customers/{id}/credit", operation_id = "grantCredit", tag = "Store credit", params(("id" = String, Path)),
    request_body = CreditChange, responses((status = 201, body = CreditLine)))]
async fn grant(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<CreditChange>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let line = room::grant(tx, ctx, &body.input(&customer))?;
            reply(StatusCode::CREATED, "", &newest(tx, ctx, &customer, &line)?)
        })
        .await
}

/// Take store credit back.
///
/// At most what is there.
#[utoipa::path(post, path = "/api/v1/customers/{id}/credit/withdrawals", operation_id = "takeBackCredit", tag = "Store credit",
    params(("id" = String, Path)), request_body = CreditChange, responses((status = 201, body = CreditLine)))]
async fn take_back(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<CreditChange>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let line = room::take_back(tx, ctx, &body.input(&customer))?;
            reply(StatusCode::CREATED, "", &newest(tx, ctx, &customer, &line)?)
        })
        .await
}

/// Refund a payment as store credit.
///
/// The money stays and the customer is given credit. Refunds and credit of a payment together never exceed what it brought.
#[utoipa::path(post, path = "/api/v1/payments/{id}/credit-refunds", operation_id = "refundAsCredit", tag = "Store credit",
    params(("id" = String, Path)), request_body = CreditRefundCreate, responses((status = 201, body = Payment)))]
async fn refund_as_credit(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<CreditRefundCreate>,
) -> Result<Response, Problem> {
    let payment: PaymentId = id(&text, "payment")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            room::refund_as_credit(tx, ctx, &CreditRefund { payment: payment.clone(), amount: body.amount, reason: body.reason.clone() })?;
            reply(StatusCode::CREATED, "", &Payment::from(money_in::get(tx, &seeing(ctx), &payment)?))
        })
        .await
}
