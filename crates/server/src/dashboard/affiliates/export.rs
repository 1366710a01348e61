//! Commissions of a time as a CSV file, of one affiliate or of all.

use std::io::{Seek as _, SeekFrom};

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse as _;
use domain::affiliates::export;
use domain::kit::AffiliateId;
use domain::merchants;
use tokio_util::io::ReaderStream;

use super::span::Span;
use crate::app::App;
use crate::dashboard::{PageResult, Typed};
use crate::http::Who;
use crate::http::guard::id;

/// The file. That it was taken, by whom and how many lines, stands in the audit log.
pub async fn file(State(app): State<App>, who: Who, typed: Typed) -> PageResult {
    let affiliate: Option<AffiliateId> = match typed.get("affiliate") {
        "" => None,
        text => Some(id(text, "affiliate")?),
    };
    let zone = app.read(&who.ctx, |tx, ctx| Ok(merchants::settings(tx, ctx)?.zone)).await?;
    let (period, day) = (Span::of(|name| typed.text(name)).period(&zone), zone.date(who.ctx.now));
    let (db, ctx) = (app.db.clone(), who.ctx.clone());
    let written = tokio::task::spawn_blocking(move || {
        let internal = |error: std::io::Error| domain::Error::Internal(format!("the file of commissions: {error}"));
        let mut file = tempfile::tempfile().map_err(internal)?;
        export::export(&db, &ctx, affiliate.as_ref(), period, std::io::BufWriter::new(&mut file))?;
        file.seek(SeekFrom::Start(0)).map_err(internal)?;
        Ok::<_, domain::Error>(file)
    })
    .await;
    let file = written.map_err(|error| domain::Error::Internal(error.to_string()))??;
    let mut response = Body::from_stream(ReaderStream::with_capacity(tokio::fs::File::from_std(file), 64 * 1024)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"commissions-{day}.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
