//! Links by which customers add a payment method: sent, listed, taken back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::customers;
use domain::kit::{CustomerId, MethodLinkId, Right, ShopId};
use domain::method_links::{self as room, LinkInput, State as Step};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked::At;
use super::types::{Named, Page, Time};
use super::words;
use super::write::{Write, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// Links that are listed.
const SHOWN: i64 = 200;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, orders) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    routes.api(read, routes!(of_customer)).api(orders, routes!(send)).api(orders, routes!(withdraw))
}

/// A link by which a customer adds a payment method.
#[derive(Debug, Serialize, ToSchema)]
struct MethodLink {
    id: String,
    customer: String,
    shop: Named,
    #[schema(value_type = words::MethodLinkState)]
    state: Step,
    /// Where its mail went.
    to: String,
    expires_at: Time,
    created_at: Time,
    created_by: String,
}

impl From<room::MethodLink> for MethodLink {
    fn from(l: room::MethodLink) -> Self {
        Self {
            id: l.id.to_string(),
            customer: l.customer.to_string(),
            shop: Named { id: l.shop.to_string(), name: l.shop_name },
            state: l.state,
            to: l.recipient,
            expires_at: Time(l.expires_at),
            created_at: Time(l.created_at),
            created_by: l.created_by,
        }
    }
}

/// Where a link goes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct MethodLinkCreate {
    /// A shop that keeps payment methods; absent: the customer's first one that does.
    #[schema(value_type = Option<String>)]
    shop: Option<ShopId>,
    /// Empty: the customer's address.
    to: String,
    /// Some words of your own.
    message: String,
}

/// Send a link to add a payment method.
///
/// Puts a mail into the outbox. Whoever has its link adds one method on the provider's page, without an account here, within seven days; the link itself is
/// told to nobody else. Answers 409 `no_mail_server` where none is set up, `no_keeper` when no shop keeps payment methods, `customer_inactive` for an
/// archived or deleted customer, `customer_gone` for an anonymised one.
#[utoipa::path(post, path = "/api/v1/customers/{id}/method-links", operation_id = "sendMethodLink", tag = "Payments",
    params(("id" = String, Path)), request_body = MethodLinkCreate, responses((status = 201, body = MethodLink)))]
async fn send(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<MethodLinkCreate>) -> Result<Response, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let (config, origin) = (app.config.clone(), app.config.origin());
    write
        .run(&app, &caller, move |tx, ctx, body| {
            config.must_send_mail()?;
            let input =
                LinkInput { customer: customer.clone(), shop: body.shop.clone(), to: body.to.clone(), message: body.message.clone() };
            let id = room::send(tx, ctx, &input, &origin)?;
            reply(StatusCode::CREATED, "", &MethodLink::from(room::get(tx, &seeing(ctx), &id)?))
        })
        .await
}

/// List the links to add a payment method of a customer.
///
/// The latest 200, newest first.
#[utoipa::path(get, path = "/api/v1/customers/{id}/method-links", operation_id = "listMethodLinks", tag = "Payments",
    params(("id" = String, Path)), responses((status = 200, body = Page<MethodLink>)))]
async fn of_customer(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Page<MethodLink>>, Problem> {
    let customer: CustomerId = id(&text, "customer")?;
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::of_customer(tx, ctx, &customer, SHOWN)
        })
        .await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Take a link to add a payment method back.
///
/// 409 `link_state` unless it is open.
#[utoipa::path(post, path = "/api/v1/method-links/{id}/withdrawal", operation_id = "withdrawMethodLink", tag = "Payments",
    params(("id" = String, Path)), responses((status = 200, body = MethodLink)))]
async fn withdraw(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: MethodLinkId = id(&text, "link")?;
    write
        .run(&app, &caller, move |tx, ctx, ()| {
            room::withdraw(tx, ctx, &id)?;
            reply(StatusCode::OK, "", &MethodLink::from(room::get(tx, &seeing(ctx), &id)?))
        })
        .await
}
