//! Shops: never deleted, because orders speak of them; archived ones take nothing new.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, Right, ShopId, TemplateId};
use domain::shops::{self as room, ShopInput};
use domain::templates::letters::{self, Letter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::asked::At;
use crate::api::types::{Page, Time, time};
use crate::api::write::{Write, reply, seeing};
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
        .api(settings, routes!(archive))
        .api(settings, routes!(unarchive))
        .api(read, routes!(letters_of))
        .api(settings, routes!(choose_letters))
}

/// A sales channel.
#[derive(Debug, Serialize, ToSchema)]
struct Shop {
    id: String,
    name: String,
    /// ISO 4217; of its orders unless they say otherwise.
    currency: String,
    /// ISO 3166 alpha-2, or empty.
    country: String,
    url: String,
    created_at: Time,
    archived_at: Option<Time>,
}

impl From<room::Shop> for Shop {
    fn from(s: room::Shop) -> Self {
        Self {
            id: s.id.to_string(),
            name: s.name,
            currency: s.currency.code().to_owned(),
            country: s.country,
            url: s.url,
            created_at: Time(s.created_at),
            archived_at: time(s.archived_at),
        }
    }
}

/// A shop to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShopCreate {
    /// Unique within the merchant.
    #[schema(example = "Online")]
    name: String,
    /// ISO 4217; absent: the merchant's.
    #[serde(default)]
    currency: String,
    /// ISO 3166 alpha-2, or empty.
    #[serde(default)]
    country: String,
    /// `https://…`, or empty.
    #[serde(default)]
    url: String,
}

/// What changes; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ShopPatch {
    name: Option<String>,
    currency: Option<String>,
    country: Option<String>,
    url: Option<String>,
}

/// List shops.
///
/// By name, archived ones too.
#[utoipa::path(get, path = "/api/v1/shops", operation_id = "listShops", tag = "Shops", responses((status = 200, body = Page<Shop>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller) -> Result<axum::Json<Page<Shop>>, Problem> {
    let found = app.read(&ctx, |tx, ctx| room::list(tx, ctx)).await?;
    Ok(axum::Json(Page::whole(found.into_iter().map(Into::into).collect())))
}

/// Create a shop.
#[utoipa::path(post, path = "/api/v1/shops", operation_id = "createShop", tag = "Shops", request_body = ShopCreate,
    responses((status = 201, body = Shop)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<ShopCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let b = body.clone();
            let input = ShopInput { name: b.name, currency: b.currency, country: b.country, url: b.url };
            let shop = Shop::from(room::create(tx, ctx, &input)?);
            reply(StatusCode::CREATED, &format!("/api/v1/shops/{}", shop.id), &shop)
        })
        .await
}

/// Read a shop.
#[utoipa::path(get, path = "/api/v1/shops/{id}", operation_id = "getShop", tag = "Shops", params(("id" = String, Path)),
    responses((status = 200, body = Shop)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<Shop>, Problem> {
    let id: ShopId = id(&text, "shop")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change a shop.
#[utoipa::path(patch, path = "/api/v1/shops/{id}", operation_id = "editShop", tag = "Shops", params(("id" = String, Path)),
    request_body = ShopPatch, responses((status = 200, body = Shop)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<ShopPatch>) -> Result<Response, Problem> {
    let id: ShopId = id(&text, "shop")?;
    write
        .run(&app, &caller, move |tx, ctx, patch| {
            let (old, new) = (room::get(tx, ctx, &id)?, patch.clone());
            let input = ShopInput {
                name: new.name.unwrap_or(old.name),
                currency: new.currency.unwrap_or_else(|| old.currency.code().to_owned()),
                country: new.country.unwrap_or(old.country),
                url: new.url.unwrap_or(old.url),
            };
            reply(StatusCode::OK, "", &Shop::from(room::edit(tx, ctx, &id, &input)?))
        })
        .await
}

/// Archive a shop.
///
/// Answers 409 `last_shop` for the only open one.
#[utoipa::path(post, path = "/api/v1/shops/{id}/archive", operation_id = "archiveShop", tag = "Shops", params(("id" = String, Path)),
    responses((status = 200, body = Shop)))]
async fn archive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: ShopId = id(&text, "shop")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &Shop::from(room::archive(tx, ctx, &id)?))).await
}

/// Open a shop again.
#[utoipa::path(delete, path = "/api/v1/shops/{id}/archive", operation_id = "unarchiveShop", tag = "Shops", params(("id" = String, Path)),
    responses((status = 200, body = Shop)))]
async fn unarchive(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: ShopId = id(&text, "shop")?;
    write.run(&app, &caller, move |tx, ctx, ()| reply(StatusCode::OK, "", &Shop::from(room::unarchive(tx, ctx, &id)?))).await
}

/// Which templates speak in the mails that go by themselves; null: plain words.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ShopLetters {
    /// Tells the payer of a refund.
    #[schema(value_type = Option<String>)]
    refund: Option<TemplateId>,
    /// Warns before a retention rule anonymises.
    #[schema(value_type = Option<String>)]
    retention: Option<TemplateId>,
}

fn letters(tx: &mut store::Tx, ctx: &Ctx, shop: &ShopId) -> domain::Result<ShopLetters> {
    let mut all = ShopLetters::default();
    for (letter, template) in letters::of_shop(tx, &seeing(ctx), shop)? {
        match letter {
            Letter::Refund => all.refund = template,
            Letter::Retention => all.retention = template,
        }
    }
    Ok(all)
}

/// Read which templates of a shop speak in the mails that go by themselves.
#[utoipa::path(get, path = "/api/v1/shops/{id}/letters", operation_id = "getShopLetters", tag = "Shops", params(("id" = String, Path)),
    responses((status = 200, body = ShopLetters)))]
async fn letters_of(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<axum::Json<ShopLetters>, Problem> {
    let id: ShopId = id(&text, "shop")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| letters(tx, ctx, &id)).await?))
}

/// Choose them.
///
/// Open templates of the shop; null or absent goes back to plain words.
#[utoipa::path(put, path = "/api/v1/shops/{id}/letters", operation_id = "setShopLetters", tag = "Shops", params(("id" = String, Path)),
    request_body = ShopLetters, responses((status = 200, body = ShopLetters)))]
async fn choose_letters(
    State(app): State<App>,
    caller: Caller,
    At(text): At<String>,
    write: Write<ShopLetters>,
) -> Result<Response, Problem> {
    let id: ShopId = id(&text, "shop")?;
    write
        .run(&app, &caller, move |tx, ctx, b| {
            letters::choose(tx, &seeing(ctx), &id, Letter::Refund, b.refund.as_ref())?;
            letters::choose(tx, &seeing(ctx), &id, Letter::Retention, b.retention.as_ref())?;
            reply(StatusCode::OK, "", &letters(tx, ctx, &id)?)
        })
        .await
}
