//! Errors as HTTP. The API answers problem+json (RFC 9457) with a pointer to each field; pages make a page of the same.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Error;
use serde::Serialize;

/// What went wrong, ready to be told.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// Stable for programs: `https://regulars.invalid/problems/` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short, for people.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What to do.
    pub detail: String,
    /// The code alone: `not_found`, `invalid`, `customer_inactive`, …
    pub code: String,
    /// Field errors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What stands in the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<domain::kit::Link>,
    /// What somebody else changed meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<StaleBody>,
}

/// One field.
#[derive(Clone, Debug, Serialize)]
pub struct FieldError {
    /// JSON pointer into the request: `/billing/country`.
    pub pointer: String,
    /// For programs.
    pub code: &'static str,
    /// For people.
    pub detail: String,
}

/// The other's changes.
#[derive(Clone, Debug, Serialize)]
pub struct StaleBody {
    /// The version to edit now.
    pub version: i64,
    /// Who.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// Field by field.
    pub fields: Vec<domain::kit::StaleField>,
}

impl Problem {
    /// A problem of this status and code.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("https://regulars.invalid/problems/{code}"),
            title: status.canonical_reason().unwrap_or("Problem").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            errors: Vec::new(),
            links: Vec::new(),
            stale: None,
        }
    }

    /// The status as a type.
    pub fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(noun) => Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {noun} here.")),
            Error::Forbidden(right) => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", format!("You need the right to {} for this.", right.words()))
            }
            Error::Invalid(problems) => {
                let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Some fields need attention.");
                problem.errors = problems
                    .0
                    .into_iter()
                    .map(|p| FieldError { pointer: format!("/{}", p.field.replace('.', "/")), code: p.code, detail: p.message })
                    .collect();
                problem
            }
            Error::Conflict { code, message, links } => Self { links, ..Self::new(StatusCode::CONFLICT, code, message) },
            Error::Stale(stale) => {
                let mut problem = Self::new(StatusCode::CONFLICT, "stale", format!("{} changed this meanwhile.", stale.by));
                problem.stale =
                    Some(StaleBody { version: stale.version, by: stale.by, at: domain::kit::rfc3339(stale.at), fields: stale.fields });
                problem
            }
            Error::Store(error) => of_store(&error),
            Error::Internal(what) => {
                tracing::error!(what, "internal error");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side. It has been noted.")
            }
        }
    }
}

/// A database that is down or full heals by itself: say so, and when to come back.
fn of_store(error: &store::Error) -> Problem {
    use store::Error as E;
    match error {
        E::Full => Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "disk_full",
            "The disk is full. Nothing was changed; free some room and try again.",
        ),
        E::Busy | E::Deadline => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much at once. Nothing was changed; try again in a moment.")
        }
        E::Unavailable(what) => {
            tracing::error!(what, "the database is not there");
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "database_unavailable",
                "The database does not answer. Nothing was changed; try again in a moment.",
            )
        }
        E::UnknownOutcome => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unknown_outcome",
            "It is not known whether this was saved. Repeat it with the same Idempotency-Key, or look first.",
        ),
        E::BadText => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Take out the NUL character."),
        other => {
            tracing::error!(error = %other, "store error");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side. It has been noted.")
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status_code();
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(status.as_u16(), 429 | 503) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
