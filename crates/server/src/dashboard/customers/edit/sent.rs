//! A form that may bring a picture: its fields as typed, and the file.

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use bytes::Bytes;
use domain::Error;
use domain::customers::{self, Picture};

use crate::dashboard::Typed;
use crate::dashboard::parts::Parts;

/// What was sent.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    pub typed: Typed,
    pub file: Option<Bytes>,
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let Parts { typed, mut files } = Parts::from_request(request, state).await?;
        Ok(Self { typed, file: files.pop().map(|f| f.bytes) })
    }
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
