//! What people of the staff began to write, and what they write under their mails. A key belongs to no person: one with the scope `staff` does it for
//! somebody it names.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::conversations::{self as room, Begun, Draft, DraftFile, KeptDraft};
use domain::kit::{Ctx, CustomerId, EntryId, MailDraftFileId, MailDraftId, PageKey, PersonId, Problems, Right};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::write::{FileNew, files};
use crate::api::asked::{Asked, At, after, limit};
use crate::api::types::{Page, Time};
use crate::api::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

pub fn routes(routes: Routes) -> Routes {
    let staff = Policy::May(Right::Staff);
    routes
        .api(staff, routes!(list))
        .api(staff, routes!(save))
        .api(staff, routes!(remove))
        .api(staff, routes!(signature))
        .api(staff, routes!(set_signature))
}

/// A file of a mail that was begun.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct MailDraftFile {
    id: String,
    name: String,
    content_type: String,
    /// Bytes.
    size: i64,
}

impl From<DraftFile> for MailDraftFile {
    fn from(f: DraftFile) -> Self {
        Self { id: f.id.to_string(), name: f.name, content_type: f.content_type, size: f.size }
    }
}

/// A mail that somebody began.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct MailDraft {
    id: String,
    /// To whom.
    customer: String,
    /// The entry that it answers; null for a new mail.
    entry: Option<String>,
    to: String,
    subject: String,
    body: String,
    files: Vec<MailDraftFile>,
    updated_at: Time,
}

fn shown(tx: &mut Tx, ctx: &Ctx, d: KeptDraft) -> domain::Result<MailDraft> {
    let files = room::draft_files(tx, &seeing(ctx), &d.id)?.into_iter().map(Into::into).collect();
    let entry = match d.begun {
        Begun::Mail(_) => None,
        Begun::Answer(entry) => Some(entry.to_string()),
    };
    let (id, customer) = (d.id.to_string(), d.customer.to_string());
    Ok(MailDraft { id, customer, entry, to: d.to, subject: d.subject, body: d.body, files, updated_at: Time(d.updated_at) })
}

/// A page of drafts, what was saved last first.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DraftsAsked {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// List the mails that somebody of the staff began.
///
/// What was saved last first. Needs the scope `write`, too.
#[utoipa::path(get, path = "/api/v1/staff/{id}/drafts", operation_id = "listMailDrafts", tag = "Conversations",
    params(("id" = String, Path), DraftsAsked),
    responses((status = 200, body = Page<MailDraft>), (status = 409, description = "This person is disabled")))]
async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<DraftsAsked>,
) -> Result<axum::Json<Page<MailDraft>>, Problem> {
    let person: PersonId = id(&text, "person")?;
    let (limit, behind) = (limit(asked.limit)?, after(asked.after.as_deref())?.unwrap_or_else(PageKey::newest));
    let (found, next) = app
        .read(&ctx, move |tx, ctx| {
            let theirs = room::of_person(tx, ctx, &person)?;
            let mut found = room::drafts(tx, &theirs, &behind, limit + 1)?;
            let more = found.len() as i64 > limit;
            found.truncate(limit as usize);
            let next = found.last().filter(|_| more).map(|d| PageKey { at: d.updated_at, id: d.id.to_string() }.to_string());
            let all = found.into_iter().map(|d| shown(tx, &theirs, d)).collect::<domain::Result<Vec<_>>>()?;
            Ok((all, next))
        })
        .await?;
    Ok(axum::Json(Page { next, ..Page::whole(found) }))
}

/// A mail to begin: to a customer, or in answer to an entry.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct MailDraftPut {
    /// To whom; without `entry`.
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
    /// The entry to answer; without `customer`.
    #[schema(value_type = Option<String>)]
    entry: Option<EntryId>,
    /// One of the customer's addresses.
    to: String,
    subject: String,
    /// Plain text. Something of subject, text and files must be there.
    body: String,
    /// Files to attach; at most 20, 10 MB in all.
    files: Vec<FileNew>,
    /// Ids of files that were attached before and stay.
    #[schema(value_type = Vec<String>)]
    kept: Vec<MailDraftFileId>,
}

/// Begin a mail for somebody of the staff, or go on with theirs.
///
/// They find it on the page where they write to the customer, and send it themselves. Each has one draft for each customer, and one for each entry that is
/// answered: what was there is replaced. Needs the scope `write`, too.
#[utoipa::path(post, path = "/api/v1/staff/{id}/drafts", operation_id = "saveMailDraft", tag = "Conversations", params(("id" = String, Path)),
    request_body = MailDraftPut, responses((status = 200, body = MailDraft)))]
async fn save(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<MailDraftPut>) -> Result<Response, Problem> {
    let person: PersonId = id(&text, "person")?;
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let begun = match (&b.customer, &b.entry) {
                (Some(customer), None) => Begun::Mail(customer.clone()),
                (None, Some(entry)) => Begun::Answer(entry.clone()),
                _ => return Err(Problems::one("customer", "invalid", "Name a customer or an entry to answer, one of the two.")),
            };
            let theirs = room::of_person(tx, ctx, &person)?;
            let (to, subject, body) = (b.to.clone(), b.subject.clone(), b.body.clone());
            let draft = Draft { to, subject, body, files: files(&b.files)?, kept: b.kept.clone() };
            room::save_draft(tx, &theirs, &begun, &draft)?;
            let kept = room::draft(tx, &theirs, &begun)?.ok_or(domain::Error::NotFound("draft"))?;
            reply(StatusCode::OK, "", &shown(tx, &theirs, kept)?)
        })
        .await
}

/// Throw away a mail that somebody of the staff began.
#[utoipa::path(delete, path = "/api/v1/staff/{id}/drafts/{draft}", operation_id = "deleteMailDraft", tag = "Conversations",
    params(("id" = String, Path), ("draft" = String, Path)), responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    caller: Caller,
    At((text, which)): At<(String, String)>,
    write: Write<()>,
) -> Result<Response, Problem> {
    let (person, draft): (PersonId, MailDraftId) = (id(&text, "person")?, id(&which, "draft")?);
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let theirs = room::of_person(tx, ctx, &person)?;
            room::drop_draft(tx, &theirs, &draft).map(|_| done())
        })
        .await
}

/// What somebody of the staff writes under their mails.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailSignature {
    /// Plain text, at most 1,000 characters; empty for none.
    signature: String,
}

/// Read the signature of somebody of the staff.
#[utoipa::path(get, path = "/api/v1/staff/{id}/signature", operation_id = "getMailSignature", tag = "Conversations", params(("id" = String, Path)),
    responses((status = 200, body = MailSignature), (status = 409, description = "This person is disabled")))]
async fn signature(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<MailSignature>, Problem> {
    let person: PersonId = id(&text, "person")?;
    let read = move |tx: &mut Tx, ctx: &Ctx| {
        let theirs = room::of_person(tx, ctx, &person)?;
        room::signature(tx, &theirs)
    };
    Ok(axum::Json(MailSignature { signature: app.read(&ctx, read).await? }))
}

/// Set the signature of somebody of the staff.
///
/// It stands under mails that are begun from then on, where the person can change it each time.
#[utoipa::path(put, path = "/api/v1/staff/{id}/signature", operation_id = "setMailSignature", tag = "Conversations", params(("id" = String, Path)),
    request_body = MailSignature, responses((status = 200, body = MailSignature)))]
async fn set_signature(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<MailSignature>,
) -> Result<Response, Problem> {
    let person: PersonId = id(&text, "person")?;
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let theirs = room::of_person(tx, ctx, &person)?;
            room::set_signature(tx, &theirs, &b.signature)?;
            reply(StatusCode::OK, "", &MailSignature { signature: room::signature(tx, &theirs)? })
        })
        .await
}
