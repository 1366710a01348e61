//! Groups and tags as the merchant keeps them. Both have the same verbs.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{GroupId, Right, TagId};
use domain::labels as room;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::types::{Page, Time};
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, settings) = (Policy::May(Right::Read), Policy::May(Right::Settings));
    routes
        .api(read, routes!(list_groups))
        .api(settings, routes!(create_group))
        .api(settings, routes!(rename_group))
        .api(settings, routes!(delete_group))
        .api(read, routes!(list_tags))
        .api(settings, routes!(create_tag))
        .api(settings, routes!(rename_tag))
        .api(settings, routes!(delete_tag))
}

/// A group or a tag.
#[derive(Debug, Serialize, ToSchema)]
struct Label {
    id: String,
    name: String,
    created_at: Time,
    /// On how many customers, archived and deleted ones too.
    customers: i64,
}

impl<I: ToString> From<room::Label<I>> for Label {
    fn from(l: room::Label<I>) -> Self {
        Self { id: l.id.to_string(), name: l.name, created_at: Time(l.created_at), customers: l.used }
    }
}

/// Its name.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LabelName {
    /// 1 to 60 characters, unique within the merchant whatever the case.
    #[schema(example = "Wholesale")]
    name: String,
}

/// What deleting did.
#[derive(Debug, Serialize, ToSchema)]
struct LabelDeleted {
    /// From how many customers it was taken.
    customers: i64,
}

/// List groups.
///
/// By name, with the number of customers.
#[utoipa::path(get, path = "/api/v1/groups", operation_id = "listGroups", tag = "Groups", responses((status = 200, body = Page<Label>)))]
async fn list_groups(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<Label>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::list::<GroupId>(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Create a group.
#[utoipa::path(post, path = "/api/v1/groups", operation_id = "createGroup", tag = "Groups", request_body = LabelName,
    responses((status = 201, body = Label)))]
async fn create_group(State(app): State<App>, caller: Caller, write: Write<LabelName>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| reply(StatusCode::CREATED, "", &Label::from(room::create::<GroupId>(tx, ctx, &body.name)?)))
        .await
}

/// Rename a group.
#[utoipa::path(patch, path = "/api/v1/groups/{id}", operation_id = "renameGroup", tag = "Groups", params(("id" = String, Path)),
    request_body = LabelName, responses((status = 200, body = Label)))]
async fn rename_group(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<LabelName>) -> Result<Response, Problem> {
    let id: GroupId = id(&text, "group")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            room::rename(tx, ctx, &id, &body.name)?;
            reply(StatusCode::OK, "", &Label::from(room::counted(tx, ctx, &id)?))
        })
        .await
}

/// Delete a group.
///
/// It is taken off its customers; answers 409 `in_use` when more than 5,000 have it.
#[utoipa::path(delete, path = "/api/v1/groups/{id}", operation_id = "deleteGroup", tag = "Groups", params(("id" = String, Path)),
    responses((status = 200, body = LabelDeleted)))]
async fn delete_group(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: GroupId = id(&text, "group")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let customers = room::delete(tx, ctx, &id)?;
            reply(StatusCode::OK, "", &LabelDeleted { customers })
        })
        .await
}

/// List tags.
///
/// By name, with the number of customers.
#[utoipa::path(get, path = "/api/v1/tags", operation_id = "listTags", tag = "Tags", responses((status = 200, body = Page<Label>)))]
async fn list_tags(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<Label>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::list::<TagId>(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Create a tag.
#[utoipa::path(post, path = "/api/v1/tags", operation_id = "createTag", tag = "Tags", request_body = LabelName,
    responses((status = 201, body = Label)))]
async fn create_tag(State(app): State<App>, caller: Caller, write: Write<LabelName>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| reply(StatusCode::CREATED, "", &Label::from(room::create::<TagId>(tx, ctx, &body.name)?)))
        .await
}

/// Rename a tag.
#[utoipa::path(patch, path = "/api/v1/tags/{id}", operation_id = "renameTag", tag = "Tags", params(("id" = String, Path)),
    request_body = LabelName, responses((status = 200, body = Label)))]
async fn rename_tag(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<LabelName>) -> Result<Response, Problem> {
    let id: TagId = id(&text, "tag")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            room::rename(tx, ctx, &id, &body.name)?;
            reply(StatusCode::OK, "", &Label::from(room::counted(tx, ctx, &id)?))
        })
        .await
}

/// Delete a tag.
///
/// It is taken off its customers; answers 409 `in_use` when more than 5,000 have it.
#[utoipa::path(delete, path = "/api/v1/tags/{id}", operation_id = "deleteTag", tag = "Tags", params(("id" = String, Path)),
    responses((status = 200, body = LabelDeleted)))]
async fn delete_tag(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: TagId = id(&text, "tag")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let customers = room::delete(tx, ctx, &id)?;
            reply(StatusCode::OK, "", &LabelDeleted { customers })
        })
        .await
}
