//! The identity provider on pages: the way there, and everybody who comes back from it. The way there is a link, because a form may not lead to another
//! site; only connecting an account, which another site must not begin, is a form with a link behind it.

mod back;
mod failed;
mod way;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{Error, Result};
use providers::oidc::Client;

pub use back::callback;
pub use way::{connect, disconnect, join, prove, sign_in, wanted};

use super::cookies;
use super::door::Next;
use crate::app::App;

/// Where people come back to.
const BACK: &str = "/sign-in/oidc/callback";

/// The provider's name, where there is one.
pub fn name(app: &App) -> Option<String> {
    app.config.oidc.as_ref().map(|client| client.name.clone())
}

fn client(app: &App) -> Result<Client> {
    app.config.oidc.clone().ok_or(Error::NotFound("page"))
}

fn redirect(app: &App, headers: &HeaderMap) -> String {
    format!("{}{BACK}", app.config.reached_at(headers))
}

/// The secret of the cookie, and where to go behind it. The way back is kept by the browser that asked for it, and not in the database.
fn brought(app: &App, headers: &HeaderMap) -> Option<(String, Next)> {
    let value = cookies::PROVIDER.of(app, headers)?;
    let (secret, next) = value.split_once('.').unwrap_or((&value, ""));
    let next = URL_SAFE_NO_PAD.decode(next).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    Some((secret.to_owned(), Next::of(&next)))
}
