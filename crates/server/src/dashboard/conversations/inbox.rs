//! The inbox: people nobody knows yet, customers who wait for an answer, and what was put aside.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use domain::conversations::{self, Conversation, Inbox};
use domain::kit::{Ctx, PageKey, Right, Zone};
use domain::merchants;
use store::Tx;

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

/// How much waits in each part.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    unknown: i64,
    answer: i64,
    /// Absent for who writes no mail.
    drafts: Option<i64>,
}

impl Counts {
    pub fn read(tx: &mut Tx, ctx: &Ctx) -> domain::Result<Self> {
        let (unknown, answer) = conversations::waiting(tx, ctx)?;
        let drafts = if ctx.may(Right::Write) { Some(conversations::count_drafts(tx, ctx)?) } else { None };
        Ok(Self { unknown, answer, drafts })
    }
}

fn at(which: Inbox) -> String {
    format!("/inbox?view={}", which.name())
}

/// The parts of the inbox, and one's own drafts behind them; `on` is the part that is shown, none are the drafts.
pub fn tabs(on: Option<Inbox>, counts: &Counts) -> Vec<Tab> {
    let count = |n: i64| Some(tones::number(n.unsigned_abs()));
    let part = |w: &Inbox| Tab {
        name: w.label().to_owned(),
        href: at(*w),
        on: on == Some(*w),
        count: match w {
            Inbox::Unknown => count(counts.unknown),
            Inbox::Waiting => count(counts.answer),
            Inbox::Aside => None,
        },
    };
    let drafts = counts.drafts.map(|n| Tab { name: "Drafts".to_owned(), href: "/drafts".to_owned(), on: on.is_none(), count: count(n) });
    Inbox::ALL.iter().map(part).chain(drafts).collect()
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
    let (mut found, counts, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let found = conversations::inbox(tx, ctx, which, &behind, ROWS as i64 + 1)?;
            Ok((found, Counts::read(tx, ctx)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|c| PageKey { at: c.last_at, id: c.id.to_string() });
    let pages =
        Page { range: String::new(), previous: after.map(|_| at(which)), next: next.map(|key| format!("{}&after={key}", at(which))) };
    let page = Shown {
        frame: frame(&app, &who, "inbox", &uri, &headers).await?,
        which,
        tabs: tabs(Some(which), &counts),
        lines: found.into_iter().map(|c| Line::of(c, &zone)).collect(),
        pages,
    };
    Ok(show(&page))
}
