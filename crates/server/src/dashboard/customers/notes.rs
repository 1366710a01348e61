//! Notes on a customer, and its group and tags: small forms on the profile that change one thing in place.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers::{notes, set_group_from, set_tags_from};
use domain::kit::{Ctx, CustomerId, GroupId, NoteId};
use domain::replies::Reply;
use store::Tx;

use super::profile::{Asked, Shown, overview, suffix};
use crate::app::App;
use crate::dashboard::{Typed, refused, see_other, toasted};
use crate::http::guard::id;
use crate::http::{Policy, Routes, Who};

/// The forms.
pub fn routes(routes: Routes) -> Routes {
    let write = Policy::May(domain::kit::Right::Write);
    routes
        .post("/customers/{id}/notes", write, add)
        .post("/customers/{id}/notes/{note}", write, edit)
        .post("/customers/{id}/notes/{note}/pin", write, pin)
        .post("/customers/{id}/notes/{note}/unpin", write, unpin)
        .post("/customers/{id}/notes/{note}/delete", write, delete)
        .post("/customers/{id}/labels", write, labels)
}

/// Does it and goes back to the profile; what is refused is shown there, beside the form.
async fn done(
    asked: Asked<'_>,
    customer: &str,
    typed: &Typed,
    said: &str,
    verb: impl Fn(&mut Tx, &Ctx, &CustomerId) -> domain::Result<()> + Send + Sync + 'static,
) -> Shown {
    let id: CustomerId = id(customer, "customer")?;
    match asked.app.write(&asked.who.ctx, move |tx, ctx| verb(tx, ctx, &id)).await {
        Ok(()) => Ok(toasted(see_other(&format!("/customers/{customer}{}", suffix(asked.uri))), said, None)),
        Err(error) => {
            let mut form = typed.form();
            let status = match error {
                domain::Error::Stale(stale) => {
                    let words =
                        format!("{} changed this note meanwhile. It reads as above now; yours is below and not saved yet.", stale.by);
                    form.fail("note", words);
                    StatusCode::CONFLICT
                }
                error => refused(&mut form, error)?,
            };
            if form.has("editing") {
                form.errors.iter_mut().filter(|e| e.field == "body").for_each(|e| "note".clone_into(&mut e.field));
            }
            overview::render(asked, customer, status, form).await
        }
    }
}

async fn add(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>, typed: Typed) -> Shown {
    let (asked, sent) = (Asked { app: &app, who: &who, uri: &uri, headers: &headers }, typed.clone());
    done(asked, &customer, &typed, "Note added.", move |tx, ctx, id| {
        sent.once(tx, ctx, &format!("/customers/{id}/notes"), |tx| {
            notes::add(tx, ctx, id, &sent.text("body"))?;
            Ok(Reply::new(303, format!("/customers/{id}"), ""))
        })
        .map(drop)
    })
    .await
}

type OfNote = Path<(String, String)>;

async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path((customer, note)): OfNote, mut typed: Typed) -> Shown {
    let (asked, body, note) =
        (Asked { app: &app, who: &who, uri: &uri, headers: &headers }, typed.text("note"), id::<NoteId>(&note, "note")?);
    let was = Some(typed.text("was")).filter(|was| !was.is_empty());
    typed.0.push(("editing".to_owned(), note.to_string()));
    done(asked, &customer, &typed, "Note saved.", move |tx, ctx, id| notes::edit(tx, ctx, id, &note, &body, was.as_deref()).map(drop)).await
}

async fn pin(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path((customer, note)): OfNote) -> Shown {
    let (asked, note) = (Asked { app: &app, who: &who, uri: &uri, headers: &headers }, id::<NoteId>(&note, "note")?);
    done(asked, &customer, &Typed::default(), "Note pinned.", move |tx, ctx, id| notes::pin(tx, ctx, id, &note, true).map(drop)).await
}

async fn unpin(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path((customer, note)): OfNote) -> Shown {
    let (asked, note) = (Asked { app: &app, who: &who, uri: &uri, headers: &headers }, id::<NoteId>(&note, "note")?);
    done(asked, &customer, &Typed::default(), "Note unpinned.", move |tx, ctx, id| notes::pin(tx, ctx, id, &note, false).map(drop)).await
}

async fn delete(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path((customer, note)): OfNote) -> Shown {
    let (asked, note) = (Asked { app: &app, who: &who, uri: &uri, headers: &headers }, id::<NoteId>(&note, "note")?);
    done(asked, &customer, &Typed::default(), "Note deleted.", move |tx, ctx, id| notes::delete(tx, ctx, id, &note)).await
}

/// Group and tags together: one form, one save. What another changed since the form was opened stays, or is told.
async fn labels(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>, typed: Typed) -> Shown {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let group_in = |field: &str| Some(typed.get(field)).filter(|g| !g.is_empty()).map(|g| id::<GroupId>(g, "group")).transpose();
    let (group, had_group) = (group_in("group")?, group_in("had_group")?);
    let (tags, had_tags) = (listed(typed.get("tags")), listed(typed.get("had_tags")));
    done(asked, &customer, &typed, "Group and tags saved.", move |tx, ctx, id| {
        set_group_from(tx, ctx, id, had_group.as_ref(), group.as_ref())?;
        set_tags_from(tx, ctx, id, &had_tags, &tags)
    })
    .await
}

/// What stands between commas or on lines of its own.
pub fn listed(text: &str) -> Vec<String> {
    text.split([',', '\n']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}
