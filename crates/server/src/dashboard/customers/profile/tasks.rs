//! A customer's tasks and those of its orders, invoices and tickets (SPEC 2.12).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::tasks::On;

use super::{Asked, Pane, Shown, Topic, open, pane};
use crate::app::App;
use crate::dashboard::show;
use crate::dashboard::tasks::Section;
use crate::http::Who;
use crate::look::Frame;

const ROWS: usize = 200;

#[derive(Template)]
#[template(path = "dashboard/customers/profile/tasks.html")]
struct Tasks {
    frame: Frame,
    pane: Pane,
    todo: Section,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let suffix = pane::suffix(&uri);
    let (frame, pane, todo) = open(asked, &customer, Topic::Tasks, move |tx, ctx, c| {
        let back = format!("/customers/{}/tasks{suffix}", c.id);
        Section::read(tx, ctx, &On::Customer(c.id.clone()), c.is_active(), &back, ROWS)
    })
    .await?;
    Ok(show(&Tasks { frame, pane, todo }))
}
