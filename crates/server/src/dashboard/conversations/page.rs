//! One conversation: what was said, whose it is, and saying so.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::conversations::{self, Conversation, Kind, Newcomer, State as Stand};
use domain::customers::{
    self,
    list::{self, ListQuery},
};
use domain::kit::{ConversationId, CustomerId, Email, PageKey, Problems, Right};
use domain::merchants;

use super::{MayDo, Said, said};
use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::{PageError, PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, Page};

const ROWS: usize = 50;
/// So many customers are found at once.
const FOUND: usize = 10;

struct Hit {
    id: CustomerId,
    name: String,
    more: String,
}

#[derive(Template)]
#[template(path = "dashboard/conversations/page.html")]
struct Shown {
    frame: Frame,
    form: Form,
    c: Conversation,
    title: String,
    said: Vec<Said>,
    pages: Page,
    may_write: bool,
    q: String,
    hits: Vec<Hit>,
    once: String,
}

impl Shown {
    fn is_open(&self) -> bool {
        self.c.state == Stand::Open
    }

    /// Is it answered by a message?
    fn is_chat(&self) -> bool {
        self.c.kind == Kind::Chat
    }
}

pub(super) struct Asked<'a> {
    pub app: &'a App,
    pub who: &'a Who,
    pub uri: &'a Uri,
    pub headers: &'a HeaderMap,
}

pub(super) async fn render(
    asked: &Asked<'_>,
    which: ConversationId,
    status: StatusCode,
    form: Option<Form>,
) -> Result<Response, PageError> {
    let Asked { app, who, uri, headers } = *asked;
    let before = param(uri, "before").parse::<PageKey>().ok();
    let from = before.clone().unwrap_or_else(PageKey::newest);
    let q: String = param(uri, "q").trim().replace('\0', "").chars().take(200).collect();
    let (indexes, asked_for) = (app.indexes.clone(), q.clone());
    let (c, active, mut entries, rows, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let c = conversations::get(tx, ctx, &which)?;
            let active = c.customer.as_ref().map(|id| customers::get(tx, ctx, id)).transpose()?.is_none_or(|c| c.is_active());
            let entries = conversations::entries(tx, ctx, &which, &from, ROWS as i64 + 1)?;
            let query = ListQuery { q: asked_for.clone(), per: FOUND, ..ListQuery::default() };
            let wanted = c.customer.is_none() && !asked_for.is_empty();
            let rows = if wanted { list::page_only(tx, ctx, &indexes, &query)?.rows } else { Vec::new() };
            Ok((c, active, entries, rows, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let more = entries.len() > ROWS;
    entries.truncate(ROWS);
    let earlier = entries.last().filter(|_| more).map(|e| PageKey { at: e.at, id: e.id.to_string() });
    let at = format!("/conversations/{}", c.id);
    let pages = Page { range: String::new(), previous: earlier.map(|key| format!("{at}?before={key}")), next: before.map(|_| at.clone()) };
    let may_write = who.ctx.may(Right::Write);
    let form = form.unwrap_or_else(|| {
        let email = Email::parse(&c.address).map(|e| e.typed).unwrap_or_default();
        Form::of([("name", c.name.clone()), ("email", email)])
    });
    let once = once(&form, who);
    let title = if c.subject.is_empty() { c.kind.label().to_owned() } else { c.subject.clone() };
    let page = Shown {
        frame: frame(app, who, "inbox", uri, headers).await?,
        form,
        title,
        said: said(entries, &zone, MayDo { write: may_write, chat: false, ticket: may_write && active }),
        pages,
        may_write,
        hits: rows.into_iter().map(|r| Hit { id: r.id, name: r.display_name, more: format!("{} {}", r.number, r.email) }).collect(),
        q,
        c,
        once,
    };
    Ok(show_with(status, &page))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    render(&asked, id(&which, "conversation")?, StatusCode::OK, None).await
}

/// Nothing more to say.
pub async fn close(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which: ConversationId = id(&which, "conversation")?;
    app.write(&who.ctx, move |tx, ctx| conversations::close(tx, ctx, &which)).await?;
    Ok(toasted(see_other("/inbox"), "Put aside. The next word opens it again.", None))
}

/// Talked about again.
pub async fn open(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which: ConversationId = id(&which, "conversation")?;
    let asked = which.clone();
    app.write(&who.ctx, move |tx, ctx| conversations::reopen(tx, ctx, &asked)).await?;
    Ok(toasted(see_other(&format!("/conversations/{which}")), "Open again.", None))
}

/// Where the person goes on when it is known whose it is.
async fn known(asked: &Asked<'_>, which: ConversationId, typed: &Typed, done: domain::Result<CustomerId>, words: &str) -> PageResult {
    match done {
        Ok(customer) => Ok(toasted(see_other(&format!("/customers/{customer}/conversations")), words, None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(asked, which, status, Some(form)).await
        }
    }
}

/// Says whose it is.
pub async fn link(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>, typed: Typed) -> PageResult {
    let which: ConversationId = id(&which, "conversation")?;
    let (one, chosen) = (which.clone(), typed.text("customer"));
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let customer = chosen.parse().map_err(|()| Problems::one("q", "required", "Choose a customer."))?;
            conversations::link(tx, ctx, &one, &customer)
        })
        .await;
    known(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, which, &typed, done, "The conversation is theirs now.").await
}

/// Makes a customer of who wrote.
pub async fn make(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>, typed: Typed) -> PageResult {
    let which: ConversationId = id(&which, "conversation")?;
    let (one, newcomer) = (which.clone(), Newcomer { name: typed.text("name"), email: typed.text("email") });
    let done = app.write(&who.ctx, move |tx, ctx| conversations::make(tx, ctx, &one, &newcomer)).await;
    known(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, which, &typed, done, "Customer created.").await
}
