//! Who asks, and may they? Runs in front of every handler, by the policy its route names.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::kit::{Ctx, Door, Right};
use domain::staff::api_keys::{self, KeyUse};
use domain::staff::{Moment, SignedIn, sessions};

use super::led;
use super::problem::Problem;
use super::reader;
use super::routes::Side;
use crate::api::write::idempotency_key;
use crate::app::App;
use crate::dashboard;
use crate::portal;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Anybody, also without signing in.
    Public,
    /// Anybody who is signed in, with or without a merchant.
    SignedIn,
    /// Staff of the merchant, or a key of it, with this right.
    May(Right),
    /// A customer who is signed in to the portal that the address names.
    Portal,
}

/// What a page asks of whoever is signed in, beside its policy: a fresh sign-in (SPEC 14.1). Keys are not concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Nothing.
    Nothing,
    /// A fresh sign-in, always.
    Fresh,
    /// A fresh sign-in when what the form says is grave: its handler looks.
    Perhaps,
}

/// Handed to the middleware of one route.
#[derive(Clone, Debug)]
pub struct Guard {
    app: App,
    policy: Policy,
    side: Side,
    asks: Asks,
}

impl Guard {
    /// For a route of this policy.
    pub fn new(app: &App, policy: Policy, side: Side, asks: Asks) -> Self {
        Self { app: app.clone(), policy, side, asks }
    }
}

/// The middleware.
pub async fn guard(State(guard): State<Guard>, mut request: Request, next: Next) -> Response {
    let verdict = match guard.side {
        Side::Page if guard.policy == Policy::Portal => visitor(&guard, &mut request).await,
        Side::Page => page(&guard, &mut request).await,
        Side::Api => api(&guard, &mut request).await,
    };
    // A page that was shown has shown the toast that came along.
    let toast = if request.method() == Method::GET { dashboard::Toasted::of(request.headers()) } else { dashboard::Toasted::default() };
    let led = match verdict {
        Ok(()) => led::lead(&guard.app, guard.side, &mut request).await,
        Err(response) => return *response,
    };
    match led {
        Ok(led) => {
            let response = led::told(led, reader::read_by(guard.side, request, next).await);
            if response.status() == StatusCode::OK { toast.shown(response) } else { response }
        }
        Err(response) => *response,
    }
}

/// Go on, or answer this.
pub type Verdict = Result<(), Box<Response>>;

/// The answer instead of the page.
pub fn refuse(response: impl IntoResponse) -> Verdict {
    Err(Box::new(response.into_response()))
}

/// A page: the session cookie says who, the session's merchant says whose data.
async fn page(guard: &Guard, request: &mut Request) -> Verdict {
    let signed_in = match dashboard::cookies::SESSION.of(&guard.app, request.headers()) {
        Some(secret) => match session(&guard.app, &secret).await {
            Ok(found) => found,
            Err(error) => return refuse(dashboard::error_page(None, &error.into())),
        },
        None => None,
    };
    let Some(signed_in) = signed_in else {
        return if guard.policy == Policy::Public { Ok(()) } else { refuse(to_sign_in(request.headers(), request.uri())) };
    };
    if guard.policy != Policy::Public {
        if guard.app.config.oidc.is_some() && signed_in.must_use_provider() {
            if !leads_to_provider(request) {
                return refuse(elsewhere(request.headers(), PROVIDER));
            }
        } else if signed_in.must_set_up() && !comes_before(request) {
            return refuse(elsewhere(request.headers(), SET_UP));
        }
    }
    let ctx = signed_in.ctx(&Moment::new(guard.app.now(), Door::Page));
    if let Policy::May(right) = guard.policy {
        let Some(ctx) = &ctx else { return refuse(Redirect::to("/merchants")) };
        if !ctx.may(right) {
            return refuse(dashboard::error_page(Some(&signed_in), &domain::Error::Forbidden(right).into()));
        }
    }
    if let Some(ctx) = ctx {
        request.extensions_mut().insert(ctx);
    }
    request.extensions_mut().insert(signed_in.clone());
    match guard.asks {
        Asks::Nothing => Ok(()),
        asks => dashboard::again::ask(&guard.app, asks, signed_in, request).await,
    }
}

/// Where somebody is led who needs a second factor and has none.
const SET_UP: &str = "/account/second-factor";

/// Where somebody is led who must come in through the identity provider and did not.
const PROVIDER: &str = "/account/oidc";

/// What stays open to them: connecting an account, proving who they are for that, and going to another merchant.
fn leads_to_provider(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with(PROVIDER)
        || path.starts_with("/sign-in/again")
        || path == "/switch/merchant"
        || (path == "/merchants" && request.method() == Method::GET)
}

/// What stays open to them: setting it up, proving who they are for that, and going to another merchant.
fn comes_before(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with(SET_UP)
        || path.starts_with("/account/passkeys")
        || ["/sign-in/again", "/sign-in/again/oidc", "/switch/merchant"].contains(&path)
        || (path == "/merchants" && request.method() == Method::GET)
}

/// A page of the portal: the word in the address says whose data, the cookie of that portal says of which customer. Who is signed in as staff is
/// nobody here.
async fn visitor(guard: &Guard, request: &mut Request) -> Verdict {
    let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
    match portal::visitor(&guard.app, &path, &headers).await {
        Ok((_, Some(visitor))) => {
            request.extensions_mut().insert(visitor);
            Ok(())
        }
        Ok((portal, None)) => refuse(Redirect::to(&format!("{}/sign-in", portal.at()))),
        Err(error) => refuse(portal::Oops::from(error)),
    }
}

/// The API: a bearer key says who and whose data.
async fn api(guard: &Guard, request: &mut Request) -> Verdict {
    if guard.policy == Policy::Public {
        return Ok(());
    }
    let Some(secret) = bearer(request.headers()) else {
        return refuse(unauthorised("Send the API key as Authorization: Bearer rk_live_…"));
    };
    let ctx = match key(&guard.app, secret).await {
        Ok(Some(key)) => key.ctx(&Moment::new(guard.app.now(), Door::Api)),
        Ok(None) => return refuse(unauthorised("This API key is unknown, expired or revoked.")),
        Err(error) => return refuse(Problem::from(error)),
    };
    if !guard.app.limits.api(&ctx.actor.id) {
        return refuse(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "Too many requests with this key. Try again in a moment.",
        ));
    }
    if let Policy::May(right) = guard.policy
        && !ctx.may(right)
    {
        return refuse(Problem::new(StatusCode::FORBIDDEN, "forbidden", format!("This key lacks the scope “{}”.", right.name())));
    }
    if !request.method().is_safe()
        && let Err(problem) = idempotency_key(request.headers())
    {
        return refuse(problem);
    }
    request.extensions_mut().insert(ctx);
    Ok(())
}

/// Looks only; that a session is in use is written down at most once a minute.
async fn session(app: &App, secret: &str) -> domain::Result<Option<SignedIn>> {
    let (secret, now) = (secret.to_owned(), app.now());
    let found = app.db.read::<_, domain::Error>(move |tx| sessions::resolve(tx, &secret, now)).await?;
    if let Some(signed_in) = found.as_ref().filter(|s| s.touch) {
        let session = signed_in.session.clone();
        app.db.write::<_, domain::Error>(move |tx| sessions::touch(tx, &session, now)).await?;
    }
    Ok(found)
}

async fn key(app: &App, secret: String) -> domain::Result<Option<KeyUse>> {
    let now = app.now();
    let found = app.db.read::<_, domain::Error>(move |tx| api_keys::resolve(tx, &secret, now)).await?;
    if let Some(used) = found.clone().filter(|k| k.touch) {
        app.db.write::<_, domain::Error>(move |tx| api_keys::touch(tx, &used, now)).await?;
    }
    Ok(found)
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
}

fn unauthorised(detail: &str) -> Response {
    let mut response = Problem::new(StatusCode::UNAUTHORIZED, "unauthorised", detail).into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    response
}

/// Back to where one wanted to go after signing in; a swap tells the browser to go there as a whole.
fn to_sign_in(headers: &HeaderMap, uri: &Uri) -> Response {
    let wanted = uri.path_and_query().map_or("/", |p| p.as_str());
    let next: String = url::form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    let address = if wanted == "/" { "/sign-in".to_owned() } else { format!("/sign-in?next={next}") };
    elsewhere(headers, &address)
}

/// Leads to another page; a swap tells the browser to go there as a whole.
pub fn elsewhere(headers: &HeaderMap, address: &str) -> Response {
    if headers.contains_key("hx-request") {
        return (StatusCode::UNAUTHORIZED, [("hx-redirect", address)]).into_response();
    }
    Redirect::to(address).into_response()
}

/// The signed-in person and the context of their merchant, in handlers of pages.
#[derive(Clone, Debug)]
pub struct Who {
    /// For verbs.
    pub ctx: Ctx,
    /// For the frame of the page.
    pub signed_in: SignedIn,
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Redirect;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        match (parts.extensions.get::<Ctx>(), parts.extensions.get::<SignedIn>()) {
            (Some(ctx), Some(signed_in)) => Ok(Self { ctx: ctx.clone(), signed_in: signed_in.clone() }),
            // Of the staff of no merchant any more, or not yet.
            (None, Some(_)) => Err(Redirect::to("/merchants")),
            _ => Err(Redirect::to("/sign-in")),
        }
    }
}

/// The context of a program, in handlers of the API.
#[derive(Clone, Debug)]
pub struct Caller(pub Ctx);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts
            .extensions
            .get::<Ctx>()
            .cloned()
            .map(Self)
            .ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "unauthorised", "Send an API key."))
    }
}

/// An id in a path: what is not an id is not there (404), whatever it holds.
///
/// # Errors
/// `NotFound` with the noun.
pub fn id<I: FromStr>(text: &str, noun: &'static str) -> domain::Result<I> {
    text.parse().map_err(|_| domain::Error::NotFound(noun))
}
