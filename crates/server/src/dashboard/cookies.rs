//! The cookies by which somebody is known: of a session, of the step between password and code, of a passkey that is asked, of the way to the identity provider, and of a browser that came in before. Each holds a
//! secret and nothing else, scripts cannot read it, and over HTTPS `__Host-` binds it to one host.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;

use crate::app::App;

/// A cookie, by its name over plain HTTP and over HTTPS.
#[derive(Debug)]
pub struct Named(&'static str, &'static str);

/// A session.
pub const SESSION: Named = Named("regulars", "__Host-regulars");
/// The password was right, the code is still to come.
pub const HALF: Named = Named("regulars-half", "__Host-regulars-half");
/// A question was put to a passkey at the sign-in page.
pub const PASSKEY: Named = Named("regulars-passkey", "__Host-regulars-passkey");
/// On the way to the identity provider and back; behind the secret and a dot, where to go then.
pub const PROVIDER: Named = Named("regulars-provider", "__Host-regulars-provider");
/// A browser that came in before.
pub const DEVICE: Named = Named("regulars-browser", "__Host-regulars-browser");

impl Named {
    fn name(&self, app: &App) -> &'static str {
        if app.config.secure { self.1 } else { self.0 }
    }

    /// Its secret, when the request brought one.
    pub fn of(&self, app: &App, headers: &HeaderMap) -> Option<String> {
        CookieJar::from_headers(headers).get(self.name(app)).map(|cookie| cookie.value().to_owned())
    }

    /// Sets it for so many seconds.
    pub fn set(&self, app: &App, response: &mut Response, secret: &str, seconds: i64) {
        let (name, secure) = (self.name(app), if app.config.secure { "; Secure" } else { "" });
        if let Ok(value) = HeaderValue::from_str(&format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }

    /// Takes it away.
    pub fn forget(&self, app: &App, response: &mut Response) {
        self.set(app, response, "", 0);
    }
}
