//! Shops: the sales channels of a merchant. A shop is never deleted, because orders speak of it: it is archived, and takes nothing new.
//!
//! One shop always stays open. Everybody of the merchant may see the shops; changing them needs [`Right::Settings`].

pub mod queries;
#[cfg(test)]
mod tests;

use store::{Row, Tx};

use crate::events::Event;
use crate::kit::{Ctx, Currency, Error, Problems, Result, Right, ShopId, clean, name_key};
use crate::merchants::{self, country_code, required};

/// A sales channel.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Shop {
    /// Its id.
    pub id: ShopId,
    /// Its name, unique within the merchant.
    pub name: String,
    /// The currency of its orders unless they say otherwise.
    pub currency: Currency,
    /// ISO 3166 alpha-2, or empty.
    pub country: String,
    /// Where buyers find it; may be empty.
    pub url: String,
    /// Microseconds UTC.
    pub created_at: i64,
    /// Since when it takes nothing new.
    pub archived_at: Option<i64>,
}

/// What a person or program says about a shop.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct ShopInput {
    /// Its name.
    pub name: String,
    /// ISO 4217 code; empty takes the merchant's.
    #[serde(default)]
    pub currency: String,
    /// ISO 3166 alpha-2, or empty.
    #[serde(default)]
    pub country: String,
    /// `https://…`, or empty.
    #[serde(default)]
    pub url: String,
}

/// All shops by name, archived ones too.
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Shop>> {
    Ok(tx.rows(&queries::LIST, &[&ctx.merchant], row)?)
}

/// One shop.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &ShopId) -> Result<Shop> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], row)?.ok_or(Error::NotFound("shop"))
}

/// A new shop.
///
/// # Errors
/// Field errors for `name` (also when taken), `currency`, `country`, `url`.
pub fn create(tx: &mut Tx, ctx: &Ctx, input: &ShopInput) -> Result<Shop> {
    ctx.must(Right::Settings)?;
    let id: ShopId = ctx.id();
    let new = checked(tx, ctx, &id, input)?;
    tx.exec(&queries::INSERT, &[&ctx.merchant, &id, &new.name, &name_key(&new.name), &new.currency, &new.country, &new.url, &ctx.now])
        .map_err(taken)?;
    Event::new("shop.created").on("shop", id.as_str()).value("name", None, Some(&new.name)).record(tx, ctx)?;
    get(tx, ctx, &id)
}

/// Changes a shop.
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &ShopId, input: &ShopInput) -> Result<Shop> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    let old = get(tx, ctx, id)?;
    let new = checked(tx, ctx, id, input)?;
    tx.exec(&queries::UPDATE, &[&ctx.merchant, id, &new.name, &name_key(&new.name), &new.currency, &new.country, &new.url])
        .map_err(taken)?;
    let fields = [
        ("name", &*old.name, &*new.name),
        ("currency", old.currency.code(), new.currency.code()),
        ("country", &old.country, &new.country),
        ("url", &old.url, &new.url),
    ];
    let mut event = Event::new("shop.edited").on("shop", id.as_str());
    let changed: Vec<_> = fields.into_iter().filter(|(_, a, b)| a != b).collect();
    for (field, a, b) in &changed {
        event = event.value(*field, Some(a), Some(b));
    }
    if !changed.is_empty() {
        event.record(tx, ctx)?;
    }
    get(tx, ctx, id)
}

/// Takes nothing new from now on; twice is once.
///
/// # Errors
/// [`Error::Conflict`] `last_shop` when no other shop is open.
pub fn archive(tx: &mut Tx, ctx: &Ctx, id: &ShopId) -> Result<Shop> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    let shop = get(tx, ctx, id)?;
    if shop.archived_at.is_some() {
        return Ok(shop);
    }
    if tx.one(&queries::OTHERS_OPEN, &[&ctx.merchant, id], |r| r.get::<i64>(0))? == 0 {
        return Err(Error::conflict("last_shop", "This is the only open shop. Open another one first."));
    }
    set_archived(tx, ctx, id, Some(ctx.now), "shop.archived")
}

/// Open again; twice is once.
pub fn unarchive(tx: &mut Tx, ctx: &Ctx, id: &ShopId) -> Result<Shop> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    let shop = get(tx, ctx, id)?;
    if shop.archived_at.is_none() { Ok(shop) } else { set_archived(tx, ctx, id, None, "shop.unarchived") }
}

fn set_archived(tx: &mut Tx, ctx: &Ctx, id: &ShopId, at: Option<i64>, kind: &'static str) -> Result<Shop> {
    tx.exec(&queries::ARCHIVE, &[&ctx.merchant, id, &at])?;
    Event::new(kind).on("shop", id.as_str()).record(tx, ctx)?;
    get(tx, ctx, id)
}

struct Checked {
    name: String,
    currency: Currency,
    country: String,
    url: String,
}

fn checked(tx: &mut Tx, ctx: &Ctx, id: &ShopId, input: &ShopInput) -> Result<Checked> {
    let mut problems = Problems::default();
    let own = merchants::settings(tx, ctx)?.currency;
    let name = required(&mut problems, "name", &input.name, "Give the shop a name.");
    if tx.opt(&queries::TAKEN, &[&ctx.merchant, &name_key(&name), id], |_| Ok(()))?.is_some() {
        problems.add("name", "taken", TAKEN);
    }
    let code = input.currency.trim();
    let currency = if code.is_empty() { Some(own) } else { Currency::of(code) };
    if currency.is_none() {
        problems.add("currency", "unknown", "Choose a currency of ISO 4217, such as EUR.");
    }
    let country = country_code(&mut problems, "country", &input.country);
    let url = clean(&mut problems, "url", &input.url, 300);
    let web = url.is_empty() || ((url.starts_with("https://") || url.starts_with("http://")) && !url.chars().any(char::is_whitespace));
    if !web {
        problems.add("url", "invalid", "Begin the address with https://");
    }
    problems.check()?;
    Ok(Checked { name, currency: currency.unwrap_or(own), country, url })
}

const TAKEN: &str = "Another shop has this name. Choose a different one.";

fn taken(error: store::Error) -> Error {
    Error::from(error).or_taken("shops", "name", TAKEN)
}

fn row(r: &Row) -> std::result::Result<Shop, store::Error> {
    let code: String = r.get("currency")?;
    Ok(Shop {
        id: ShopId::from_db(r.get("id")?),
        name: r.get("name")?,
        currency: Currency::of(&code).ok_or_else(|| store::Error::Other(format!("currency {code}")))?,
        country: r.get("country")?,
        url: r.get("url")?,
        created_at: r.get("created_at")?,
        archived_at: r.get("archived_at")?,
    })
}
