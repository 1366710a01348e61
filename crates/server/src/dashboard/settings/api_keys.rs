//! API keys: the list, a new one whose secret is shown once, and revoking one.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::{ApiKeyId, Micros, Right, Rights, Zone};
use domain::merchants;
use domain::replies::Reply;
use domain::staff::api_keys::{self, ApiKey, NewKey};
use jiff::civil::Date;

use super::rights::{self, RightChoice};
use super::{Item, around, reveal};
use crate::app::App;
use crate::dashboard::moments::{day, moment};
use crate::dashboard::typed::{Typed, once, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

const HERE: &str = "/settings/api-keys";

struct Line {
    id: String,
    name: String,
    hint: String,
    scopes: String,
    creator: String,
    created: When,
    used: Option<When>,
    expires: Option<When>,
    /// Good, or why not.
    tone: &'static str,
    state: &'static str,
    holds: bool,
}

#[derive(Template)]
#[template(path = "dashboard/settings/api_keys.html")]
struct KeysPage {
    frame: Frame,
    entries: Vec<Item>,
    lines: Vec<Line>,
    /// A secret just made: shown once.
    secret: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/settings/api_key_new.html")]
struct NewPage {
    frame: Frame,
    entries: Vec<Item>,
    rights: Vec<RightChoice>,
    once: String,
    form: Form,
}

#[derive(Template)]
#[template(path = "dashboard/settings/api_key.html")]
struct KeyPage {
    frame: Frame,
    entries: Vec<Item>,
    line: Line,
}

fn line(zone: &Zone, now: Micros, key: ApiKey) -> Line {
    let holds = key.holds(now);
    let (tone, state) = match (holds, key.revoked_at) {
        (true, _) => ("good", "Active"),
        (false, Some(_)) => ("quiet", "Revoked"),
        (false, None) => ("problem", "Expired"),
    };
    Line {
        id: key.id.to_string(),
        name: key.name,
        hint: format!("{}…{}", api_keys::PREFIX, key.hint),
        scopes: key.scopes.names().join(", "),
        creator: key.creator.unwrap_or_default(),
        created: day(zone, key.created_at),
        used: key.last_used_at.map(|at| moment(zone, at)),
        expires: key.expires_at.map(|at| day(zone, at)),
        tone,
        state,
        holds,
    }
}

/// The list, with the secret of a key just made.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let (zone, keys) = app.read(&who.ctx, |tx, ctx| Ok((merchants::settings(tx, ctx)?.zone, api_keys::list(tx, ctx)?))).await?;
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    let page = KeysPage {
        frame,
        entries,
        lines: keys.into_iter().map(|k| line(&zone, who.ctx.now, k)).collect(),
        secret: reveal::take(&headers).filter(|s| s.starts_with(api_keys::PREFIX)),
    };
    Ok(reveal::forget(&app, HERE, &headers, show_with(StatusCode::OK, &page)))
}

async fn new_form(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Form) -> Result<Response, PageError> {
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    Ok(show_with(status, &NewPage { frame, entries, rights: rights::rights(&who.ctx), once: once(&form, who), form }))
}

/// The form of a new key: it may read unless more is ticked.
pub async fn new_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let form = Form::of(Rights::of(&[Right::Read]).names().into_iter().map(|n| ("rights", n)));
    new_form(&app, &who, &uri, &headers, StatusCode::OK, form).await
}

/// Makes a key, once. Its secret is kept nowhere: a second press can say only that it was made.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (name, scopes, until, sent) = (typed.text("name"), rights::ticked(&typed), typed.text("expires_at"), typed.clone());
    let made = app
        .write(&who.ctx, move |tx, ctx| {
            let (zone, mut secret) = (merchants::settings(tx, ctx)?.zone, None);
            // A day that is none is as good as one that has passed: the verb refuses it beside the field.
            let expires_at = (!until.is_empty()).then(|| until.parse::<Date>().map_or(0, |day| zone.end_of(day)));
            sent.once(tx, ctx, "/settings/api-keys/new", |tx| {
                secret = Some(api_keys::create(tx, ctx, &NewKey { name: name.clone(), scopes, expires_at })?.secret);
                Ok(Reply::new(303, HERE, ""))
            })?;
            Ok(secret)
        })
        .await;
    match made {
        Ok(Some(secret)) => Ok(reveal::hand_on(&app, HERE, &secret)),
        Ok(None) => {
            let words = "This key was made a moment ago. If its secret is not shown here, revoke the key and make another.";
            Ok(toasted(see_other(HERE), words, None))
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            new_form(&app, &who, &uri, &headers, status, form).await
        }
    }
}

/// One key, with what revoking it means.
pub async fn one_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(key): Path<String>) -> PageResult {
    let key = id::<ApiKeyId>(&key, "API key")?;
    let (zone, key) = app.read(&who.ctx, move |tx, ctx| Ok((merchants::settings(tx, ctx)?.zone, api_keys::get(tx, ctx, &key)?))).await?;
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    Ok(show_with(StatusCode::OK, &KeyPage { frame, entries, line: line(&zone, who.ctx.now, key) }))
}

/// Ends it.
pub async fn revoke(State(app): State<App>, who: Who, Path(key): Path<String>) -> PageResult {
    let key = id::<ApiKeyId>(&key, "API key")?;
    let key = app.write(&who.ctx, move |tx, ctx| api_keys::revoke(tx, ctx, &key)).await?;
    Ok(toasted(see_other(HERE), &format!("Key “{}” revoked.", key.name), None))
}
