//! A customer's tasks and those of its orders, invoices and tickets (SPEC 2.12).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::Right;
use domain::tasks;

use super::{Asked, Pane, Shown, Topic, open};
use crate::app::App;
use crate::dashboard::show;
use crate::dashboard::tasks::Line;
use crate::http::Who;
use crate::look::Frame;

const ROWS: usize = 200;

#[derive(Template)]
#[template(path = "dashboard/customers/profile/tasks.html")]
struct Tasks {
    frame: Frame,
    pane: Pane,
    tasks: Vec<Line>,
    /// The list of all of them, where not all are here.
    all: Option<String>,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let (frame, pane, found) = open(asked, &customer, Topic::Tasks, |tx, ctx, c| tasks::of_customer(tx, ctx, &c.id, ROWS)).await?;
    let (today, back) = (i64::from(pane.zone.day(who.ctx.now)), format!("{}/tasks{}", pane.at(), pane.suffix));
    let may = who.ctx.may(Right::Write) && pane.c.anonymised_at.is_none();
    let all = found.more.then(|| format!("/tasks?view=all&customer={}", pane.c.id));
    let tasks = found.tasks.into_iter().map(|k| Line::of(k, today, &back, may)).collect();
    Ok(show(&Tasks { frame, pane, tasks, all }))
}
