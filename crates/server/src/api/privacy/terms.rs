//! How long the law wants issued invoices.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::Right;
use domain::privacy::{self as room, Settings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Read), routes!(get)).api(Policy::May(Right::Settings), routes!(put))
}

/// What legal copies of invoices go by.
#[derive(Debug, Serialize, ToSchema)]
struct PrivacySettings {
    /// Country of the merchant.
    #[schema(example = "FR")]
    country: String,
    /// Years the country usually wants, from the end of the year of issue.
    usual_years: i64,
    /// What counts.
    years: i64,
    /// Somebody set it instead of the country.
    own: bool,
}

impl From<Settings> for PrivacySettings {
    fn from(s: Settings) -> Self {
        Self { country: s.country, usual_years: s.usual, years: s.years, own: s.own.is_some() }
    }
}

/// Years to keep legal copies for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PrivacySettingsPut {
    /// Absent: what the country wants.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 30)]
    years: Option<i64>,
}

/// Read how long legal copies of invoices are kept.
#[utoipa::path(get, path = "/api/v1/privacy-settings", operation_id = "getPrivacySettings", tag = "Privacy",
    responses((status = 200, body = PrivacySettings)))]
async fn get(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<PrivacySettings>, Problem> {
    Ok(axum::Json(app.read(&ctx, |tx, ctx| room::settings(tx, ctx)).await?.into()))
}

/// Set how long legal copies of invoices are kept.
///
/// Of customers that are anonymised from now on; copies that are there keep their term.
#[utoipa::path(put, path = "/api/v1/privacy-settings", operation_id = "putPrivacySettings", tag = "Privacy", request_body = PrivacySettingsPut,
    responses((status = 200, body = PrivacySettings)))]
async fn put(State(app): State<App>, caller: Caller, write: Write<PrivacySettingsPut>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, b| {
            room::save_settings(tx, ctx, b.years)?;
            reply(StatusCode::OK, "", &PrivacySettings::from(room::settings(tx, &crate::api::write::seeing(ctx))?))
        })
        .await
}
