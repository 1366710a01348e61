//! What a profile shows beside the customer itself: its history of orders and its timeline; and finding one customer by what others know.

use axum::extract::State;
use domain::customers as room;
use domain::events;
use domain::kit::{Ctx, Currency, CustomerId, Problems, Right};
use domain::orders::{self, HistoryQuery};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::body::Customer;
use crate::api::asked::{Asked, At, after, limit};
use crate::api::events::Event;
use crate::api::orders::body::OrderRow;
use crate::api::types::Page;
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

type Answer<T> = Result<axum::Json<T>, Problem>;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    routes.api(read, routes!(find)).api(read, routes!(history)).api(read, routes!(spend)).api(read, routes!(timeline))
}

/// What is known of the customer: exactly one of these.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FindAsked {
    /// A primary or further address; of several customers the oldest.
    email: Option<String>,
    /// Customer number.
    number: Option<String>,
    /// The other system, together with `external_id`.
    system: Option<String>,
    /// The customer's id in `system`.
    external_id: Option<String>,
}

impl FindAsked {
    fn find(&self, tx: &mut Tx, ctx: &Ctx) -> domain::Result<Option<CustomerId>> {
        match (&self.email, &self.number, &self.system, &self.external_id) {
            (Some(email), None, None, None) if email.trim().is_empty() => Err(Problems::one("email", "required", "Send an address.")),
            (Some(email), None, None, None) => room::find_by_email(tx, ctx, &domain::kit::email_key(email)),
            (None, Some(number), None, None) => room::find_by_number(tx, ctx, number.trim()),
            (None, None, Some(system), Some(id)) => room::find_by_external_id(tx, ctx, system.trim(), id.trim()),
            _ => Err(Problems::one("email", "required", "Send email, or number, or system with external_id.")),
        }
    }
}

/// Find a customer by e-mail, number or external id.
#[utoipa::path(get, path = "/api/v1/customers/lookup", operation_id = "findCustomer", tag = "Customers", params(FindAsked),
    responses((status = 200, body = Customer)))]
async fn find(State(app): State<App>, Caller(ctx): Caller, Asked(asked): Asked<FindAsked>) -> Answer<Customer> {
    let found = app
        .read(&ctx, move |tx, ctx| {
            let id = asked.find(tx, ctx)?.ok_or(domain::Error::NotFound("customer"))?;
            room::get(tx, ctx, &id)
        })
        .await?;
    Ok(axum::Json(found.into()))
}

/// Which part of a history.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HistoryAsked {
    /// Part of an order's number, or of an article's number or title.
    q: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// List the orders of a customer.
///
/// With what was bought, newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/orders", operation_id = "listCustomerOrders", tag = "Orders",
    params(("id" = String, Path), HistoryAsked), responses((status = 200, body = Page<OrderRow>)))]
async fn history(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<HistoryAsked>,
) -> Answer<Page<OrderRow>> {
    let customer: CustomerId = id(&text, "customer")?;
    let after = after(asked.after.as_deref())?;
    let query = HistoryQuery { q: asked.q.unwrap_or_default(), after, limit: limit(asked.limit)? };
    let page = app
        .read(&ctx, move |tx, ctx| {
            let customer = room::get(tx, ctx, &customer)?.id;
            orders::history(tx, ctx, &customer, &query)
        })
        .await?;
    Ok(axum::Json(crate::api::orders::page(page)))
}

/// How far back.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SpendAsked {
    /// 1 to 60, this month last; 12 unless said.
    #[param(minimum = 1, maximum = 60)]
    months: Option<i32>,
}

/// What a customer spent, month by month.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerSpend {
    /// The merchant's.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// Oldest first, also those without a payment.
    months: Vec<MonthSpend>,
    /// An exchange rate is missing, so a part is left out.
    rates_missing: bool,
}

/// What was spent in a month.
#[derive(Debug, Serialize, ToSchema)]
struct MonthSpend {
    #[schema(example = "2026-06")]
    month: String,
    /// Minor units, less what was given back.
    spent: i64,
}

/// Read what a customer spent, month by month.
///
/// What was paid less what was given back, in the month of the payment where the merchant lives.
#[utoipa::path(get, path = "/api/v1/customers/{id}/spend", operation_id = "getCustomerSpend", tag = "Customers",
    params(("id" = String, Path), SpendAsked), responses((status = 200, body = CustomerSpend)))]
async fn spend(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<SpendAsked>,
) -> Answer<CustomerSpend> {
    let customer: CustomerId = id(&text, "customer")?;
    let months = asked.months.unwrap_or(12);
    if !(1..=60).contains(&months) {
        return Err(Problems::one("months", "invalid", "Use 1 to 60.").into());
    }
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = room::get(tx, ctx, &customer)?.id;
            room::profile::spend(tx, ctx, &customer, months)
        })
        .await?;
    let month = |m: room::profile::Month| MonthSpend { month: m.first.strftime("%Y-%m").to_string(), spent: m.spent };
    let months = found.months.into_iter().map(month).collect();
    Ok(axum::Json(CustomerSpend { currency: found.currency, months, rates_missing: found.missing }))
}

/// Which part of a timeline.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TimelineAsked {
    /// A kind (`customer.edited`) or a noun (`order`) for all of its kinds.
    kind: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Read the timeline of a customer.
///
/// What happened, who did it and through which door, newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/events", operation_id = "readTimeline", tag = "Events",
    params(("id" = String, Path), TimelineAsked), responses((status = 200, body = Page<Event>)))]
async fn timeline(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<TimelineAsked>,
) -> Answer<Page<Event>> {
    let customer: CustomerId = id(&text, "customer")?;
    let limit = limit(asked.limit)? as usize;
    let wrong = |()| Problems::one("after", "invalid", "Use the next of a page before.");
    let after = asked.after.as_deref().map(|text| text.parse::<events::Place>().map_err(wrong)).transpose()?;
    let page = app
        .read(&ctx, move |tx, ctx| {
            let customer = room::get(tx, ctx, &customer)?.id;
            events::timeline(tx, ctx, &customer, asked.kind.as_deref().unwrap_or_default(), after.as_ref(), limit)
        })
        .await?;
    let next = page.next.map(|place| place.to_string());
    Ok(axum::Json(Page { next, ..Page::whole(page.entries.into_iter().map(Into::into).collect()) }))
}
