//! Endpoints that are told of events: the list, a new one whose secret is shown once, the page of each, and the page of a message.

mod act;
mod delivery;
mod fields;
mod one;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::Zone;
use domain::merchants;
use domain::webhooks::{self as room, Endpoint, endpoints, signature};

use super::{Item, around, reveal};
use crate::app::App;
use crate::dashboard::moments::moment;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, show_with};
use crate::http::{Policy, Routes, Who};
use crate::look::{Form, Frame, When};

const HERE: &str = "/settings/webhooks";

/// Its pages.
pub fn routes(routes: Routes, settings: Policy) -> Routes {
    routes
        .get("/settings/webhooks", settings, page)
        .get_fresh("/settings/webhooks/new", settings, new_page)
        .post_fresh("/settings/webhooks/new", settings, create)
        .get("/settings/webhooks/{id}", settings, one::page)
        .post("/settings/webhooks/{id}", settings, one::save)
        .post("/settings/webhooks/{id}/test", settings, act::test)
        .post_fresh("/settings/webhooks/{id}/secret", settings, act::rotate)
        .post("/settings/webhooks/{id}/off", settings, act::off)
        .post("/settings/webhooks/{id}/on", settings, act::on)
        .post("/settings/webhooks/{id}/remove", settings, act::remove)
        .post("/settings/webhooks/{id}/replay", settings, one::replay)
        .get("/settings/webhooks/{id}/messages/{event}", settings, delivery::page)
        .post("/settings/webhooks/{id}/messages/{event}", settings, act::again)
}

/// An endpoint as a line of the list and the head of its page.
struct Line {
    e: Endpoint,
    tone: &'static str,
    state: &'static str,
    /// "Everything", "customer.*, order.created".
    events: String,
    sent: Option<When>,
    failing: Option<When>,
    off: Option<When>,
    before: Option<When>,
}

impl Line {
    fn of(e: Endpoint, zone: &Zone, now: i64) -> Self {
        let at = |at: Option<i64>| at.map(|at| moment(zone, at));
        let (tone, state) = match (e.state, e.failing_since) {
            (room::State::On, None) => ("good", "On"),
            (room::State::On, Some(_)) => ("attention", "No answer"),
            _ if e.off_reason == room::OffReason::Hand => ("quiet", "Off"),
            _ => ("problem", "Given up"),
        };
        let words = e.wants.words();
        Self {
            tone,
            state,
            events: if words == ["*"] { "Everything".to_owned() } else { words.join(", ") },
            sent: at((e.sent_at > 0).then_some(e.sent_at)),
            failing: at(e.failing_since),
            off: at(e.off_at),
            before: at(e.previous_until.filter(|until| *until > now)),
            e,
        }
    }

    fn is_on(&self) -> bool {
        self.e.state == room::State::On
    }
}

#[derive(Template)]
#[template(path = "dashboard/settings/webhooks.html")]
struct ListPage {
    frame: Frame,
    entries: Vec<Item>,
    lines: Vec<Line>,
    demo: bool,
    /// A secret just made: shown once.
    secret: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/settings/webhook_new.html")]
struct NewPage {
    frame: Frame,
    entries: Vec<Item>,
    nouns: Vec<fields::Noun>,
    form: Form,
}

/// The list, with the secret of an endpoint just made.
async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let (all, own) = app.read(&who.ctx, |tx, ctx| Ok((endpoints::list(tx, ctx)?, merchants::settings(tx, ctx)?))).await?;
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    let page = ListPage {
        frame,
        entries,
        lines: all.into_iter().map(|e| Line::of(e, &own.zone, who.ctx.now)).collect(),
        demo: own.demo,
        secret: reveal::take(&headers).filter(|s| s.starts_with(signature::PREFIX)),
    };
    Ok(reveal::forget(&app, HERE, &headers, show_with(StatusCode::OK, &page)))
}

async fn new_form(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Form) -> Result<Response, PageError> {
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    Ok(show_with(status, &NewPage { frame, entries, nouns: fields::nouns(), form }))
}

/// The form of a new one: told of everything unless less is ticked.
async fn new_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    new_form(&app, &who, &uri, &headers, StatusCode::OK, Form::of([("which", "all")])).await
}

/// Makes one.
async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (input, vault) = (fields::input(&typed, app.config.webhooks_local), app.config.vault.clone());
    match app.write(&who.ctx, move |tx, ctx| endpoints::create(tx, ctx, &vault, &input)).await {
        Ok(made) => Ok(reveal::hand_on(&app, HERE, &made.secret)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            new_form(&app, &who, &uri, &headers, status, form).await
        }
    }
}
