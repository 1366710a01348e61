//! How a page is answered: a rendered template, a redirect after a form, or an error that says what to do.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::staff::SignedIn;

use crate::http::Problem;

/// What handlers of pages return.
pub type PageResult = Result<Response, PageError>;

/// An error on its way to becoming a page.
#[derive(Debug)]
pub struct PageError(pub Box<Problem>);

impl From<domain::Error> for PageError {
    fn from(error: domain::Error) -> Self {
        Self(Box::new(error.into()))
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        error_page(None, &self.0)
    }
}

/// A template with status 200.
pub fn show(template: &impl Template) -> Response {
    show_with(StatusCode::OK, template)
}

/// A template with another status: 422 for a form with errors.
pub fn show_with(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a template did not render");
            (StatusCode::INTERNAL_SERVER_ERROR, Html("<h1>Something went wrong on our side</h1>")).into_response()
        }
    }
}

/// After a form: go and look (303), so that reloading does not send it again.
pub fn see_other(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// For what somebody opens by a link of their own: not for search engines, not for caches, and its address is told to nobody.
pub fn hidden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    title: &'a str,
    detail: &'a str,
    links: &'a [domain::kit::Link],
    signed_in: bool,
}

/// The page of an error. `signed_in` offers the way home instead of the way in.
pub fn error_page(signed_in: Option<&SignedIn>, problem: &Problem) -> Response {
    let title = match problem.status {
        403 => "Not allowed",
        404 => "Not found",
        409 => "That does not fit",
        422 => "Something needs attention",
        429 => "Too fast",
        503 => "Not now",
        507 => "The disk is full",
        _ => "Something went wrong",
    };
    let status = problem.status_code();
    let detail = problem.errors.first().map_or(problem.detail.as_str(), |e| e.detail.as_str());
    let mut response = show_with(
        status,
        &ErrorPage { title, detail, links: &problem.links, signed_in: signed_in.is_some() || status != StatusCode::UNAUTHORIZED },
    );
    if matches!(status.as_u16(), 429 | 503) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    response
}

/// No route: a page for people, problem+json for programs.
pub async fn not_found(uri: Uri) -> Response {
    let problem = Problem::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is nothing at this address. It may have been moved, or it belongs to another merchant.",
    );
    if uri.path().starts_with("/api/") { problem.into_response() } else { error_page(None, &problem) }
}
