//! Saved views of lists: a key's own, and those that are shared. Without a word about the list, that of customers is meant.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers::list::{self as customers, ListQuery};
use domain::kit::{Ctx, Problems, Right, ViewId};
use domain::lists::kept::{self as room, SavedView};
use domain::lists::{self, Query};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked::{Asked, At};
use super::exports::whole;
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

/// The name of the list of customers, whose grammar is its own.
const CUSTOMERS: &str = "customers";

/// The name of a list as views are kept under it.
fn list_of(asked: Option<&str>) -> domain::Result<&'static str> {
    let known = match asked.unwrap_or(CUSTOMERS) {
        CUSTOMERS => Some(CUSTOMERS),
        name => lists::named(name).map(|list| list.name),
    };
    let words = || format!("Use customers, {}.", lists::ALL.map(|list| list.name).join(", "));
    known.ok_or_else(|| Problems::one("list", "unknown", words()))
}

/// Views of which list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ViewsAsked {
    /// `payments`, `payment_links`, `disputes`, `subscriptions`, `orders`, `invoices`, `offers`, `contracts`, `returns`, `privacy_requests`, `tickets`, `tasks`; absent: `customers`.
    list: Option<String>,
}

/// A saved view.
#[derive(Debug, Serialize, ToSchema)]
struct SavedListView {
    id: String,
    /// Of which list.
    #[schema(example = "customers")]
    list: &'static str,
    name: String,
    /// Everybody of the merchant sees it.
    shared: bool,
    /// This key made it and may change it.
    own: bool,
    /// What it shows, as a query string of `GET` of the list.
    #[schema(example = "status=active&sort=lifetime")]
    query: String,
}

impl SavedListView {
    fn of(list: &'static str, v: SavedView) -> Self {
        Self { id: v.id.to_string(), list, name: v.name, shared: v.shared, own: v.own, query: v.query }
    }
}

/// A view to be saved.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ViewSave {
    /// `payments`, `payment_links`, `disputes`, `subscriptions`, `orders`, `invoices`, `offers`, `contracts`, `returns`, `privacy_requests`, `tickets`, `tasks`; absent: `customers`. It stays that of a view.
    #[serde(default)]
    list: Option<String>,
    name: String,
    #[serde(default)]
    shared: bool,
    /// A query string of `GET` of the list.
    #[schema(example = "status=active&sort=lifetime")]
    query: String,
}

impl ViewSave {
    /// The list, and what is kept of the query: read as strictly as there. One that names a saved view keeps what that one shows.
    fn kept(&self, tx: &mut Tx, ctx: &Ctx) -> domain::Result<(&'static str, String)> {
        let name = list_of(self.list.as_deref())?;
        let query = match lists::named(name) {
            Some(list) => room::expand(tx, ctx, Query::strict(list, &whole(list, &self.query))?)?.unbound().print(),
            None => customers::expand(tx, ctx, ListQuery::strict(&self.query)?)?.unbound().print(),
        };
        Ok((name, query))
    }
}

/// List saved views.
#[utoipa::path(get, path = "/api/v1/views", operation_id = "listViews", tag = "Views", params(ViewsAsked),
    responses((status = 200, body = Page<SavedListView>)))]
async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    Asked(asked): Asked<ViewsAsked>,
) -> Result<axum::Json<Page<SavedListView>>, Problem> {
    let list = list_of(asked.list.as_deref())?;
    let found = app.read(&ctx, move |tx, ctx| room::views(tx, ctx, list)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(|view| SavedListView::of(list, view)).collect())))
}

/// Save a view.
#[utoipa::path(post, path = "/api/v1/views", operation_id = "saveView", tag = "Views", request_body = ViewSave,
    responses((status = 201, body = SavedListView)))]
async fn save(State(app): State<App>, caller: Caller, write: Write<ViewSave>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let (list, query) = body.kept(tx, ctx)?;
            let view = room::save_view(tx, ctx, list, &body.name, body.shared, &query)?;
            reply(StatusCode::CREATED, "", &SavedListView::of(list, view))
        })
        .await
}

/// Change a view of one's own.
#[utoipa::path(put, path = "/api/v1/views/{id}", operation_id = "changeView", tag = "Views", params(("id" = String, Path)),
    request_body = ViewSave, responses((status = 200, body = SavedListView)))]
async fn change(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ViewSave>) -> Result<Response, Problem> {
    let id: ViewId = id(&text, "view")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            let (list, query) = body.kept(tx, ctx)?;
            let view = room::change_view(tx, ctx, list, &id, &body.name, body.shared, Some(&query))?;
            reply(StatusCode::OK, "", &SavedListView::of(list, view))
        })
        .await
}

/// Delete a view of one's own.
#[utoipa::path(delete, path = "/api/v1/views/{id}", operation_id = "deleteView", tag = "Views", params(("id" = String, Path), ViewsAsked),
    responses((status = 204)))]
async fn delete(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    Asked(asked): Asked<ViewsAsked>,
    write: Write<()>,
) -> Result<Response, Problem> {
    let id: ViewId = id(&text, "view")?;
    let list = list_of(asked.list.as_deref())?;
    write.run(&app, &caller, move |tx, ctx, ()| room::delete_view(tx, ctx, list, &id).map(|()| done())).await
}
