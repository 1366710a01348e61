//! Coming in and going out: signing in and out.

use std::net::SocketAddr;

use askama::Template;
use axum::Extension;
use axum::extract::{ConnectInfo, FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::kit::{Door, PersonId};
use domain::staff::devices::KEPT;
use domain::staff::sessions::{self, Device, LONGEST, Opened};
use domain::staff::sign_in::{self, Attempt, Entered};
use domain::staff::{Means, Moment, SignedIn, factor, set_up};
use serde::Deserialize;

use super::slow::slow;
use super::typed::Typed;
use super::{PageResult, cookies, oidc, passkeys, second_step, see_other, show_with};
use crate::app::App;
use crate::look::Form;

/// From where somebody comes in. Behind an HTTPS proxy the address is the last one the proxy added.
#[derive(Clone, Debug)]
pub struct From(pub Device);

impl FromRequestParts<App> for From {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self(device(app, &parts.headers, &parts.extensions)))
    }
}

/// The browser and the network address of a request.
pub fn device(app: &App, headers: &HeaderMap, extensions: &Extensions) -> Device {
    let text = |name: &str| headers.get_all(name).iter().next_back().and_then(|v| v.to_str().ok()).unwrap_or_default();
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip().to_string()).unwrap_or_default();
    let forwarded = text("x-forwarded-for").rsplit(',').next().unwrap_or_default().trim().to_owned();
    let address = if app.config.secure && !forwarded.is_empty() { forwarded } else { peer };
    Device { user_agent: text("user-agent").to_owned(), address, known: cookies::DEVICE.of(app, headers) }
}

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

impl Next {
    /// Of what a form or an address says.
    pub fn of(next: &str) -> Self {
        Self { next: next.to_owned() }
    }

    /// An address of ours, or Home. What could lead elsewhere is not followed.
    pub fn safe(&self) -> &str {
        let own = self.next.starts_with('/') && !self.next.starts_with("//") && !self.next.contains(['\\', '\r', '\n', '\t']);
        if own { &self.next } else { "/" }
    }
}

#[derive(Template)]
#[template(path = "dashboard/sign_in.html")]
struct SignInPage {
    form: Form,
    next: String,
    /// Passkeys work at this address.
    passkeys: bool,
    /// The identity provider, where there is one.
    provider: Option<String>,
}

impl SignInPage {
    /// The way to the provider, and behind it to where one wanted to go.
    fn to_provider(&self) -> String {
        oidc_way("/sign-in/oidc", &self.next)
    }
}

/// An address of ours that leads to the identity provider, and then to `next`.
pub fn oidc_way(path: &str, next: &str) -> String {
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{path}?next={next}")
}

/// The form, as it came back.
pub fn sign_in_form(app: &App, headers: &HeaderMap, status: StatusCode, form: Form, next: &Next) -> Response {
    let passkeys = passkeys::party(app, headers).is_some();
    show_with(status, &SignInPage { form, next: next.safe().to_owned(), passkeys, provider: oidc::name(app) })
}

/// The form; leads on when somebody is signed in already, and to the first set-up while nobody is there.
pub async fn sign_in_page(
    State(app): State<App>,
    signed_in: Option<Extension<SignedIn>>,
    headers: HeaderMap,
    Query(next): Query<Next>,
) -> PageResult {
    if signed_in.is_some() {
        return Ok(see_other(next.safe()));
    }
    if app.db.read::<_, domain::Error>(set_up::is_needed).await? {
        return Ok(see_other("/set-up"));
    }
    Ok(sign_in_form(&app, &headers, StatusCode::OK, Form::default(), &next))
}

/// Checks the password and opens a session.
pub async fn sign_in(
    State(app): State<App>,
    Query(query): Query<Next>,
    headers: HeaderMap,
    From(device): From,
    typed: Typed,
) -> PageResult {
    let next = if typed.get("next").is_empty() { query } else { Next::of(typed.get("next")) };
    let refuse = |status, words: &str| {
        let mut form = Form::of([("email", typed.get("email"))]);
        form.fail("", words);
        Ok(sign_in_form(&app, &headers, status, form, &next))
    };
    let (moment, email) = (Moment::new(app.now(), Door::Page), typed.text("email"));
    if email.contains('\0') {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, WRONG);
    }
    let attempt = {
        let (moment, email, device) = (moment.clone(), email.clone(), device.clone());
        app.db.write::<_, domain::Error>(move |tx| sign_in::attempt(tx, &moment, &email, &device)).await?
    };
    let credentials = match attempt {
        Attempt::Check(credentials) => credentials,
        Attempt::Wait(until) => {
            let minutes = factor::minutes(until, moment.now);
            return Ok(later(refuse(StatusCode::TOO_MANY_REQUESTS, &too_many(minutes))?, minutes));
        }
    };
    let password = typed.text("password");
    let Some(person) = slow(move || Ok(credentials.verify(&password))).await? else {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, WRONG);
    };
    let site = app.config.site();
    let entered =
        app.db.write::<_, domain::Error>(move |tx| sign_in::succeed(tx, &moment, &person, &email, &device, site.as_deref())).await?;
    Ok(match entered {
        Entered::In(opened) => with_session(&app, see_other(next.safe()), &opened),
        Entered::Half(secret) => second_step::begun(&app, &next, &secret),
    })
}

/// What is said when there were too many tries.
pub fn too_many(minutes: i64) -> String {
    format!("Too many tries. Try again in {minutes} minutes.")
}

/// The answer with the moment at which to try again.
pub fn later(mut answer: Response, minutes: i64) -> Response {
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from((minutes * 60).unsigned_abs()));
    answer
}

/// What is said when e-mail and password do not fit.
pub const WRONG: &str = "This e-mail address and password don’t belong together.";

/// Opens a session for somebody who has just proven who they are otherwise: the first owner, a newcomer with a link.
pub async fn come_in(app: &App, person: PersonId, device: Device, means: Means, to: &str) -> PageResult {
    let moment = Moment::new(app.now(), Door::Page);
    let opened = app.db.write::<_, domain::Error>(move |tx| sessions::open(tx, &moment, &person, &device, means)).await?;
    Ok(with_session(app, see_other(to), &opened))
}

/// Ends this session. Twice is once.
pub async fn sign_out(State(app): State<App>, signed_in: Option<Extension<SignedIn>>) -> PageResult {
    if let Some(Extension(who)) = signed_in {
        let moment = Moment::new(app.now(), Door::Page);
        match app.db.write::<_, domain::Error>(move |tx| sessions::revoke(tx, &who, &moment, &who.session)).await {
            Ok(()) | Err(domain::Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut response = see_other("/sign-in");
    cookies::SESSION.forget(&app, &mut response);
    Ok(response)
}

/// The answer with the cookies of a session just opened: its own, and the one by which the browser is known again.
pub fn with_session(app: &App, response: impl IntoResponse, opened: &Opened) -> Response {
    let mut response = response.into_response();
    cookies::SESSION.set(app, &mut response, &opened.secret, LONGEST / 1_000_000);
    cookies::DEVICE.set(app, &mut response, &opened.device, KEPT / 1_000_000);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_nobody_is_led_elsewhere() {
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
        ] {
            assert_eq!(Next { next: bad.into() }.safe(), "/", "{bad}");
        }
        assert_eq!(Next { next: "/customers?view=paying".into() }.safe(), "/customers?view=paying");
    }
}
