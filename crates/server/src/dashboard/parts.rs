//! A form that may bring files: its fields as typed, and what is attached.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::{Typed, error_page};
use crate::http::Problem;

/// A file of a form.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its name, as the browser says it.
    pub name: String,
    /// Its media type, as the browser says it.
    pub content_type: String,
    /// The file.
    pub bytes: Bytes,
}

/// What was sent; files that nobody chose are left out.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    pub typed: Typed,
    pub files: Vec<File>,
}

impl<S: Send + Sync> FromRequest<S> for Parts {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/") {
            return Ok(Self { typed: Typed::from_request(request, state).await?, files: Vec::new() });
        }
        let mut parts = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let mut sent = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
            let field = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(|name| (name.to_owned(), part.content_type().unwrap_or_default().to_owned()));
            let bytes = part.bytes().await.map_err(|_| broken())?;
            match file {
                Some((name, content_type)) if !bytes.is_empty() => sent.files.push(File { name, content_type, bytes }),
                Some(_) => {}
                None => sent.typed.0.push((field, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        Ok(sent)
    }
}

fn broken() -> Response {
    let words = "The form could not be read, or what is attached is too large.";
    error_page(None, &Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", words))
}
