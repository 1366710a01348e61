//! Whether a customer's providers know what is known here (SPEC 3.3).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers;
use domain::kit::{Ctx, CustomerId, Right};
use domain::providers::{CallState, billing};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::types::{Page, Time, time};
use crate::api::words;
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Read), routes!(list)).api(Policy::May(Right::Write), routes!(retry))
}

/// A provider's record of a customer.
#[derive(Debug, Serialize, ToSchema)]
struct BillingRecord {
    /// The account with the provider.
    account: String,
    /// `stripe`, `paypal`.
    provider: String,
    /// The provider's id of the customer.
    reference: String,
    /// Of the last edit that was sent; absent when none was yet.
    #[schema(value_type = Option<words::ProviderCallState>)]
    state: Option<CallState>,
    /// It was tried and is tried again.
    trying: bool,
    /// Why not, in the provider's words; empty when it is synchronised.
    message: String,
    /// Since when it is so.
    at: Option<Time>,
}

impl From<billing::Billing> for BillingRecord {
    fn from(b: billing::Billing) -> Self {
        Self {
            account: b.account.to_string(),
            provider: b.provider.name().to_owned(),
            reference: b.reference,
            state: b.state,
            trying: b.trying,
            message: b.error,
            at: time(b.at),
        }
    }
}

fn records(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> domain::Result<Page<BillingRecord>> {
    let customer = customers::get(tx, ctx, customer)?.id;
    Ok(Page::whole(billing::of_customer(tx, ctx, &customer)?.into_iter().map(Into::into).collect()))
}

/// List what a customer's providers know.
///
/// A record for each provider that has one of the customer, and whether the last edit has arrived there.
#[utoipa::path(get, path = "/api/v1/customers/{id}/billing", operation_id = "listBillingRecords", tag = "Customers", params(("id" = String, Path)),
    responses((status = 200, body = Page<BillingRecord>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Page<BillingRecord>>, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| records(tx, ctx, &customer)).await?))
}

/// Send a customer to its providers once more.
///
/// As it is now, at once. Answers 404 for a customer without a record with a provider.
#[utoipa::path(post, path = "/api/v1/customers/{id}/billing", operation_id = "retryBilling", tag = "Customers", params(("id" = String, Path)),
    responses((status = 200, body = Page<BillingRecord>)))]
async fn retry(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            billing::retry(tx, ctx, &customer)?;
            reply(StatusCode::OK, "", &records(tx, &seeing(ctx), &customer)?)
        })
        .await
}
