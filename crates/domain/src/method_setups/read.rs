//! Where a method can be added, and how far each press came.

use store::{Row, Tx};

use super::{At, MethodSetup, State, queries};
use crate::kit::{Ctx, CustomerId, DAY, Error, MethodSetupId, Micros, Result, Right, ShopId};
use crate::providers::{Account, Provider, accounts};

/// With whom a shop keeps methods: Stripe, live before test; else the test provider.
pub(super) fn keeper(tx: &mut Tx, ctx: &Ctx, shop: &ShopId) -> Result<Option<Account>> {
    for live in [true, false] {
        if let Some(account) = accounts::in_use(tx, ctx, shop, Provider::Stripe, live)? {
            return Ok(Some(account));
        }
    }
    accounts::in_use(tx, ctx, shop, Provider::Test, false)
}

/// Does this shop keep methods with anybody?
pub(crate) fn keeps(tx: &mut Tx, ctx: &Ctx, shop: &ShopId) -> Result<bool> {
    Ok(keeper(tx, ctx, shop)?.is_some())
}

/// The customer's shops that keep methods; of a customer of no such shop, all shops that do. Needs [`Right::Read`].
pub fn places(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<At>> {
    ctx.must(Right::Read)?;
    let theirs = tx.rows(&queries::SHOPS_OF, &[&ctx.merchant, customer], shop)?;
    let found = keeping(tx, ctx, theirs)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let all = tx.rows(&queries::SHOPS, &[&ctx.merchant], shop)?;
    keeping(tx, ctx, all)
}

fn shop(r: &Row<'_>) -> std::result::Result<At, store::Error> {
    Ok(At { shop: r.get(0)?, name: r.get(1)? })
}

fn keeping(tx: &mut Tx, ctx: &Ctx, shops: Vec<At>) -> Result<Vec<At>> {
    let mut found = Vec::new();
    for at in shops {
        if keeper(tx, ctx, &at.shop)?.is_some() {
            found.push(at);
        }
    }
    Ok(found)
}

/// The presses of the last day, newest first. Needs [`Right::Read`].
pub(crate) fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<MethodSetup>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_CUSTOMER, &[&ctx.merchant, customer, &(ctx.now - 2 * DAY)], |r| row(r, ctx.now))?)
}

/// One of this customer. Needs [`Right::Read`].
///
/// # Errors
/// `NotFound`, also for another's.
pub(crate) fn own(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, id: &MethodSetupId) -> Result<MethodSetup> {
    ctx.must(Right::Read)?;
    match find(tx, ctx, id)? {
        Some(found) if found.customer == *customer => Ok(found),
        _ => Err(Error::NotFound("page")),
    }
}

pub(crate) fn find(tx: &mut Tx, ctx: &Ctx, id: &MethodSetupId) -> Result<Option<MethodSetup>> {
    Ok(tx.opt(&queries::FIND, &[&ctx.merchant, id], |r| row(r, ctx.now))?)
}

fn row(r: &Row<'_>, now: Micros) -> std::result::Result<MethodSetup, store::Error> {
    let (state, until): (State, Micros) = (r.get(7)?, r.get(9)?);
    Ok(MethodSetup {
        id: r.get(0)?,
        customer: r.get(1)?,
        shop: r.get(2)?,
        shop_name: r.get(3)?,
        account: r.get(4)?,
        provider: r.get(5)?,
        live: r.get(6)?,
        state: state.at(now, until),
        url: r.get(8)?,
        until,
        words: r.get(10)?,
        method_ref: r.get(11)?,
        method: r.get(12)?,
        created_at: r.get(13)?,
        page_ref: r.get(14)?,
    })
}
