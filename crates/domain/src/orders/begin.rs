//! What every new order, offer and contract begins with: the right, the customer under its lock and able to get something new (SPEC 10.2), the shop and
//! the currency.

use store::Tx;

use super::read::shop_currency;
use crate::customers::survivor;
use crate::kit::{Ctx, Currency, CustomerId, Problems, Result, Right, ShopId, locks};
use crate::merchants::{self, Settings};
use crate::payments::must_exist;

/// What was found.
pub(crate) struct Begun {
    pub settings: Settings,
    /// Whose it will be, under its lock.
    pub customer: CustomerId,
    /// The one that was asked for, else the shop's.
    pub currency: Currency,
}

/// Needs [`Right::Orders`]; notes a problem for a shop that is not there.
///
/// # Errors
/// `Conflict` (`customer_inactive`) for an archived or deleted customer; `NotFound` for none of this merchant.
pub(crate) fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: &CustomerId,
    shop: &ShopId,
    currency: Option<Currency>,
    problems: &mut Problems,
) -> Result<Begun> {
    ctx.must(Right::Orders)?;
    let settings = merchants::settings(tx, ctx)?;
    let customer = survivor(tx, ctx, customer)?;
    locks::customers(tx, ctx, &[&customer])?;
    must_exist(tx, ctx, &customer)?.must_be_active()?;
    let of_shop = shop_currency(tx, ctx, shop)?;
    if of_shop.is_none() {
        problems.add("shop", "unknown", "Choose one of your shops.");
    }
    Ok(Begun { currency: currency.or(of_shop).unwrap_or(settings.currency), customer, settings })
}
