//! Payment providers of each shop: keys that go in and are not shown again, the address the provider sends to, a try of the keys, and what has trouble.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::{AccountId, Micros, Zone};
use domain::providers::accounts::{self, Account, AccountInput};
use domain::providers::calls::{self, Call};
use domain::providers::inbox::{self, Failed};
use domain::providers::{CallState, Provider};
use domain::{merchants, shops};

use super::{Item, around};
use crate::app::App;
use crate::dashboard::moments::moment;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};
use crate::outside;

const HERE: &str = "/settings/payments";

struct Line {
    a: Account,
    /// "Stripe, live".
    name: String,
    tone: &'static str,
    state: &'static str,
    told: Option<When>,
    tested: Option<When>,
}

impl Line {
    fn of(a: Account, zone: &Zone) -> Self {
        let (tone, state) = match (&a.disabled_at, a.provider.is_outside(), a.tested_at, a.tested_ok) {
            (Some(_), ..) => ("quiet", "Switched off"),
            (None, false, ..) => ("good", "Active"),
            (None, true, Some(_), true) => ("good", "Active"),
            (None, true, Some(_), false) => ("problem", "Keys do not work"),
            (None, true, None, _) => ("attention", "Not tried yet"),
        };
        let mode = if a.live { "live" } else { "test mode" };
        let name = if a.provider.is_outside() { format!("{}, {mode}", a.provider.label()) } else { "Test provider".to_owned() };
        Self { name, tone, state, told: a.told_at.map(|at| moment(zone, at)), tested: a.tested_at.map(|at| moment(zone, at)), a }
    }

    fn is_outside(&self) -> bool {
        self.a.provider.is_outside()
    }
}

#[derive(Template)]
#[template(path = "dashboard/settings/payments.html")]
struct ListPage {
    frame: Frame,
    entries: Vec<Item>,
    lines: Vec<Line>,
    demo: bool,
}

#[derive(Template)]
#[template(path = "dashboard/settings/payment_new.html")]
struct NewPage {
    frame: Frame,
    entries: Vec<Item>,
    shops: Vec<(String, String)>,
    providers: Vec<(&'static str, &'static str)>,
    form: Form,
}

/// An event or a call that has trouble.
struct Trouble {
    what: String,
    at: When,
    words: String,
}

#[derive(Template)]
#[template(path = "dashboard/settings/payment.html")]
struct OnePage {
    frame: Frame,
    entries: Vec<Item>,
    line: Line,
    /// What the provider sends to.
    hook: String,
    waiting: i64,
    failed: Vec<Trouble>,
    calls: Vec<Trouble>,
    form: Form,
}

fn input(typed: &Typed) -> domain::Result<AccountInput> {
    let wrong = |field: &str, words: &str| domain::kit::Problems::one(field, "invalid", words);
    Ok(AccountInput {
        shop: typed.get("shop").parse().map_err(|()| wrong("shop", "Choose one of your shops."))?,
        provider: typed.get("provider").parse().map_err(|()| wrong("provider", "Choose a provider."))?,
        live: typed.get("mode") == "live",
        client: typed.text("client"),
        secret: typed.text("secret"),
        webhook: typed.text("webhook"),
    })
}

/// The list.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let (all, own) = app.read(&who.ctx, |tx, ctx| Ok((accounts::list(tx, ctx)?, merchants::settings(tx, ctx)?))).await?;
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    let lines = all.into_iter().map(|a| Line::of(a, &own.zone)).collect();
    Ok(show_with(StatusCode::OK, &ListPage { frame, entries, lines, demo: own.demo }))
}

async fn new_form(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Form) -> Result<Response, PageError> {
    let (shops, own) = app.read(&who.ctx, |tx, ctx| Ok((shops::list(tx, ctx)?, merchants::settings(tx, ctx)?))).await?;
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let shops = shops.into_iter().filter(|s| s.archived_at.is_none()).map(|s| (s.id.to_string(), s.name)).collect();
    let providers = Provider::ALL.iter().filter(|p| !own.demo || !p.is_outside()).map(|p| (p.name(), p.label())).collect();
    Ok(show_with(status, &NewPage { frame, entries, shops, providers, form }))
}

/// The form of a new one.
pub async fn new_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    new_form(&app, &who, &uri, &headers, StatusCode::OK, Form::of([("mode", "live".to_owned())])).await
}

/// Sets one up.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (sent, vault) = (typed.clone(), app.config.vault.clone());
    match app.write(&who.ctx, move |tx, ctx| accounts::put(tx, ctx, &vault, &input(&sent)?)).await {
        Ok(account) => Ok(toasted(see_other(&format!("{HERE}/{account}")), "Provider set up.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            new_form(&app, &who, &uri, &headers, status, form).await
        }
    }
}

async fn one(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    account: AccountId,
    status: StatusCode,
    form: Form,
) -> Result<Response, PageError> {
    let read = move |tx: &mut store::Tx, ctx: &domain::Ctx| {
        let zone = merchants::settings(tx, ctx)?.zone;
        let found = accounts::get(tx, ctx, &account)?;
        let failed = inbox::failed(tx, ctx, &account, 20)?;
        Ok((zone, found, failed, inbox::waiting(tx, ctx, &account)?, calls::in_trouble(tx, ctx, &account)?))
    };
    let (zone, account, failed, waiting, calls) = app.read(&who.ctx, read).await?;
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let at = |at: Micros| moment(&zone, at);
    let event = |f: Failed| Trouble { what: f.kind, at: at(f.received_at), words: f.error };
    let call = |c: Call| Trouble {
        what: c.kind.label().to_owned(),
        at: at(c.updated_at),
        words: if c.state == CallState::Refused { c.error } else { format!("{} It is tried again.", c.error) },
    };
    let page = OnePage {
        hook: format!("{}/hooks/{}", app.config.reached_at(headers), account.address),
        failed: failed.into_iter().map(event).collect(),
        calls: calls.into_iter().map(call).collect(),
        line: Line::of(account, &zone),
        frame,
        entries,
        waiting,
        form,
    };
    Ok(show_with(status, &page))
}

/// One account.
pub async fn one_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(account): Path<String>) -> PageResult {
    one(&app, &who, &uri, &headers, id(&account, "account")?, StatusCode::OK, Form::default()).await
}

/// Changes its keys; blank ones stay.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(account): Path<String>, typed: Typed) -> PageResult {
    let account: AccountId = id(&account, "account")?;
    let (which, sent, vault) = (account.clone(), typed.clone(), app.config.vault.clone());
    let saved = app
        .write(&who.ctx, move |tx, ctx| {
            let a = accounts::get(tx, ctx, &which)?;
            let (client, secret, webhook) = (sent.text("client"), sent.text("secret"), sent.text("webhook"));
            accounts::put(tx, ctx, &vault, &AccountInput { shop: a.shop, provider: a.provider, live: a.live, client, secret, webhook })
        })
        .await;
    match saved {
        Ok(_) => Ok(toasted(see_other(&format!("{HERE}/{account}")), "Keys saved.", None)),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            one(&app, &who, &uri, &headers, account, status, form).await
        }
    }
}

/// Tries the keys at the provider and says what came of it.
pub async fn test(State(app): State<App>, who: Who, Path(account): Path<String>) -> PageResult {
    let account: AccountId = id(&account, "account")?;
    let here = format!("{HERE}/{account}");
    let (which, vault) = (account.clone(), app.config.vault.clone());
    let opened = match app
        .read(&who.ctx, move |tx, ctx| {
            accounts::get(tx, ctx, &which)?;
            accounts::opened(tx, ctx, &vault, &which)
        })
        .await
    {
        Ok(opened) => opened,
        Err(domain::Error::Conflict { message, .. }) => return Ok(toasted(see_other(&here), &message, None)),
        Err(other) => return Err(other.into()),
    };
    let label = opened.account.provider.label();
    let asking = app.clone();
    let found = tokio::task::spawn_blocking(move || outside::test(&asking, &opened)).await;
    let (ok, words) = match found {
        Ok(Ok(())) => (true, format!("{label} answers, and the keys work.")),
        Ok(Err(refusal)) => (false, refusal.message().to_owned()),
        Err(_) => (false, "The test broke off. Try again.".to_owned()),
    };
    let said = words.clone();
    app.write(&who.ctx, move |tx, ctx| accounts::tested(tx, ctx, &account, ok, &said)).await?;
    Ok(toasted(see_other(&here), &words, None))
}

/// Tries events that were given up on once more.
pub async fn retry(State(app): State<App>, who: Who, Path(account): Path<String>) -> PageResult {
    let account: AccountId = id(&account, "account")?;
    let here = format!("{HERE}/{account}");
    let count = app
        .write(&who.ctx, move |tx, ctx| {
            accounts::get(tx, ctx, &account)?;
            inbox::retry(tx, ctx, &account)
        })
        .await?;
    Ok(toasted(see_other(&here), &format!("{count} tried again."), None))
}

/// Switches it off.
pub async fn disable(State(app): State<App>, who: Who, Path(account): Path<String>) -> PageResult {
    let account: AccountId = id(&account, "account")?;
    app.write(&who.ctx, move |tx, ctx| accounts::disable(tx, ctx, &account)).await?;
    Ok(toasted(see_other(HERE), "Provider switched off, its keys are forgotten.", None))
}
