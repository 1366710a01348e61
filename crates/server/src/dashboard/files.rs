//! A file on its way out: written at the speed of the database, then handed on at the speed of the line, so that nobody's slow line holds a
//! reader open.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::Error;
use domain::files::Format;
use domain::kit::Ctx;
use tokio_util::io::ReaderStream;

use crate::app::App;

/// Writes to a file without a name, which is gone when the last byte was sent. Blocks.
///
/// # Errors
/// What `write` refuses; [`Error::Internal`] when there is no room for the file.
pub fn spooled<T>(write: impl FnOnce(&mut BufWriter<&mut File>) -> domain::Result<T>) -> domain::Result<File> {
    let internal = |error: std::io::Error| Error::Internal(format!("the file of an export: {error}"));
    let path = std::env::temp_dir().join(format!("regulars-export-{}", domain::kit::secret()));
    let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(&path).map_err(internal)?;
    std::fs::remove_file(&path).map_err(internal)?;
    let mut out = BufWriter::new(&mut file);
    write(&mut out)?;
    out.flush().map_err(internal)?;
    drop(out);
    file.seek(SeekFrom::Start(0)).map_err(internal)?;
    Ok(file)
}

/// `payments-2026-06-15.csv`, by the merchant's day.
///
/// # Errors
/// What the database says.
pub async fn name(app: &App, ctx: &Ctx, what: &str, format: Format) -> domain::Result<String> {
    let day = app.read(ctx, |tx, ctx| Ok(domain::merchants::settings(tx, ctx)?.zone.date(ctx.now))).await?;
    Ok(format!("{what}-{day}.{}", format.extension()))
}

/// The answer that brings it.
pub fn sent(file: File, format: Format, name: &str) -> Response {
    sent_as(file, format.media_type(), name)
}

/// The same for a file of another kind.
pub fn sent_as(file: File, media_type: &'static str, name: &str) -> Response {
    let length = file.metadata().map(|m| m.len()).ok();
    let mut response = Body::from_stream(ReaderStream::with_capacity(tokio::fs::File::from_std(file), 64 * 1024)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}
