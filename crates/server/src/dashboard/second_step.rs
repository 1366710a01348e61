//! The code, or a passkey, behind the password. Until it fits there is no session: what is kept is a cookie that only this page reads, for ten minutes.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::Error;
use domain::kit::Door;
use domain::staff::halves::{self, Finished, HOLDS};
use domain::staff::{Moment, factor};

use super::door::{From, Next, later, too_many, with_session};
use super::typed::Typed;
use super::{PageResult, cookies, passkeys, see_other, show_with};
use crate::app::App;
use crate::look::Form;

/// What is said of a code that does not fit.
pub const WRONG: &str = "This code does not fit, or was used already. Wait for the next one.";

#[derive(Template)]
#[template(path = "dashboard/sign_in_code.html")]
struct CodePage {
    form: Form,
    next: String,
    /// There is an app that shows codes.
    app: bool,
    passkeys: bool,
}

/// What whoever gave the right password can prove themselves with: an app, passkeys.
async fn kinds(app: &App, secret: &str) -> domain::Result<(bool, bool)> {
    let (secret, now) = (secret.to_owned(), app.now());
    app.db
        .read::<_, Error>(move |tx| {
            let person = halves::look(tx, &secret, now)?;
            factor::kinds(tx, &person.id)
        })
        .await
}

fn render(status: StatusCode, form: Form, next: &Next, (app, passkeys): (bool, bool)) -> Response {
    show_with(status, &CodePage { form, next: next.safe().to_owned(), app, passkeys })
}

/// The password was right: on to the code.
pub fn begun(app: &App, next: &Next, secret: &str) -> Response {
    let to: String = url::form_urlencoded::byte_serialize(next.safe().as_bytes()).collect();
    let mut response = see_other(&format!("/sign-in/code?next={to}"));
    cookies::HALF.set(app, &mut response, secret, HOLDS / 1_000_000);
    response
}

/// The form; without the first step it leads there.
pub async fn page(State(app): State<App>, headers: HeaderMap, Query(next): Query<Next>) -> PageResult {
    let Some(secret) = cookies::HALF.of(&app, &headers) else { return Ok(see_other("/sign-in")) };
    match kinds(&app, &secret).await {
        Ok(kinds) => Ok(render(StatusCode::OK, Form::default(), &next, kinds)),
        Err(Error::NotFound(_)) => Ok(see_other("/sign-in")),
        Err(error) => Err(error.into()),
    }
}

/// Takes the code or the passkey and opens the session.
pub async fn finish(State(app): State<App>, headers: HeaderMap, From(device): From, typed: Typed) -> PageResult {
    let Some(secret) = cookies::HALF.of(&app, &headers) else { return Ok(see_other("/sign-in")) };
    let (next, moment) = (Next::of(typed.get("next")), Moment::new(app.now(), Door::Page));
    let kinds = match kinds(&app, &secret).await {
        Ok(kinds) => kinds,
        Err(Error::NotFound(_)) => return Ok(see_other("/sign-in")),
        Err(error) => return Err(error.into()),
    };
    let refuse = |status, field: &str, words: &str| {
        let mut form = Form::default();
        form.fail(field, words);
        render(status, form, &next, kinds)
    };
    let answer = typed.text("passkey");
    let done = if answer.is_empty() {
        let (vault, site, code, at) = (app.config.vault.clone(), app.config.site(), typed.text("code"), moment.clone());
        app.db.write::<_, Error>(move |tx| halves::finish(tx, &vault, &at, &secret, &code, &device, site.as_deref())).await
    } else {
        match passkeys::door::behind_password(&app, &headers, &moment, secret, answer, device).await {
            Ok(Ok(opened)) => Ok(Finished::In(opened)),
            Ok(Err(unfit)) => return Ok(refuse(StatusCode::UNPROCESSABLE_ENTITY, "", unfit.words())),
            Err(error) => Err(error),
        }
    };
    match done {
        Ok(Finished::In(opened)) => {
            let mut response = with_session(&app, see_other(next.safe()), &opened);
            cookies::HALF.forget(&app, &mut response);
            Ok(response)
        }
        Ok(Finished::Wrong) => Ok(refuse(StatusCode::UNPROCESSABLE_ENTITY, "code", WRONG)),
        Ok(Finished::Wait(until)) => {
            let minutes = factor::minutes(until, moment.now);
            Ok(later(refuse(StatusCode::TOO_MANY_REQUESTS, "code", &too_many(minutes)), minutes))
        }
        Err(Error::NotFound(_)) => Ok(see_other("/sign-in")),
        Err(error) => Err(error.into()),
    }
}
