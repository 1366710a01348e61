//! A request that is answered before its body was read, as a refused one is, would tear a kept connection down, and the caller's next
//! request with it. What is left of a body is read away here; where it is too much, the answer says that the connection ends.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::stream::poll_fn;
use futures_util::{Stream, StreamExt};

/// Read away at most: bytes, and time.
const BYTES: usize = 256 * 1024;
const PATIENCE: Duration = Duration::from_secs(2);

/// The middleware.
pub async fn drain(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let left = Arc::new(Mutex::new(body.into_data_stream()));
    let handed = Arc::clone(&left);
    let mut response = next.run(Request::from_parts(parts, Body::from_stream(read(handed)))).await;
    if tokio::time::timeout(PATIENCE, rest(read(left))).await != Ok(true) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The body, shared between whoever reads it and whoever reads the rest.
fn read(body: Arc<Mutex<BodyDataStream>>) -> impl Stream<Item = Result<axum::body::Bytes, axum::Error>> {
    poll_fn(move |cx| body.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(cx))
}

/// Reads to the end; `false` when that is too far, or there is none.
async fn rest(body: impl Stream<Item = Result<axum::body::Bytes, axum::Error>>) -> bool {
    let (mut body, mut bytes) = (std::pin::pin!(body), 0);
    while let Some(chunk) = body.next().await {
        let Ok(chunk) = chunk else { return false };
        bytes += chunk.len();
        if bytes > BYTES {
            return false;
        }
    }
    true
}
