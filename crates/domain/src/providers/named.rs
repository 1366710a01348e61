//! Orders as shops name them to their providers. A provider may tell of money before the shop has told of its order: then the event waits for the order.

use ::providers::news::News;
use store::Tx;

use super::apply::{Source, json};
use super::queries;
use crate::kit::{AccountId, Ctx, CustomerId, OrderId, Result, ShopId};
use crate::orders::queries::{CLAIM, UNCLAIM};

/// The order the shop means: by its own id, by number, by ours.
pub(super) fn order_of(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, words: &str) -> Result<Option<(OrderId, Option<CustomerId>)>> {
    for statement in [&queries::ORDER_BY_EXTERNAL, &queries::ORDER_BY_NUMBER, &queries::ORDER_BY_ID] {
        if let Some(found) = tx.opt(statement, &[&ctx.merchant, shop, &words], |r| Ok((r.get(0)?, r.get(1)?)))? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// An event that names an order which was not there when it was about to be applied.
pub(super) struct Missing {
    ctx: Ctx,
    account: AccountId,
    shop: ShopId,
    position: String,
    payment: String,
    words: String,
}

/// Does this news name an order that is not there? What we asked for ourselves names one that is, or none.
pub(super) fn missing(tx: &mut Tx, ctx: &Ctx, s: &Source, news: &News) -> Result<Option<Missing>> {
    let (payment, words) = match news {
        News::Payment(p) if p.ours.is_none() && p.amount.minor > 0 => (&p.reference, p.order.as_ref()),
        News::Order { payment, order } => (payment, Some(order)),
        _ => return Ok(None),
    };
    let Some(words) = words else { return Ok(None) };
    if order_of(tx, ctx, &s.account.shop, words)?.is_some() {
        return Ok(None);
    }
    Ok(Some(Missing {
        ctx: ctx.clone(),
        account: s.account.id.clone(),
        shop: s.account.shop.clone(),
        position: s.position.clone(),
        payment: payment.clone(),
        words: words.clone(),
    }))
}

/// Lets such events wait for their orders: the shop tells of the order later than the provider of the money. Comes last in a transaction, as
/// [`order_came`] does: whoever takes in that order meanwhile is waited for, and who waits here asks for no lock any more. An order that has come by then
/// has its event applied once more.
pub(super) fn wait(tx: &mut Tx, mut all: Vec<Missing>) -> Result<()> {
    all.sort_by(|a, b| (&a.ctx.merchant, &a.shop, &a.words).cmp(&(&b.ctx.merchant, &b.shop, &b.words)));
    for m in all {
        let name = waited_for(&m.words);
        let claim = format!("{}:{name}", m.shop);
        tx.exec(&CLAIM, &[&m.ctx.merchant, &claim])?;
        if order_of(tx, &m.ctx, &m.shop, &m.words)?.is_some() {
            again(tx, &m.ctx, &m.account, &m.position)?;
        } else {
            let news = News::Order { payment: m.payment.clone(), order: m.words };
            let position = format!("{}:{}", m.position, m.payment);
            tx.exec(&queries::PARK, &[&m.ctx.merchant, &m.account, &name, &position, &json(&news)?])?;
        }
        tx.exec(&UNCLAIM, &[&m.ctx.merchant, &claim])?;
    }
    Ok(())
}

/// Has the event of this position applied once more. Moment, rank, event, place: see [`Source`].
fn again(tx: &mut Tx, ctx: &Ctx, account: &AccountId, position: &str) -> Result<()> {
    let event = position.split(':').nth(2).unwrap_or_default();
    tx.exec(&queries::APPLY_AGAIN, &[&ctx.merchant, account, &event, &ctx.now])?;
    Ok(())
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
            again(tx, ctx, &account, position)?;
        }
        if !waits.is_empty() {
            tx.exec(&queries::UNPARK, &[&ctx.merchant, &account, &name])?;
        }
    }
    tx.exec(&UNCLAIM, &[&ctx.merchant, &claim])?;
    Ok(())
}
