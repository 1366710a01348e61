//! Coming in with a password or asking for a link, and going out. Nothing here tells whether an address is known.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use domain::portal::{self as room, Attempt, LONGEST, Opened, Portal, Visitor};
use domain::staff::sessions::Device;

use super::{Shell, Shown, cookie_name, moment, portal, show_with, write};
use crate::app::App;
use crate::dashboard::slow::slow;
use crate::dashboard::{Typed, door::From, see_other};
use crate::look::Form;

#[derive(Template)]
#[template(path = "portal/sign_in.html")]
struct Page {
    shell: Shell,
    form: Form,
    link: Form,
    /// Links can be mailed.
    mail: bool,
    /// One was asked for.
    asked: bool,
}

fn page_of(app: &App, portal: &Portal) -> Page {
    Page { shell: Shell::of(portal), form: Form::default(), link: Form::default(), mail: app.config.smtp.is_some(), asked: false }
}

fn slower(mut response: Response, wait: i64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from((wait * 60).unsigned_abs()));
    response
}

/// How many minutes are left until a moment.
fn minutes(until: i64, now: i64) -> i64 {
    (until - now).max(0) / 60_000_000 + 1
}

const WRONG: &str = "This e-mail address and password don’t belong together.";

/// The forms.
pub async fn page(State(app): State<App>, Path(word): Path<String>) -> Shown {
    let portal = portal(&app, &word).await?;
    Ok(show_with(StatusCode::OK, &page_of(&app, &portal)))
}

/// Checks the password and opens a session.
pub async fn sign_in(State(app): State<App>, Path(word): Path<String>, headers: HeaderMap, From(device): From, typed: Typed) -> Shown {
    let portal = portal(&app, &word).await?;
    let (moment, email) = (moment(&app), typed.text("email"));
    let refuse = |status, words: &str| {
        let mut page = page_of(&app, &portal);
        page.form = Form::of([("email", email.clone())]);
        page.form.fail("", words);
        show_with(status, &page)
    };
    if email.contains('\0') {
        return Ok(refuse(StatusCode::UNPROCESSABLE_ENTITY, WRONG));
    }
    let device = known(&app, &portal, &headers, &email, device);
    let attempt = {
        let (p, m, e, device) = (portal.clone(), moment.clone(), email.clone(), device.clone());
        app.db.write::<_, domain::Error>(move |tx| room::attempt(tx, &p, &m, &e, &device)).await?
    };
    let credentials = match attempt {
        Attempt::Check(credentials) => credentials,
        Attempt::Wait(until) => {
            let wait = minutes(until, moment.now);
            return Ok(slower(refuse(StatusCode::TOO_MANY_REQUESTS, &too_many(&app, wait)), wait));
        }
    };
    let password = typed.text("password");
    let Some(customer) = slow(move || Ok(credentials.verify(&password))).await? else {
        return Ok(refuse(StatusCode::UNPROCESSABLE_ENTITY, WRONG));
    };
    let (p, e) = (portal.clone(), email.clone());
    let opened = app.db.write::<_, domain::Error>(move |tx| room::succeed(tx, &p, &moment, &customer, &e, &device)).await?;
    with_session(&app, &portal, &opened, &email)
}

/// The browser, known when it brought a mark of this address.
fn known(app: &App, portal: &Portal, headers: &HeaderMap, email: &str, device: Device) -> Device {
    let jar = CookieJar::from_headers(headers);
    let kept = jar.get(&mark_name(app.config.secure, &portal.settings.word));
    Device { known: kept.and_then(|c| room::marked(&app.config.vault, portal, email, c.value())), ..device }
}

fn too_many(app: &App, wait: i64) -> String {
    let link = if app.config.smtp.is_some() { ", or have a link mailed to you" } else { "" };
    format!("Too many tries. Try again in {wait} minutes{link}.")
}

/// Mails a link to a customer who asks for one; says the same to everybody.
pub async fn ask_link(State(app): State<App>, Path(word): Path<String>, headers: HeaderMap, From(device): From, typed: Typed) -> Shown {
    let portal = portal(&app, &word).await?;
    if app.config.smtp.is_none() {
        return Err(domain::Error::NotFound("page").into());
    }
    let (email, moment, origin) = (typed.text("link_email"), moment(&app), app.config.origin());
    let mut page = page_of(&app, &portal);
    if domain::kit::Email::parse(&email).is_none() {
        page.link = typed.form();
        page.link.fail("link_email", "Fill in an e-mail address such as name@example.com.");
        return Ok(show_with(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let (p, m, device) = (portal.clone(), moment.clone(), known(&app, &portal, &headers, &email, device));
    let wait = app.db.write::<_, domain::Error>(move |tx| room::ask_link(tx, &p, &m, &email, &device, &origin)).await?;
    if let Some(until) = wait {
        let wait = minutes(until, moment.now);
        page.link = typed.form();
        page.link.fail("", format!("Too many tries. Try again in {wait} minutes."));
        return Ok(slower(show_with(StatusCode::TOO_MANY_REQUESTS, &page), wait));
    }
    page.asked = true;
    Ok(show_with(StatusCode::OK, &page))
}

/// Ends this session.
pub async fn sign_out(State(app): State<App>, Extension(v): Extension<Visitor>) -> Shown {
    write(&app, &v, room::sign_out).await?;
    let mut response = see_other(&format!("{}/sign-in", v.portal.at()));
    set_cookie(&app, &v.portal, &mut response, "", 0);
    Ok(response)
}

/// To the first page, with a session, and with the mark of the address they came in as.
pub fn with_session(app: &App, portal: &Portal, opened: &Opened, email: &str) -> Shown {
    let mut response = see_other(&portal.at());
    set_cookie(app, portal, &mut response, &opened.secret, LONGEST / 1_000_000);
    put_cookie(
        app,
        &mut response,
        &mark_name(app.config.secure, &portal.settings.word),
        &room::mark(&app.config.vault, portal, email)?,
        YEAR,
    );
    Ok(response)
}

/// How long a browser is known, seconds.
const YEAR: i64 = 365 * 86_400;

fn mark_name(secure: bool, word: &str) -> String {
    format!("{}_browser", cookie_name(secure, word))
}

fn set_cookie(app: &App, portal: &Portal, response: &mut Response, secret: &str, seconds: i64) {
    put_cookie(app, response, &cookie_name(app.config.secure, &portal.settings.word), secret, seconds);
}

fn put_cookie(app: &App, response: &mut Response, name: &str, secret: &str, seconds: i64) {
    let secure = if app.config.secure { "; Secure" } else { "" };
    if let Ok(value) = HeaderValue::from_str(&format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
