//! Articles that were sold before.

use axum::extract::State;
use domain::kit::{Right, ShopId};
use domain::orders;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked::Asked;
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

/// The operation of the room.
pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Read), routes!(find))
}

/// What is looked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ArticlesAsked {
    /// Id of the shop whose prices are wanted.
    shop: String,
    /// The beginning of an article's number or title.
    #[serde(default)]
    q: String,
}

/// An article as it was sold last.
#[derive(Debug, Serialize, ToSchema)]
struct Article {
    /// Empty when it has none.
    sku: String,
    title: String,
    /// Exact, in major units; absent when it was never sold in this shop's currency.
    #[schema(example = "12.50")]
    unit_price: Option<String>,
    /// ISO 4217.
    currency: String,
}

/// Articles, at most eight.
#[derive(Debug, Serialize, ToSchema)]
struct Articles {
    data: Vec<Article>,
}

/// Find articles that were sold before.
///
/// By the beginning of their number or title, with the price of last time in a shop; at most eight. There is no register of articles: this is what stands in
/// the lines of orders.
#[utoipa::path(get, path = "/api/v1/articles", operation_id = "findArticles", tag = "Orders", params(ArticlesAsked),
    responses((status = 200, body = Articles)))]
async fn find(State(app): State<App>, Caller(ctx): Caller, Asked(asked): Asked<ArticlesAsked>) -> Result<axum::Json<Articles>, Problem> {
    let shop: ShopId = id(&asked.shop, "shop")?;
    let found = app.read(&ctx, move |tx, ctx| orders::articles(tx, ctx, &shop, &asked.q)).await?;
    let article = |a: orders::Article| Article {
        sku: a.sku,
        title: a.title,
        unit_price: Some(a.unit_price).filter(|p| !p.is_empty()),
        currency: a.currency.to_string(),
    };
    Ok(axum::Json(Articles { data: found.into_iter().map(article).collect() }))
}
