//! A customer's orders with what was bought, newest first, searched by article (SPEC 2.4).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::{Money, PageKey};
use domain::orders::{self, HistoryQuery, OrderSummary};

use super::lines::{bought, order_tone};
use super::{Asked, Pane, Shown, Topic, open, param};
use crate::app::App;
use crate::dashboard::{moments, show};
use crate::http::Who;
use crate::look::{Frame, Page, When};

const ROWS: i64 = 50;

/// An order in the history.
struct Line {
    o: OrderSummary,
    at: When,
    total: String,
    tone: &'static str,
    bought: String,
}

#[derive(Template)]
#[template(path = "dashboard/customers/profile/orders.html")]
struct Orders {
    frame: Frame,
    pane: Pane,
    q: String,
    lines: Vec<Line>,
    pages: Page,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let (q, after) = (param(&uri, "q"), param(&uri, "after").parse::<PageKey>().ok());
    let query = HistoryQuery { q: q.clone(), after: after.clone(), limit: ROWS };
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let (frame, pane, found) = open(asked, &customer, Topic::Orders, move |tx, ctx, c| orders::history(tx, ctx, &c.id, &query)).await?;
    let here = |key: Option<String>| {
        super::lines::address(
            &format!("{}/orders", pane.at()),
            &[("q", Some(q.clone())), ("after", key), ("from", super::pane::from(&uri))],
        )
    };
    let pages = Page {
        range: String::new(),
        previous: after.as_ref().map(|_| here(None)),
        next: found.next.map(|key| here(Some(key.to_string()))),
    };
    let lines = found.orders.into_iter().map(|o| Line {
        at: moments::day(&pane.zone, o.ordered_at),
        total: Money::new(o.total, o.currency).to_string(),
        tone: if o.abandoned_at.is_some() { "quiet" } else { order_tone(o.state) },
        bought: bought(&o),
        o,
    });
    let lines = lines.collect();
    Ok(show(&Orders { frame, pane, q, lines, pages }))
}
