//! The lists behind Home's numbers that are not customers.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use domain::home::{self, Entry, Which};
use domain::kit::{PageKey, Zone};
use domain::merchants;
use serde::Deserialize;

use crate::app::App;
use crate::dashboard::{PageResult, frame, moments, show, tones};
use crate::http::{Who, guard};
use crate::look::{Frame, When};

/// Rows of a page.
const PER: usize = 50;

#[derive(Template)]
#[template(path = "dashboard/home/list.html")]
struct ListPage {
    frame: Frame,
    title: &'static str,
    total: String,
    /// Heads: when, what.
    when: &'static str,
    what: &'static str,
    lines: Vec<Line>,
    next: Option<String>,
}

struct Line {
    who: String,
    /// Empty for a guest.
    href: String,
    what: String,
    when: Option<When>,
    amount: String,
}

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    after: String,
}

/// A page of one list.
pub async fn page(
    State(app): State<App>,
    who: Who,
    Path(list): Path<String>,
    Query(place): Query<Place>,
    uri: Uri,
    headers: HeaderMap,
) -> PageResult {
    let which: Which = guard::id(&list, "list")?;
    let after: Option<PageKey> = place.after.parse().ok();
    let (found, zone) = app
        .read(&who.ctx, move |tx, ctx| Ok((home::entries(tx, ctx, which, after.clone(), PER)?, merchants::settings(tx, ctx)?.zone)))
        .await?;
    let (title, when, what) = match which {
        Which::Disputes => ("Open disputes", "Answer due", "Reason"),
        Which::Unmatched => ("Unmatched cancellations", "When", "Why"),
    };
    let page = ListPage {
        frame: frame(&app, &who, "home", &uri, &headers).await?,
        title,
        total: tones::number(found.total),
        when,
        what,
        next: found.next.map(|key| format!("/home/{}?after={key}", which.name())),
        lines: found.entries.into_iter().map(|entry| line(entry, which, &zone)).collect(),
    };
    Ok(show(&page))
}

fn line(entry: Entry, which: Which, zone: &Zone) -> Line {
    let topic = match which {
        Which::Disputes => "/payments",
        Which::Unmatched => "",
    };
    let at = if which == Which::Disputes { entry.due_at } else { Some(entry.at) };
    let nobody = if entry.contact.is_empty() { "Guest".to_owned() } else { entry.contact };
    Line {
        href: entry.customer.as_ref().map(|(id, _)| format!("/customers/{id}{topic}")).unwrap_or_default(),
        who: entry.customer.map_or(nobody, |(_, name)| name),
        what: entry.what.replace('_', " "),
        when: at.map(|at| moments::day(zone, at)),
        amount: entry.money.to_string(),
    }
}
