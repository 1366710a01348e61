//! Writing a mail and answering one: plain text and files, into the outbox once for one press.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::addresses::{self, Bounce};
use domain::conversations::{self, Begun, Draft, DraftFile, KeptDraft, NewFile};
use domain::customers;
use domain::kit::{EntryId, MailDraftId, Problems, email_key};
use domain::replies::Reply;
use domain::{Error, mail, mailings, merchants, templates, tickets};

use super::shown::size;
use crate::app::App;
use crate::dashboard::parts::Parts;
use crate::dashboard::{PageError, PageResult, Typed, frame, moments, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

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
    /// That is none of the customer's: the mail asked to be answered there, or it was theirs once.
    stranger: bool,
    /// The address it likely goes to, when mail came back from there.
    bounced: Option<(String, Bounce)>,
    /// What this person had begun, and when it was saved.
    kept: Option<(MailDraftId, When)>,
    /// Files that were kept with it: id, name and size.
    files: Vec<(String, String)>,
    /// Templates to begin with.
    templates: Vec<(String, String)>,
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

/// The empty form: what was begun, or a subject and the signature.
fn filled(kept: Option<&KeptDraft>, files: &[DraftFile], subject: String, signature: &str) -> Form {
    match kept {
        Some(d) => {
            let typed = [("to", d.to.clone()), ("subject", d.subject.clone()), ("body", d.body.clone())];
            Form::of(typed.into_iter().chain(files.iter().map(|f| ("kept", f.id.to_string()))))
        }
        None if signature.is_empty() => Form::of([("subject", subject)]),
        None => Form::of([("subject", subject), ("body", format!("\n\n-- \n{signature}"))]),
    }
}

async fn render(asked: &Asked<'_>, to: Begun, status: StatusCode, form: Option<Form>) -> Result<Response, PageError> {
    let Asked { app, who, uri, headers } = *asked;
    let wanted = to.clone();
    let (entry, c, theirs, bounced, signature, kept, files, zone, templates) = app
        .read(&who.ctx, move |tx, ctx| {
            let entry = match &wanted {
                Begun::Answer(id) => Some(conversations::entry(tx, ctx, id)?),
                Begun::Mail(_) => None,
            };
            let customer = match (&wanted, entry.as_ref().and_then(|e| e.customer.clone())) {
                (Begun::Mail(id), _) => id.clone(),
                (Begun::Answer(_), Some(id)) => id,
                (Begun::Answer(_), None) => return Err(conversations::no_customer()),
            };
            let c = customers::get(tx, ctx, &customer)?;
            let theirs = conversations::recipients(&c);
            let kept = conversations::draft(tx, ctx, &wanted)?;
            let files = kept.as_ref().map(|d| conversations::draft_files(tx, ctx, &d.id)).transpose()?.unwrap_or_default();
            let chosen = kept.as_ref().map(|d| d.to.clone()).filter(|to| theirs.contains(to));
            let likely = entry.as_ref().map(|e| e.address.clone()).or(chosen).or_else(|| theirs.first().cloned()).unwrap_or_default();
            let bounced = addresses::standing(tx, ctx, &likely)?.map(|bounce| (likely, bounce));
            let zone = merchants::settings(tx, ctx)?.zone;
            let templates = templates::list(tx, ctx)?;
            Ok((entry, c, theirs, bounced, conversations::signature(tx, ctx)?, kept, files, zone, templates))
        })
        .await?;
    let (at, title, answers) = match &entry {
        Some(e) => (format!("/entries/{}/reply", e.id), format!("Answer {}", c.display_name), e.address.clone()),
        None => (format!("/customers/{}/mails/new", c.id), format!("Write to {}", c.display_name), String::new()),
    };
    let subject = entry.as_ref().map_or_else(String::new, |e| e.answer_subject());
    let form = form.unwrap_or_else(|| filled(kept.as_ref(), &files, subject, &signature));
    let stranger = !answers.is_empty() && theirs.iter().all(|known| email_key(known) != email_key(&answers));
    let page = Write {
        frame: frame(app, who, "customers", uri, headers).await?,
        title,
        back: format!("/customers/{}/conversations", c.id),
        name: c.display_name,
        at,
        to: if answers.is_empty() { theirs.into_iter().map(|a| (a.clone(), a)).collect() } else { Vec::new() },
        answers,
        stranger,
        bounced,
        kept: kept.map(|d| (d.id, moments::moment(&zone, d.updated_at))),
        files: files.into_iter().map(|f| (f.id.to_string(), format!("{} ({})", f.name, size(f.size)))).collect(),
        templates: choices(templates),
        ready: app.config.smtp.is_some(),
        once: once(&form, who),
        form,
    };
    Ok(show_with(status, &page))
}

/// Those that are open; where several shops have some, with the shop behind the name.
fn choices(mut all: Vec<templates::Template>) -> Vec<(String, String)> {
    all.retain(|t| t.archived_at.is_none());
    let several = all.iter().any(|t| t.shop != all[0].shop);
    all.into_iter().map(|t| (t.id.to_string(), if several { format!("{} ({})", t.name, t.shop_name) } else { t.name })).collect()
}

/// The form once more, with what the template says above what was typed. An answer keeps its subject.
async fn fill(asked: &Asked<'_>, to: Begun, parts: Parts) -> PageResult {
    let (wanted, chosen) = (to.clone(), parts.typed.text("template"));
    let read = asked.app.read(&asked.who.ctx, move |tx, ctx| {
        let missing = |()| Problems::one("template", "required", "Choose a template.");
        let template = chosen.parse().map_err(missing)?;
        let customer = match &wanted {
            Begun::Mail(id) => id.clone(),
            Begun::Answer(id) => conversations::entry(tx, ctx, id)?.customer.ok_or_else(conversations::no_customer)?,
        };
        mailings::filled(tx, ctx, &template, &customer)
    });
    let written = match read.await {
        Ok(written) => written,
        Err(error) => return again(asked, to, &parts, error).await,
    };
    let typed = &parts.typed;
    let subject = if matches!(to, Begun::Mail(_)) { written.subject } else { typed.text("subject") };
    let below = typed.get("body").trim();
    let body = if below.is_empty() { written.body } else { format!("{}\n\n{below}", written.body.trim_end()) };
    let fields = [("to", typed.text("to")), ("subject", subject), ("body", body), ("once", typed.text("once"))];
    let form = Form::of(fields.into_iter().chain(typed.all("kept").map(|id| ("kept", id.to_owned()))));
    render(asked, to, StatusCode::OK, Some(form)).await
}

fn draft(parts: &Parts) -> Draft {
    let file =
        |f: &crate::dashboard::parts::File| NewFile { name: f.name.clone(), content_type: f.content_type.clone(), bytes: f.bytes.to_vec() };
    let typed = &parts.typed;
    Draft {
        to: typed.text("to"),
        subject: typed.text("subject"),
        body: typed.text("body"),
        files: parts.files.iter().map(file).collect(),
        kept: typed.all("kept").filter_map(|id| id.parse().ok()).collect(),
    }
}

/// Keeps it for later.
async fn keep(asked: &Asked<'_>, to: Begun, parts: Parts) -> PageResult {
    let (whom, draft) = (to.clone(), draft(&parts));
    let done = asked
        .app
        .write(&asked.who.ctx, move |tx, ctx| {
            conversations::save_draft(tx, ctx, &whom, &draft)?;
            Ok(conversations::draft(tx, ctx, &whom)?
                .map_or_else(|| "/drafts".to_owned(), |d| format!("/customers/{}/conversations", d.customer)))
        })
        .await;
    match done {
        Ok(back) => Ok(toasted(see_other(&back), "Draft saved. None of your colleagues sees it.", None)),
        Err(error) => again(asked, to, &parts, error).await,
    }
}

/// The form once more, with what was refused.
async fn again(asked: &Asked<'_>, to: Begun, parts: &Parts, error: Error) -> PageResult {
    let mut form = parts.typed.form();
    let status = refused(&mut form, error)?;
    render(asked, to, status, Some(form)).await
}

/// Puts it into the outbox, once; or keeps it as a draft or begins with a template, when that button was pressed.
async fn send(asked: &Asked<'_>, to: Begun, parts: Parts) -> PageResult {
    if parts.typed.ticked("use") {
        return fill(asked, to, parts).await;
    }
    if parts.typed.ticked("keep") {
        return keep(asked, to, parts).await;
    }
    let (path, whom, draft, typed): (_, _, _, Typed) = (asked.uri.path().to_owned(), to.clone(), draft(&parts), parts.typed.clone());
    let done = asked
        .app
        .write(&asked.who.ctx, move |tx, ctx| {
            typed.once(tx, ctx, &path, |tx| {
                let entry = match &whom {
                    Begun::Mail(id) => conversations::compose(tx, ctx, id, &draft)?,
                    Begun::Answer(id) => conversations::reply(tx, ctx, id, &draft)?,
                };
                let customer = conversations::entry(tx, ctx, &entry)?.customer.ok_or(Error::NotFound("customer"))?;
                Ok(Reply::new(303, format!("/customers/{customer}/conversations"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Mail put into the outbox.", None)),
        Err(error) => again(asked, to, &parts, error).await,
    }
}

/// The form of a new mail.
pub async fn compose_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    render(&asked, Begun::Mail(id(&customer, "customer")?), StatusCode::OK, None).await
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
    send(&asked, Begun::Mail(id(&customer, "customer")?), parts).await
}

/// The form of an answer.
pub async fn reply_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(entry): Path<String>) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    render(&asked, Begun::Answer(id(&entry, "entry")?), StatusCode::OK, None).await
}

/// Sends an answer.
pub async fn reply(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(entry): Path<String>, parts: Parts) -> PageResult {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    send(&asked, Begun::Answer(id(&entry, "entry")?), parts).await
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

/// Makes a ticket of what was said, or opens the one there is.
pub async fn ticket(State(app): State<App>, who: Who, Path(entry): Path<String>) -> PageResult {
    let entry: EntryId = id(&entry, "entry")?;
    let (ticket, new) = app.write(&who.ctx, move |tx, ctx| tickets::of_entry(tx, ctx, &entry)).await?;
    let words = if new { "Ticket made." } else { "This conversation has a ticket already." };
    Ok(toasted(see_other(&format!("/tickets/{ticket}")), words, None))
}
