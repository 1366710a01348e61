//! A customer's tickets: what was touched last first (SPEC 2.12).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::PageKey;
use domain::tickets::{self, Ticket};

use super::lines::address;
use super::{Asked, Pane, Shown, Topic, open, pane, param};
use crate::app::App;
use crate::dashboard::tickets::tone;
use crate::dashboard::{moments, show};
use crate::http::Who;
use crate::look::{Frame, Page, When};

const ROWS: usize = 50;

struct Line {
    t: Ticket,
    tone: &'static str,
    updated: When,
}

#[derive(Template)]
#[template(path = "dashboard/customers/profile/tickets.html")]
struct Tickets {
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
        open(asked, &customer, Topic::Tickets, move |tx, ctx, c| tickets::of_customer(tx, ctx, &c.id, behind.as_ref(), ROWS)).await?;
    let here = |key: Option<String>| address(&format!("{}/tickets", pane.at()), &[("after", key), ("from", pane::from(&uri))]);
    let next = found.next.as_ref().map(|key| here(Some(key.to_string())));
    let pages = Page { range: String::new(), previous: after.map(|_| here(None)), next };
    let lines = found.tickets.into_iter().map(|t| Line { tone: tone(t.status), updated: moments::day(&pane.zone, t.updated_at), t });
    let lines = lines.collect();
    Ok(show(&Tickets { frame, pane, lines, pages }))
}
