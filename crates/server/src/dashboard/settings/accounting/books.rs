//! The list of connections, and the page of one with its runs.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::accounting::{connections, run};
use domain::kit::{PageKey, Right};
use domain::merchants;

use super::runs::RunLine;
use super::{HERE, Line, connection};
use crate::app::App;
use crate::dashboard::settings::{Item, around};
use crate::dashboard::{PageResult, show_with};
use crate::http::Who;
use crate::look::{Frame, Page};

const PER_PAGE: i64 = 25;

#[derive(Template)]
#[template(path = "dashboard/settings/accounting.html")]
struct ListPage {
    frame: Frame,
    entries: Vec<Item>,
    lines: Vec<Line>,
    demo: bool,
    may_connect: bool,
}

#[derive(Template)]
#[template(path = "dashboard/settings/accounting_books.html")]
struct OnePage {
    frame: Frame,
    entries: Vec<Item>,
    line: Line,
    runs: Vec<RunLine>,
    pages: Page,
    goes_on: bool,
    may_change: bool,
}

/// The list.
pub(super) async fn list(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let (all, own) = app.read(&who.ctx, |tx, ctx| Ok((connections::list(tx, ctx)?, merchants::settings(tx, ctx)?))).await?;
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    let lines = all.into_iter().map(|c| Line::of(c, &own.zone, who.ctx.now)).collect();
    let may_connect = who.ctx.may(Right::Settings) && !own.demo;
    Ok(show_with(StatusCode::OK, &ListPage { frame, entries, lines, demo: own.demo, may_connect }))
}

/// One connection.
pub(super) async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    let id = connection(&which)?;
    let after = crate::dashboard::customers::profile::param(&uri, "after").parse::<PageKey>().ok();
    let behind = after.clone();
    let (own, found, runs) = app
        .read(&who.ctx, move |tx, ctx| {
            let runs = run::list(tx, ctx, &id, behind.as_ref(), PER_PAGE)?;
            Ok((merchants::settings(tx, ctx)?, connections::get(tx, ctx, &id)?, runs))
        })
        .await?;
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    let here = format!("{HERE}/{which}");
    let next = runs.next.as_ref().map(|key| format!("{here}?after={key}"));
    let page = OnePage {
        frame,
        entries,
        line: Line::of(found, &own.zone, who.ctx.now),
        goes_on: after.is_none() && runs.runs.first().is_some_and(|r| !r.state.is_over()),
        runs: runs.runs.into_iter().map(|r| RunLine::of(r, &own.zone)).collect(),
        pages: Page { range: String::new(), previous: after.map(|_| here), next },
        may_change: who.ctx.may(Right::Settings),
    };
    Ok(show_with(StatusCode::OK, &page))
}
