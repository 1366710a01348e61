//! Whose data, and which shop: by name or id, for who types commands. The one place of this room that looks beyond one merchant.

use store::Tx;

use super::queries;
use crate::events::Event;
use crate::kit::{Ctx, Error, MerchantId, Problems, Result, Right, ShopId, name_key};
use crate::merchants::NewMerchant;
use crate::shops::{self, ShopInput};

/// The merchant with this name or id; without either, the only one.
///
/// # Errors
/// A conflict that says what to do: `no_merchant`, `which_merchant`, `unknown_merchant`.
pub fn find_merchant(tx: &mut Tx, wanted: Option<&str>) -> Result<MerchantId> {
    let all: Vec<(MerchantId, String)> = tx.rows(&queries::MERCHANT, &[], |r| Ok((r.get(0)?, r.get(1)?)))?;
    match (wanted, all.as_slice()) {
        (None, []) => Err(Error::conflict(
            "no_merchant",
            "There is no merchant yet. Start `regulars serve` or `regulars demo` first, or give \
             --create-merchant \"Name\" --currency GBP --time-zone Europe/London.",
        )),
        (None, [(one, _)]) => Ok(one.clone()),
        (wanted, all) => pick(wanted, all, "merchant", |id| id.as_str()),
    }
}

/// The shop with this name or id; without either, the only one, or the oldest.
///
/// # Errors
/// A conflict: `unknown_shop`.
pub fn find_shop(tx: &mut Tx, ctx: &Ctx, wanted: Option<&str>) -> Result<ShopId> {
    let all: Vec<(ShopId, String)> = tx.rows(&queries::SHOPS, &[&ctx.merchant], |r| Ok((r.get(0)?, r.get(1)?)))?;
    match (wanted, all.first()) {
        (None, Some((oldest, _))) => Ok(oldest.clone()),
        _ => pick(wanted, &all, "shop", |id| id.as_str()),
    }
}

fn pick<I: Clone>(wanted: Option<&str>, all: &[(I, String)], word: &'static str, id: impl Fn(&I) -> &str) -> Result<I> {
    let names: Vec<&str> = all.iter().map(|(_, name)| name.as_str()).collect();
    let names = names.join(", ");
    let Some(wanted) = wanted else { return Err(Error::conflict("which_one", format!("Say which {word} with --{word}: {names}."))) };
    let fits: Vec<&(I, String)> = all.iter().filter(|(i, name)| id(i) == wanted || name_key(name) == name_key(wanted)).collect();
    match fits.as_slice() {
        [(one, _)] => Ok(one.clone()),
        [] => Err(Error::conflict("unknown", format!("There is no {word} “{wanted}”. There is: {names}."))),
        _ => Err(Error::conflict("which_one", format!("Several have the name “{wanted}”. Give the id."))),
    }
}

/// Makes a merchant and its first shop without an owner: how a script begins. Whoever runs it owns the machine.
///
/// # Errors
/// Field errors for `merchant`, `currency`, `time_zone`, `country`, `shop`; a conflict `taken` when one has this name.
pub fn create_merchant(tx: &mut Tx, ctx: &Ctx, new: &NewMerchant) -> Result<ShopId> {
    ctx.must(Right::Settings)?;
    let all: Vec<String> = tx.rows(&queries::MERCHANT, &[], |r| r.get(1))?;
    if all.iter().any(|name| name_key(name) == name_key(&new.name)) {
        return Err(Problems::one(
            "merchant",
            "taken",
            format!("There is a merchant “{}” already: leave --create-merchant out.", new.name),
        ));
    }
    new.insert(tx, &ctx.merchant, ctx.now)?;
    Event::new("merchant.created").on("merchant", ctx.merchant.as_str()).record(tx, ctx)?;
    Ok(shops::create(tx, ctx, &ShopInput { name: new.shop.clone(), country: new.country.clone(), ..ShopInput::default() })?.id)
}
