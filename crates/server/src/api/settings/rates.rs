//! Daily rates: the newest, those of one currency, one by hand, and the bank's file.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Currency, Right};
use domain::{jobs, merchants, rates as room};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::api::asked::{Asked, At, limit};
use crate::api::types::Page;
use crate::api::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

type Answer<T> = Result<axum::Json<T>, Problem>;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, settings) = (Policy::May(Right::Read), Policy::May(Right::Settings));
    routes.api(read, routes!(newest)).api(read, routes!(of_currency)).api(settings, routes!(put)).api(settings, routes!(import))
}

/// What one euro was on a day.
#[derive(Debug, Serialize, ToSchema)]
struct Rate {
    /// ISO 4217.
    currency: String,
    #[schema(format = Date, example = "2026-06-15")]
    day: String,
    /// Units for one euro, exact.
    #[schema(example = "1.0842")]
    per_euro: String,
    /// `ecb` or `hand`.
    source: String,
}

impl From<room::Rate> for Rate {
    fn from(r: room::Rate) -> Self {
        let day = Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(r.day));
        Self { currency: r.currency.code().to_owned(), day: day.to_string(), per_euro: r.per_euro, source: r.source }
    }
}

/// A rate by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RatePut {
    /// Units for one euro, exact, as text.
    #[schema(example = "1.0842")]
    per_euro: String,
}

/// What came of a file.
#[derive(Debug, Serialize, ToSchema)]
struct RatesImported {
    added: u64,
    changed: u64,
    unchanged: u64,
    /// Columns whose currency nobody knows any more.
    skipped_columns: Vec<String>,
}

/// How many.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RatesAsked {
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// List the newest rate of each currency.
#[utoipa::path(get, path = "/api/v1/rates", operation_id = "listRates", tag = "Rates", responses((status = 200, body = Page<Rate>)))]
async fn newest(State(app): State<App>, Caller(ctx): Caller) -> Answer<Page<Rate>> {
    let found = app.read(&ctx, |tx, ctx| room::newest(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(|(rate, _)| rate.into()).collect())))
}

/// List the rates of a currency.
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/rates/{currency}", operation_id = "listRatesOf", tag = "Rates",
    params(("currency" = String, Path), RatesAsked), responses((status = 200, body = Page<Rate>)))]
async fn of_currency(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(code): At<String>,
    Asked(asked): Asked<RatesAsked>,
) -> Answer<Page<Rate>> {
    let (currency, limit) = (known(&code)?, limit(asked.limit)?);
    let found = app.read(&ctx, move |tx, ctx| room::list(tx, ctx, currency, limit)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

fn known(code: &str) -> domain::Result<Currency> {
    Currency::of(code).ok_or(domain::Error::NotFound("currency"))
}

/// Set a rate by hand.
///
/// Values it touches are worked out anew, by a job when there are many.
#[utoipa::path(put, path = "/api/v1/rates/{currency}/{day}", operation_id = "putRate", tag = "Rates",
    params(("currency" = String, Path), ("day" = String, Path, format = Date)), request_body = RatePut, responses((status = 204)))]
async fn put(
    State(app): State<App>,
    caller: Caller,
    At((code, day)): At<(String, String)>,
    write: Write<RatePut>,
) -> Result<Response, Problem> {
    let currency = known(&code)?;
    let day: Date = day.parse().map_err(|_| domain::Error::NotFound("day"))?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            if let Some(after) = room::put_rate(tx, ctx, currency, day, &body.per_euro)? {
                jobs::enqueue(tx, ctx, merchants::REVALUE, &serde_json::json!({ "after": after }), 0)?;
            }
            Ok(done())
        })
        .await
}

/// Take in the bank's file of rates.
///
/// The European Central Bank's `eurofxref-hist.csv`, as it is, or `eurofxref-hist.zip` as `application/zip`.
#[utoipa::path(post, path = "/api/v1/rates/import", operation_id = "importRates", tag = "Rates",
    request_body(content = String, content_type = "text/csv"), responses((status = 200, body = RatesImported)))]
async fn import(State(app): State<App>, caller: Caller, request: Request) -> Result<Response, Problem> {
    let write = Write::file(request, &app, &["text/csv", "text/plain", "application/zip"]).await?;
    let text = room::text_of(&write.input)?;
    write
        .with(text)
        .run(&app, &caller, |tx, ctx, text| {
            let d = room::import_ecb(tx, ctx, text)?;
            if d.added + d.changed > 0 {
                jobs::enqueue(tx, ctx, merchants::REVALUE, &serde_json::json!({}), 0)?;
            }
            let told = RatesImported { added: d.added, changed: d.changed, unchanged: d.unchanged, skipped_columns: d.skipped_columns };
            reply(StatusCode::OK, "", &told)
        })
        .await
}
