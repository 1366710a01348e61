//! Mails and messages between the customer and the merchant, and writing one.

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use domain::conversations::{Direction, Entry};
use domain::portal::{self as room, Visitor};
use domain::replies::Reply;

use super::{Shell, Shown, after, once, read, show_with, write};
use crate::app::App;
use crate::dashboard::{Typed, moments, refused, see_other};
use crate::look::{Form, When};

struct Said {
    who: String,
    at: When,
    subject: String,
    body: String,
}

#[derive(Template)]
#[template(path = "portal/messages.html")]
struct Page {
    shell: Shell,
    said: Vec<Said>,
    next: Option<String>,
    form: Form,
    once: String,
    /// They may write.
    open: bool,
}

fn said(v: &Visitor, e: &Entry) -> Said {
    Said {
        who: if e.direction == Direction::In { "You".to_owned() } else { v.portal.name.clone() },
        at: moments::moment(&v.portal.zone, e.at),
        subject: if e.kind == domain::conversations::Kind::Mail { e.subject.clone() } else { String::new() },
        body: e.body.clone(),
    }
}

async fn render(app: &App, v: &Visitor, uri: &Uri, query: Option<&str>, status: StatusCode, form: Form) -> domain::Result<Response> {
    let before = after(query);
    let (found, next) = read(app, v, move |tx, v| room::conversation(tx, v, before.as_ref())).await?;
    let page = Page {
        shell: Shell::on(v, uri, "/messages"),
        said: found.iter().map(|e| said(v, e)).collect(),
        next: next.map(|key| format!("{}/messages?after={key}", v.portal.at())),
        once: once(&form, v),
        form,
        open: !v.archived,
    };
    Ok(show_with(status, &page))
}

/// The page.
pub async fn page(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, RawQuery(query): RawQuery) -> Shown {
    Ok(render(&app, &v, &uri, query.as_deref(), StatusCode::OK, Form::default()).await?)
}

/// Sends a message, once for one press.
pub async fn send(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, typed: Typed) -> Shown {
    let (sent, here) = (typed.clone(), format!("{}/messages", v.portal.at()));
    let done = write(&app, &v, move |tx, v| {
        sent.once(tx, v.ctx(), &here, |tx| {
            room::say(tx, v, sent.get("body"))?;
            Ok(Reply::new(303, format!("{here}?done=sent"), ""))
        })
    })
    .await;
    match done {
        Ok(reply) => Ok(see_other(&reply.location)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            Ok(render(&app, &v, &uri, None, status, form).await?)
        }
    }
}
