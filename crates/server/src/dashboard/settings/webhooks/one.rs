//! The page of an endpoint: how it stands, its messages by state, its fields, and sending a time again.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::{DAY, PageKey, Problems, WebhookId, Zone};
use domain::merchants;
use domain::webhooks::replay::{self, Span};
use domain::webhooks::{Delivery, DeliveryState, endpoints, read};
use jiff::civil::Date;
use serde::Deserialize;

use super::{HERE, Line, fields};
use crate::app::App;
use crate::dashboard::moments::moment;
use crate::dashboard::settings::{Item, around};
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

const PER_PAGE: i64 = 50;

/// A message as a line.
pub(super) struct Message {
    pub id: String,
    pub kind: String,
    pub tone: &'static str,
    pub state: &'static str,
    pub at: When,
    /// When it is sent next.
    pub next: Option<When>,
    pub words: String,
}

impl Message {
    pub(super) fn of(d: Delivery, zone: &Zone) -> Self {
        let tone = match d.state {
            DeliveryState::Delivered => "good",
            DeliveryState::Waiting => "attention",
            DeliveryState::Failed => "problem",
        };
        let next = (d.state == DeliveryState::Waiting && d.attempts > 0).then(|| moment(zone, d.next_at));
        Self { id: d.event.to_string(), kind: d.kind, tone, state: d.state.label(), at: moment(zone, d.at), next, words: d.words }
    }
}

/// A tab of the messages.
struct Tab {
    name: &'static str,
    href: String,
    on: bool,
    count: Option<String>,
}

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    after: String,
}

#[derive(Template)]
#[template(path = "dashboard/settings/webhook.html")]
struct OnePage {
    frame: Frame,
    entries: Vec<Item>,
    line: Line,
    nouns: Vec<fields::Noun>,
    tabs: Vec<Tab>,
    messages: Vec<Message>,
    newest: Option<String>,
    older: Option<String>,
    form: Form,
    /// Of sending again.
    span: Form,
}

/// `10,000+` where it was counted no further.
fn counted(n: i64) -> Option<String> {
    match n {
        0 => None,
        10_001.. => Some("10,000+".to_owned()),
        n => Some(crate::dashboard::tones::number(n.unsigned_abs())),
    }
}

/// What is shown again, instead of what is stored.
#[derive(Default)]
struct Typing {
    fields: Option<Form>,
    span: Option<Form>,
}

async fn one(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    which: WebhookId,
    asked: &Asked,
    status: StatusCode,
    typing: Typing,
) -> Result<Response, PageError> {
    let state = asked.state.parse::<DeliveryState>().ok();
    let after = asked.after.parse::<PageKey>().ok();
    let at = format!("{HERE}/{which}");
    let here = at.clone();
    let (zone, endpoint, page, (waiting, failed)) = app
        .read(&who.ctx, move |tx, ctx| {
            let endpoint = endpoints::get(tx, ctx, &which)?;
            let page = read::list(tx, ctx, &which, state, after.as_ref(), PER_PAGE)?;
            Ok((merchants::settings(tx, ctx)?.zone, endpoint, page, read::counts(tx, ctx, &which)?))
        })
        .await?;
    let name = state.map_or("", DeliveryState::name);
    let tab = |word: &str, title, count| {
        let href = if word.is_empty() { at.clone() } else { format!("{at}?state={word}") };
        Tab { name: title, href, on: word == name, count }
    };
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let today = zone.date(who.ctx.now);
    let week = zone.date(who.ctx.now - 7 * DAY);
    let page = OnePage {
        form: typing.fields.unwrap_or_else(|| fields::form(&endpoint)),
        span: typing.span.unwrap_or_else(|| Form::of([("from", week.to_string()), ("until", today.to_string())])),
        nouns: fields::nouns(),
        tabs: vec![
            tab("", "All", None),
            tab("waiting", "Waiting", counted(waiting)),
            tab("failed", "Failed", counted(failed)),
            tab("delivered", "Delivered", None),
        ],
        newest: (!asked.after.is_empty()).then(|| tab(name, "", None).href),
        older: page.next.map(|key| format!("{here}?state={name}&after={key}")),
        messages: page.rows.into_iter().map(|d| Message::of(d, &zone)).collect(),
        line: Line::of(endpoint, &zone, who.ctx.now),
        frame,
        entries,
    };
    Ok(show_with(status, &page))
}

/// The page.
pub(super) async fn page(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(which): Path<String>,
    Query(asked): Query<Asked>,
) -> PageResult {
    let which = id(&which, "webhook endpoint")?;
    one(&app, &who, &uri, &headers, which, &asked, StatusCode::OK, Typing::default()).await
}

/// Changes its fields.
pub(super) async fn save(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(which): Path<String>,
    typed: Typed,
) -> PageResult {
    let which: WebhookId = id(&which, "webhook endpoint")?;
    let (input, endpoint) = (fields::input(&typed, app.config.webhooks_local), which.clone());
    match app.write(&who.ctx, move |tx, ctx| endpoints::edit(tx, ctx, &endpoint, &input)).await {
        Ok(_) => Ok(toasted(see_other(&format!("{HERE}/{which}")), "Endpoint saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            let typing = Typing { fields: Some(form), span: None };
            one(&app, &who, &uri, &headers, which, &Asked::default(), status, typing).await
        }
    }
}

/// Sends the events of some days again.
pub(super) async fn replay(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(which): Path<String>,
    typed: Typed,
) -> PageResult {
    let which: WebhookId = id(&which, "webhook endpoint")?;
    let (endpoint, sent) = (which.clone(), typed.clone());
    let begun = app
        .write(&who.ctx, move |tx, ctx| {
            let zone = merchants::settings(tx, ctx)?.zone;
            let day = |name: &str| sent.get(name).trim().parse::<Date>().map_err(|_| Problems::one(name, "invalid", "Choose a day."));
            // A day thirty days ago began a little earlier than that.
            let from = zone.start_of(day("from")?);
            let from = if from < ctx.now - 30 * DAY && from > ctx.now - 31 * DAY { ctx.now - 30 * DAY } else { from };
            let span = Span { endpoint: endpoint.clone(), from, until: zone.end_of(day("until")?), all: sent.ticked("all") };
            replay::span(tx, ctx, &span)
        })
        .await;
    match begun {
        Ok(job) => Ok(see_other(&format!("/jobs/{job}"))),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            let typing = Typing { fields: None, span: Some(form) };
            one(&app, &who, &uri, &headers, which, &Asked::default(), status, typing).await
        }
    }
}
