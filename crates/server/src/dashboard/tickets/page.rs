//! One ticket: its thread with the form that adds to it, what it is and who answers for it, and its tasks.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{Ctx, PageKey, Problems, Right, TicketId};
use domain::replies::Reply;
use domain::staff::{Colleague, colleagues};
use domain::tasks::On;
use domain::tickets::{self, Edit, Entry, EntryKind, Letter, NewEntry, Priority, Status, Ticket, Way};
use domain::{customers, merchants};
use store::Tx;

use super::{assignee, people, tags, tone};
use crate::app::App;
use crate::dashboard::conversations::became;
use crate::dashboard::customers::profile::param;
use crate::dashboard::tasks::Section;
use crate::dashboard::{PageResult, Typed, frame, moments, once, refused, see_other, show_with, toasted, whom};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

/// So many entries stand on a page.
const ENTRIES: usize = 100;
/// So many tasks stand below.
const TASKS: usize = 50;

/// What was said, as the page shows it.
struct Said {
    e: Entry,
    at: When,
    icon: &'static str,
    /// What became of it where it is a mail: tone and word, with what the server said.
    state: Option<(&'static str, &'static str, String)>,
}

#[derive(Template)]
#[template(path = "dashboard/tickets/page.html")]
struct TicketPage {
    frame: Frame,
    form: Form,
    t: Ticket,
    at: String,
    tone: &'static str,
    created: When,
    /// Whose it is: where they are.
    customer: Option<String>,
    /// Oldest first.
    said: Vec<Said>,
    /// What was said before that.
    earlier: Option<String>,
    statuses: Vec<(&'static str, &'static str)>,
    priorities: Vec<(&'static str, &'static str)>,
    people: Vec<(String, String)>,
    todo: Section,
    /// How an answer goes to the customer.
    way: Way,
    /// Change it.
    may: bool,
    once: String,
}

/// The word by which the form says that an answer goes to the customer.
const SEND: &str = "send";

impl TicketPage {
    /// What stands beside the choice that sends; nothing where nothing can be sent.
    fn sends(&self) -> Option<String> {
        match &self.way {
            Way::Reply(_, to) => Some(format!("Answers the last mail, to {to}.")),
            Way::Mail(to) => Some(format!("By a new mail to {to}.")),
            Way::Chat(_) => Some("As a message in the chat.".to_owned()),
            Way::Not(..) => None,
        }
    }

    /// Why nothing can be sent.
    fn why_not(&self) -> &str {
        if let Way::Not(_, words) = &self.way { words } else { "" }
    }
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

fn facts(t: &Ticket) -> Form {
    Form::of([
        ("subject", t.subject.clone()),
        ("status", t.status.name().to_owned()),
        ("priority", t.priority.name().to_owned()),
        ("assignee", t.assignee.as_ref().map_or_else(String::new, ToString::to_string)),
        ("tags", t.tags.join(", ")),
        ("version", t.version.to_string()),
        ("kind", EntryKind::Answer.name().to_owned()),
    ])
}

/// The form shows what was typed, and beside it what the ticket is.
fn shown(t: &Ticket, typed: Option<Form>) -> Form {
    let Some(mut form) = typed else { return facts(t) };
    let stored = facts(t);
    for name in ["subject", "status", "priority", "assignee", "tags", "version", "kind"] {
        if !form.has(name) {
            form.set(name, stored.value(name));
        }
    }
    form
}

async fn render(asked: &Asked<'_>, ticket: TicketId, status: StatusCode, form: Option<Form>) -> PageResult {
    let after = param(asked.uri, "before").parse::<PageKey>().ok();
    let behind = after.clone();
    let (t, way, (entries, next), all, todo, zone) = asked
        .app
        .read(&asked.who.ctx, move |tx, ctx| {
            let t = tickets::get(tx, ctx, &ticket)?;
            let way = tickets::way(tx, ctx, &t)?;
            let said = tickets::thread(tx, ctx, &ticket, behind.as_ref(), ENTRIES)?;
            let all: Vec<Colleague> = colleagues(tx, ctx)?;
            let active = t.customer.as_ref().map(|id| customers::get(tx, ctx, id)).transpose()?.is_none_or(|c| c.is_active());
            let todo = Section::read(tx, ctx, &On::Ticket(ticket.clone()), active, &format!("/tickets/{ticket}"), TASKS)?;
            Ok((t, way, said, all, todo, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let (at, may) = (format!("/tickets/{}", t.id), asked.who.ctx.may(Right::Write));
    let form = shown(&t, form);
    let icon = |kind| match kind {
        EntryKind::Message => "customers",
        EntryKind::Answer => "right",
        EntryKind::Note => "note",
    };
    let said = entries.into_iter().rev().map(|e| Said {
        at: moments::moment(&zone, e.created_at),
        icon: icon(e.kind),
        state: e.said.as_ref().and_then(|s| s.sending.as_ref()).map(became),
        e,
    });
    let page = TicketPage {
        frame: frame(asked.app, asked.who, "tickets", asked.uri, asked.headers).await?,
        once: once(&form, asked.who),
        form,
        tone: tone(t.status),
        created: moments::moment(&zone, t.created_at),
        customer: t.customer.as_ref().map(|id| format!("/customers/{id}")),
        said: said.collect(),
        earlier: next.map(|key| format!("{at}?before={key}")),
        statuses: Status::ALL.iter().map(|s| (s.name(), s.label())).collect(),
        priorities: Priority::ALL.iter().map(|p| (p.name(), p.label())).collect(),
        people: people(&all, t.assignee.as_ref()),
        todo,
        way,
        may,
        at,
        t,
    };
    Ok(show_with(status, &page))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(ticket): Path<String>) -> PageResult {
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, id(&ticket, "ticket")?, StatusCode::OK, None).await
}

/// Changes what it is and who answers for it.
pub async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(ticket): Path<String>, typed: Typed) -> PageResult {
    let ticket: TicketId = id(&ticket, "ticket")?;
    let (which, sent) = (ticket.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let change = changes(tx, ctx, &sent)?;
            tickets::edit(tx, ctx, &which, &change)
        })
        .await;
    match done {
        Ok(()) => Ok(toasted(see_other(&format!("/tickets/{ticket}")), "Saved.", None)),
        Err(error) => again(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, ticket, &typed, error).await,
    }
}

fn changes(tx: &mut Tx, ctx: &Ctx, t: &Typed) -> domain::Result<Edit> {
    let wrong = |field: &'static str| move |()| Problems::one(field, "invalid", "Choose one of those offered.");
    Ok(Edit {
        expected_version: t.get("version").parse().ok(),
        subject: Some(t.text("subject")),
        status: Some(t.get("status").parse().map_err(wrong("status"))?),
        priority: Some(t.get("priority").parse().map_err(wrong("priority"))?),
        assignee: Some(assignee(t)?),
        tags: Some(tags(t)),
        customer: whom(tx, ctx, t.get("customer"))?,
    })
}

/// Adds to the thread, once.
pub async fn say(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(ticket): Path<String>, typed: Typed) -> PageResult {
    let ticket: TicketId = id(&ticket, "ticket")?;
    let (which, sent, at) = (ticket.clone(), typed.clone(), format!("/tickets/{ticket}"));
    let here = at.clone();
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &here, |tx| {
                let status = match sent.get("then") {
                    "" => None,
                    word => Some(word.parse().map_err(|()| Problems::one("then", "invalid", "Choose one of those offered."))?),
                };
                if sent.get("kind") == SEND {
                    tickets::send(tx, ctx, &which, &Letter { body: sent.text("body"), status })?;
                } else {
                    let kind = sent.get("kind").parse().map_err(|()| Problems::one("kind", "invalid", "Choose who says it."))?;
                    tickets::say(tx, ctx, &which, &NewEntry { kind, body: sent.text("body"), status })?;
                }
                Ok(Reply::new(303, here.clone(), ""))
            })
        })
        .await;
    match done {
        Ok(_) => Ok(toasted(see_other(&at), if typed.get("kind") == SEND { "Sent to the customer." } else { "Written down." }, None)),
        Err(error) => again(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, ticket, &typed, error).await,
    }
}

async fn again(asked: &Asked<'_>, ticket: TicketId, typed: &Typed, error: domain::Error) -> PageResult {
    let mut form = typed.form();
    let status = refused(&mut form, error)?;
    render(asked, ticket, status, Some(form)).await
}
