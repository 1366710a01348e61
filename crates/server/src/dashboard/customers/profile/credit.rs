//! The ledger of a customer's store credit: what was given, spent and taken back, by whom and why.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::credit;
use domain::kit::{CreditId, Money, PageKey};

use super::lines::address;
use super::{Asked, Pane, Shown, Topic, open, pane, param};
use crate::app::App;
use crate::dashboard::{moments, show};
use crate::http::Who;
use crate::look::{Frame, Page, When};

const ROWS: usize = 50;

struct Line {
    l: credit::Line,
    at: When,
    amount: Money,
    balance: Money,
}

#[derive(Template)]
#[template(path = "dashboard/customers/profile/credit.html")]
struct Ledger {
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
    let (frame, pane, mut found) = open(asked, &customer, Topic::Payments, move |tx, ctx, c| {
        let place = behind.as_ref().map(|key| (key.at, CreditId::from_db(key.id.clone())));
        credit::lines(tx, ctx, &c.id, place.as_ref().map(|(at, id)| (*at, id)), ROWS as i64 + 1)
    })
    .await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|l| PageKey { at: l.at, id: l.id.to_string() }.to_string());
    let here = |key: Option<String>| address(&format!("{}/credit", pane.at()), &[("after", key), ("from", pane::from(&uri))]);
    let pages = Page { range: String::new(), previous: after.map(|_| here(None)), next: next.map(|key| here(Some(key))) };
    let line =
        |l: credit::Line| Line { at: moments::moment(&pane.zone, l.at), amount: l.money(), balance: Money::new(l.balance, l.currency), l };
    let lines = found.into_iter().map(line).collect();
    Ok(show(&Ledger { frame, pane, lines, pages }))
}
