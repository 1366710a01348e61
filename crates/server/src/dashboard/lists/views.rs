//! Saving, changing and deleting views (SPEC 1.7), the same for every list: each says where it stands and how it reads its addresses.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::{Right, ViewId};
use domain::lists::kept::{self, SavedView};

use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, refused, see_other, show_with, toasted};
use crate::http::{Policy, Routes, Who, guard};
use crate::look::{Form, Frame};

/// Where a list stands.
#[derive(Debug)]
pub struct Place {
    /// Its word.
    pub list: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The room of the sidebar.
    pub room: &'static str,
    /// What its rows are called: one, several.
    pub nouns: [&'static str; 2],
    /// Its address: `/payments`.
    pub at: &'static str,
    /// The query string of the list without a filter: the bare address means "what I last used".
    pub bare: &'static str,
    /// A query string as a view keeps it.
    pub kept: fn(&str) -> String,
}

impl Place {
    /// The address of the list with this query string.
    pub fn address(&self, query: &str) -> String {
        format!("{}?{}", self.at, if query.is_empty() { self.bare } else { query })
    }
}

/// The routes of the views of a list. Paths: `/payments/views/new`, `/payments/views`, `/payments/views/{id}`, `/payments/views/{id}/delete`.
pub fn routes(routes: Routes, place: &'static Place, paths: [&'static str; 4]) -> Routes {
    let read = Policy::May(Right::Read);
    routes
        .get(paths[0], read, move |app, who, uri, headers| new(place, app, who, uri, headers))
        .post(paths[1], read, move |app, who, uri, headers, typed| save(place, app, who, uri, headers, typed))
        .post(paths[2], read, move |app, who, id, uri, headers, typed| change(place, app, who, id, uri, headers, typed))
        .post(paths[3], read, move |app, who, id| delete(place, app, who, id))
}

#[derive(Template)]
#[template(path = "dashboard/lists/view.html")]
struct ViewPage {
    frame: Frame,
    form: Form,
    title: &'static str,
    /// The list's title.
    of: &'static str,
    action: String,
    back: String,
}

/// A request for the form.
struct Asked<'a> {
    place: &'static Place,
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

/// The form alone: where scripts are off, or a name was refused.
async fn new(place: &'static Place, State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let form = Form::of([("query", (place.kept)(uri.query().unwrap_or_default()))]);
    let asked = Asked { place, app: &app, who: &who, uri: &uri, headers: &headers };
    again(asked, form, StatusCode::OK, "Save view", format!("{}/views", place.at)).await
}

/// Saves what is looked at under a name.
async fn save(place: &'static Place, State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (name, shared, query) = (typed.text("name"), typed.ticked("shared"), (place.kept)(typed.get("query")));
    match app.write(&who.ctx, move |tx, ctx| kept::save_view(tx, ctx, place.list, &name, shared, &query)).await {
        Ok(view) => Ok(saved(place, &view)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            let asked = Asked { place, app: &app, who: &who, uri: &uri, headers: &headers };
            again(asked, form, status, "Save view", format!("{}/views", place.at)).await
        }
    }
}

/// Renames, shares, or puts the list looked at in place of the saved one.
async fn change(
    place: &'static Place,
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    typed: Typed,
) -> PageResult {
    let id: ViewId = guard::id(&id, "view")?;
    let (name, shared, which, query) = (typed.text("name"), typed.ticked("shared"), id.clone(), (place.kept)(typed.get("query")));
    match app.write(&who.ctx, move |tx, ctx| kept::change_view(tx, ctx, place.list, &which, &name, shared, Some(&query))).await {
        Ok(view) => Ok(saved(place, &view)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            let asked = Asked { place, app: &app, who: &who, uri: &uri, headers: &headers };
            again(asked, form, status, "Change view", format!("{}/views/{id}", place.at)).await
        }
    }
}

/// Deletes one of one's own.
async fn delete(place: &'static Place, State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    let id: ViewId = guard::id(&id, "view")?;
    app.write(&who.ctx, move |tx, ctx| kept::delete_view(tx, ctx, place.list, &id)).await?;
    Ok(toasted(see_other(&place.address("")), &format!("View deleted. Its {} are untouched.", place.nouns[1]), None))
}

fn saved(place: &Place, view: &SavedView) -> Response {
    toasted(see_other(&place.address(&view.address())), &format!("View “{}” saved.", view.name), None)
}

async fn again(asked: Asked<'_>, form: Form, status: StatusCode, title: &'static str, action: String) -> PageResult {
    let Asked { place, app, who, uri, headers } = asked;
    let frame = frame(app, who, place.room, uri, headers).await?;
    let back = place.address(form.value("query"));
    Ok(show_with(status, &ViewPage { frame, form, title, of: place.title, action, back }))
}
