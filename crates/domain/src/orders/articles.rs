//! Articles that were sold before, found by the beginning of their number or title, with the price of last time in a shop: for who writes an order or an
//! offer. There is no register of articles; what is in the lines of orders is what there is. Each step is one look into an index, so that an article that
//! was sold a million times costs no more than one that was sold once.

use serde::Serialize;
use store::{Row, Stmt, Tx};

use super::queries;
use super::read::shop_currency;
use crate::kit::{Ctx, Currency, Problems, Result, Right, ShopId, name_key};

/// So many are given.
pub const MOST: usize = 8;
/// So many numbers and titles are looked at: one number may have been sold under very many titles.
const STEPS: usize = 40;
/// Letters of what is looked for.
const LONGEST: usize = 100;

/// An article as it was sold last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Article {
    /// Its number; empty when it has none.
    pub sku: String,
    /// What it is called.
    pub title: String,
    /// Exact, major units of [`Article::currency`]; empty when it was not sold in this currency.
    pub unit_price: String,
    /// The shop's.
    pub currency: Currency,
}

/// One line that was sold.
struct Sold {
    article: Article,
    sku_key: String,
    shop: ShopId,
}

/// Those whose number or title begins so, in any case, for a new line in this shop: first by number, then by title. Nothing for blank text. Needs
/// [`Right::Read`].
///
/// # Errors
/// A field error for `shop`.
pub fn articles(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, text: &str) -> Result<Vec<Article>> {
    ctx.must(Right::Read)?;
    let currency = shop_currency(tx, ctx, shop)?.ok_or_else(|| Problems::one("shop", "unknown", "Choose one of your shops."))?;
    let text: String = text.trim().replace('\0', "").chars().take(LONGEST).collect();
    let mut found: Vec<Sold> = Vec::new();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    for (next, last, begins) in
        [(&queries::NEXT_SKU, &queries::LAST_OF_SKU, name_key(&text)), (&queries::NEXT_TITLE, &queries::LAST_OF_TITLE, text.clone())]
    {
        let mut after: Option<String> = None;
        for _ in 0..STEPS {
            if found.len() == MOST {
                break;
            }
            let Some(key) = step(tx, ctx, next, &begins, after.as_deref())? else { break };
            if let Some(sold) = latest(tx, ctx, last, &key, shop)? {
                let sold = newest(tx, ctx, sold, shop)?;
                if !found.iter().any(|f| !f.sku_key.is_empty() && f.sku_key == sold.sku_key) {
                    found.push(sold);
                }
            }
            after = Some(key);
        }
    }
    let priced = |sold: Sold| {
        let mut article = sold.article;
        if article.currency != currency || article.unit_price.starts_with('-') {
            article.unit_price.clear();
        }
        Article { currency, ..article }
    };
    Ok(found.into_iter().map(priced).collect())
}

/// The first key that begins so, behind the one before.
fn step(tx: &mut Tx, ctx: &Ctx, next: &'static Stmt, begins: &str, after: Option<&str>) -> Result<Option<String>> {
    let end = format!("{begins}\u{10ffff}");
    // What is behind the one before is longer by the least there is.
    let from = after.map_or_else(|| begins.to_owned(), |key| format!("{key}\u{1}"));
    Ok(tx.opt(next, &[&ctx.merchant, &from, &end], |r| r.get(0))?)
}

/// How it was sold last: in this shop when that is among the last fifty, else anywhere.
fn latest(tx: &mut Tx, ctx: &Ctx, last: &'static Stmt, key: &str, shop: &ShopId) -> Result<Option<Sold>> {
    let mut all = tx.rows(last, &[&ctx.merchant, &key], sold)?;
    let here = all.iter().position(|s| s.shop == *shop).unwrap_or(0);
    Ok(if all.is_empty() { None } else { Some(all.swap_remove(here)) })
}

/// An article with a number that went by another title since is shown as it was sold last.
fn newest(tx: &mut Tx, ctx: &Ctx, sold: Sold, shop: &ShopId) -> Result<Sold> {
    if sold.sku_key.is_empty() {
        return Ok(sold);
    }
    let key = sold.sku_key.clone();
    Ok(latest(tx, ctx, &queries::LAST_OF_SKU, &key, shop)?.unwrap_or(sold))
}

fn sold(r: &Row<'_>) -> std::result::Result<Sold, store::Error> {
    let article = Article { sku: r.get(0)?, title: r.get(2)?, unit_price: r.get(3)?, currency: r.get(5)? };
    Ok(Sold { article, sku_key: r.get(1)?, shop: r.get(4)? })
}
