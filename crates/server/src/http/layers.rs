//! What every answer carries and every request passes: strict headers, one origin, bounded size and time, one log line.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use super::problem::Problem;
use crate::app::App;

/// Nothing inline, nothing from elsewhere, no frame around us.
const CSP: &str =
    "default-src 'self'; img-src 'self' data:; object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The largest body of an ordinary request: a form, a picture of 5 MB, a bulk of orders.
pub(crate) const BODY: usize = 16 * 1024 * 1024;

/// Wraps all doors.
pub fn wrap(router: Router, app: &App) -> Router {
    let mut csrf = CsrfLayer::new();
    if !app.config.base_url.is_empty() {
        // The configuration has refused what is no origin; without one the layer is only stricter.
        csrf = csrf.add_trusted_origin(&app.config.base_url).unwrap_or_else(|_| CsrfLayer::new());
    }
    router
        .layer(csrf)
        .layer(middleware::from_fn(refusal))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn(measure))
        .layer(middleware::from_fn(headers))
        .layer(CatchPanicLayer::custom(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response()))
        .layer(CompressionLayer::new().quality(CompressionLevel::Precise(9)))
        .layer(middleware::from_fn(super::drain::drain))
}

/// The words for what would be refused without any: an address that no text was encoded into names nothing, and a form or a call that came
/// from another site, which the layer behind refuses.
async fn refusal(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    if url::form_urlencoded::parse(request.uri().path().as_bytes()).any(|(text, _)| text.contains('\u{fffd}')) {
        let problem = Problem::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.");
        return if is_api { problem.into_response() } else { crate::dashboard::error_page(None, &problem) };
    }
    let response = next.run(request).await;
    if response.status() != StatusCode::FORBIDDEN || response.headers().contains_key(header::CONTENT_TYPE) {
        return response;
    }
    let problem = Problem::new(
        StatusCode::FORBIDDEN,
        "cross_site",
        "This came from another site, so nothing was done. Open the page here and try again.",
    );
    if is_api { problem.into_response() } else { crate::dashboard::error_page(None, &problem) }
}

/// Security headers on every answer; pages are never kept by a cache on the way. A script, a sheet or a picture of ours is no document:
/// it says its type and its origin, and weighs less (SPEC 16).
async fn headers(request: Request, next: Next) -> Response {
    let is_asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // Browsers guess about scripts and sheets alone.
    if !is_asset || headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind != "image/svg+xml") {
        headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    }
    if is_asset {
        return response;
    }
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// One log line and one measurement for each request: method, route, status, time. Never a query, a body or a name.
async fn measure(request: Request, next: Next) -> Response {
    let start = std::time::Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<axum::extract::MatchedPath>().map_or("unknown", |p| p.as_str()).to_owned();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), start.elapsed());
    super::meters::request(method.to_string(), route.clone(), status, took);
    if status >= 500 || took > Duration::from_secs(1) {
        tracing::warn!(%method, route, status, ms = took.as_millis() as u64, "request");
    } else {
        tracing::debug!(%method, route, status, ms = took.as_millis() as u64, "request");
    }
    response
}
