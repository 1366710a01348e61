//! The portal: its settings, and whether a customer has one; inviting and closing.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, CustomerId, Right};
use domain::portal::{self as room, Access, Invited, Settings, SettingsEdit, Way};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::types::Time;
use super::words;
use super::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

type Answer<T> = Result<axum::Json<T>, Problem>;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Write));
    routes
        .api(read, routes!(get))
        .api(Policy::May(Right::Settings), routes!(edit))
        .api(read, routes!(access))
        .api(write, routes!(invite))
        .api(write, routes!(open_link))
        .api(write, routes!(close))
}

/// How the portal looks and what customers may do there.
#[derive(Debug, Serialize, ToSchema)]
struct Portal {
    /// Customers can come in.
    enabled: bool,
    /// The merchant’s word in the address (`/portal/{word}`); empty until one was chosen.
    word: String,
    /// `#rrggbb`.
    #[schema(example = "#1f4e79")]
    colour: String,
    /// Customers may cancel subscriptions, to the end of what they paid.
    may_cancel: bool,
    /// Customers may ask for their data or for deletion.
    may_ask: bool,
    /// Customers may ask for returns.
    may_return: bool,
}

impl From<Settings> for Portal {
    fn from(s: Settings) -> Self {
        Self {
            enabled: s.enabled,
            word: s.word,
            colour: s.colour.as_str().to_owned(),
            may_cancel: s.may_cancel,
            may_ask: s.may_ask,
            may_return: s.may_return,
        }
    }
}

/// What changes; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct PortalPatch {
    enabled: Option<bool>,
    /// 3 to 40 small letters, digits and hyphens; nobody else’s.
    word: Option<String>,
    /// `#rrggbb`.
    colour: Option<String>,
    may_cancel: Option<bool>,
    may_ask: Option<bool>,
    may_return: Option<bool>,
}

/// A customer’s portal as it stands.
#[derive(Debug, Serialize, ToSchema)]
struct PortalAccess {
    #[schema(value_type = words::PortalState)]
    state: room::State,
    /// They chose a password; else they come in by links that are mailed to them.
    password: bool,
    invited_at: Option<Time>,
    /// By whom; empty when nobody did.
    invited_by: String,
    /// When they first came in.
    activated_at: Option<Time>,
    closed_at: Option<Time>,
}

impl From<Access> for PortalAccess {
    fn from(a: Access) -> Self {
        Self {
            state: a.state,
            password: a.password,
            invited_at: a.invited_at.map(Time),
            invited_by: a.invited_by,
            activated_at: a.activated_at.map(Time),
            closed_at: a.closed_at.map(Time),
        }
    }
}

/// A link that was made.
#[derive(Debug, Serialize, ToSchema)]
struct PortalLink {
    /// The way from the root of this installation; `null` in a repeated answer: it is told once.
    link: Option<String>,
    expires_at: Time,
}

/// Read the settings of the portal.
#[utoipa::path(get, path = "/api/v1/portal", operation_id = "getPortal", tag = "Portal", responses((status = 200, body = Portal)))]
async fn get(State(app): State<App>, Caller(ctx): Caller) -> Answer<Portal> {
    Ok(axum::Json(app.read(&ctx, room::settings).await?.into()))
}

/// Change the settings of the portal.
#[utoipa::path(patch, path = "/api/v1/portal", operation_id = "editPortal", tag = "Portal", request_body = PortalPatch,
    responses((status = 200, body = Portal)))]
async fn edit(State(app): State<App>, caller: Caller, write: Write<PortalPatch>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, patch| {
            let (old, new) = (room::settings(tx, &seeing(ctx))?, patch.clone());
            let edit = SettingsEdit {
                enabled: new.enabled.unwrap_or(old.enabled),
                word: new.word.unwrap_or(old.word),
                colour: new.colour.unwrap_or_else(|| old.colour.as_str().to_owned()),
                may_cancel: new.may_cancel.unwrap_or(old.may_cancel),
                may_ask: new.may_ask.unwrap_or(old.may_ask),
                may_return: new.may_return.unwrap_or(old.may_return),
            };
            reply(StatusCode::OK, "", &Portal::from(room::edit(tx, ctx, &edit)?))
        })
        .await
}

/// Read whether a customer has a portal.
#[utoipa::path(get, path = "/api/v1/customers/{id}/portal", operation_id = "getCustomerPortal", tag = "Portal", params(("id" = String, Path)),
    responses((status = 200, body = PortalAccess)))]
async fn access(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<PortalAccess> {
    let id: CustomerId = id(&text, "customer")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::access(tx, ctx, &id)).await?.into()))
}

/// Invite a customer to the portal by mail.
///
/// A link of an invitation before stops working. 409 `no_mail_server` where none is set up, `portal_off`, `customer_inactive`, `no_address`,
/// `portal_taken`.
#[utoipa::path(post, path = "/api/v1/customers/{id}/portal/invitation", operation_id = "inviteToPortal", tag = "Portal",
    params(("id" = String, Path)), responses((status = 201, body = PortalAccess)))]
async fn invite(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    let (config, way) = (app.config.clone(), Way::Mail(app.config.origin()));
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            config.must_send_mail()?;
            room::invite(tx, ctx, &id, &way)?;
            reply(StatusCode::CREATED, "", &told(tx, ctx, &id)?)
        })
        .await
}

fn told(tx: &mut store::Tx, ctx: &Ctx, id: &CustomerId) -> domain::Result<PortalAccess> {
    let ctx = seeing(ctx);
    let id = domain::customers::survivor(tx, &ctx, id)?;
    Ok(room::access(tx, &ctx, &id)?.into())
}

/// Invite a customer to the portal by a link.
///
/// It is told once, for you to hand over; a link of an invitation before stops working. 409 as for an invitation by mail.
#[utoipa::path(post, path = "/api/v1/customers/{id}/portal/link", operation_id = "openPortalLink", tag = "Portal",
    params(("id" = String, Path)), responses((status = 201, body = PortalLink)))]
async fn open_link(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    write
        .run_secret(&app, &caller, "link", move |tx, ctx, ()| match room::invite(tx, ctx, &id, &Way::Link)? {
            Invited::Link(way, until) => Ok((reply(StatusCode::CREATED, "", &PortalLink { link: None, expires_at: Time(until) })?, way)),
            Invited::Mailed(_) => Err(domain::Error::Internal("a link was mailed".to_owned())),
        })
        .await
}

/// Close the portal of a customer.
///
/// Every session ends, no link holds, the password is forgotten. Twice is once.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/portal", operation_id = "closeCustomerPortal", tag = "Portal",
    params(("id" = String, Path)), responses((status = 204)))]
async fn close(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: CustomerId = id(&text, "customer")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::close(tx, ctx, &id).map(|()| done())).await
}
