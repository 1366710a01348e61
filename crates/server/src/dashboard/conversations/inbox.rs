//! The inbox: people nobody knows yet, customers who wait for an answer, and what was put aside.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use domain::conversations::{self, Conversation, Inbox};
use domain::kit::{PageKey, Zone};
use domain::merchants;

use super::shown::icon;
use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::{PageResult, frame, moments, show, tones};
use crate::http::Who;
use crate::look::{Frame, Page, Tab, When};

const ROWS: usize = 50;

/// A line of the list.
struct Line {
    id: String,
    icon: &'static str,
    name: String,
    subject: String,
    more: String,
    at: When,
}

impl Line {
    fn of(c: Conversation, zone: &Zone) -> Self {
        let name = [&c.customer_name, &c.name, &c.address].into_iter().find(|t| !t.is_empty()).cloned();
        let subject = if c.subject.is_empty() { c.kind.label().to_owned() } else { c.subject };
        let more = if c.entries == 1 { String::new() } else { format!("{} entries", tones::number(c.entries.unsigned_abs())) };
        Self {
            id: c.id.to_string(),
            icon: icon(c.kind),
            name: name.unwrap_or_else(|| "Somebody unknown".to_owned()),
            subject,
            more,
            at: moments::moment(zone, c.last_at),
        }
    }
}

#[derive(Template)]
#[template(path = "dashboard/conversations/inbox.html")]
struct Shown {
    frame: Frame,
    which: Inbox,
    tabs: Vec<Tab>,
    lines: Vec<Line>,
    pages: Page,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let which: Inbox = param(&uri, "view").parse().unwrap_or(Inbox::Unknown);
    let after = param(&uri, "after").parse::<PageKey>().ok();
    let behind = after.clone().unwrap_or_else(PageKey::newest);
    let (mut found, (unknown, answer), zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let found = conversations::inbox(tx, ctx, which, &behind, ROWS as i64 + 1)?;
            Ok((found, conversations::waiting(tx, ctx)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|c| PageKey { at: c.last_at, id: c.id.to_string() });
    let at = |which: Inbox| format!("/inbox?view={}", which.name());
    let tabs = Inbox::ALL.iter().map(|w| Tab {
        name: w.label().to_owned(),
        href: at(*w),
        on: *w == which,
        count: match w {
            Inbox::Unknown => Some(tones::number(unknown.unsigned_abs())),
            Inbox::Waiting => Some(tones::number(answer.unsigned_abs())),
            Inbox::Aside => None,
        },
    });
    let pages =
        Page { range: String::new(), previous: after.map(|_| at(which)), next: next.map(|key| format!("{}&after={key}", at(which))) };
    let page = Shown {
        frame: frame(&app, &who, "inbox", &uri, &headers).await?,
        which,
        tabs: tabs.collect(),
        lines: found.into_iter().map(|c| Line::of(c, &zone)).collect(),
        pages,
    };
    Ok(show(&page))
}
