//! Saved views of the list of customers: a key's own, and those that are shared.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers::list::{self as room, ListQuery, SavedView};
use domain::kit::{Right, ViewId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::types::Page;
use super::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    routes.api(read, routes!(list)).api(read, routes!(save)).api(read, routes!(change)).api(read, routes!(delete))
}

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
struct CustomerView {
    id: String,
    name: String,
    /// Everybody of the merchant sees it.
    shared: bool,
    /// This key made it and may change it.
    own: bool,
    /// The list it shows, as a query string of `GET /customers`.
    #[schema(example = "status=active&sort=lifetime")]
    query: String,
}

impl From<SavedView> for CustomerView {
    fn from(v: SavedView) -> Self {
        Self { id: v.id.to_string(), name: v.name, shared: v.shared, own: v.own, query: v.query }
    }
}

/// A view to be saved.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewSave {
    name: String,
    #[serde(default)]
    shared: bool,
    /// A query string of `GET /customers`.
    #[schema(example = "status=active&sort=lifetime")]
    query: String,
}

impl ViewSave {
    fn list(&self) -> domain::Result<ListQuery> {
        ListQuery::strict(&self.query)
    }
}

/// List saved views.
#[utoipa::path(get, path = "/api/v1/views", operation_id = "listViews", tag = "Views", responses((status = 200, body = Page<CustomerView>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<CustomerView>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::views(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Save a view.
#[utoipa::path(post, path = "/api/v1/views", operation_id = "saveView", tag = "Views", request_body = ViewSave,
    responses((status = 201, body = CustomerView)))]
async fn save(State(app): State<App>, caller: Caller, write: Write<ViewSave>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let view = room::save_view(tx, ctx, &body.name, body.shared, &body.list()?)?;
            reply(StatusCode::CREATED, "", &CustomerView::from(view))
        })
        .await
}

/// Change a view of one's own.
#[utoipa::path(put, path = "/api/v1/views/{id}", operation_id = "changeView", tag = "Views", params(("id" = String, Path)),
    request_body = ViewSave, responses((status = 200, body = CustomerView)))]
async fn change(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ViewSave>) -> Result<Response, Problem> {
    let id: ViewId = id(&text, "view")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let view = room::change_view(tx, ctx, &id, &body.name, body.shared, Some(&body.list()?))?;
            reply(StatusCode::OK, "", &CustomerView::from(view))
        })
        .await
}

/// Delete a view of one's own.
#[utoipa::path(delete, path = "/api/v1/views/{id}", operation_id = "deleteView", tag = "Views", params(("id" = String, Path)),
    responses((status = 204)))]
async fn delete(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: ViewId = id(&text, "view")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::delete_view(tx, ctx, &id).map(|()| done())).await
}
