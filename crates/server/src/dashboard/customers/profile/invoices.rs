//! A customer's invoices and credit notes, newest first (SPEC 2.9).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::invoices;
use domain::kit::PageKey;

use super::lines::address;
use super::{Asked, Pane, Shown, Topic, open, pane, param};
use crate::app::App;
use crate::dashboard::invoices::{Line, line};
use crate::dashboard::show;
use crate::http::Who;
use crate::look::{Frame, Page};

const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "dashboard/customers/profile/invoices.html")]
struct Invoices {
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
        open(asked, &customer, Topic::Invoices, move |tx, ctx, c| invoices::of_customer(tx, ctx, &c.id, behind.as_ref(), ROWS)).await?;
    let here = |key: Option<String>| address(&format!("{}/invoices", pane.at()), &[("after", key), ("from", pane::from(&uri))]);
    let next = found.next.as_ref().map(|key| here(Some(key.to_string())));
    let pages = Page { range: String::new(), previous: after.map(|_| here(None)), next };
    let today = i64::from(pane.zone.day(who.ctx.now));
    let lines = found.invoices.into_iter().map(|s| line(s, today)).collect();
    Ok(show(&Invoices { frame, pane, lines, pages }))
}
