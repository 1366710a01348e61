//! What of a customer was exported to the books: when, what, result, message, and another try (SPEC 2.13).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::accounting::log;
use domain::kit::{PageKey, Right};

use super::lines::address;
use super::{Asked, Pane, Shown, Topic, open, pane, param};
use crate::app::App;
use crate::dashboard::settings::LogLine;
use crate::dashboard::show;
use crate::http::Who;
use crate::look::{Frame, Page};

const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "dashboard/customers/profile/accounting.html")]
struct Accounting {
    frame: Frame,
    pane: Pane,
    log: Vec<LogLine>,
    pages: Page,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let after = param(&uri, "after").parse::<PageKey>().ok();
    let behind = after.clone();
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let (frame, pane, found) =
        open(asked, &customer, Topic::Accounting, move |tx, ctx, c| log::of_customer(tx, ctx, &c.id, behind.as_ref(), ROWS)).await?;
    let here = |key: Option<String>| address(&format!("{}/accounting", pane.at()), &[("after", key), ("from", pane::from(&uri))]);
    let next = found.next.as_ref().map(|key| here(Some(key.to_string())));
    let pages = Page { range: String::new(), previous: after.map(|_| here(None)), next };
    let may = who.ctx.may(Right::Payments);
    let line = |e| LogLine { customer: pane.c.id.to_string(), ..LogLine::of(e, &pane.zone, may) };
    let log = found.entries.into_iter().map(line).collect();
    Ok(show(&Accounting { frame, pane, log, pages }))
}
