//! What the address of a request says: ids in the path and named values behind the question mark. Nothing here reads a body.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::kit::{PageKey, Problems};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::http::problem::FieldError;
use crate::http::{Problem, led};

/// The most rows of one page, and what a page has when nothing is said.
pub const MOST: i64 = 200;
const USUAL: i64 = 50;

/// Named values of the query string. What cannot be read is a 422 that names the parameter.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::<T>::try_from_uri(&parts.uri).map(|Query(asked)| Self(asked)).map_err(|e| of_query(&e.body_text()))
    }
}

/// A page of a list that has the newest first.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NewestAsked {
    /// `next` of the page before.
    pub after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
}

/// Parts of the path as text, the id of a merged customer led to the survivor. What is not even text is not there.
#[derive(Debug)]
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send + led::Parts, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found = Path::<T>::from_request_parts(parts, state).await;
        found
            .map(|Path(text)| {
                Self(match parts.extensions.get::<led::Led>() {
                    Some(led) => text.led(led),
                    None => text,
                })
            })
            .map_err(|_| Problem::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address."))
    }
}

/// "Failed to deserialize query string: limit: invalid digit found in string" as a field error for `limit`.
fn of_query(words: &str) -> Problem {
    let words = words.strip_prefix("Failed to deserialize query string: ").unwrap_or(words);
    let quoted = words.split('`').nth(1).unwrap_or_default();
    let named = words.split_once(": ").map(|(field, _)| field).filter(|f| f.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    let (field, code) = if words.contains("unknown field") {
        (quoted, "unknown")
    } else if words.contains("missing field") {
        (quoted, "required")
    } else if words.contains("duplicate field") {
        (quoted, "invalid")
    } else {
        (named.unwrap_or_default(), "invalid")
    };
    one(field, code, format!("{words}."))
}

fn one(field: &str, code: &'static str, detail: String) -> Problem {
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Some query parameters need attention.");
    problem.errors.push(FieldError { pointer: format!("/{field}"), code, detail });
    problem
}

/// Refuses names that the description of the operation does not have: a misspelt filter must not answer with everything.
pub async fn only(names: &[String], request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let known = |name: &str| {
        let keyed = name.split_once('[').filter(|(_, key)| key.ends_with(']')).map(|(object, _)| format!("{object}["));
        names.iter().any(|n| n == name && !n.ends_with('[')) || keyed.is_some_and(|keyed| names.contains(&keyed))
    };
    let strange = url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).find(|name| !known(name));
    match strange {
        None => next.run(request).await,
        Some(name) if names.is_empty() => one(&name, "unknown", "This operation takes no query parameters.".to_owned()).into_response(),
        Some(name) => {
            let names: Vec<_> = names.iter().map(|n| if n.ends_with('[') { format!("{n}…]") } else { n.clone() }).collect();
            one(&name, "unknown", format!("Use only: {}.", names.join(", "))).into_response()
        }
    }
}

/// How many rows.
///
/// # Errors
/// A field error for `limit` outside of 1 to [`MOST`].
pub fn limit(asked: Option<i64>) -> domain::Result<i64> {
    let limit = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) { Ok(limit) } else { Err(Problems::one("limit", "invalid", "Use 1 to 200.")) }
}

/// An optional value that must be readable when it is there, also when it is empty: an id, a cursor, a word.
///
/// # Errors
/// A field error.
pub fn maybe<T: FromStr>(field: &str, text: Option<&str>) -> domain::Result<Option<T>> {
    text.map(|t| t.parse().map_err(|_| Problems::one(field, "invalid", "This is not a value of that kind."))).transpose()
}

/// The place behind which a page begins.
///
/// # Errors
/// A field error for what no answer has given.
pub fn after(text: Option<&str>) -> domain::Result<Option<PageKey>> {
    maybe("after", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_query_names_its_parameter() {
        let pointer = |words: &str| of_query(words).errors.remove(0).pointer;
        assert_eq!(pointer("Failed to deserialize query string: limit: invalid digit found in string"), "/limit");
        assert_eq!(pointer("Failed to deserialize query string: unknown field `x`, expected `limit`"), "/x");
        assert_eq!(pointer("Failed to deserialize query string: duplicate field `q`"), "/q");
    }
}
