//! Blocked buyers: the list, a block set, a block lifted.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::blocks::{self as room, BlockInput, Target};
use domain::kit::{BlockId, CustomerId, PaymentId, Problems, Right};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked::{Asked, At, limit};
use super::types::{Page, Time, time};
use super::words;
use super::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let payments = Policy::May(Right::Payments);
    routes.api(Policy::May(Right::Read), routes!(list)).api(payments, routes!(block)).api(payments, routes!(lift))
}

/// A block, or one that was lifted.
#[derive(Debug, Serialize, ToSchema)]
struct Block {
    id: String,
    #[schema(value_type = words::BlockedKind)]
    kind: room::Kind,
    /// "Visa •••• 4242", the address, the customer's name.
    shown: String,
    reason: String,
    customer: Option<String>,
    created_at: Time,
    /// By whom.
    by: String,
    /// Absent while it stands.
    lifted_at: Option<Time>,
    lifted_by: String,
}

impl From<room::Block> for Block {
    fn from(b: room::Block) -> Self {
        Self {
            id: b.id.to_string(),
            kind: b.kind,
            shown: b.shown,
            reason: b.reason,
            customer: b.customer.map(|c| c.to_string()),
            created_at: Time(b.created_at),
            by: b.by,
            lifted_at: time(b.lifted_at),
            lifted_by: b.lifted_by,
        }
    }
}

/// What to block: exactly one of `payment` (its card), `email`, `customer`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BlockCreate {
    /// Id of a payment whose card is meant.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    payment: Option<PaymentId>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    customer: Option<CustomerId>,
    /// Why; needed. The buyer is not told.
    reason: String,
}

impl BlockCreate {
    fn input(&self) -> domain::Result<BlockInput> {
        let target = match (&self.payment, &self.email, &self.customer) {
            (Some(payment), None, None) => Target::CardOf(payment.clone()),
            (None, Some(email), None) => Target::Email(email.clone()),
            (None, None, Some(customer)) => Target::Customer(customer.clone()),
            _ => return Err(Problems::one("email", "invalid", "Send exactly one of payment, email and customer.")),
        };
        Ok(BlockInput { target, reason: self.reason.clone() })
    }
}

/// How many.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BlocksAsked {
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// List blocked buyers.
///
/// Standing blocks first, then those that were lifted, newest first.
#[utoipa::path(get, path = "/api/v1/blocks", operation_id = "listBlocks", tag = "Blocks", params(BlocksAsked),
    responses((status = 200, body = Page<Block>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, Asked(asked): Asked<BlocksAsked>) -> Result<axum::Json<Page<Block>>, Problem> {
    let limit = limit(asked.limit)?;
    let found = app.read(&ctx, move |tx, ctx| room::list(tx, ctx, limit)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Block a card, an e-mail address or a customer from checkouts.
///
/// What is blocked already stays as it is. A blocked checkout answers 409 `blocked` while no money was taken.
#[utoipa::path(post, path = "/api/v1/blocks", operation_id = "setBlock", tag = "Blocks", request_body = BlockCreate,
    responses((status = 201, body = Block)))]
async fn block(State(app): State<App>, caller: Caller, write: Write<BlockCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let id = room::block(tx, ctx, &body.input()?)?;
            reply(StatusCode::CREATED, "", &Block::from(room::get(tx, &seeing(ctx), &id)?))
        })
        .await
}

/// Lift a block.
#[utoipa::path(delete, path = "/api/v1/blocks/{id}", operation_id = "liftBlock", tag = "Blocks", params(("id" = String, Path)),
    responses((status = 204)))]
async fn lift(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: BlockId = id(&text, "block")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::lift(tx, ctx, &id).map(|_| done())).await
}
