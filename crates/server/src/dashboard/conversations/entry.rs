//! Single parts of what was said: a long text, what came as HTML, a file. Each is made harmless by how it is served.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::conversations;
use domain::kit::{EntryFileId, EntryId};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::dashboard::PageResult;
use crate::http::Who;
use crate::http::guard::id;

/// The one sheet of a mail in its frame.
const STYLE: &str = "body{font:15px/22px system-ui,sans-serif;margin:12px;color:#1d1b18;background:#fff;overflow-wrap:anywhere}table{max-width:100%}a{color:#0b5f5c}blockquote{margin:8px 0;padding-inline-start:12px;border-inline-start:3px solid #d8d3cb}pre{white-space:pre-wrap}";

/// Nothing runs, nothing is fetched, nothing is sent; shown only inside our own pages. A link opens in a window of its own.
fn frame_policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'sha256-{hash}'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    )
}

fn with(mut response: Response, headers: &[(header::HeaderName, &str)]) -> Response {
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name.clone(), value);
        }
    }
    response
}

/// What came as HTML, cleaned.
pub async fn html(State(app): State<App>, who: Who, Path(entry): Path<String>) -> PageResult {
    let entry: EntryId = id(&entry, "entry")?;
    let html = app.read(&who.ctx, move |tx, ctx| conversations::html(tx, ctx, &entry)).await?;
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Mail</title><style>{STYLE}</style></head><body>{html}</body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, &frame_policy()),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok(with(page.into_response(), &headers))
}

/// All of a long text.
pub async fn text(State(app): State<App>, who: Who, Path(entry): Path<String>) -> PageResult {
    let entry: EntryId = id(&entry, "entry")?;
    let found = app.read(&who.ctx, move |tx, ctx| conversations::entry(tx, ctx, &entry)).await?;
    Ok(with(found.body.into_response(), &[(header::CONTENT_TYPE, "text/plain; charset=utf-8")]))
}

/// A file, to be kept and not to be opened here.
pub async fn file(State(app): State<App>, who: Who, Path((entry, file)): Path<(String, String)>) -> PageResult {
    let (entry, file): (EntryId, EntryFileId) = (id(&entry, "entry")?, id(&file, "file")?);
    let (name, _, bytes) = app.read(&who.ctx, move |tx, ctx| conversations::file(tx, ctx, &entry, &file)).await?;
    Ok(download(&name, bytes))
}

/// A file of a stranger, as a download under its name.
pub fn download(name: &str, bytes: Vec<u8>) -> Response {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
    ];
    with(bytes.into_response(), &headers)
}
