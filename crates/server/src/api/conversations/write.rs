//! Writing to customers, and saying whose a conversation is.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::conversations::{self as room, Draft, NewFile, Newcomer};
use domain::kit::{ConversationId, Ctx, CustomerId, EntryId, Problems, Right, TemplateId};
use domain::{Error, mail, mailings};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::{Conversation, Entry};
use crate::api::asked::At;
use crate::api::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

pub fn routes(routes: Routes) -> Routes {
    let write = Policy::May(Right::Write);
    routes
        .api(write, routes!(compose))
        .api(write, routes!(answer))
        .api(write, routes!(retry))
        .api(write, routes!(link))
        .api(write, routes!(make))
        .api(write, routes!(close))
        .api(write, routes!(reopen))
}

/// A file to attach.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FileNew {
    name: String,
    #[serde(default)]
    #[schema(example = "application/pdf")]
    content_type: String,
    /// Base64.
    #[schema(format = Byte)]
    content: String,
}

/// A mail to write.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailNew {
    /// One of the customer's addresses; absent: the primary one.
    #[serde(default)]
    to: String,
    /// Id of a template that says what `subject` and `body` do not.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    template: Option<TemplateId>,
    /// Needed without a template.
    #[serde(default)]
    subject: String,
    /// Plain text; needed without a template.
    #[serde(default)]
    body: String,
    /// At most 20, 10 MB in all.
    #[serde(default)]
    files: Vec<FileNew>,
}

/// An answer to a mail.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReplyNew {
    /// Absent: `Re:` and the subject of the mail.
    #[serde(default)]
    subject: String,
    /// Id of a template that says the text when `body` does not; its subject is left aside.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    template: Option<TemplateId>,
    /// Plain text; needed without a template.
    #[serde(default)]
    body: String,
    /// At most 20, 10 MB in all.
    #[serde(default)]
    files: Vec<FileNew>,
}

pub(super) fn files(all: &[FileNew]) -> domain::Result<Vec<NewFile>> {
    let file = |(at, f): (usize, &FileNew)| {
        let wrong = |_| Problems::one(format!("files.{at}.content"), "invalid", "Give the file in base64.");
        Ok(NewFile { name: f.name.clone(), content_type: f.content_type.clone(), bytes: STANDARD.decode(&f.content).map_err(wrong)? })
    };
    all.iter().enumerate().map(file).collect()
}

fn or(said: String, written: String) -> String {
    if said.trim().is_empty() { written } else { said }
}

fn shown(tx: &mut Tx, ctx: &Ctx, id: &EntryId) -> domain::Result<Entry> {
    Ok(room::entry(tx, &seeing(ctx), id)?.into())
}

/// Write a mail to a customer.
///
/// It goes into the outbox, which hands it to a mail server at most once. Answers 409 `customer_inactive` for a customer that is archived or gone.
#[utoipa::path(post, path = "/api/v1/customers/{id}/mails", operation_id = "writeMail", tag = "Conversations", params(("id" = String, Path)),
    request_body = MailNew, responses((status = 201, body = Entry)))]
async fn compose(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<MailNew>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let mut draft =
                Draft { to: b.to.clone(), subject: b.subject.clone(), body: b.body.clone(), files: files(&b.files)?, ..Draft::default() };
            if let Some(template) = &b.template {
                let written = mailings::filled(tx, &seeing(ctx), template, &customer)?;
                draft.subject = or(draft.subject, written.subject);
                draft.body = or(draft.body, written.body);
            }
            let entry = room::compose(tx, ctx, &customer, &draft)?;
            reply(StatusCode::CREATED, &format!("/api/v1/entries/{entry}"), &shown(tx, ctx, &entry)?)
        })
        .await
}

/// Answer a mail.
///
/// It goes where the mail came from. Answers 409 `not_mail`, `no_customer` or `no_address` where that cannot be.
#[utoipa::path(post, path = "/api/v1/entries/{id}/replies", operation_id = "replyToMail", tag = "Conversations", params(("id" = String, Path)),
    request_body = ReplyNew, responses((status = 201, body = Entry)))]
async fn answer(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ReplyNew>) -> Result<Response, Problem> {
    let entry: EntryId = id(&text, "entry")?;
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let mut draft =
                Draft { to: String::new(), subject: b.subject.clone(), body: b.body.clone(), files: files(&b.files)?, ..Draft::default() };
            if let Some(template) = &b.template {
                let customer = room::entry(tx, &seeing(ctx), &entry)?.customer.ok_or_else(room::no_customer)?;
                draft.body = or(draft.body, mailings::filled(tx, &seeing(ctx), template, &customer)?.body);
            }
            let made = room::reply(tx, ctx, &entry, &draft)?;
            reply(StatusCode::CREATED, &format!("/api/v1/entries/{made}"), &shown(tx, ctx, &made)?)
        })
        .await
}

/// Try once more to send a mail that was not sent.
///
/// One that is `unknown` may have arrived: ask the receiver first. Answers 409 `mail_state` for one that waits or was sent.
#[utoipa::path(post, path = "/api/v1/entries/{id}/retries", operation_id = "retryEntry", tag = "Conversations", params(("id" = String, Path)),
    responses((status = 200, body = Entry)))]
async fn retry(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let entry: EntryId = id(&text, "entry")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let sending = room::entry(tx, &seeing(ctx), &entry)?.sending;
            let sending = sending.ok_or_else(|| Error::conflict("mail_state", "This was not sent from here."))?;
            mail::retry(tx, ctx, &sending.id)?;
            reply(StatusCode::OK, "", &shown(tx, ctx, &entry)?)
        })
        .await
}

/// Whose it is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConversationLink {
    #[schema(value_type = String)]
    customer: CustomerId,
}

/// A customer to make of who wrote.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ConversationNewcomer {
    /// Absent: the name they wrote under.
    name: String,
    /// Absent: the address they wrote from.
    email: String,
}

/// One verb on a conversation, answered with it as it is then.
async fn step<T: Clone + Send + Sync + 'static>(
    app: &App,
    caller: &Caller,
    text: &str,
    write: Write<T>,
    verb: impl Fn(&mut Tx, &Ctx, &ConversationId, &T) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let id: ConversationId = id(text, "conversation")?;
    write
        .run(app, caller, move |tx, ctx, body| {
            verb(tx, ctx, &id, body)?;
            reply(StatusCode::OK, "", &Conversation::from(room::get(tx, &seeing(ctx), &id)?))
        })
        .await
}

/// Say whose a conversation is.
///
/// Every other one from the same address goes with it, and the address becomes one of the customer's. Answers 409 `linked` when it is somebody's already.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/customer", operation_id = "linkConversation", tag = "Conversations", params(("id" = String, Path)),
    request_body = ConversationLink, responses((status = 200, body = Conversation)))]
async fn link(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ConversationLink>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, b| room::link(tx, ctx, id, &b.customer).map(|_| ())).await
}

/// Make a customer of who wrote.
///
/// The conversation becomes the new customer's. Answers 409 `linked` when it is somebody's already.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/newcomer", operation_id = "makeCustomerOfConversation", tag = "Conversations",
    params(("id" = String, Path)), request_body = ConversationNewcomer, responses((status = 200, body = Conversation)))]
async fn make(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<ConversationNewcomer>,
) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, b| {
        room::make(tx, ctx, id, &Newcomer { name: b.name.clone(), email: b.email.clone() }).map(|_| ())
    })
    .await
}

/// Close a conversation.
///
/// A chat is over, a mail needs no answer, an unknown sender is put aside. The next word opens it again.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/closure", operation_id = "closeConversation", tag = "Conversations", params(("id" = String, Path)),
    responses((status = 200, body = Conversation)))]
async fn close(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::close(tx, ctx, id)).await
}

/// Open a closed conversation again.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/reopening", operation_id = "reopenConversation", tag = "Conversations",
    params(("id" = String, Path)), responses((status = 200, body = Conversation)))]
async fn reopen(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, ()| room::reopen(tx, ctx, id)).await
}
