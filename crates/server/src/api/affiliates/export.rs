//! Commissions of a time as a CSV file, as the page gives it.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::affiliates::{Period, export};
use domain::kit::AffiliateId;
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;

use crate::api::types::Time;
use crate::api::write::Write;
use crate::app::App;
use crate::dashboard::spooled;
use crate::http::Problem;
use crate::http::guard::Caller;

/// Which commissions.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommissionsExport {
    /// Of one affiliate; absent: of all.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    affiliate: Option<AffiliateId>,
    /// Payments not before, RFC 3339.
    #[serde(default)]
    from: Option<Time>,
    /// Payments before, RFC 3339.
    #[serde(default)]
    until: Option<Time>,
}

/// Export commissions.
///
/// A CSV file with a line for each payment, newest first. The audit log notes who took how many.
#[utoipa::path(post, path = "/api/v1/affiliates/exports", operation_id = "exportCommissions", tag = "Affiliates", request_body = CommissionsExport,
    responses((status = 200, description = "The file", content((String = "text/csv")))))]
pub(super) async fn file(State(app): State<App>, caller: Caller, write: Write<CommissionsExport>) -> Result<Response, Problem> {
    let asked = write.input;
    let moment = |at: Option<Time>, open| at.map_or(open, |t| t.0);
    let period = Period { from: moment(asked.from, i64::MIN), until: moment(asked.until, i64::MAX) };
    let written = tokio::task::spawn_blocking(move || {
        if let Some(id) = &asked.affiliate {
            app.db.spool(|tx| domain::affiliates::get(tx, &crate::api::write::seeing(&caller.0), id))?;
        }
        spooled(|out| export::export(&app.db, &caller.0, asked.affiliate.as_ref(), period, out).map(drop))
    });
    let file = written.await.map_err(|e| domain::Error::Internal(e.to_string()))??;
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"commissions.csv\"")];
    Ok((headers, Body::from_stream(ReaderStream::with_capacity(tokio::fs::File::from_std(file), 1 << 16))).into_response())
}
