//! One event, applied: each news to its room. News that speaks of something that is not there yet waits for it, under its name.

use ::providers::news::{News, Told};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::Tx;

use super::accounts::Account;
use super::named::{self, Missing};
use super::{money, people, queries, running, setups};
use crate::kit::{CallId, Ctx, Error, Micros, Result};
use crate::payment_links;

/// Where news comes from.
#[derive(Clone, Debug)]
pub(super) struct Source<'a> {
    pub account: &'a Account,
    /// `stripe`.
    pub provider: &'static str,
    pub live: bool,
    /// By this the news of an account has an order, whatever the order in which it came: moment, rank, event, place in the event.
    pub position: String,
}

impl<'a> Source<'a> {
    /// The answer to a call, as news of this moment.
    pub(super) fn of_answer(account: &'a Account, now: Micros, call: &CallId) -> Self {
        let position = format!("{:020}:1:{call}:000", now.max(0));
        Self { account, provider: account.provider.name(), live: account.live, position }
    }
}

/// Applies all news of an event. Gives what of it names an order that is not there: the caller lets that wait, behind all else.
pub(super) fn event(tx: &mut Tx, ctx: &Ctx, account: &Account, told: &Told) -> Result<Vec<Missing>> {
    let mut missing = Vec::new();
    for (place, news) in told.news.iter().enumerate() {
        let position = format!("{:020}:{}:{}:{place:03}", told.at.max(0), told.rank, told.id);
        let live = account.live && told.live;
        let source = Source { account, provider: account.provider.name(), live, position };
        missing.extend(named::missing(tx, ctx, &source, news)?);
        apply(tx, ctx, &source, news)?;
    }
    Ok(missing)
}

/// Applies one.
pub(super) fn apply(tx: &mut Tx, ctx: &Ctx, s: &Source, news: &News) -> Result<()> {
    tx.next_verb();
    match news {
        News::Payment(p) => money::payment(tx, ctx, s, p, news),
        News::Approved(n) => payment_links::capture::approved(tx, ctx, s.account, n),
        News::Refund(r) => money::refund(tx, ctx, s, r, news),
        News::RefundTotal { payment, total, .. } => money::refund_total(tx, ctx, s, payment, total, news),
        News::Dispute(d) => money::dispute(tx, ctx, s, d, news),
        News::Renewal(r) => money::renewal(tx, ctx, s, r),
        News::Order { payment, order } => money::order(tx, ctx, s, payment, order, news),
        News::Customer(c) => people::customer(tx, ctx, s, c),
        News::Method(m) => people::method(tx, ctx, s, m, news),
        News::MethodGone { reference, at } => people::method_gone(tx, ctx, s, reference, *at),
        News::Setup(p) => setups::setup(tx, ctx, s, p, news),
        News::Subscription(p) => running::subscription(tx, ctx, s, p, news),
    }
}

/// Lets news wait until what it speaks of is there: `payment:ch_1`, `customer:cus_1`, `method:pm_1`, `subscription:sub_1`, `order:web-1`.
pub(super) fn park(tx: &mut Tx, ctx: &Ctx, s: &Source, waits_for: &str, news: &News) -> Result<()> {
    tx.exec(&queries::PARK, &[&ctx.merchant, &s.account.id, &waits_for, &s.position, &json(news)?])?;
    Ok(())
}

/// Applies what has waited for this, in the order in which it happened.
pub(super) fn wake(tx: &mut Tx, ctx: &Ctx, s: &Source, arrived: &str) -> Result<()> {
    let parked =
        tx.rows(&queries::PARKED, &[&ctx.merchant, &s.account.id, &arrived], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?;
    if parked.is_empty() {
        return Ok(());
    }
    tx.exec(&queries::UNPARK, &[&ctx.merchant, &s.account.id, &arrived])?;
    for (position, text) in parked {
        let news: News = unjson(&text)?;
        apply(tx, ctx, &Source { position, ..s.clone() }, &news)?;
    }
    Ok(())
}

/// What the account has told before.
pub(super) fn fact(tx: &mut Tx, ctx: &Ctx, s: &Source, kind: &str, reference: &str) -> Result<Option<String>> {
    Ok(tx.opt(&queries::FACT, &[&ctx.merchant, &s.account.id, &kind, &reference], |r| r.get(0))?)
}

/// Notes it.
pub(super) fn note(tx: &mut Tx, ctx: &Ctx, s: &Source, kind: &str, reference: &str, value: &str) -> Result<()> {
    tx.exec(&queries::PUT_FACT, &[&ctx.merchant, &s.account.id, &kind, &reference, &value])?;
    Ok(())
}

/// Is this the newest word about something that has one state at a time? Then it is noted as such.
pub(super) fn is_newest(tx: &mut Tx, ctx: &Ctx, s: &Source, kind: &str, reference: &str) -> Result<bool> {
    let newest = fact(tx, ctx, s, kind, reference)?.is_none_or(|last| last <= s.position);
    if newest {
        note(tx, ctx, s, kind, reference, &s.position)?;
    }
    Ok(newest)
}

pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Internal(e.to_string()))
}

pub(super) fn unjson<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::Internal(e.to_string()))
}
