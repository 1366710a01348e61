//! A new password by a link: asking for one, and the page behind it. What is answered never tells whether an address is known.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::Error;
use domain::kit::Door;
use domain::staff::{Moment, Person, factor, resets};

use super::door::{From, later, too_many};
use super::slow::slow;
use super::typed::{Typed, refused};
use super::{PageResult, hidden, show, show_with};
use crate::app::App;
use crate::look::Form;

#[derive(Template)]
#[template(path = "dashboard/forgot.html")]
struct Forgot {
    form: Form,
    /// This installation sends mail.
    mails: bool,
    asked: bool,
}

#[derive(Template)]
#[template(path = "dashboard/new_password.html")]
struct NewPassword {
    form: Form,
    /// Whose; nobody's when the link does not hold any more, or was just used.
    email: Option<String>,
    at: String,
    done: bool,
}

/// The form; without mail it says who can help.
pub async fn forgot(State(app): State<App>) -> PageResult {
    Ok(show(&Forgot { form: Form::default(), mails: app.config.smtp.is_some(), asked: false }))
}

/// Mails a link, or does not; the answer is the same.
pub async fn ask(State(app): State<App>, From(device): From, typed: Typed) -> PageResult {
    let (email, moment) = (typed.text("email"), Moment::new(app.now(), Door::Page));
    let Some(site) = app.config.site() else { return forgot(State(app)).await };
    let mut form = typed.form();
    if email.trim().is_empty() || email.contains('\0') {
        form.fail("email", "Fill in your e-mail address.");
        return Ok(show_with(StatusCode::UNPROCESSABLE_ENTITY, &Forgot { form, mails: true, asked: false }));
    }
    let at = moment.clone();
    match app.db.write::<_, Error>(move |tx| resets::ask(tx, &at, &email, &device.address, &site)).await? {
        None => Ok(show(&Forgot { form, mails: true, asked: true })),
        Some(until) => {
            let minutes = factor::minutes(until, moment.now);
            form.fail("", too_many(minutes));
            Ok(later(show_with(StatusCode::TOO_MANY_REQUESTS, &Forgot { form, mails: true, asked: false }), minutes))
        }
    }
}

async fn found(app: &App, secret: &str) -> domain::Result<Person> {
    let (secret, now) = (secret.to_owned(), app.now());
    app.db.read::<_, Error>(move |tx| resets::look(tx, &secret, now)).await
}

fn render(status: StatusCode, person: Person, secret: &str, form: Form) -> Response {
    hidden(show_with(status, &NewPassword { form, email: Some(person.email), at: format!("/new-password/{secret}"), done: false }))
}

/// The end of a link: it was used now, or before, or its time is over.
fn ended(status: StatusCode, done: bool) -> PageResult {
    Ok(hidden(show_with(status, &NewPassword { form: Form::default(), email: None, at: String::new(), done })))
}

/// The page behind a link.
pub async fn page(State(app): State<App>, Path(secret): Path<String>) -> PageResult {
    match found(&app, &secret).await {
        Ok(person) => Ok(render(StatusCode::OK, person, &secret, Form::default())),
        Err(Error::NotFound(_)) => ended(StatusCode::NOT_FOUND, false),
        Err(error) => Err(error.into()),
    }
}

/// Sets the password; everybody signs in again, with the second factor if there is one.
pub async fn set(State(app): State<App>, Path(secret): Path<String>, typed: Typed) -> PageResult {
    let person = match found(&app, &secret).await {
        Ok(person) => person,
        Err(Error::NotFound(_)) => return ended(StatusCode::NOT_FOUND, false),
        Err(error) => return Err(error.into()),
    };
    let (who, new) = (person.clone(), typed.text("password"));
    let done = match slow(move || resets::prepare(&who, &new)).await {
        Ok(hashed) => {
            let (moment, site, link) = (Moment::new(app.now(), Door::Page), app.config.site(), secret.clone());
            app.db.write::<_, Error>(move |tx| resets::finish(tx, &moment, &link, &hashed, site.as_deref())).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => ended(StatusCode::OK, true),
        Err(Error::NotFound(_)) => ended(StatusCode::NOT_FOUND, false),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            Ok(render(status, person, &secret, form))
        }
    }
}
