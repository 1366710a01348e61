//! What the next page says about what was just done, with its Undo. Travels in a cookie that lives for one look, so it works without JavaScript.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::look::Toast;

const COOKIE: &str = "regulars-toast";

/// Adds a toast to an answer (a redirect): what was done, and the address that takes it back.
pub fn toasted(response: impl IntoResponse, text: &str, undo: Option<&str>) -> Response {
    let mut response = response.into_response();
    let packed = URL_SAFE_NO_PAD.encode(serde_json::json!([text, undo]).to_string());
    if let Ok(value) = HeaderValue::from_str(&format!("{COOKIE}={packed}; Path=/; HttpOnly; SameSite=Lax; Max-Age=30")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// The toast that came with a request, and how to forget it with the answer.
#[derive(Debug, Default)]
pub struct Toasted(pub Option<Toast>);

impl Toasted {
    /// Reads it; anything odd is no toast.
    pub fn of(headers: &HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        let read = || {
            let bytes = URL_SAFE_NO_PAD.decode(jar.get(COOKIE)?.value()).ok()?;
            let (text, undo): (String, Option<String>) = serde_json::from_slice(&bytes).ok()?;
            let undo = undo.filter(|u| u.starts_with('/') && !u.starts_with("//"));
            Some(Toast { text, undo })
        };
        Self(read())
    }

    /// Forgets it with this answer.
    pub fn shown(&self, mut response: Response) -> Response {
        if self.0.is_some() {
            let gone = HeaderValue::from_static("regulars-toast=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
            response.headers_mut().append(header::SET_COOKIE, gone);
        }
        response
    }
}
