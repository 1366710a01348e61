//! Saving, changing and deleting views (SPEC 1.7).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers::list::{self, ListQuery, SavedView};
use domain::kit::ViewId;

use super::load::address;
use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, refused, see_other, show_with, toasted};
use crate::http::{Who, guard};
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/customers/list/view.html")]
struct ViewPage {
    frame: Frame,
    form: Form,
    title: &'static str,
    action: String,
    back: String,
}

/// The form alone: where scripts are off, or a name was refused.
pub async fn new(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let query = ListQuery::parse(uri.query().unwrap_or_default()).0.first_page().print();
    let form = Form::of([("query", query)]);
    again(&app, &who, &uri, &headers, form, StatusCode::OK, "Save view", "/customers/views".to_owned()).await
}

/// Saves what is looked at under a name.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (name, shared) = (typed.text("name"), typed.ticked("shared"));
    let query = ListQuery::parse(typed.get("query")).0;
    match app.write(&who.ctx, move |tx, ctx| list::save_view(tx, ctx, &name, shared, &query)).await {
        Ok(view) => Ok(saved(&view, "saved")),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            again(&app, &who, &uri, &headers, form, status, "Save view", "/customers/views".to_owned()).await
        }
    }
}

/// Renames, shares, or puts the list looked at in place of the saved one.
pub async fn change(State(app): State<App>, who: Who, Path(id): Path<String>, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let id: ViewId = guard::id(&id, "view")?;
    let (name, shared, which) = (typed.text("name"), typed.ticked("shared"), id.clone());
    let query = Some(ListQuery::parse(typed.get("query")).0);
    match app.write(&who.ctx, move |tx, ctx| list::change_view(tx, ctx, &which, &name, shared, query.as_ref())).await {
        Ok(view) => Ok(saved(&view, "saved")),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            again(&app, &who, &uri, &headers, form, status, "Change view", format!("/customers/views/{id}")).await
        }
    }
}

/// Deletes one of one's own.
pub async fn delete(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    let id: ViewId = guard::id(&id, "view")?;
    app.write(&who.ctx, move |tx, ctx| list::delete_view(tx, ctx, &id)).await?;
    Ok(toasted(see_other("/customers?view=all"), "View deleted. Its customers are untouched.", None))
}

fn saved(view: &SavedView, what: &str) -> axum::response::Response {
    toasted(see_other(&format!("/customers?{}", view.address())), &format!("View “{}” {what}.", view.name), None)
}

async fn again(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    form: Form,
    status: StatusCode,
    title: &'static str,
    action: String,
) -> PageResult {
    let frame = frame(app, who, "customers", uri, headers).await?;
    let back = address(form.value("query"));
    Ok(show_with(status, &ViewPage { frame, form, title, action, back }))
}
