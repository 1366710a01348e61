//! How calls come in: accounts with Twilio that tell of them, and call records of a telephone system by file.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::conversations::phones::{self, PhoneAccount};
use domain::conversations::records::{self, Records, Taken};
use domain::kit::{PhoneAccountId, Problems, Right, Zone};
use domain::{merchants, shops};

use super::{Item, around};
use crate::app::App;
use crate::dashboard::moments::moment;
use crate::dashboard::parts::Parts;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

const HERE: &str = "/settings/calls";
/// So many calls are taken in one transaction.
const SLICE: usize = 200;
/// So many numbers that nobody knows are listed.
const LISTED: usize = 50;

struct Line {
    a: PhoneAccount,
    /// What Twilio is given.
    hook: String,
    told: Option<When>,
}

/// What came of a file.
struct Outcome {
    words: String,
    /// Calls within the house.
    inside: usize,
    /// Lines that cannot be read.
    wrong: Vec<(usize, &'static str)>,
    wrong_count: usize,
    /// Numbers that nobody knows, with how many calls.
    unknown: Vec<(String, usize)>,
    more: usize,
}

impl Outcome {
    fn of(records: &Records, taken: &Taken) -> Self {
        let mut unknown: Vec<_> = taken.unknown.iter().map(|(number, calls)| (number.clone(), *calls)).collect();
        unknown.sort_by_key(|(_, calls)| std::cmp::Reverse(*calls));
        let more = unknown.len().saturating_sub(LISTED);
        unknown.truncate(LISTED);
        Self { words: taken.words(), inside: records.inside, wrong: records.wrong.clone(), wrong_count: records.wrong_count, unknown, more }
    }
}

#[derive(Template)]
#[template(path = "dashboard/settings/calls.html")]
struct CallsPage {
    frame: Frame,
    entries: Vec<Item>,
    lines: Vec<Line>,
    shops: Vec<(String, String)>,
    /// This person may also take records in.
    may_write: bool,
    form: Form,
    file: Form,
    outcome: Option<Outcome>,
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

/// The form of the account, that of the file, and what came of a file.
type Filled = (Form, Form, Option<Outcome>);

async fn render(asked: &Asked<'_>, status: StatusCode, (form, file, outcome): Filled) -> Result<Response, PageError> {
    let (all, shops, zone) = asked
        .app
        .read(&asked.who.ctx, |tx, ctx| Ok((phones::list(tx, ctx)?, shops::list(tx, ctx)?, merchants::settings(tx, ctx)?.zone)))
        .await?;
    let at = asked.app.config.reached_at(asked.headers);
    let line = |a: PhoneAccount| Line { hook: format!("{at}/hooks/calls/{}", a.address), told: a.told_at.map(|t| moment(&zone, t)), a };
    let (frame, entries) = around(asked.app, asked.who, asked.uri, asked.headers, HERE).await?;
    let page = CallsPage {
        frame,
        entries,
        lines: all.into_iter().map(line).collect(),
        shops: shops.into_iter().filter(|s| s.archived_at.is_none()).map(|s| (s.id.to_string(), s.name)).collect(),
        may_write: asked.who.ctx.may(Right::Write),
        form,
        file,
        outcome,
    };
    Ok(show_with(status, &page))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, StatusCode::OK, Filled::default()).await
}

/// Sets up the account of a shop, or changes its token.
pub async fn set_up(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (sent, vault) = (typed.clone(), app.config.vault.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let shop = sent.get("shop").parse().map_err(|()| Problems::one("shop", "required", "Choose one of your shops."))?;
            phones::put(tx, ctx, &vault, &shop, sent.get("token"))
        })
        .await;
    match done {
        Ok(_) => Ok(toasted(see_other(HERE), "Account saved. Give Twilio its address.", None)),
        Err(error) => {
            let mut form = Form::of([("shop", typed.text("shop"))]);
            let status = refused(&mut form, error)?;
            render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, status, (form, Form::default(), None)).await
        }
    }
}

/// Switches one off.
pub async fn disable(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which: PhoneAccountId = id(&which, "phone account")?;
    app.write(&who.ctx, move |tx, ctx| phones::disable(tx, ctx, &which)).await?;
    Ok(toasted(see_other(HERE), "Account switched off, its token is forgotten.", None))
}

/// Takes in a file of call records; the same file again changes nothing.
pub async fn file(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, parts: Parts) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    match take(&app, &who, &parts).await {
        Ok(outcome) => render(&asked, StatusCode::OK, (Form::default(), Form::default(), Some(outcome))).await,
        Err(error) => {
            let mut form = parts.typed.form();
            let status = refused(&mut form, error)?;
            render(&asked, status, (Form::default(), form, None)).await
        }
    }
}

async fn take(app: &App, who: &Who, parts: &Parts) -> domain::Result<Outcome> {
    who.ctx.must(Right::Write)?;
    let Some(file) = parts.files.first() else { return Err(Problems::one("file", "required", "Choose a file.")) };
    let zone: Zone = app.read(&who.ctx, |tx, ctx| Ok(merchants::settings(tx, ctx)?.zone)).await?;
    let records = records::read(&file.bytes, &zone)?;
    let (all, mut taken) = (parts.typed.ticked("all"), Taken::default());
    for slice in records.calls.chunks(SLICE) {
        let calls = slice.to_vec();
        taken = taken.and(app.write(&who.ctx, move |tx, ctx| records::take(tx, ctx, &calls, all)).await?);
    }
    Ok(Outcome::of(&records, &taken))
}
