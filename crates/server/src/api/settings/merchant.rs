//! The merchant's own settings, and who a key is.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers::merge;
use domain::kit::{Ctx, Micros, Right, Rights};
use domain::merchants::{self as room, MerchantEdit, Settings};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::types::Time;
use crate::api::words;
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

type Answer<T> = Result<axum::Json<T>, Problem>;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::SignedIn, routes!(me)).api(Policy::May(Right::Read), routes!(get)).api(Policy::May(Right::Settings), routes!(edit))
}

/// The merchant.
#[derive(Debug, Serialize, ToSchema)]
struct Merchant {
    id: String,
    name: String,
    /// ISO 4217; of lifetime values and totals.
    #[schema(example = "EUR")]
    currency: String,
    /// IANA name.
    #[schema(example = "Europe/Paris")]
    time_zone: String,
    /// ISO 3166 alpha-2, or empty.
    country: String,
    /// How many days after a payment a customer counts as active.
    active_days: i64,
    /// Raised when the rules of statuses and values change.
    rule_version: i64,
    demo: bool,
    /// For how many days a merge of customers can be undone; 0: final at once.
    merge_undo_days: i64,
    created_at: Time,
}

impl Merchant {
    fn read(tx: &mut Tx, ctx: &Ctx) -> domain::Result<Self> {
        Ok(Self::of(room::settings(tx, ctx)?, merge::undo_days(tx, ctx)?))
    }

    fn of(s: Settings, merge_undo_days: i64) -> Self {
        Self {
            merge_undo_days,
            id: s.id.to_string(),
            name: s.name,
            currency: s.currency.code().to_owned(),
            time_zone: s.zone_name,
            country: s.country,
            active_days: s.active_days,
            rule_version: s.rule_version,
            demo: s.demo,
            created_at: Time(s.created_at),
        }
    }
}

/// What changes; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct MerchantPatch {
    name: Option<String>,
    /// ISO 4217.
    currency: Option<String>,
    /// IANA name.
    time_zone: Option<String>,
    /// ISO 3166 alpha-2, or empty.
    country: Option<String>,
    /// 1 to 730.
    #[schema(minimum = 1, maximum = 730)]
    active_days: Option<i64>,
    /// 0 to 365; for merges from now on.
    #[schema(minimum = 0, maximum = 365)]
    merge_undo_days: Option<i64>,
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    /// Id of the key.
    id: String,
    name: String,
    #[schema(value_type = Vec<words::Scope>)]
    scopes: Vec<&'static str>,
    merchant: Merchant,
    /// The clock of this installation.
    now: Time,
}

impl Me {
    fn new(id: String, name: String, rights: Rights, merchant: Merchant, now: Micros) -> Self {
        Self { id, name, scopes: rights.names(), merchant, now: Time(now) }
    }
}

/// Who this key is, and what it may.
#[utoipa::path(get, path = "/api/v1/me", operation_id = "whoAmI", tag = "Settings", responses((status = 200, body = Me)))]
async fn me(State(app): State<App>, Caller(ctx): Caller) -> Answer<Me> {
    let merchant = app.read(&ctx, Merchant::read).await?;
    Ok(axum::Json(Me::new(ctx.actor.id.clone(), ctx.actor.name.clone(), ctx.actor.rights, merchant, ctx.now)))
}

/// Read the settings of the merchant.
#[utoipa::path(get, path = "/api/v1/merchant", operation_id = "getMerchant", tag = "Settings", responses((status = 200, body = Merchant)))]
async fn get(State(app): State<App>, Caller(ctx): Caller) -> Answer<Merchant> {
    Ok(axum::Json(app.read(&ctx, Merchant::read).await?))
}

/// Change the settings of the merchant.
///
/// Another currency, time zone or number of active days has all statuses and values worked out anew, by a job.
#[utoipa::path(patch, path = "/api/v1/merchant", operation_id = "editMerchant", tag = "Settings", request_body = MerchantPatch,
    responses((status = 200, body = Merchant)))]
async fn edit(State(app): State<App>, caller: Caller, write: Write<MerchantPatch>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, patch| {
            let (old, new) = (room::settings(tx, ctx)?, patch.clone());
            let edit = MerchantEdit {
                name: new.name.unwrap_or(old.name),
                currency: new.currency.unwrap_or_else(|| old.currency.code().to_owned()),
                time_zone: new.time_zone.unwrap_or(old.zone_name),
                country: new.country.unwrap_or(old.country),
                active_days: new.active_days.unwrap_or(old.active_days),
            };
            if let Some(days) = new.merge_undo_days {
                merge::set_undo_days(tx, ctx, days)?;
            }
            let settings = room::edit(tx, ctx, &edit)?;
            reply(StatusCode::OK, "", &Merchant::of(settings, merge::undo_days(tx, ctx)?))
        })
        .await
}
