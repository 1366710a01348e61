//! A form that may bring a picture: its fields as typed, and the file.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::Error;
use domain::customers::{self, Picture};

use crate::dashboard::{Typed, error_page};
use crate::http::Problem;

/// What was sent.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    pub typed: Typed,
    pub file: Option<Bytes>,
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/") {
            return Ok(Self { typed: Typed::from_request(request, state).await?, file: None });
        }
        let mut parts = Multipart::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let mut sent = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
            let (name, is_file) = (part.name().unwrap_or_default().to_owned(), part.file_name().is_some());
            let bytes = part.bytes().await.map_err(|_| broken())?;
            if is_file {
                sent.file = Some(bytes).filter(|b| !b.is_empty());
            } else {
                sent.typed.0.push((name, String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
        Ok(sent)
    }
}

fn broken() -> Response {
    let words = "The form could not be read, or its file is too large. Use a picture of at most 5 MB.";
    error_page(None, &Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", words))
}

impl Sent {
    /// The picture, looked at and made square off the async threads.
    ///
    /// # Errors
    /// A field error for `avatar`.
    pub async fn picture(&self) -> domain::Result<Option<Picture>> {
        let Some(file) = self.file.clone() else { return Ok(None) };
        let made = tokio::task::spawn_blocking(move || customers::picture(&file)).await;
        made.map_err(|e| Error::Internal(e.to_string()))?.map(Some)
    }
}
