//! Invitations of staff by link. The link is told once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{InvitationId, Right};
use domain::staff::invitations::{self as room, Invitation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::members::AccessOf;
use crate::api::asked::At;
use crate::api::types::{Page, Time};
use crate::api::words::{self, Given, RoleWord};
use crate::api::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let staff = Policy::May(Right::Staff);
    routes.api(staff, routes!(list)).api(staff, routes!(invite)).api(staff, routes!(revoke))
}

/// An invitation nobody has used yet.
#[derive(Debug, Serialize, ToSchema)]
struct InvitationRow {
    id: String,
    email: String,
    #[schema(value_type = words::StaffRole)]
    role: &'static str,
    #[schema(value_type = Vec<words::Scope>)]
    rights: Vec<&'static str>,
    created_at: Time,
    expires_at: Time,
}

impl From<Invitation> for InvitationRow {
    fn from(i: Invitation) -> Self {
        Self {
            id: i.id.to_string(),
            email: i.email,
            role: i.access.role.name(),
            rights: i.access.rights().names(),
            created_at: Time(i.created_at),
            expires_at: Time(i.expires_at),
        }
    }
}

/// Whom to invite.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invite {
    #[schema(example = "sam@example.com")]
    email: String,
    #[schema(value_type = words::StaffRole)]
    role: RoleWord,
    /// Exactly these rights; absent: the role's.
    #[serde(default)]
    #[schema(value_type = Option<Vec<words::Scope>>)]
    rights: Option<Vec<Given>>,
}

/// An invitation just made.
#[derive(Debug, Serialize, ToSchema)]
struct Invited {
    id: String,
    expires_at: Time,
    /// The path of the link, told once; `null` in a repeated answer.
    link: Option<String>,
}

/// List invitations that still hold.
#[utoipa::path(get, path = "/api/v1/invitations", operation_id = "listInvitations", tag = "Staff",
    responses((status = 200, body = Page<InvitationRow>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<InvitationRow>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::list(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Invite somebody to the staff.
///
/// The link holds seven days and works once; an older one for the same address stops working.
#[utoipa::path(post, path = "/api/v1/invitations", operation_id = "invite", tag = "Staff", request_body = Invite,
    responses((status = 201, body = Invited)))]
async fn invite(State(app): State<App>, caller: Caller, write: Write<Invite>) -> Result<Response, Problem> {
    write
        .run_secret(&app, &caller, "link", |tx, ctx, body| {
            let access = AccessOf { role: body.role, rights: body.rights.clone() }.access();
            let made = room::invite(tx, ctx, &body.email, access)?;
            let told = Invited { id: made.id.to_string(), expires_at: Time(made.expires_at), link: None };
            Ok((reply(StatusCode::CREATED, "", &told)?, format!("/invitations/{}", made.secret)))
        })
        .await
}

/// Take an invitation back.
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", operation_id = "revokeInvitation", tag = "Staff", params(("id" = String, Path)),
    responses((status = 204)))]
async fn revoke(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: InvitationId = id(&text, "invitation")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::revoke(tx, ctx, &id).map(|()| done())).await
}
