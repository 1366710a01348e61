//! All imports of a merchant, newest first.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri};
use domain::imports;
use domain::kit::ImportId;
use serde::Deserialize;

use super::words::Line;
use crate::app::App;
use crate::dashboard::{PageResult, frame, show};
use crate::http::Who;
use crate::look::Frame;

/// Imports of a page.
const PER: i64 = 50;

#[derive(Template)]
#[template(path = "dashboard/imports/index.html")]
struct IndexPage {
    frame: Frame,
    lines: Vec<Line>,
    next: Option<String>,
}

/// Behind which.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    after: String,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, Query(which): Query<Which>, uri: Uri, headers: HeaderMap) -> PageResult {
    let after: Option<ImportId> = which.after.parse().ok();
    let (mut all, zone) = app
        .read(&who.ctx, move |tx, ctx| Ok((imports::list(tx, ctx, after.as_ref(), PER + 1)?, domain::merchants::settings(tx, ctx)?.zone)))
        .await?;
    let more = all.len() > PER as usize;
    all.truncate(PER as usize);
    let next = all.last().filter(|_| more).map(|last| format!("/imports?after={}", last.id));
    let lines = all.iter().map(|i| Line::of(i, &zone)).collect();
    Ok(show(&IndexPage { frame: frame(&app, &who, "customers", &uri, &headers).await?, lines, next }))
}
