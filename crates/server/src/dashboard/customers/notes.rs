//! Notes on a customer, and its group and tags: small forms on the profile that change one thing in place.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::customers::{notes, set_group, set_tags};
use domain::kit::{Ctx, CustomerId, GroupId, NoteId};
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
            let status = refused(&mut form, error)?;
            overview::render(asked, customer, status, form).await
        }
    }
}

async fn add(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>, typed: Typed) -> Shown {
    let (asked, body) = (Asked { app: &app, who: &who, uri: &uri, headers: &headers }, typed.text("body"));
    done(asked, &customer, &typed, "Note added.", move |tx, ctx, id| notes::add(tx, ctx, id, &body).map(drop)).await
}

type OfNote = Path<(String, String)>;

async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path((customer, note)): OfNote, typed: Typed) -> Shown {
    let (asked, body, note) =
        (Asked { app: &app, who: &who, uri: &uri, headers: &headers }, typed.text("note"), id::<NoteId>(&note, "note")?);
    done(asked, &customer, &typed, "Note saved.", move |tx, ctx, id| notes::edit(tx, ctx, id, &note, &body).map(drop)).await
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

/// Group and tags together: one form, one save.
async fn labels(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>, typed: Typed) -> Shown {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let group = Some(typed.get("group")).filter(|g| !g.is_empty()).map(|g| id::<GroupId>(g, "group")).transpose()?;
    let tags = listed(typed.get("tags"));
    done(asked, &customer, &typed, "Group and tags saved.", move |tx, ctx, id| {
        set_group(tx, ctx, id, group.as_ref())?;
        set_tags(tx, ctx, id, &tags)
    })
    .await
}

/// What stands between commas or on lines of its own.
pub fn listed(text: &str) -> Vec<String> {
    text.split([',', '\n']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}
