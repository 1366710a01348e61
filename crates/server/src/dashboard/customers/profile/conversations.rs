//! What was said to and by a customer: mails, chats and calls in one stream, newest last (SPEC 2.11).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::conversations::{self, Asked as Wanted, Kind};
use domain::kit::{ConversationId, PageKey};

use super::lines::address;
use super::{Asked, Pane, Shown, Topic, open, pane, param};
use crate::app::App;
use crate::dashboard::conversations::{DraftLine, MayDo, Said, said};
use crate::dashboard::{once, show};
use crate::http::Who;
use crate::look::{Form, Frame, Page};

const ROWS: usize = 50;

struct Choice {
    name: &'static str,
    href: String,
    on: bool,
}

#[derive(Template)]
#[template(path = "dashboard/customers/profile/conversations.html")]
struct Conversations {
    frame: Frame,
    pane: Pane,
    kinds: Vec<Choice>,
    /// The kind that is chosen, or empty.
    kind: &'static str,
    q: String,
    said: Vec<Said>,
    pages: Page,
    /// What this person began to write to them.
    drafts: Vec<DraftLine>,
    /// One may write to them.
    may_compose: bool,
    /// The chat in which they or we spoke last, to be answered below.
    chat: Option<ChatForm>,
}

/// Answers a chat in the stream.
struct ChatForm {
    id: ConversationId,
    subject: String,
    once: String,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let kind = param(&uri, "kind").parse::<Kind>().ok();
    let q: String = param(&uri, "q").trim().replace('\0', "").chars().take(200).collect();
    let before = param(&uri, "before").parse::<PageKey>().ok();
    let from = before.clone().unwrap_or_else(PageKey::newest);
    let wanted = Wanted { kind, q: q.clone() };
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let (frame, pane, (mut found, drafts)) = open(asked, &customer, Topic::Conversations, move |tx, ctx, c| {
        let found = conversations::stream(tx, ctx, &c.id, &wanted, &from, ROWS as i64 + 1)?;
        Ok((found, conversations::drafts_of(tx, ctx, &c.id)?))
    })
    .await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let earlier = found.last().filter(|_| more).map(|e| PageKey { at: e.at, id: e.id.to_string() });
    let here = |kind: Option<Kind>, q: &str, before: Option<PageKey>| {
        let values = [
            ("kind", kind.map(|k| k.name().to_owned())),
            ("q", Some(q.to_owned())),
            ("before", before.map(|k| k.to_string())),
            ("from", pane::from(&uri)),
        ];
        address(&format!("{}/conversations", pane.at()), &values)
    };
    let choice = |name, k: Option<Kind>| Choice { name, href: here(k, &q, None), on: k == kind };
    let kinds = vec![
        choice("Everything", None),
        choice("Mail", Some(Kind::Mail)),
        choice("Chats", Some(Kind::Chat)),
        choice("Calls", Some(Kind::Call)),
    ];
    // Under the newest page alone: what stands there is the end of the stream.
    let last_chat = found.iter().find(|e| e.kind == Kind::Chat).filter(|_| pane.may.write && before.is_none() && q.is_empty());
    let chat = last_chat.map(|e| ChatForm { id: e.conversation.clone(), subject: e.subject.clone(), once: once(&Form::default(), &who) });
    let pages =
        Page { range: String::new(), previous: earlier.map(|key| here(kind, &q, Some(key))), next: before.map(|_| here(kind, &q, None)) };
    let may_compose = pane.may.write && pane.c.is_active();
    let said = said(found, &pane.zone, MayDo { write: pane.may.write, chat: pane.may.write, ticket: pane.may.serve });
    let drafts = drafts.into_iter().map(|d| DraftLine::of(d, &pane.zone)).collect();
    Ok(show(&Conversations { frame, kinds, kind: kind.map_or("", Kind::name), q, said, pages, drafts, may_compose, chat, pane }))
}
