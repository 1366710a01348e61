//! One's own drafts: listed, gone on with, thrown away.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::conversations::{self, Begun, KeptDraft};
use domain::kit::{MailDraftId, PageKey, Zone};
use domain::merchants;

use super::inbox;
use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::{PageResult, frame, moments, see_other, show, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Frame, Page, Tab, When};

const ROWS: usize = 50;

/// A draft as a page shows it.
#[derive(Clone, Debug)]
pub struct DraftLine {
    pub id: MailDraftId,
    /// Where one goes on with it.
    pub href: String,
    pub name: String,
    pub subject: String,
    pub at: When,
}

impl DraftLine {
    pub fn of(d: KeptDraft, zone: &Zone) -> Self {
        let href = match &d.begun {
            Begun::Mail(customer) => format!("/customers/{customer}/mails/new"),
            Begun::Answer(entry) => format!("/entries/{entry}/reply"),
        };
        let subject = if d.subject.is_empty() { d.body.lines().next().unwrap_or_default().chars().take(80).collect() } else { d.subject };
        Self { id: d.id, href, name: d.customer_name, subject, at: moments::moment(zone, d.updated_at) }
    }
}

#[derive(Template)]
#[template(path = "dashboard/conversations/drafts.html")]
struct Shown {
    frame: Frame,
    tabs: Vec<Tab>,
    lines: Vec<DraftLine>,
    pages: Page,
}

/// The list.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let after = param(&uri, "after").parse::<PageKey>().ok();
    let behind = after.clone().unwrap_or_else(PageKey::newest);
    let (mut found, counts, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let found = conversations::drafts(tx, ctx, &behind, ROWS as i64 + 1)?;
            Ok((found, inbox::Counts::read(tx, ctx)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|d| format!("/drafts?after={}", PageKey { at: d.updated_at, id: d.id.to_string() }));
    let page = Shown {
        frame: frame(&app, &who, "inbox", &uri, &headers).await?,
        tabs: inbox::tabs(None, &counts),
        lines: found.into_iter().map(|d| DraftLine::of(d, &zone)).collect(),
        pages: Page { range: String::new(), previous: after.map(|_| "/drafts".to_owned()), next },
    };
    Ok(show(&page))
}

/// Throws one away.
pub async fn delete(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which: MailDraftId = id(&which, "draft")?;
    let customer = app.write(&who.ctx, move |tx, ctx| conversations::drop_draft(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&format!("/customers/{customer}/conversations")), "Draft deleted.", None))
}
