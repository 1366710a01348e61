//! Accounting services (SPEC 13.3): connections and their mapping, runs and the log of every try. Signing in at a service is for people, in a browser.

mod runs;
mod sheets;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounting::mapping::{self as room, Mapping, Shop, Tax};
use domain::accounting::{Connection, connections};
use domain::invoices::{Category, due_days};
use domain::kit::{AccountingId, Problems, Right, ShopId, day_number};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::subscriptions::body::day;
use super::types::{Page, Time, time};
use super::words;
use super::write::{Write, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (settings, books) = (Policy::May(Right::Settings), Policy::May(Right::Payments));
    let routes =
        routes.api(books, routes!(list)).api(books, routes!(get)).api(settings, routes!(get_mapping)).api(settings, routes!(put_mapping));
    let routes = routes.api(settings, routes!(sheets::get)).api(settings, routes!(sheets::fetch)).api(settings, routes!(disconnect));
    runs::routes(routes)
}

/// A connection with an accounting service.
#[derive(Debug, Serialize, ToSchema)]
struct AccountingConnection {
    id: String,
    #[schema(value_type = words::AccountingService)]
    service: &'static str,
    #[schema(value_type = words::AccountingState)]
    state: &'static str,
    /// Exact Online: the division. Twinfield: the office.
    office: String,
    /// Journal, accounts and VAT codes are chosen.
    mapped: bool,
    /// A run begins by itself each day.
    daily: bool,
    /// Id of the latest run.
    latest_run: Option<String>,
    /// What went wrong last, in words.
    trouble: String,
    connected_at: Option<Time>,
    created_at: Time,
}

impl From<Connection> for AccountingConnection {
    fn from(c: Connection) -> Self {
        Self {
            id: c.id.to_string(),
            service: c.service.name(),
            state: c.state.name(),
            mapped: c.mapping.is_ready(),
            office: c.office,
            daily: c.daily,
            latest_run: c.run.map(|run| run.to_string()),
            trouble: c.words,
            connected_at: time(c.connected_at),
            created_at: Time(c.created_at),
        }
    }
}

/// What of ours is what at the service.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountingMapping {
    /// Code of the journal of sales.
    #[schema(example = "70")]
    journal: String,
    /// Twinfield: code of the account of what customers owe.
    #[serde(default)]
    receivable: String,
    /// What was issued before this day stays out of the books; absent: the first of the month of the connection.
    #[schema(example = "2026-01-01")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// A run begins by itself each day.
    #[serde(default)]
    daily: bool,
    /// For each way of taxing.
    #[schema(max_items = 200)]
    taxes: Vec<AccountingTax>,
    /// Shops whose revenue has an account of its own.
    #[serde(default)]
    #[schema(max_items = 500)]
    shops: Vec<AccountingShop>,
}

/// A way of taxing, at the service.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountingTax {
    #[schema(value_type = words::TaxCategory)]
    category: Category,
    /// Percent.
    #[schema(example = "21")]
    rate: String,
    vat_code: String,
    /// Account of revenue: Exact Online its id, Twinfield its code.
    ledger: String,
}

/// A shop, at the service.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountingShop {
    #[schema(value_type = String)]
    shop: ShopId,
    /// Account of its revenue.
    ledger: String,
}

impl AccountingMapping {
    fn of(c: Connection) -> Self {
        let tax = |t: Tax| AccountingTax { category: t.category, rate: t.rate, vat_code: t.vat_code, ledger: t.ledger };
        Self {
            journal: c.mapping.journal,
            receivable: c.mapping.receivable,
            since: c.mapping.since.map(|day| due_days(day).to_string()),
            daily: c.daily,
            taxes: c.mapping.taxes.into_iter().map(tax).collect(),
            shops: c.mapping.shops.into_iter().map(|s| AccountingShop { shop: s.shop, ledger: s.ledger }).collect(),
        }
    }

    fn mapping(self) -> domain::Result<Mapping> {
        if self.taxes.len() > 200 || self.shops.len() > 500 {
            return Err(Problems::one("taxes", "too_long", "Use at most 200 rates and 500 shops."));
        }
        let since = self.since.map(|text| day("since", &text).map(|day| i64::from(day_number(day)))).transpose()?;
        let tax = |t: AccountingTax| Tax { category: t.category, rate: t.rate, vat_code: t.vat_code, ledger: t.ledger };
        Ok(Mapping {
            journal: self.journal,
            receivable: self.receivable,
            since,
            taxes: self.taxes.into_iter().map(tax).collect(),
            shops: self.shops.into_iter().map(|s| Shop { shop: s.shop, ledger: s.ledger }).collect(),
        })
    }
}

/// List the connections with accounting services.
#[utoipa::path(get, path = "/api/v1/accounting-connections", operation_id = "listAccountingConnections", tag = "Accounting",
    responses((status = 200, body = Page<AccountingConnection>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<AccountingConnection>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| connections::list(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Read a connection with an accounting service.
#[utoipa::path(get, path = "/api/v1/accounting-connections/{id}", operation_id = "getAccountingConnection", tag = "Accounting",
    params(("id" = String, Path)), responses((status = 200, body = AccountingConnection)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<AccountingConnection>, Problem> {
    let id = which(&text)?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| connections::get(tx, ctx, &id)).await?.into()))
}

/// Disconnect an accounting service.
///
/// The sign-in is forgotten; what was exported stays there. Connecting again is for people, in a browser.
#[utoipa::path(delete, path = "/api/v1/accounting-connections/{id}/sign-in", operation_id = "disconnectAccounting", tag = "Accounting",
    params(("id" = String, Path)), responses((status = 200, body = AccountingConnection)))]
async fn disconnect(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id = which(&text)?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            connections::disconnect(tx, ctx, &id)?;
            reply(StatusCode::OK, "", &AccountingConnection::from(connections::get(tx, ctx, &id)?))
        })
        .await
}

/// Read the mapping of a connection.
#[utoipa::path(get, path = "/api/v1/accounting-connections/{id}/mapping", operation_id = "getAccountingMapping", tag = "Accounting",
    params(("id" = String, Path)), responses((status = 200, body = AccountingMapping)))]
async fn get_mapping(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<AccountingMapping>, Problem> {
    let id = which(&text)?;
    Ok(axum::Json(AccountingMapping::of(app.read(&ctx, move |tx, ctx| connections::get(tx, ctx, &id)).await?)))
}

/// Replace the mapping of a connection.
///
/// Ways of taxing without a line are refused when they are exported.
#[utoipa::path(put, path = "/api/v1/accounting-connections/{id}/mapping", operation_id = "putAccountingMapping", tag = "Accounting",
    params(("id" = String, Path)), request_body = AccountingMapping, responses((status = 200, body = AccountingMapping)))]
async fn put_mapping(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<AccountingMapping>,
) -> Result<Response, Problem> {
    let id = which(&text)?;
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let daily = b.daily;
            room::save(tx, ctx, &id, &b.clone().mapping()?, daily)?;
            reply(StatusCode::OK, "", &AccountingMapping::of(connections::get(tx, ctx, &id)?))
        })
        .await
}

fn which(text: &str) -> domain::Result<AccountingId> {
    id(text, "accounting connection")
}
