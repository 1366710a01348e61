//! A secret that is shown once, on the page behind the form that made it. It travels in a cookie that scripts cannot read, only the
//! page it belongs to gets, and the first look ends; so reloading neither makes another one nor shows it again.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;

use crate::app::App;
use crate::dashboard::see_other;

const COOKIE: &str = "regulars-once";

/// Goes to the page at `to` with the secret, for that page alone.
pub fn hand_on(app: &App, to: &'static str, secret: &str) -> Response {
    let mut response = see_other(to);
    set(app, &mut response, to, secret, 60);
    response
}

/// The secret that came along, if it looks like one.
pub fn take(headers: &HeaderMap) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    let secret = jar.get(COOKIE)?.value().to_owned();
    let plain = !secret.is_empty() && secret.len() <= 200 && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+/=".contains(&b));
    plain.then_some(secret)
}

/// Forgets it with this answer, when there was one.
pub fn forget(app: &App, here: &'static str, headers: &HeaderMap, mut response: Response) -> Response {
    if CookieJar::from_headers(headers).get(COOKIE).is_some() {
        set(app, &mut response, here, "", 0);
    }
    response
}

fn set(app: &App, response: &mut Response, path: &'static str, secret: &str, seconds: u32) {
    let secure = if app.config.secure { "; Secure" } else { "" };
    let text = format!("{COOKIE}={secret}; Path={path}; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
