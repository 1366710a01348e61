//! Orders as shops name them to their providers. A provider may tell of money before the shop has told of its order: then the event waits for the order.

use ::providers::news::News;
use store::Tx;

use super::apply::{Source, park};
use super::queries;
use crate::kit::{AccountId, Ctx, CustomerId, OrderId, Result, ShopId};
use crate::orders::queries::{CLAIM, UNCLAIM};

/// The order the shop means: by its own id, by number, by ours.
pub(super) fn order_of(tx: &mut Tx, ctx: &Ctx, s: &Source, words: &str) -> Result<Option<(OrderId, Option<CustomerId>)>> {
    for statement in [&queries::ORDER_BY_EXTERNAL, &queries::ORDER_BY_NUMBER, &queries::ORDER_BY_ID] {
        if let Some(found) = tx.opt(statement, &[&ctx.merchant, &s.account.shop, &words], |r| Ok((r.get(0)?, r.get(1)?)))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The same; while no order has that name, the payment waits for it: the shop tells of the order later than the provider of the money. Whoever takes in
/// that order meanwhile is waited for.
pub(super) fn order_or_wait(
    tx: &mut Tx,
    ctx: &Ctx,
    s: &Source,
    payment: &str,
    words: &str,
) -> Result<Option<(OrderId, Option<CustomerId>)>> {
    if let Some(found) = order_of(tx, ctx, s, words)? {
        return Ok(Some(found));
    }
    let name = waited_for(words);
    let claim = format!("{}:{name}", s.account.shop);
    tx.exec(&CLAIM, &[&ctx.merchant, &claim])?;
    let found = order_of(tx, ctx, s, words)?;
    if found.is_none() {
        let waiting = Source { position: format!("{}:{payment}", s.position), ..s.clone() };
        park(tx, ctx, &waiting, &name, &News::Order { payment: payment.to_owned(), order: words.to_owned() })?;
    }
    tx.exec(&UNCLAIM, &[&ctx.merchant, &claim])?;
    Ok(found)
}

fn waited_for(words: &str) -> String {
    format!("order:{words}")
}

/// A shop's order is there: events of its providers that named it before are applied once more by the worker, which ties their payments to it. Comes last
/// in a verb: whoever is just applying such an event is waited for.
pub(crate) fn order_came(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, words: &str) -> Result<()> {
    let accounts: Vec<AccountId> = tx.rows(&queries::ACCOUNTS_OF_SHOP, &[&ctx.merchant, shop], |r| r.get(0))?;
    if accounts.is_empty() {
        return Ok(());
    }
    let name = waited_for(words);
    let claim = format!("{shop}:{name}");
    tx.exec(&CLAIM, &[&ctx.merchant, &claim])?;
    for account in accounts {
        let waits: Vec<String> = tx.rows(&queries::PARKED, &[&ctx.merchant, &account, &name], |r| r.get(0))?;
        for position in &waits {
            // Moment, rank, event, place: see [`Source`].
            let event = position.split(':').nth(2).unwrap_or_default();
            tx.exec(&queries::APPLY_AGAIN, &[&ctx.merchant, &account, &event, &ctx.now])?;
        }
        if !waits.is_empty() {
            tx.exec(&queries::UNPARK, &[&ctx.merchant, &account, &name])?;
        }
    }
    tx.exec(&UNCLAIM, &[&ctx.merchant, &claim])?;
    Ok(())
}
