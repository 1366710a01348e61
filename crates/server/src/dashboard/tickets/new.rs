//! The form by which staff make a ticket, from the New menu or from a customer's page.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers;
use domain::kit::{Ctx, CustomerId, Problems};
use domain::replies::Reply;
use domain::staff::colleagues;
use domain::tickets::{self, EntryKind, NewTicket, Priority};
use store::Tx;

use super::{assignee, people, tags};
use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted, whom};
use crate::http::Who;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/tickets/new.html")]
struct NewPage {
    frame: Frame,
    form: Form,
    /// Whose it is, when that is settled: id and name.
    customer: Option<(String, String)>,
    people: Vec<(String, String)>,
    priorities: Vec<(&'static str, &'static str)>,
    kinds: Vec<(&'static str, &'static str)>,
    once: String,
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

async fn render(asked: &Asked<'_>, status: StatusCode, form: Option<Form>) -> PageResult {
    let named = param(asked.uri, "customer").parse::<CustomerId>().ok();
    let (customer, all) = asked
        .app
        .read(&asked.who.ctx, move |tx, ctx| {
            let found = named.as_ref().map(|id| customers::get(tx, ctx, id)).transpose()?;
            Ok((found.map(|c| (c.id.to_string(), c.display_name)), colleagues(tx, ctx)?))
        })
        .await?;
    let form = form.unwrap_or_else(|| Form::of([("priority", "normal"), ("kind", "message")]));
    let page = NewPage {
        frame: frame(asked.app, asked.who, "tickets", asked.uri, asked.headers).await?,
        once: once(&form, asked.who),
        form,
        customer,
        people: people(&all, None),
        priorities: Priority::ALL.iter().map(|p| (p.name(), p.label())).collect(),
        kinds: EntryKind::ALL.iter().map(|k| (k.name(), k.label())).collect(),
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, StatusCode::OK, None).await
}

/// Makes it, once.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (sent, named) = (typed.clone(), param(&uri, "customer"));
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, "/tickets/new", |tx| {
                let new = read(tx, ctx, &sent, &named)?;
                let made = tickets::create(tx, ctx, &new)?;
                Ok(Reply::new(303, format!("/tickets/{made}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Ticket made.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, status, Some(form)).await
        }
    }
}

fn read(tx: &mut Tx, ctx: &Ctx, t: &Typed, named: &str) -> domain::Result<NewTicket> {
    let kind = t.get("kind").parse::<EntryKind>().map_err(|()| Problems::one("kind", "invalid", "Choose who says it."))?;
    let customer = match named.parse() {
        Ok(id) => Some(id),
        Err(()) => whom(tx, ctx, t.get("customer"))?,
    };
    Ok(NewTicket {
        customer,
        subject: t.text("subject"),
        priority: t.get("priority").parse().map_err(|()| Problems::one("priority", "invalid", "Choose how soon it is wanted."))?,
        assignee: assignee(t)?,
        tags: tags(t),
        first: (kind, t.text("body")),
    })
}
