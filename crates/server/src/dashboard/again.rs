//! “Please sign in again”: in front of what cannot be taken back or opens doors to others, whoever is signed in proves who they are, unless they did so
//! within a quarter of an hour (SPEC 14.1). The guard calls [`ask`]; a form that was sent is kept in the page and goes on when the proof fits, but for
//! passwords and keys, which no page repeats.

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use domain::kit::{Door, Money, PaymentId, SubscriptionId};
use domain::staff::factor::{self, Taken};
use domain::staff::sessions::Device;
use domain::staff::sign_in::{self, Attempt};
use domain::staff::{Means, Moment, SignedIn, fresh, rules};
use domain::{Ctx, Error, payments, subscriptions};
use store::Tx;

use super::door::{self, Next};
use super::slow::slow;
use super::typed::Typed;
use super::{PageError, PageResult, error_page, passkeys, second_step, see_other, show_with};
use crate::app::App;
use crate::http::Who;
use crate::http::guard::{Asks, Verdict, elsewhere, refuse};
use crate::http::layers::BODY;
use crate::look::Form;

const HERE: &str = "/sign-in/again";
const PASSWORD: &str = "again_password";
const CODE: &str = "again_code";
const PASSKEY: &str = "again_passkey";

#[derive(Template)]
#[template(path = "dashboard/again.html")]
struct Again {
    form: Form,
    /// They have a second factor: a code is asked for, not the password.
    code: bool,
    /// The code is that of an app; else only recovery codes are left to type.
    app: bool,
    passkeys: bool,
    /// They have a password.
    password: bool,
    /// The identity provider by its name, and the way there, when it can prove who they are.
    provider: Option<(String, String)>,
    email: String,
    action: String,
    kept: Vec<(String, String)>,
    /// The form is not kept.
    lost: bool,
    back: String,
}

/// What was sent to a page, and from where.
struct Sent<'a> {
    action: String,
    pairs: &'a [(String, String)],
    back: String,
}

fn shown(at: &App, who: &SignedIn, status: StatusCode, form: Form, sent: Sent<'_>) -> Response {
    let next = sent.pairs.iter().find(|(name, _)| name == "next").map_or(&sent.back, |(_, next)| next);
    let provider = may_prove(at, who).map(|name| (name, door::oidc_way("/sign-in/again/oidc", next)));
    let lost = sent.pairs.iter().any(|(name, value)| is_secret(name) && !value.is_empty());
    let (action, kept) = match lost {
        true => (HERE.to_owned(), vec![("next".to_owned(), sent.back.clone())]),
        false => (sent.action, sent.pairs.to_vec()),
    };
    let (app, passkeys, email) = (who.app, who.passkeys, who.person.email.clone());
    let password = who.password;
    let page = Again { form, code: who.second_factor, app, passkeys, password, provider, email, action, kept, lost, back: sent.back };
    show_with(status, &page)
}

/// The identity provider, when it can prove who they are: whoever has a second factor proves that one, unless the provider asks for two.
fn may_prove(app: &App, who: &SignedIn) -> Option<String> {
    let client = app.config.oidc.as_ref().filter(|_| who.connected)?;
    let two = client.second_factor || who.means == Some(Means::ProviderStrong);
    (two || !who.second_factor).then(|| client.name.clone())
}

/// The page for whoever came back from the identity provider without a proof.
pub fn not_proven(app: &App, who: &SignedIn, status: StatusCode, form: Form, next: &Next) -> Response {
    let pairs = [("next".to_owned(), next.safe().to_owned())];
    shown(app, who, status, form, Sent { action: HERE.to_owned(), pairs: &pairs, back: "/".to_owned() })
}

/// What a page never repeats.
fn is_secret(name: &str) -> bool {
    ["password", "current", "secret", "webhook", "key"].iter().any(|word| name.contains(word))
}

/// The page instead of what a form asked for; its handler has seen that it is grave. `typed` is kept and sent again with the proof.
pub fn instead(app: &App, who: &SignedIn, uri: &Uri, headers: &HeaderMap, typed: &Typed) -> Response {
    let sent = Sent { action: whole(uri), pairs: &typed.0, back: came_from(headers) };
    shown(app, who, StatusCode::FORBIDDEN, Form::default(), sent)
}

/// The same for a refund of this payment above the merchant's limit; `None` to go on. What is wrong with the form its handler says.
pub async fn for_refund(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, typed: &Typed, payment: &PaymentId) -> PageAsks {
    let (which, sent) = (payment.clone(), typed.clone());
    let amount = move |tx: &mut Tx, ctx: &Ctx| {
        let p = payments::get(tx, ctx, &which)?;
        sent.amount(Money::new(p.refundable, p.currency)).map(Some)
    };
    for_amount(app, who, uri, headers, typed, amount).await
}

/// The same for the unused part of what was paid for a subscription that ends now.
pub async fn for_unused(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, typed: &Typed, id: &SubscriptionId) -> PageAsks {
    let which = id.clone();
    let amount = move |tx: &mut Tx, ctx: &Ctx| Ok(subscriptions::unused(tx, ctx, &which)?.map(|unused| unused.amount));
    for_amount(app, who, uri, headers, typed, amount).await
}

async fn for_amount(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    typed: &Typed,
    amount: impl Fn(&mut Tx, &Ctx) -> domain::Result<Option<Money>> + Send + Sync + 'static,
) -> PageAsks {
    if who.signed_in.is_fresh(app.now()) {
        return Ok(None);
    }
    let proven = who.signed_in.fresh_at + fresh::HOLDS;
    let large = app
        .read(&who.ctx, move |tx, ctx| match amount(tx, ctx) {
            Ok(Some(amount)) => rules::is_large_refund(tx, ctx, amount, proven),
            Err(Error::Store(error)) => Err(error.into()),
            Ok(None) | Err(_) => Ok(false),
        })
        .await?;
    Ok(large.then(|| instead(app, &who.signed_in, uri, headers, typed)))
}

/// A page instead, or none.
pub type PageAsks = Result<Option<Response>, PageError>;

fn whole(uri: &Uri) -> String {
    uri.path_and_query().map_or("/", |p| p.as_str()).to_owned()
}

/// The page of ours that somebody was on, else Home.
fn came_from(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let told = text("hx-current-url").or(text("referer")).and_then(|at| at.parse::<Uri>().ok());
    told.map_or_else(|| "/".to_owned(), |uri| Next::of(&whole(&uri)).safe().to_owned())
}

/// Lets a request go on whose sender is fresh or proves it now; else answers with the page. Takes the proof out of the form, so that no handler sees it.
pub async fn ask(app: &App, asks: Asks, who: SignedIn, request: &mut Request) -> Verdict {
    let moment = Moment::new(app.now(), Door::Page);
    let is_fresh = who.is_fresh(moment.now);
    let is_form =
        request.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    if request.method() != Method::POST || !is_form {
        let next = if request.method() == Method::POST { came_from(request.headers()) } else { whole(request.uri()) };
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let good = is_fresh || asks == Asks::Perhaps;
        return if good { Ok(()) } else { refuse(elsewhere(request.headers(), &format!("{HERE}?next={next}"))) };
    }
    let Ok(bytes) = axum::body::to_bytes(std::mem::take(request.body_mut()), BODY).await else {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let (proof, rest): (Vec<_>, Vec<_>) =
        url::form_urlencoded::parse(&bytes).into_owned().partition(|(name, _)| name.starts_with("again_"));
    if proof.is_empty() {
        *request.body_mut() = Body::from(bytes);
    } else {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&rest).finish();
        request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        *request.body_mut() = Body::from(body);
    }
    if is_fresh || (asks == Asks::Perhaps && proof.is_empty()) {
        return Ok(());
    }
    if request.headers().contains_key("hx-request") {
        let next: String = url::form_urlencoded::byte_serialize(came_from(request.headers()).as_bytes()).collect();
        return refuse(elsewhere(request.headers(), &format!("{HERE}?next={next}")));
    }
    let next = rest.iter().find(|(name, _)| name == "next").map(|(_, next)| Next::of(next).safe().to_owned());
    let back = if request.uri().path() == HERE { next.unwrap_or_default() } else { came_from(request.headers()) };
    let sent = Sent { action: whole(request.uri()), pairs: &rest, back };
    if let Some((_, answer)) = proof.iter().find(|(name, answer)| name == PASSKEY && !answer.is_empty()) {
        return match passkeys::door::again(app, request.headers(), &moment, &who, answer.clone()).await {
            Err(error) => refuse(error_page(Some(&who), &error.into())),
            Ok(Ok(())) => go_on(who, &moment, request),
            Ok(Err(unfit)) => {
                let mut form = Form::default();
                form.fail("", unfit.words());
                refuse(shown(app, &who, StatusCode::UNPROCESSABLE_ENTITY, form, sent))
            }
        };
    }
    let Some((_, typed)) = proof.into_iter().find(|(name, _)| name == PASSWORD || name == CODE) else {
        return refuse(shown(app, &who, StatusCode::FORBIDDEN, Form::default(), sent));
    };
    let device = door::device(app, request.headers(), request.extensions());
    match prove(app, &who, &moment, device, typed).await {
        Err(error) => refuse(error_page(Some(&who), &error.into())),
        Ok(Taken::Good) => go_on(who, &moment, request),
        Ok(Taken::Wrong) => {
            let words = if who.second_factor { second_step::WRONG } else { "This is not your password." };
            let form = wrong(&who, words);
            refuse(shown(app, &who, StatusCode::UNPROCESSABLE_ENTITY, form, sent))
        }
        Ok(Taken::Wait(until)) => {
            let minutes = factor::minutes(until, moment.now);
            let form = wrong(&who, &door::too_many(minutes));
            refuse(door::later(shown(app, &who, StatusCode::TOO_MANY_REQUESTS, form, sent), minutes))
        }
    }
}

/// The proof was given: the handler is told that it is fresh.
fn go_on(mut who: SignedIn, moment: &Moment, request: &mut Request) -> Verdict {
    who.fresh_at = moment.now;
    request.extensions_mut().insert(who);
    Ok(())
}

fn wrong(who: &SignedIn, words: &str) -> Form {
    let mut form = Form::default();
    form.fail(if who.second_factor { CODE } else { PASSWORD }, words);
    form
}

/// Checks a code or the password; what fits makes the session fresh.
async fn prove(app: &App, who: &SignedIn, moment: &Moment, device: Device, typed: String) -> domain::Result<Taken> {
    let (by, at) = (who.clone(), moment.clone());
    if who.second_factor {
        let vault = app.config.vault.clone();
        return app.db.write::<_, Error>(move |tx| fresh::by_code(tx, &vault, &by, &at, &device, &typed)).await;
    }
    let from = device.clone();
    let attempt = app.db.write::<_, Error>(move |tx| sign_in::attempt(tx, &at, &by.person.email, &from)).await?;
    let credentials = match attempt {
        Attempt::Wait(until) => return Ok(Taken::Wait(until)),
        Attempt::Check(credentials) => credentials,
    };
    if slow(move || Ok(credentials.verify(&typed))).await? != Some(who.person.id.clone()) {
        return Ok(Taken::Wrong);
    }
    let (by, at) = (who.clone(), moment.clone());
    app.db
        .write::<_, Error>(move |tx| {
            sign_in::forget(tx, &by.person.email, &device)?;
            fresh::renew(tx, &by, &at)
        })
        .await?;
    Ok(Taken::Good)
}

/// The page by itself, in front of another that is only looked at; leads there when the sign-in is fresh already.
pub async fn page(State(app): State<App>, Extension(who): Extension<SignedIn>, Query(next): Query<Next>) -> PageResult {
    if who.is_fresh(app.now()) {
        return Ok(see_other(next.safe()));
    }
    Ok(not_proven(&app, &who, StatusCode::OK, Form::default(), &next))
}

/// The proof was given: on to the page.
pub async fn done(typed: Typed) -> PageResult {
    Ok(see_other(Next::of(typed.get("next")).safe()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_kept_but_no_password_and_no_key() {
        for name in ["password", "current", "secret", "webhook", "secret_key"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["amount", "reason", "once", "word", "id", "format", "name", "rights"] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn one_goes_back_to_a_page_of_ours() {
        let of = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            came_from(&headers)
        };
        assert_eq!(of("referer", "https://desk.example.com/customers?view=paying"), "/customers?view=paying");
        assert_eq!(of("hx-current-url", "https://desk.example.com/orders"), "/orders");
        assert_eq!(of("referer", "nonsense of a \\ browser"), "/");
        assert_eq!(came_from(&HeaderMap::new()), "/");
    }
}
