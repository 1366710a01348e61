//! Tags and the group of one customer.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers as room;
use domain::kit::{Ctx, CustomerId, GroupId, Right, TagId};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::body::named;
use crate::api::asked::At;
use crate::api::types::Named;
use crate::api::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let write = Policy::May(Right::Write);
    routes
        .api(write, routes!(set_tags))
        .api(write, routes!(add_tags))
        .api(write, routes!(remove_tag))
        .api(write, routes!(set_group))
        .api(write, routes!(leave_group))
}

/// Names of tags.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TagNames {
    /// Made when they do not exist.
    #[schema(example = json!(["wholesale"]))]
    tags: Vec<String>,
}

/// All tags that a customer shall have.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TagsWanted {
    /// Made when they do not exist.
    #[schema(example = json!(["wholesale"]))]
    tags: Vec<String>,
    /// The tags as they were last read: given, only the difference is applied, so that what another changed meanwhile stays.
    #[serde(default)]
    #[schema(example = json!(["retail"]))]
    seen: Option<Vec<String>>,
}

/// The tags of a customer.
#[derive(Debug, Serialize, ToSchema)]
struct TagsOf {
    tags: Vec<Named>,
}

/// A group by its id.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GroupOf {
    #[schema(value_type = String)]
    group: GroupId,
}

fn tags_of(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> domain::Result<domain::replies::Reply> {
    let tags = room::get(tx, &seeing(ctx), customer)?.tags.into_iter().map(named).collect();
    reply(StatusCode::OK, "", &TagsOf { tags })
}

/// Give a customer exactly these tags.
#[utoipa::path(put, path = "/api/v1/customers/{id}/tags", operation_id = "setTags", tag = "Tags", params(("id" = String, Path)),
    request_body = TagsWanted, responses((status = 200, body = TagsOf)))]
async fn set_tags(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<TagsWanted>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            match &body.seen {
                Some(seen) => room::set_tags_from(tx, ctx, &customer, seen, &body.tags)?,
                None => room::set_tags(tx, ctx, &customer, &body.tags)?,
            }
            tags_of(tx, ctx, &customer)
        })
        .await
}

/// Add tags to a customer.
#[utoipa::path(post, path = "/api/v1/customers/{id}/tags", operation_id = "addTags", tag = "Tags", params(("id" = String, Path)),
    request_body = TagNames, responses((status = 200, body = TagsOf)))]
async fn add_tags(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<TagNames>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write
        .run(&app, &caller, move |tx, ctx, body| {
            room::add_tags(tx, ctx, &customer, &body.tags)?;
            tags_of(tx, ctx, &customer)
        })
        .await
}

/// Take a tag off a customer.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/tags/{tag}", operation_id = "removeTag", tag = "Tags",
    params(("id" = String, Path), ("tag" = String, Path)), responses((status = 204)))]
async fn remove_tag(
    State(app): State<App>,
    caller: Caller,
    At((text, tag)): At<(String, String)>,
    write: Write<()>,
) -> Result<Response, Problem> {
    let (customer, tag): (CustomerId, TagId) = (id(&text, "customer")?, id(&tag, "tag")?);
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            let name = domain::labels::get(tx, ctx, &tag)?.name;
            room::remove_tags(tx, ctx, &customer, &[name]).map(|()| done())
        })
        .await
}

/// Put a customer in a group.
#[utoipa::path(put, path = "/api/v1/customers/{id}/group", operation_id = "setGroup", tag = "Groups", params(("id" = String, Path)),
    request_body = GroupOf, responses((status = 204)))]
async fn set_group(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<GroupOf>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write.run(&app, &caller, move |tx, ctx, body| room::set_group(tx, ctx, &customer, Some(&body.group)).map(|()| done())).await
}

/// Take a customer out of its group.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/group", operation_id = "leaveGroup", tag = "Groups", params(("id" = String, Path)),
    responses((status = 204)))]
async fn leave_group(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::set_group(tx, ctx, &customer, None).map(|()| done())).await
}
