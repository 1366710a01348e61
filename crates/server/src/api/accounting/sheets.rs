//! What an accounting service has to choose from: journals, accounts and VAT codes, so that a program can fill a mapping.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::accounting::connections;
use domain::accounting::{Connection, sheets as room};
use serde::Serialize;
use utoipa::ToSchema;

use super::which;
use crate::accounting;
use crate::api::asked::At;
use crate::api::types::{Time, time};
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::Problem;
use crate::http::guard::Caller;

/// What there is to choose from at the service, as it was fetched last.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountingSheets {
    /// Absent: never.
    fetched_at: Option<Time>,
    /// Journals of sales; none where the service gives none.
    journals: Vec<AccountingChoice>,
    /// Accounts of revenue.
    ledgers: Vec<AccountingChoice>,
    /// Accounts of what customers owe; none where the service asks for none.
    receivables: Vec<AccountingChoice>,
    vat_codes: Vec<AccountingChoice>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
struct AccountingChoice {
    /// What the mapping names it by.
    value: String,
    name: String,
}

impl From<Connection> for AccountingSheets {
    fn from(c: Connection) -> Self {
        let choices = |all: Vec<(String, String)>| all.into_iter().map(|(value, name)| AccountingChoice { value, name }).collect();
        Self {
            fetched_at: time(c.sheets_at),
            journals: choices(c.sheets.journals),
            ledgers: choices(c.sheets.ledgers),
            receivables: choices(c.sheets.receivables),
            vat_codes: choices(c.sheets.vat_codes),
        }
    }
}

/// Read what a connection has to choose from.
///
/// Journals, accounts and VAT codes, as they were fetched last.
#[utoipa::path(get, path = "/api/v1/accounting-connections/{id}/sheets", operation_id = "getAccountingSheets", tag = "Accounting",
    params(("id" = String, Path)), responses((status = 200, body = AccountingSheets)))]
pub(super) async fn get(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
) -> Result<axum::Json<AccountingSheets>, Problem> {
    let id = which(&text)?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| connections::get(tx, ctx, &id)).await?.into()))
}

/// Ask the service anew for what there is to choose from.
///
/// Answers 409 `not_fetched` with the reason in words when the service does not answer, or nobody is signed in there.
#[utoipa::path(post, path = "/api/v1/accounting-connections/{id}/sheets", operation_id = "fetchAccountingSheets", tag = "Accounting",
    params(("id" = String, Path)), responses((status = 200, body = AccountingSheets)))]
pub(super) async fn fetch(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id = which(&text)?;
    let known = id.clone();
    let c = app.read(&caller.0, move |tx, ctx| connections::get(tx, ctx, &known)).await?;
    let (asking, merchant, asked) = (app.clone(), caller.0.merchant.clone(), id.clone());
    let found = tokio::task::spawn_blocking(move || accounting::fetch(&asking, &merchant, &asked, c.service)).await;
    let found = found.map_err(|e| domain::Error::Internal(e.to_string()))??;
    let sheets = found.map_err(|words| domain::Error::conflict("not_fetched", words))?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            room::keep(tx, ctx, &id, &sheets)?;
            reply(StatusCode::OK, "", &AccountingSheets::from(connections::get(tx, ctx, &id)?))
        })
        .await
}
