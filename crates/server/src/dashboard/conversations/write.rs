//! Writing a mail and answering one: plain text and files, into the outbox once for one press.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::conversations::{self, Draft, NewFile};
use domain::customers;
use domain::kit::{CustomerId, EntryId};
use domain::replies::Reply;
use domain::{Error, mail};

use crate::app::App;
use crate::dashboard::parts::Parts;
use crate::dashboard::{PageError, PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/conversations/write.html")]
struct Write {
    frame: Frame,
    form: Form,
    title: String,
    /// The customer's page, and its name.
    back: String,
    name: String,
    /// Where the form goes.
    at: String,
    /// Addresses to choose from; empty when the mail says where it goes.
    to: Vec<(String, String)>,
    /// The address of an answer.
    answers: String,
    /// An address of theirs that mail came back from, with the reason.
    bounced: Option<(String, String)>,
    /// A mail server is set up.
    ready: bool,
    once: String,
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

/// Whom or what one writes to.
#[derive(Clone, Debug)]
enum To {
    Customer(CustomerId),
    Entry(EntryId),
}

async fn render(asked: &Asked<'_>, to: To, status: StatusCode, form: Option<Form>) -> Result<Response, PageError> {
    let Asked { app, who, uri, headers } = *asked;
    let wanted = to.clone();
    let (entry, c, bounces) = app
        .read(&who.ctx, move |tx, ctx| {
            let entry = match &wanted {
                To::Entry(id) => Some(conversations::entry(tx, ctx, id)?),
                To::Customer(_) => None,
            };
            let customer = match (&wanted, entry.as_ref().and_then(|e| e.customer.clone())) {
                (To::Customer(id), _) => id.clone(),
                (To::Entry(_), Some(id)) => id,
                (To::Entry(_), None) => return Err(Error::conflict("no_customer", "Say first which customer this is.")),
            };
            let c = customers::get(tx, ctx, &customer)?;
            let bounces = conversations::bounces(tx, ctx, &c.id)?;
            Ok((entry, c, bounces))
        })
        .await?;
    let theirs = conversations::recipients(&c);
    let (at, title, answers) = match &entry {
        Some(e) => (format!("/entries/{}/reply", e.id), format!("Answer {}", c.display_name), e.address.clone()),
        None => (format!("/customers/{}/mails/new", c.id), format!("Write to {}", c.display_name), String::new()),
    };
    let form = form.unwrap_or_else(|| Form::of([("subject", entry.as_ref().map_or_else(String::new, |e| e.answer_subject()))]));
    let likely = if answers.is_empty() { theirs.first().cloned().unwrap_or_default() } else { answers.clone() };
    let page = Write {
        frame: frame(app, who, "customers", uri, headers).await?,
        title,
        back: format!("/customers/{}/conversations", c.id),
        name: c.display_name,
        at,
        to: if answers.is_empty() { theirs.into_iter().map(|a| (a.clone(), a)).collect() } else { Vec::new() },
        answers,
        bounced: bounces.into_iter().find(|b| b.email == likely.to_lowercase()).map(|b| (likely, b.reason)),
        ready: app.config.smtp.is_some(),
        once: once(&form, who),
        form,
    };
    Ok(show_with(status, &page))
}

fn draft(parts: &Parts) -> Draft {
    let file =
        |f: &crate::dashboard::parts::File| NewFile { name: f.name.clone(), content_type: f.content_type.clone(), bytes: f.bytes.to_vec() };
    let typed = &parts.typed;
    Draft { to: typed.text("to"), subject: typed.text("subject"), body: typed.text("body"), files: parts.files.iter().map(file).collect() }
}

/// Puts it into the outbox, once.
async fn send(asked: &Asked<'_>, to: To, parts: Parts) -> PageResult {
    let (path, whom, draft, typed): (_, _, _, Typed) = (asked.uri.path().to_owned(), to.clone(), draft(&parts), parts.typed.clone());
    let done = asked
        .app
        .write(&asked.who.ctx, move |tx, ctx| {
            typed.once(tx, ctx, &path, |tx| {
                let entry = match &whom {
                    To::Customer(id) => conversations::compose(tx, ctx, id, &draft)?,
                    To::Entry(id) => conversations::reply(tx, ctx, id, &draft)?,
                };
                let customer = conversations::entry(tx, ctx, &entry)?.customer.ok_or(Error::NotFound("customer"))?;
                Ok(Reply::new(303, format!("/customers/{customer}/conversations"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Mail put into the outbox.", None)),
        Err(error) => {
            let mut form = parts.typed.form();
            let status = refused(&mut form, error)?;
            render(asked, to, status, Some(form)).await
        }
    }
}

/// The form of a new mail.
pub async fn compose_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    render(&asked, To::Customer(id(&customer, "customer")?), StatusCode::OK, None).await
}

/// Sends a new mail.
pub async fn compose(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    parts: Parts,
) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    send(&asked, To::Customer(id(&customer, "customer")?), parts).await
}

/// The form of an answer.
pub async fn reply_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(entry): Path<String>) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    render(&asked, To::Entry(id(&entry, "entry")?), StatusCode::OK, None).await
}

/// Sends an answer.
pub async fn reply(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(entry): Path<String>, parts: Parts) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    send(&asked, To::Entry(id(&entry, "entry")?), parts).await
}

/// Tries to send once more what was not sent.
pub async fn retry(State(app): State<App>, who: Who, Path(entry): Path<String>) -> PageResult {
    let entry: EntryId = id(&entry, "entry")?;
    let back = app
        .write(&who.ctx, move |tx, ctx| {
            let found = conversations::entry(tx, ctx, &entry)?;
            let sending = found.sending.ok_or_else(|| Error::conflict("mail_state", "This was not sent from here."))?;
            mail::retry(tx, ctx, &sending.id)?;
            Ok(found.customer.map_or_else(|| format!("/conversations/{}", found.conversation), |c| format!("/customers/{c}/conversations")))
        })
        .await?;
    Ok(toasted(see_other(&back), "It is tried again.", None))
}
