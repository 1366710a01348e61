//! What came back of a customer's orders, newest first (SPEC 2.10).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::PageKey;
use domain::returns;

use super::lines::address;
use super::{Asked, Pane, Shown, Topic, open, pane, param};
use crate::app::App;
use crate::dashboard::returns::{Line, line};
use crate::dashboard::show;
use crate::http::Who;
use crate::look::{Frame, Page};

const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "dashboard/customers/profile/returns.html")]
struct Returns {
    frame: Frame,
    pane: Pane,
    lines: Vec<Line>,
    pages: Page,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let after = param(&uri, "after").parse::<PageKey>().ok();
    let behind = after.clone();
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let (frame, pane, found) =
        open(asked, &customer, Topic::Returns, move |tx, ctx, c| returns::of_customer(tx, ctx, &c.id, behind.as_ref(), ROWS)).await?;
    let here = |key: Option<String>| address(&format!("{}/returns", pane.at()), &[("after", key), ("from", pane::from(&uri))]);
    let next = found.next.as_ref().map(|key| here(Some(key.to_string())));
    let pages = Page { range: String::new(), previous: after.map(|_| here(None)), next };
    let lines = found.returns.into_iter().map(|t| line(t, &pane.zone)).collect();
    Ok(show(&Returns { frame, pane, lines, pages }))
}
