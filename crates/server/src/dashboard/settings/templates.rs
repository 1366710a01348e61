//! Templates of mail (SPEC 7.4): one list, one form, and the versions that counted before.

use askama::Template as Page;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::{Problems, ShopId, TemplateId};
use domain::merchants;
use domain::shops;
use domain::templates::{self as room, FIELDS, Template, TemplateInput, Version};
use serde::Deserialize;

use super::{Item, around};
use crate::app::App;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, moments, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

const HERE: &str = "/settings/templates";

struct Line {
    id: String,
    name: String,
    shop: String,
    subject: String,
    version: i64,
    is_archived: bool,
}

#[derive(Page)]
#[template(path = "dashboard/settings/templates.html")]
struct TemplatesPage {
    frame: Frame,
    entries: Vec<Item>,
    lines: Vec<Line>,
    shops: Vec<(String, String)>,
    fields: &'static [(&'static str, &'static str)],
    form: Form,
}

#[derive(Page)]
#[template(path = "dashboard/settings/template.html")]
struct TemplatePage {
    frame: Frame,
    entries: Vec<Item>,
    t: Template,
    fields: &'static [(&'static str, &'static str)],
    form: Form,
    /// An old version that is looked at.
    old: Option<Version>,
    versions: Vec<(i64, When, String)>,
}

async fn list(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Option<Form>) -> Result<Response, PageError> {
    let (templates, shops) =
        app.read(&who.ctx, |tx, ctx| Ok((room::list(tx, &crate::api::write::seeing(ctx))?, shops::list(tx, ctx)?))).await?;
    let line = |t: Template| Line {
        id: t.id.to_string(),
        name: t.name,
        shop: t.shop_name,
        subject: t.subject,
        version: t.version,
        is_archived: t.archived_at.is_some(),
    };
    let open: Vec<(String, String)> = shops.into_iter().filter(|s| s.archived_at.is_none()).map(|s| (s.id.to_string(), s.name)).collect();
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let form = form.unwrap_or_else(|| Form::of(open.first().map(|(id, _)| ("shop", id.clone()))));
    let page = TemplatesPage { frame, entries, lines: templates.into_iter().map(line).collect(), shops: open, fields: FIELDS, form };
    Ok(show_with(status, &page))
}

/// The list.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    list(&app, &who, &uri, &headers, StatusCode::OK, None).await
}

fn input(typed: &Typed) -> TemplateInput {
    TemplateInput { name: typed.text("name"), subject: typed.text("subject"), body: typed.text("body") }
}

/// A new template.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let sent = typed.clone();
    let made = app.write(&who.ctx, move |tx, ctx| {
        let unknown = |()| Problems::one("shop", "unknown", "Choose one of your open shops.");
        let shop: ShopId = sent.get("shop").parse().map_err(unknown)?;
        room::create(tx, ctx, &shop, &input(&sent))
    });
    match made.await {
        Ok(t) => Ok(toasted(see_other(HERE), &format!("Template “{}” added.", t.name), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            list(&app, &who, &uri, &headers, status, Some(form)).await
        }
    }
}

/// Which version is looked at; 0 is the one that counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    version: i64,
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

async fn one(asked: Asked<'_>, template: TemplateId, old: i64, status: StatusCode, form: Option<Form>) -> Result<Response, PageError> {
    let Asked { app, who, uri, headers } = asked;
    let (t, versions, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let seeing = crate::api::write::seeing(ctx);
            Ok((room::get(tx, &seeing, &template)?, room::versions(tx, &seeing, &template)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let form = form.unwrap_or_else(|| Form::of([("name", t.name.clone()), ("subject", t.subject.clone()), ("body", t.body.clone())]));
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let page = TemplatePage {
        frame,
        entries,
        old: versions.iter().find(|v| v.version == old && old != t.version).cloned(),
        versions: versions.into_iter().map(|v| (v.version, moments::moment(&zone, v.saved_at), v.saved_by)).collect(),
        t,
        fields: FIELDS,
        form,
    };
    Ok(show_with(status, &page))
}

/// One template.
pub async fn edit_page(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(template): Path<String>,
    Query(which): Query<Which>,
) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    one(asked, id(&template, "template")?, which.version, StatusCode::OK, None).await
}

/// Changes it.
pub async fn edit(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(template): Path<String>,
    typed: Typed,
) -> PageResult {
    let template: TemplateId = id(&template, "template")?;
    let (which, sent) = (template.clone(), typed.clone());
    match app.write(&who.ctx, move |tx, ctx| room::edit(tx, ctx, &which, &input(&sent))).await {
        Ok(t) => Ok(toasted(see_other(HERE), &format!("Saved as version {}.", t.version), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
            one(asked, template, 0, status, Some(form)).await
        }
    }
}

/// Nobody chooses it any more.
pub async fn archive(State(app): State<App>, who: Who, Path(template): Path<String>) -> PageResult {
    let template: TemplateId = id(&template, "template")?;
    let undo = format!("{HERE}/{template}/unarchive");
    let t = app.write(&who.ctx, move |tx, ctx| room::archive(tx, ctx, &template)).await?;
    Ok(toasted(see_other(HERE), &format!("Template “{}” archived.", t.name), Some(&undo)))
}

/// Open again.
pub async fn unarchive(State(app): State<App>, who: Who, Path(template): Path<String>) -> PageResult {
    let template: TemplateId = id(&template, "template")?;
    let t = app.write(&who.ctx, move |tx, ctx| room::unarchive(tx, ctx, &template)).await?;
    Ok(toasted(see_other(HERE), &format!("Template “{}” can be chosen again.", t.name), None))
}
