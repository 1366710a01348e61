//! Accounts with Twilio that tell of calls, one for each shop.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::Error;
use domain::conversations::phones as room;
use domain::kit::{PhoneAccountId, Right, ShopId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::types::{Named, Page, Time, time};
use crate::api::write::{Write, done, reply};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

pub fn routes(routes: Routes) -> Routes {
    let settings = Policy::May(Right::Settings);
    routes.api(settings, routes!(list)).api(settings, routes!(put)).api(settings, routes!(disable))
}

/// An account that tells of calls; its token is never given back.
#[derive(Debug, Serialize, ToSchema)]
struct PhoneAccount {
    id: String,
    shop: Named,
    /// What Twilio is given as the address of status callbacks, behind the address of this installation.
    hook_path: String,
    created_at: Time,
    /// Absent while it is on.
    disabled_at: Option<Time>,
    /// When it told of a call last.
    told_at: Option<Time>,
}

impl From<room::PhoneAccount> for PhoneAccount {
    fn from(a: room::PhoneAccount) -> Self {
        Self {
            id: a.id.to_string(),
            shop: Named { id: a.shop.to_string(), name: a.shop_name },
            hook_path: format!("/hooks/calls/{}", a.address),
            created_at: Time(a.created_at),
            disabled_at: time(a.disabled_at),
            told_at: time(a.told_at),
        }
    }
}

/// The account of a shop, as it shall be.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PhoneAccountPut {
    /// Id of a shop; each has one account.
    #[schema(value_type = String)]
    shop: ShopId,
    /// The auth token.
    #[schema(min_length = 16, max_length = 200)]
    token: String,
}

/// List the accounts that tell of calls.
///
/// By shop, those that are switched off too.
#[utoipa::path(get, path = "/api/v1/phone-accounts", operation_id = "listPhoneAccounts", tag = "Conversations",
    responses((status = 200, body = Page<PhoneAccount>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<PhoneAccount>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::list(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Set up the account of a shop.
///
/// Of a shop that has one it changes the token, and switches it on again at the same address. The token is stored encrypted.
#[utoipa::path(put, path = "/api/v1/phone-accounts", operation_id = "putPhoneAccount", tag = "Conversations", request_body = PhoneAccountPut,
    responses((status = 200, body = PhoneAccount)))]
async fn put(State(app): State<App>, caller: Caller, write: Write<PhoneAccountPut>) -> Result<Response, Problem> {
    let vault = app.config.vault.clone();
    write
        .run(&app, &caller, move |tx, ctx, b| {
            let id = room::put(tx, ctx, &vault, &b.shop, &b.token)?;
            let found = room::list(tx, ctx)?.into_iter().find(|a| a.id == id).ok_or(Error::NotFound("phone account"))?;
            reply(StatusCode::OK, "", &PhoneAccount::from(found))
        })
        .await
}

/// Switch an account off.
///
/// Its token is forgotten; what it told stays. Twice is once.
#[utoipa::path(post, path = "/api/v1/phone-accounts/{id}/disable", operation_id = "disablePhoneAccount", tag = "Conversations",
    params(("id" = String, Path)), responses((status = 204)))]
async fn disable(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: PhoneAccountId = id(&text, "phone account")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::disable(tx, ctx, &id).map(|()| done())).await
}
