//! Groups and tags: the same pages for both. Deleting says first how many customers lose the label, because it cannot be undone.

use std::fmt::Display;
use std::str::FromStr;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::{GroupId, TagId};
use domain::labels::{self, Kind};

use super::{Item, around};
use crate::app::App;
use crate::dashboard::tones;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

/// A kind of label as pages show it.
pub trait Shown: Kind + FromStr + Display + Clone + Send + Sync + 'static {
    /// Where its pages are.
    const HERE: &'static str;
    /// The heading of its list.
    const TITLE: &'static str;
    /// What it is for, under the heading.
    const HELP: &'static str;
    /// The parameter of the customer list.
    const FILTER: &'static str;
}

impl Shown for GroupId {
    const HERE: &'static str = "/settings/groups";
    const TITLE: &'static str = "Groups";
    const HELP: &'static str = "A customer is in one group at most: retail, wholesale, staff.";
    const FILTER: &'static str = "group";
}

impl Shown for TagId {
    const HERE: &'static str = "/settings/tags";
    const TITLE: &'static str = "Tags";
    const HELP: &'static str = "A customer has any number of tags. Tagging somebody with a new word makes the tag.";
    const FILTER: &'static str = "tag";
}

struct Line {
    name: String,
    edit: String,
    customers: String,
    used: String,
}

#[derive(Template)]
#[template(path = "dashboard/settings/labels.html")]
struct LabelsPage {
    frame: Frame,
    entries: Vec<Item>,
    title: &'static str,
    help: &'static str,
    word: &'static str,
    lines: Vec<Line>,
    form: Form,
}

#[derive(Template)]
#[template(path = "dashboard/settings/label.html")]
struct LabelPage {
    frame: Frame,
    entries: Vec<Item>,
    title: &'static str,
    back: &'static str,
    word: &'static str,
    name: String,
    here: String,
    customers: String,
    used: i64,
    too_many: bool,
    form: Form,
}

async fn list<I: Shown>(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    status: StatusCode,
    form: Form,
) -> Result<Response, PageError> {
    let all = app.read(&who.ctx, labels::list::<I>).await?;
    let line = |l: labels::Label<I>| Line {
        edit: format!("{}/{}", I::HERE, l.id),
        customers: format!("/customers?{}={}", I::FILTER, l.id),
        used: tones::number(l.used.unsigned_abs()),
        name: l.name,
    };
    let (frame, entries) = around(app, who, uri, headers, I::HERE).await?;
    let lines = all.into_iter().map(line).collect();
    Ok(show_with(status, &LabelsPage { frame, entries, title: I::TITLE, help: I::HELP, word: I::WORD, lines, form }))
}

/// The list.
pub async fn page<I: Shown>(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    list::<I>(&app, &who, &uri, &headers, StatusCode::OK, Form::default()).await
}

/// A new one.
pub async fn create<I: Shown>(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let name = typed.text("name");
    match app.write(&who.ctx, move |tx, ctx| labels::create::<I>(tx, ctx, &name)).await {
        Ok(label) => Ok(toasted(see_other(I::HERE), &format!("“{}” added.", label.name), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            list::<I>(&app, &who, &uri, &headers, status, form).await
        }
    }
}

async fn one<I: Shown>(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    which: I,
    status: StatusCode,
    form: Option<Form>,
) -> Result<Response, PageError> {
    let label = app.read(&who.ctx, move |tx, ctx| labels::counted(tx, ctx, &which)).await?;
    let (frame, entries) = around(app, who, uri, headers, I::HERE).await?;
    let page = LabelPage {
        frame,
        entries,
        title: I::TITLE,
        back: I::HERE,
        word: I::WORD,
        form: form.unwrap_or_else(|| Form::of([("name", &label.name)])),
        here: format!("{}/{}", I::HERE, label.id),
        customers: format!("/customers?{}={}", I::FILTER, label.id),
        used: label.used,
        too_many: label.used > labels::DELETE_AT_ONCE,
        name: label.name,
    };
    Ok(show_with(status, &page))
}

/// One of them.
pub async fn edit_page<I: Shown>(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    one(&app, &who, &uri, &headers, id::<I>(&which, I::WORD)?, StatusCode::OK, None).await
}

/// Another name.
pub async fn rename<I: Shown>(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(which): Path<String>,
    typed: Typed,
) -> PageResult {
    let (which, name) = (id::<I>(&which, I::WORD)?, typed.text("name"));
    let same = which.clone();
    match app.write(&who.ctx, move |tx, ctx| labels::rename(tx, ctx, &same, &name)).await {
        Ok(_) => Ok(toasted(see_other(I::HERE), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            one(&app, &who, &uri, &headers, which, status, Some(form)).await
        }
    }
}

/// Deletes it and takes it off its customers.
pub async fn delete<I: Shown>(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which = id::<I>(&which, I::WORD)?;
    let used = app.write(&who.ctx, move |tx, ctx| labels::delete(tx, ctx, &which)).await?;
    let text =
        if used == 0 { "Deleted.".to_owned() } else { format!("Deleted and taken off {} customers.", tones::number(used.unsigned_abs())) };
    Ok(toasted(see_other(I::HERE), &text, None))
}
