//! Connecting: the app's keys, the way to the service's own sign-in and back. The way there is a link on a page of ours, because a form may not lead
//! to another site.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::accounting::{ConnectionInput, SITES, Service, connections, sheets, sign_in as room};
use domain::kit::Ctx;
use serde::Deserialize;

use super::{HERE, connection};
use crate::accounting;
use crate::app::App;
use crate::dashboard::settings::{Item, around};
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::look::{Form, Frame};

/// Where people come back to.
const BACK: &str = "/settings/accounting/callback";

#[derive(Template)]
#[template(path = "dashboard/settings/accounting_connect.html")]
struct ConnectPage {
    frame: Frame,
    entries: Vec<Item>,
    services: Vec<(&'static str, &'static str)>,
    sites: Vec<(&'static str, &'static str)>,
    redirect: String,
    form: Form,
}

#[derive(Template)]
#[template(path = "dashboard/settings/accounting_go.html")]
struct GoPage {
    frame: Frame,
    entries: Vec<Item>,
    service: Service,
    url: String,
}

/// What the service sends people back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Came {
    code: String,
    state: String,
    error: String,
    error_description: String,
}

fn redirect(app: &App, headers: &HeaderMap) -> String {
    format!("{}{BACK}", app.config.reached_at(headers))
}

async fn form(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Form) -> Result<Response, PageError> {
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let page = ConnectPage {
        frame,
        entries,
        services: Service::ALL.iter().map(|s| (s.name(), s.label())).collect(),
        sites: SITES.iter().map(|(key, _, name)| (*key, *name)).collect(),
        redirect: redirect(app, headers),
        form,
    };
    Ok(show_with(status, &page))
}

/// The form; of a service that has a connection with what is there.
pub(super) async fn new_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let wanted = crate::dashboard::customers::profile::param(&uri, "service").parse::<Service>().unwrap_or(Service::Exact);
    let all = app.read(&who.ctx, |tx, ctx| connections::list(tx, ctx)).await?;
    let known = all.into_iter().find(|c| c.service == wanted);
    let (site, client, office) = known.map_or_else(|| ("nl".to_owned(), String::new(), String::new()), |c| (c.site, c.client, c.office));
    let values = [("service", wanted.name().to_owned()), ("site", site), ("client", client), ("office", office)];
    form(&app, &who, &uri, &headers, StatusCode::OK, Form::of(values)).await
}

/// Keeps the keys; the sign-in is next.
pub(super) async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let exact = typed.get("service") == Service::Exact.name();
    let input = ConnectionInput {
        service: typed.text("service"),
        site: if exact { typed.text("site") } else { String::new() },
        client: typed.text("client"),
        secret: typed.text("secret"),
        office: typed.text("office"),
    };
    let vault = app.config.vault.clone();
    match app.write(&who.ctx, move |tx, ctx| connections::put(tx, ctx, &vault, &input)).await {
        Ok(id) => Ok(toasted(see_other(&format!("{HERE}/{id}")), "Saved. Sign in there next.", None)),
        Err(error) => {
            let mut again = typed.form();
            let status = refused(&mut again, error)?;
            form(&app, &who, &uri, &headers, status, again).await
        }
    }
}

/// The page with the link to the service's sign-in.
pub(super) async fn sign_in(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    let (id, back) = (connection(&which)?, redirect(&app, &headers));
    let (vault, at, session) = (app.config.vault.clone(), app.config.accounting.clone(), who.signed_in.session.clone());
    let begun = app
        .write(&who.ctx, move |tx, ctx| {
            let url = room::begin(tx, ctx, &vault, &at, &id, &session, &back)?;
            Ok((connections::get(tx, ctx, &id)?.service, url))
        })
        .await;
    let (service, url) = match begun {
        Ok(begun) => begun,
        Err(domain::Error::Conflict { message, .. }) => return Ok(toasted(see_other(&format!("{HERE}/{which}")), &message, None)),
        Err(other) => return Err(other.into()),
    };
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    Ok(show_with(StatusCode::OK, &GoPage { frame, entries, service, url }))
}

/// Somebody comes back from the service.
pub(super) async fn callback(State(app): State<App>, who: Who, headers: HeaderMap, Query(came): Query<Came>) -> PageResult {
    let (vault, at, session) = (app.config.vault.clone(), app.config.accounting.clone(), who.signed_in.session.clone());
    let (state, back) = (came.state.clone(), redirect(&app, &headers));
    let coming = app.write(&who.ctx, move |tx, ctx| room::come_back(tx, ctx, &vault, &at, &session, &state, &back)).await;
    let coming = match coming {
        Ok(coming) => coming,
        Err(domain::Error::Conflict { message, .. }) => return Ok(toasted(see_other(HERE), &message, None)),
        Err(other) => return Err(other.into()),
    };
    let (id, service) = (coming.connection.id.clone(), coming.connection.service);
    let here = format!("{HERE}/{id}");
    if came.code.is_empty() {
        let words: String = [came.error_description, came.error].into_iter().find(|w| !w.is_empty()).unwrap_or_default();
        let words: String = words.chars().take(200).collect();
        return Ok(toasted(see_other(&here), &format!("{} did not let you in. {words}", service.label()), None));
    }
    let code = came.code;
    let found = tokio::task::spawn_blocking(move || accounting::exchange(&coming, &code)).await;
    let (tokens, place) = match found {
        Ok(Ok(found)) => found,
        Ok(Err(trouble)) => return Ok(toasted(see_other(&here), trouble.words(), None)),
        Err(_) => return Ok(toasted(see_other(&here), "The sign-in broke off. Begin again.", None)),
    };
    let (which, vault, at) = (id.clone(), app.config.vault.clone(), app.config.accounting.clone());
    match app.write(&who.ctx, move |tx, ctx| room::signed_in(tx, ctx, &vault, &at, &which, &tokens, &place)).await {
        Ok(()) => {}
        Err(domain::Error::Conflict { message, .. }) => return Ok(toasted(see_other(&here), &message, None)),
        Err(other) => return Err(other.into()),
    }
    let words = match fetch(&app, &who.ctx, &id, service).await? {
        Ok(()) => format!("Signed in to {}. Choose accounts and VAT codes next.", service.label()),
        Err(words) => format!("Signed in, but the accounts could not be fetched: {words}"),
    };
    Ok(toasted(see_other(&format!("{here}/mapping")), &words, None))
}

/// Fetches what there is to choose from, and keeps it; else why not, in words.
pub(super) async fn fetch(app: &App, ctx: &Ctx, id: &domain::kit::AccountingId, service: Service) -> Result<Result<(), String>, PageError> {
    let (asking, merchant, which) = (app.clone(), ctx.merchant.clone(), id.clone());
    let found = tokio::task::spawn_blocking(move || accounting::fetch(&asking, &merchant, &which, service)).await;
    match found {
        Ok(Ok(Ok(fetched))) => {
            let id = id.clone();
            app.write(ctx, move |tx, ctx| sheets::keep(tx, ctx, &id, &fetched)).await?;
            Ok(Ok(()))
        }
        Ok(Ok(Err(words))) => Ok(Err(words)),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Ok(Err("It broke off. Try again.".to_owned())),
    }
}

/// Forgets the sign-in.
pub(super) async fn disconnect(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let id = connection(&which)?;
    app.write(&who.ctx, move |tx, ctx| connections::disconnect(tx, ctx, &id)).await?;
    Ok(toasted(see_other(HERE), "Disconnected, the sign-in is forgotten. What was exported stays there.", None))
}
