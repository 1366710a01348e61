//! One request: written down, worked on, closed, opened again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers;
use domain::invoices::due_days;
use domain::kit::{Ctx, CustomerId, Problems, RequestId, Right};
use domain::merchants;
use domain::privacy::requests::{self, Edit, Kind, NewRequest, Request};
use domain::replies::Reply;
use store::Tx;

use super::list::standing;
use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::{PageResult, Typed, frame, moments, once, refused, see_other, show_with, toasted, whom};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

#[derive(Template)]
#[template(path = "dashboard/privacy/new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    kinds: Vec<(&'static str, &'static str)>,
    /// Whose it is, when that is settled: address and name.
    customer: Option<(String, String)>,
    once: String,
}

#[derive(Template)]
#[template(path = "dashboard/privacy/request.html")]
struct RequestPage {
    frame: Frame,
    form: Form,
    q: Request,
    at: String,
    tone: &'static str,
    word: &'static str,
    received: String,
    due: String,
    /// The day it was due on before it was extended.
    extended: Option<String>,
    closed: Option<When>,
    open: bool,
    /// Change and close it.
    may: bool,
    customer: Option<String>,
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

async fn render_new(asked: &Asked<'_>, status: StatusCode, form: Option<Form>) -> PageResult {
    let named = param(asked.uri, "customer").parse::<CustomerId>().ok();
    let (customer, today) = asked
        .app
        .read(&asked.who.ctx, move |tx, ctx| {
            let found = named.as_ref().map(|id| customers::get(tx, ctx, id)).transpose()?;
            let today = merchants::settings(tx, ctx)?.zone.date(ctx.now).to_string();
            Ok((found.map(|c| (c.id.to_string(), c.display_name)), today))
        })
        .await?;
    let form = form.unwrap_or_else(|| Form::of([("kind", "access".to_owned()), ("received_on", today)]));
    let page = NewPage {
        frame: frame(asked.app, asked.who, "customers", asked.uri, asked.headers).await?,
        once: once(&form, asked.who),
        form,
        kinds: Kind::ALL.iter().map(|k| (k.name(), k.label())).collect(),
        customer,
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn new(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render_new(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, StatusCode::OK, None).await
}

/// Writes it down, once.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (sent, named) = (typed.clone(), param(&uri, "customer"));
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, "/customers/requests/new", |tx| {
                let new = read(tx, ctx, &sent, &named)?;
                let made = requests::create(tx, ctx, &new)?;
                Ok(Reply::new(303, format!("/customers/requests/{made}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Request written down.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render_new(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, status, Some(form)).await
        }
    }
}

fn read(tx: &mut Tx, ctx: &Ctx, t: &Typed, named: &str) -> domain::Result<NewRequest> {
    let kind = t.get("kind").parse::<Kind>().map_err(|()| Problems::one("kind", "invalid", "Choose what is asked for."))?;
    let day = t.get("received_on").trim();
    let received_on = match day {
        "" => None,
        day => Some(day.parse().map_err(|_| Problems::one("received_on", "invalid", "Choose a day."))?),
    };
    let customer = match named.parse() {
        Ok(id) => Some(id),
        Err(()) => whom(tx, ctx, t.get("customer"))?,
    };
    Ok(NewRequest { kind, customer, who: t.text("who"), note: t.text("note"), received_on })
}

async fn render(asked: &Asked<'_>, request: RequestId, status: StatusCode, form: Option<Form>) -> PageResult {
    let (q, zone) =
        asked.app.read(&asked.who.ctx, move |tx, ctx| Ok((requests::get(tx, ctx, &request)?, merchants::settings(tx, ctx)?.zone))).await?;
    let (tone, word) = standing(&q, i64::from(zone.day(asked.who.ctx.now)));
    let shown = [("who", q.who.clone()), ("note", q.note.clone()), ("version", q.version.to_string())];
    let page = RequestPage {
        frame: frame(asked.app, asked.who, "customers", asked.uri, asked.headers).await?,
        form: form.unwrap_or_else(|| Form::of(shown)),
        at: format!("/customers/requests/{}", q.id),
        received: moments::date(due_days(q.received_on)),
        due: moments::date(due_days(q.due_on)),
        extended: q.extended_from.map(|day| moments::date(due_days(day))),
        closed: q.closed_at.map(|at| moments::moment(&zone, at)),
        open: q.state == requests::State::Open,
        may: asked.who.ctx.may(Right::PersonalData),
        customer: q.customer.as_ref().map(|id| format!("/customers/{id}")),
        tone,
        word,
        q,
    };
    Ok(show_with(status, &page))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(request): Path<String>) -> PageResult {
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, id(&request, "request")?, StatusCode::OK, None).await
}

/// One verb, then the page again: with what was said, or with what is wrong.
async fn step(
    asked: Asked<'_>,
    request: &str,
    typed: Typed,
    said: &str,
    verb: impl Fn(&mut Tx, &Ctx, &RequestId, &Typed) -> domain::Result<()> + Send + Sync + 'static,
) -> PageResult {
    let request: RequestId = id(request, "request")?;
    let (which, sent) = (request.clone(), typed.clone());
    match asked.app.write(&asked.who.ctx, move |tx, ctx| verb(tx, ctx, &which, &sent)).await {
        Ok(()) => Ok(toasted(see_other(&format!("/customers/requests/{request}")), said, None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&asked, request, status, Some(form)).await
        }
    }
}

/// Names its customer, who asks, and what was done.
pub async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(request): Path<String>, typed: Typed) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    step(asked, &request, typed, "Saved.", |tx, ctx, id, t| {
        let customer = whom(tx, ctx, t.get("customer"))?;
        let edit = Edit { expected_version: t.get("version").parse().ok(), customer, who: Some(t.text("who")), note: Some(t.text("note")) };
        requests::edit(tx, ctx, id, &edit)
    })
    .await
}

/// Closes it, with the words that stand in the note.
pub async fn close(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(request): Path<String>,
    typed: Typed,
) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    step(asked, &request, typed, "Request closed.", |tx, ctx, id, t| {
        let state = if t.get("as") == "refused" { requests::State::Refused } else { requests::State::Done };
        requests::close(tx, ctx, id, state, t.get("note"))
    })
    .await
}

/// Opens it again.
pub async fn reopen(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(request): Path<String>,
    typed: Typed,
) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    step(asked, &request, typed, "Request opened again.", |tx, ctx, id, _| requests::reopen(tx, ctx, id)).await
}

/// Gives it two months more.
pub async fn extend(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(request): Path<String>,
    typed: Typed,
) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    step(asked, &request, typed, "Extended by two months.", |tx, ctx, id, t| requests::extend(tx, ctx, id, t.get("reason"))).await
}
