//! Mailboxes that are looked into: set up, changed, looked into now, switched off. A password goes in and is not shown again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::conversations::mailboxes::{self, Mailbox, MailboxInput, Security};
use domain::kit::{MailboxId, Problems, Zone};
use domain::mail::dkim::{self, Dkim};
use domain::merchants;

use super::{Item, around};
use crate::app::App;
use crate::dashboard::moments::moment;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

const HERE: &str = "/settings/mail";

struct Line {
    m: Mailbox,
    tone: &'static str,
    state: &'static str,
    checked: Option<When>,
}

impl Line {
    fn of(m: Mailbox, zone: &Zone) -> Self {
        let (tone, state) = match (&m.disabled_at, m.error.is_empty(), m.checked_at) {
            (Some(_), ..) => ("quiet", "Switched off"),
            (None, false, _) => ("problem", "Cannot be read"),
            (None, true, Some(_)) => ("good", "Active"),
            (None, true, None) => ("attention", "Not looked into yet"),
        };
        Self { tone, state, checked: m.checked_at.map(|at| moment(zone, at)), m }
    }
}

#[derive(Template)]
#[template(path = "dashboard/settings/mailboxes.html")]
struct ListPage {
    frame: Frame,
    entries: Vec<Item>,
    lines: Vec<Line>,
    demo: bool,
    dkim: Option<Dkim>,
    form: Form,
}

#[derive(Template)]
#[template(path = "dashboard/settings/mailbox.html")]
struct OnePage {
    frame: Frame,
    entries: Vec<Item>,
    /// None: a new one.
    line: Option<Line>,
    at: String,
    securities: Vec<(&'static str, &'static str)>,
    form: Form,
}

fn input(typed: &Typed) -> domain::Result<MailboxInput> {
    let wrong = |field: &str, words: &str| Problems::one(field, "invalid", words);
    Ok(MailboxInput {
        address: typed.text("address"),
        host: typed.text("host"),
        port: typed.get("port").trim().parse().map_err(|_| wrong("port", "Use a port from 1 to 65535."))?,
        security: typed.get("security").parse().map_err(|()| wrong("security", "Choose one."))?,
        username: typed.text("username"),
        password: typed.text("password"),
        folder: typed.text("folder"),
        makes_tickets: typed.ticked("makes_tickets"),
    })
}

async fn list(asked: &Asked<'_>, status: StatusCode, form: Option<Form>) -> PageResult {
    let Asked { app, who, uri, headers } = *asked;
    let read = |tx: &mut store::Tx, ctx: &domain::Ctx| Ok((mailboxes::list(tx, ctx)?, merchants::settings(tx, ctx)?, dkim::dkim(tx, ctx)?));
    let (all, own, dkim) = app.read(&who.ctx, read).await?;
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let lines = all.into_iter().map(|m| Line::of(m, &own.zone)).collect();
    let filled =
        || dkim.as_ref().map_or_else(Form::default, |d| Form::of([("domain", d.domain.clone()), ("selector", d.selector.clone())]));
    let form = form.unwrap_or_else(filled);
    Ok(show_with(status, &ListPage { frame, entries, lines, demo: own.demo, dkim, form }))
}

/// The list.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    list(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, StatusCode::OK, None).await
}

/// Sets the key that signs mail.
pub async fn sign(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (sent, vault) = (typed.clone(), app.config.vault.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| dkim::set_dkim(tx, ctx, &vault, (sent.get("domain"), sent.get("selector")), sent.get("key")))
        .await;
    match done {
        Ok(()) => Ok(toasted(see_other(HERE), "Key saved. Publish its record.", None)),
        Err(error) => {
            // A private key is not sent back.
            let mut form = Form::of([("domain", typed.text("domain")), ("selector", typed.text("selector"))]);
            let status = refused(&mut form, error)?;
            list(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, status, Some(form)).await
        }
    }
}

/// Forgets it.
pub async fn unsign(State(app): State<App>, who: Who) -> PageResult {
    app.write(&who.ctx, dkim::remove_dkim).await?;
    Ok(toasted(see_other(HERE), "Key forgotten. Mail leaves unsigned.", None))
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

async fn render(asked: &Asked<'_>, which: Option<MailboxId>, status: StatusCode, form: Option<Form>) -> Result<Response, PageError> {
    let wanted = which.clone();
    let (found, zone) = asked
        .app
        .read(&asked.who.ctx, move |tx, ctx| {
            let found = wanted.as_ref().map(|id| mailboxes::get(tx, ctx, id)).transpose()?;
            Ok((found, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let filled = || match &found {
        Some(m) => Form::of([
            ("address", m.address.clone()),
            ("host", m.host.clone()),
            ("port", m.port.to_string()),
            ("security", m.security.name().to_owned()),
            ("username", m.username.clone()),
            ("folder", m.folder.clone()),
            ("makes_tickets", if m.makes_tickets { "on".to_owned() } else { String::new() }),
        ]),
        None => Form::of([("port", "993".to_owned()), ("security", Security::Tls.name().to_owned()), ("folder", "INBOX".to_owned())]),
    };
    let form = form.unwrap_or_else(filled);
    let (frame, entries) = around(asked.app, asked.who, asked.uri, asked.headers, HERE).await?;
    let page = OnePage {
        frame,
        entries,
        at: which.map_or_else(|| format!("{HERE}/new"), |id| format!("{HERE}/{id}")),
        line: found.map(|m| Line::of(m, &zone)),
        securities: Security::ALL.iter().map(|s| (s.name(), s.label())).collect(),
        form,
    };
    Ok(show_with(status, &page))
}

/// The form of a new one.
pub async fn new_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, None, StatusCode::OK, None).await
}

/// One.
pub async fn one_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    let which: MailboxId = id(&which, "mailbox")?;
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, Some(which), StatusCode::OK, None).await
}

/// Back to the form with what was refused; the password is typed again.
async fn saved(asked: &Asked<'_>, which: Option<MailboxId>, typed: &Typed, done: domain::Result<MailboxId>, words: &str) -> PageResult {
    match done {
        Ok(id) => Ok(toasted(see_other(&format!("{HERE}/{id}")), words, None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(asked, which, status, Some(form)).await
        }
    }
}

/// Sets one up.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (sent, vault) = (typed.clone(), app.config.vault.clone());
    let done = app.write(&who.ctx, move |tx, ctx| mailboxes::create(tx, ctx, &vault, &input(&sent)?)).await;
    saved(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, None, &typed, done, "Mailbox set up.").await
}

/// Changes one; a blank password stays.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>, typed: Typed) -> PageResult {
    let which: MailboxId = id(&which, "mailbox")?;
    let (one, sent, vault) = (which.clone(), typed.clone(), app.config.vault.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            mailboxes::edit(tx, ctx, &vault, &one, &input(&sent)?)?;
            Ok(one.clone())
        })
        .await;
    saved(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, Some(which), &typed, done, "Mailbox saved.").await
}

/// Looks into it soon.
pub async fn look(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which: MailboxId = id(&which, "mailbox")?;
    let here = format!("{HERE}/{which}");
    app.write(&who.ctx, move |tx, ctx| mailboxes::look_now(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&here), "It is looked into now. Reload to see what came of it.", None))
}

/// Switches it off.
pub async fn disable(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which: MailboxId = id(&which, "mailbox")?;
    app.write(&who.ctx, move |tx, ctx| mailboxes::disable(tx, ctx, &which)).await?;
    Ok(toasted(see_other(HERE), "Mailbox switched off, its password is forgotten.", None))
}
