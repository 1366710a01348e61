//! The staff of the merchant: roles, rights, and shutting somebody out.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{PersonId, Right, Role};
use domain::staff::{Access, Member, members as room};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::types::{Page, Time, time};
use crate::api::words::{self, Given, RoleWord};
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let staff = Policy::May(Right::Staff);
    routes
        .api(staff, routes!(list))
        .api(staff, routes!(get))
        .api(staff, routes!(change))
        .api(staff, routes!(disable))
        .api(staff, routes!(enable))
}

/// Somebody of the staff.
#[derive(Debug, Serialize, ToSchema)]
struct StaffMember {
    id: String,
    name: String,
    email: String,
    #[schema(value_type = words::StaffRole)]
    role: &'static str,
    /// The role's, with what was granted and without what was withdrawn.
    #[schema(value_type = Vec<words::Scope>)]
    rights: Vec<&'static str>,
    created_at: Time,
    disabled_at: Option<Time>,
    last_seen_at: Option<Time>,
}

impl From<Member> for StaffMember {
    fn from(m: Member) -> Self {
        Self {
            id: m.person.to_string(),
            name: m.name,
            email: m.email,
            role: m.access.role.name(),
            rights: m.access.rights().names(),
            created_at: Time(m.created_at),
            disabled_at: time(m.disabled_at),
            last_seen_at: time(m.last_seen),
        }
    }
}

/// What somebody may.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessOf {
    #[schema(value_type = words::StaffRole)]
    pub role: RoleWord,
    /// Exactly these rights; absent: the role's.
    #[serde(default)]
    #[schema(value_type = Option<Vec<words::Scope>>)]
    pub rights: Option<Vec<Given>>,
}

impl AccessOf {
    /// As the verbs take it.
    pub fn access(&self) -> Access {
        let role: Role = self.role.0;
        match &self.rights {
            None => Access::role(role),
            Some(rights) => Access::exactly(role, super::set(&rights.iter().map(|g| g.0).collect::<Vec<_>>())),
        }
    }
}

/// List the staff.
///
/// By name, shut out ones too.
#[utoipa::path(get, path = "/api/v1/staff", operation_id = "listStaff", tag = "Staff", responses((status = 200, body = Page<StaffMember>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<StaffMember>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::list(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Read a member of the staff.
#[utoipa::path(get, path = "/api/v1/staff/{id}", operation_id = "getStaffMember", tag = "Staff", params(("id" = String, Path)),
    responses((status = 200, body = StaffMember)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<StaffMember>, Problem> {
    let id: PersonId = id(&text, "person")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change what a member of the staff may.
///
/// A key makes or changes no owners, and gives no rights that it does not have.
#[utoipa::path(put, path = "/api/v1/staff/{id}/access", operation_id = "changeStaffMember", tag = "Staff", params(("id" = String, Path)),
    request_body = AccessOf, responses((status = 200, body = StaffMember)))]
async fn change(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<AccessOf>) -> Result<Response, Problem> {
    let id: PersonId = id(&text, "person")?;
    write
        .run(&app, &caller, move |tx, ctx, body| reply(StatusCode::OK, "", &StaffMember::from(room::change(tx, ctx, &id, body.access())?)))
        .await
}

/// Shut a member of the staff out.
#[utoipa::path(post, path = "/api/v1/staff/{id}/disabling", operation_id = "disableStaffMember", tag = "Staff", params(("id" = String, Path)),
    responses((status = 200, body = StaffMember)))]
async fn disable(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: PersonId = id(&text, "person")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &StaffMember::from(room::disable(tx, ctx, &id)?))).await
}

/// Let a member of the staff in again.
#[utoipa::path(delete, path = "/api/v1/staff/{id}/disabling", operation_id = "enableStaffMember", tag = "Staff", params(("id" = String, Path)),
    responses((status = 200, body = StaffMember)))]
async fn enable(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: PersonId = id(&text, "person")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &StaffMember::from(room::enable(tx, ctx, &id)?))).await
}
