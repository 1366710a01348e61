//! Everything that happened to a customer, by whom, with what changed; pinned notes on top (SPEC 2.14).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::customers::{Note, notes};
use domain::events;

use super::happened::with_names;
use super::lines::address;
use super::{Asked, Happened, Pane, Shown, Topic, open, pane, param};
use crate::app::App;
use crate::dashboard::show;
use crate::http::Who;
use crate::look::{Frame, Page};

const ROWS: usize = 50;

/// Nouns to filter by, and their words.
const KINDS: [(&str, &str); 14] = [
    ("", "Everything"),
    ("customer", "Customer"),
    ("note", "Notes"),
    ("order", "Orders"),
    ("payment", "Payments"),
    ("dispute", "Disputes"),
    ("subscription", "Subscriptions"),
    ("ticket", "Tickets"),
    ("task", "Tasks"),
    ("mail", "Mail"),
    ("call", "Calls"),
    ("credit", "Store credit"),
    ("commission", "Affiliate"),
    ("block", "Blocks"),
];

struct Choice {
    name: &'static str,
    href: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "dashboard/customers/profile/timeline.html")]
struct Timeline {
    frame: Frame,
    pane: Pane,
    kinds: Vec<Choice>,
    pinned: Vec<Note>,
    entries: Vec<Happened>,
    pages: Page,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let kind = param(&uri, "kind");
    let kind = KINDS.iter().find(|(k, _)| *k == kind).map_or("", |(k, _)| *k);
    let below = param(&uri, "below").parse::<events::Place>().ok();
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let from = below.clone();
    let (frame, pane, (found, notes)) = open(asked, &customer, Topic::Timeline, move |tx, ctx, c| {
        Ok((events::timeline(tx, ctx, &c.id, kind, from.as_ref(), ROWS)?, notes::list(tx, ctx, &c.id)?))
    })
    .await?;
    let here = |kind: &str, below: Option<events::Place>| {
        let values = [("kind", Some(kind.to_owned())), ("below", below.map(|v| v.to_string())), ("from", pane::from(&uri))];
        address(&format!("{}/timeline", pane.at()), &values)
    };
    let kinds = KINDS.iter().map(|(k, name)| Choice { name, href: here(k, None), on: *k == kind }).collect();
    let pages = Page { range: String::new(), previous: below.map(|_| here(kind, None)), next: found.next.map(|v| here(kind, Some(v))) };
    let pinned = notes.into_iter().filter(|n| n.pinned_at.is_some()).collect();
    let names = pane.names();
    let entries = Happened::all(&found.entries, &pane.zone).into_iter().map(|h| with_names(h, &names)).collect();
    Ok(show(&Timeline { frame, pane, kinds, pinned, entries, pages }))
}
