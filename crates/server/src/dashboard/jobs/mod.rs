//! Long work as people follow it: the latest jobs, and one with its progress, its result for every customer, cancel, retry, undo.

mod latest;
mod shown;

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use domain::customers::{bulk, list};
use domain::imports;
use domain::jobs::{self, Job, Row};
use domain::kit::{CustomerId, JobId, Right};
use serde::Deserialize;

use latest::Latest;
use shown::{JobView, Line};

use crate::app::App;
use crate::dashboard::{PageResult, frame, see_other, show, toasted, tones};
use crate::http::{Policy, Routes, Who, guard};
use crate::look::{Frame, Tab};

/// How many the list shows.
const LATEST: i64 = 100;
/// Results of a page.
const PER: i64 = 100;

/// The jobs of a merchant.
pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    routes
        .get("/jobs", read, index)
        .get("/jobs/{id}", read, page)
        .post("/jobs/{id}/cancel", read, cancel)
        .post("/jobs/{id}/retry", read, retry)
        .post("/jobs/{id}/undo", read, undo)
}

#[derive(Template)]
#[template(path = "dashboard/jobs/index.html")]
struct IndexPage {
    frame: Frame,
    jobs: Vec<Latest>,
    /// Something goes on, so the page looks again by itself.
    moves: bool,
}

async fn index(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let (jobs, imports, zone) = app
        .read(&who.ctx, |tx, ctx| {
            let imports = if ctx.may(Right::Import) { imports::list(tx, ctx, None, LATEST)? } else { Vec::new() };
            Ok((jobs::list(tx, ctx, LATEST)?, imports, domain::merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let jobs = latest::of(&jobs, &imports, &who, &zone, LATEST as usize);
    let moves = jobs.iter().any(|job| job.moves);
    Ok(show(&IndexPage { frame: frame(&app, &who, "jobs", &uri, &headers).await?, jobs, moves }))
}

#[derive(Template)]
#[template(path = "dashboard/jobs/page.html")]
struct JobPage {
    frame: Frame,
    job: JobView,
    outcomes: Vec<Tab>,
    lines: Vec<Line>,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/jobs/part.html")]
struct JobPart {
    job: JobView,
    outcomes: Vec<Tab>,
    lines: Vec<Line>,
    next: Option<String>,
}

/// Which results.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    outcome: String,
    after: i64,
}

/// One job; a swap gets the part that moves.
async fn page(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Query(which): Query<Which>,
    uri: Uri,
    headers: HeaderMap,
) -> PageResult {
    let id: JobId = guard::id(&id, "job")?;
    let outcome = Some(which.outcome.clone()).filter(|o| !o.is_empty());
    let after = which.after.max(0);
    let found = app
        .read(&who.ctx, move |tx, ctx| {
            let job = jobs::load(tx, ctx, &id)?;
            let (mut rows, mut counts) = (Vec::new(), Vec::new());
            if job.state.is_over() {
                rows = jobs::rows(tx, ctx, &id, outcome.as_deref(), after, PER + 1)?;
                counts = jobs::outcomes(tx, ctx, &id)?;
            }
            let ids: Vec<CustomerId> = rows.iter().filter_map(|r| r.subject_id.parse().ok()).collect();
            let names = list::of_ids(tx, ctx, &ids)?.into_iter().map(|r| (r.id.to_string(), r.display_name)).collect();
            Ok((job, rows, counts, names, domain::merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let (job, mut rows, counts, names, zone): (Job, Vec<Row>, Vec<(String, i64)>, HashMap<String, String>, _) = found;
    let more = rows.len() > PER as usize;
    rows.truncate(PER as usize);
    let next = rows.last().filter(|_| more).map(|last| address(&job.id, &which.outcome, last.position));
    let outcomes = tabs(&job, &counts, &which.outcome);
    let lines = rows.into_iter().map(|row| Line::of(row, &names)).collect();
    let job = JobView::of(&job, &who, &zone);
    if headers.contains_key("hx-request") {
        return Ok(show(&JobPart { job, outcomes, lines, next }));
    }
    Ok(show(&JobPage { frame: frame(&app, &who, "jobs", &uri, &headers).await?, job, outcomes, lines, next }))
}

fn address(id: &JobId, outcome: &str, after: i64) -> String {
    match (outcome, after) {
        ("", 0) => format!("/jobs/{id}"),
        ("", after) => format!("/jobs/{id}?after={after}"),
        (outcome, 0) => format!("/jobs/{id}?outcome={outcome}"),
        (outcome, after) => format!("/jobs/{id}?outcome={outcome}&after={after}"),
    }
}

/// All results, and each outcome with its count.
fn tabs(job: &Job, counts: &[(String, i64)], outcome: &str) -> Vec<Tab> {
    let tab = |name: &str, word: &str, n: i64| Tab {
        name: name.to_owned(),
        href: address(&job.id, word, 0),
        on: outcome == word,
        count: Some(tones::number(n.unsigned_abs())),
    };
    if counts.is_empty() {
        return Vec::new();
    }
    let all = tab("All", "", counts.iter().map(|(_, n)| n).sum());
    std::iter::once(all).chain(counts.iter().map(|(word, n)| tab(shown::outcome(word).1, word, *n))).collect()
}

async fn cancel(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    let id: JobId = guard::id(&id, "job")?;
    let back = format!("/jobs/{id}");
    app.write(&who.ctx, move |tx, ctx| jobs::cancel(tx, ctx, &id)).await?;
    Ok(toasted(see_other(&back), "It stops behind the customers it is working on. What is done stays done.", None))
}

async fn retry(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    let id: JobId = guard::id(&id, "job")?;
    let back = format!("/jobs/{id}");
    app.write(&who.ctx, move |tx, ctx| jobs::retry(tx, ctx, &id)).await?;
    Ok(see_other(&back))
}

/// Where to go after an Undo.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Back {
    to: String,
}

/// Puts everybody back: a few at once, many by a job of its own.
async fn undo(State(app): State<App>, who: Who, Path(id): Path<String>, Query(back): Query<Back>) -> PageResult {
    let id: JobId = guard::id(&id, "job")?;
    let job = app
        .write(&who.ctx, move |tx, ctx| {
            let undo = bulk::undo(tx, ctx, &id)?;
            jobs::load(tx, ctx, &undo)
        })
        .await?;
    if !job.state.is_over() {
        return Ok(see_other(&format!("/jobs/{}", job.id)));
    }
    let to = if back.to.starts_with("/customers") { back.to } else { format!("/jobs/{}", job.id) };
    let n = tones::number(job.done.unsigned_abs());
    Ok(toasted(see_other(&to), &format!("Undone for {n}."), None))
}
