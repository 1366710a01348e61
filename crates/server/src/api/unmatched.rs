//! Cancellations and adjustments of imported history that fit no payment: shown, counted nowhere (SPEC 9.2).

use axum::extract::State;
use domain::home::{self, Entry, Which};
use domain::kit::{Currency, Right};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked::{Asked, after, limit};
use super::types::{Named, Page, Time};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Read), routes!(list))
}

/// Which part.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UnmatchedAsked {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// A line of imported history that fits no payment.
#[derive(Debug, Serialize, ToSchema)]
struct Unmatched {
    id: String,
    /// Its number in the file.
    number: String,
    happened_at: Time,
    /// What it took away, minor units.
    amount: i64,
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// Why it fits nothing.
    reason: String,
    /// Whose; absent: nobody’s.
    customer: Option<Named>,
}

impl From<Entry> for Unmatched {
    fn from(e: Entry) -> Self {
        Self {
            id: e.id,
            number: e.contact,
            happened_at: Time(e.at),
            amount: e.money.minor,
            currency: e.money.currency,
            reason: e.what,
            customer: e.customer.map(|(id, name)| Named { id: id.to_string(), name }),
        }
    }
}

/// List what of imported history fits no payment.
///
/// Cancellations and adjustments, newest first. They are shown and counted nowhere.
#[utoipa::path(get, path = "/api/v1/unmatched", operation_id = "listUnmatched", tag = "Imports", params(UnmatchedAsked),
    responses((status = 200, body = Page<Unmatched>)))]
async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    Asked(asked): Asked<UnmatchedAsked>,
) -> Result<axum::Json<Page<Unmatched>>, Problem> {
    let (limit, after) = (limit(asked.limit)?, after(asked.after.as_deref())?);
    let limit = usize::try_from(limit).unwrap_or_default();
    let found = app.read(&ctx, move |tx, ctx| home::entries(tx, ctx, Which::Unmatched, after.clone(), limit)).await?;
    Ok(axum::Json(Page {
        data: found.entries.into_iter().map(Into::into).collect(),
        next: found.next.map(|key| key.to_string()),
        prev: None,
        total: Some(found.total),
    }))
}
