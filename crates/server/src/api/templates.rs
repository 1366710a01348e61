//! Templates of mail (SPEC 7.4).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Right, ShopId, TemplateId};
use domain::templates::{self as room, TemplateInput};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::types::{Page, Time, time};
use super::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, settings) = (Policy::May(Right::Read), Policy::May(Right::Settings));
    routes
        .api(read, routes!(list))
        .api(settings, routes!(create))
        .api(read, routes!(get))
        .api(settings, routes!(edit))
        .api(read, routes!(versions))
        .api(settings, routes!(archive))
        .api(settings, routes!(unarchive))
}

/// A template with the version that counts.
#[derive(Debug, Serialize, ToSchema)]
struct Template {
    id: String,
    shop: String,
    name: String,
    /// From 1; a new subject or text is the next one.
    version: i64,
    subject: String,
    body: String,
    created_at: Time,
    /// When this version was saved.
    saved_at: Time,
    saved_by: String,
    archived_at: Option<Time>,
}

impl From<room::Template> for Template {
    fn from(t: room::Template) -> Self {
        Self {
            id: t.id.to_string(),
            shop: t.shop.to_string(),
            name: t.name,
            version: t.version,
            subject: t.subject,
            body: t.body,
            created_at: Time(t.created_at),
            saved_at: Time(t.saved_at),
            saved_by: t.saved_by,
            archived_at: time(t.archived_at),
        }
    }
}

/// A version of a template.
#[derive(Debug, Serialize, ToSchema)]
struct TemplateVersion {
    version: i64,
    subject: String,
    body: String,
    saved_at: Time,
    saved_by: String,
}

impl From<room::Version> for TemplateVersion {
    fn from(v: room::Version) -> Self {
        Self { version: v.version, subject: v.subject, body: v.body, saved_at: Time(v.saved_at), saved_by: v.saved_by }
    }
}

/// A template to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TemplateCreate {
    #[schema(value_type = String)]
    shop: ShopId,
    /// Unique within the shop.
    #[schema(example = "Spring offer")]
    name: String,
    /// One line; may name fields.
    #[schema(example = "{{ customer.first_name|default(\"Hello\") }}, new coffees are here", max_length = 200)]
    subject: String,
    /// Plain text with fields (`customer.…`, `shop.…`, `merchant.name`) and conditions.
    #[schema(example = "Dear {{ customer.name }},\n\nspring is here.", max_length = 20000)]
    body: String,
}

/// What changes; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct TemplatePatch {
    name: Option<String>,
    #[schema(max_length = 200)]
    subject: Option<String>,
    #[schema(max_length = 20000)]
    body: Option<String>,
}

/// List templates.
///
/// By shop and name, archived ones too.
#[utoipa::path(get, path = "/api/v1/templates", operation_id = "listTemplates", tag = "Mailings", responses((status = 200, body = Page<Template>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<Template>>, Problem> {
    let found = app.read(&ctx, room::list).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Create a template.
///
/// Checked when it is saved: a field that does not exist, a loop or a text that cannot be rendered is refused with its line.
#[utoipa::path(post, path = "/api/v1/templates", operation_id = "createTemplate", tag = "Mailings", request_body = TemplateCreate,
    responses((status = 201, body = Template)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<TemplateCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, b| {
            let input = TemplateInput { name: b.name.clone(), subject: b.subject.clone(), body: b.body.clone() };
            let made = room::create(tx, ctx, &b.shop, &input)?;
            reply(StatusCode::CREATED, &format!("/api/v1/templates/{}", made.id), &Template::from(made))
        })
        .await
}

/// Read a template.
#[utoipa::path(get, path = "/api/v1/templates/{id}", operation_id = "getTemplate", tag = "Mailings", params(("id" = String, Path)),
    responses((status = 200, body = Template)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Template>, Problem> {
    let id: TemplateId = id(&text, "template")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change a template.
///
/// A new subject or text is the next version; mailings that were begun keep theirs.
#[utoipa::path(patch, path = "/api/v1/templates/{id}", operation_id = "editTemplate", tag = "Mailings", params(("id" = String, Path)),
    request_body = TemplatePatch, responses((status = 200, body = Template)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<TemplatePatch>) -> Result<Response, Problem> {
    let id: TemplateId = id(&text, "template")?;
    write
        .run(&app, &caller, move |tx, ctx, patch| {
            let (old, new) = (room::get(tx, &seeing(ctx), &id)?, patch.clone());
            let input = TemplateInput {
                name: new.name.unwrap_or(old.name),
                subject: new.subject.unwrap_or(old.subject),
                body: new.body.unwrap_or(old.body),
            };
            reply(StatusCode::OK, "", &Template::from(room::edit(tx, ctx, &id, &input)?))
        })
        .await
}

/// List the versions of a template.
///
/// Newest first; at most 200.
#[utoipa::path(get, path = "/api/v1/templates/{id}/versions", operation_id = "listTemplateVersions", tag = "Mailings",
    params(("id" = String, Path)), responses((status = 200, body = Page<TemplateVersion>)))]
async fn versions(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Page<TemplateVersion>>, Problem> {
    let id: TemplateId = id(&text, "template")?;
    let found = app.read(&ctx, move |tx, ctx| room::versions(tx, ctx, &id)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Archive a template.
///
/// Nobody chooses it from then on; what was sent still names it.
#[utoipa::path(post, path = "/api/v1/templates/{id}/archive", operation_id = "archiveTemplate", tag = "Mailings", params(("id" = String, Path)),
    responses((status = 200, body = Template)))]
async fn archive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: TemplateId = id(&text, "template")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &Template::from(room::archive(tx, ctx, &id)?))).await
}

/// Open a template again.
#[utoipa::path(delete, path = "/api/v1/templates/{id}/archive", operation_id = "unarchiveTemplate", tag = "Mailings",
    params(("id" = String, Path)), responses((status = 200, body = Template)))]
async fn unarchive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: TemplateId = id(&text, "template")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &Template::from(room::unarchive(tx, ctx, &id)?))).await
}
