//! What providers told: stored raw when it came, each event once, and applied later by a worker, one event in one transaction.

use serde::Serialize;
use store::{Db, Tx};

use super::accounts::{self, Account, Opened};
use super::named::{self, Missing};
use super::{Provider, apply, queries};
use crate::kit::{AccountId, Actor, ActorKind, Clock, Ctx, Door, Error, IdSource, MerchantId, Micros, Result, Right, Rights};

/// How often an event that cannot be applied is tried before a person has to look.
const TRIES: i64 = 8;
/// Events taken at once: one transaction of about 25 ms.
const BATCH: i64 = 20;
/// How long an event that was applied is kept with its body: 90 days, far longer than any provider sends it again.
const KEPT: Micros = 90 * crate::kit::DAY;

/// An event that could not be applied.
#[derive(Clone, Debug, Serialize)]
pub struct Failed {
    /// The provider's id of it.
    pub event: String,
    /// Its kind.
    pub kind: String,
    /// When it came.
    pub received_at: Micros,
    /// Why, in words.
    pub error: String,
}

/// Stores an event whose signature was checked. Gives whether it is new. `from` is when it may be applied (now, but for the test provider).
pub fn receive(tx: &mut Tx, account: &Opened, body: &[u8], now: Micros, from: Micros) -> Result<bool> {
    let (merchant, a) = (&account.merchant, &account.account);
    let told = read(a, body).ok_or_else(|| Error::conflict("unreadable", "This is no event."))?;
    let done = tx.exec(&queries::RECEIVE, &[merchant, &a.id, &told.id, &told.kind, &told.at, &now, &from, &body.to_vec()])?;
    if done > 0 {
        tx.exec(&queries::SET_TOLD, &[merchant, &a.id, &now])?;
    }
    Ok(done > 0)
}

/// Is it an event of this account at all?
pub fn is_event(account: &Account, body: &[u8]) -> bool {
    read(account, body).is_some()
}

fn read(account: &Account, body: &[u8]) -> Option<::providers::news::Told> {
    match account.provider {
        Provider::Paypal => ::providers::paypal::read(body, account.live).ok(),
        Provider::Stripe | Provider::Test => ::providers::stripe::read(body).ok(),
    }
}

/// Works through what waits; gives how many events were touched. Blocking; for the worker thread, the command line and tests.
///
/// # Errors
/// Only when the database cannot even note a failure.
pub fn work(db: &Db, clock: &dyn Clock, stop: &dyn Fn() -> bool) -> Result<usize> {
    let mut touched = 0;
    while !stop() {
        let now = clock.now();
        let due: Vec<Due> = db.read_now::<_, Error>(move |tx| {
            Ok(tx.rows(&queries::EVENTS_DUE, &[&now, &BATCH], |r| Ok(Due { merchant: r.get(0)?, account: r.get(1)?, event: r.get(2)? }))?)
        })?;
        if due.is_empty() {
            break;
        }
        touched += due.len();
        let together = due.clone();
        // All in one transaction, which is what a backlog needs; when one of them refuses, each in its own.
        let done = db.write_slice_now::<_, Error>(move |tx| all(tx, &together, now));
        if done.is_err() {
            for each in due.into_iter().take_while(|_| !stop()) {
                alone(db, each, clock)?;
            }
        }
    }
    Ok(touched)
}

#[derive(Clone, Debug)]
struct Due {
    merchant: MerchantId,
    account: AccountId,
    event: String,
}

fn alone(db: &Db, due: Due, clock: &dyn Clock) -> Result<()> {
    let (now, again) = (clock.now(), due.clone());
    if let Err(error) = db.write_slice_now::<_, Error>(move |tx| all(tx, std::slice::from_ref(&again), now)) {
        let ours = matches!(error, Error::Store(_) | Error::Internal(_));
        tracing::warn!(account = %due.account, event = %due.event, error = error.logged(), "an event of a provider could not be applied");
        // What is wrong on our side passes; what the rules refuse does not, and a person has to look.
        let tries = if ours { i64::MAX } else { TRIES };
        let words = if ours { "Something went wrong on our side.".to_owned() } else { words(&error) };
        db.write_now::<_, Error>(move |tx| {
            let key: [&dyn store::Bind; 3] = [&due.merchant, &due.account, &due.event];
            let attempts = tx.opt(&queries::EVENT_ATTEMPTS, &key, |r| r.get::<i64>(0))?.unwrap_or(0);
            let next = now + (1_000_000 << attempts.clamp(0, 12));
            tx.exec(&queries::EVENT_LATER, &[&due.merchant, &due.account, &due.event, &next, &words, &tries])?;
            Ok(())
        })?;
    }
    Ok(())
}

fn words(error: &Error) -> String {
    match error {
        Error::Invalid(problems) => problems.0.first().map_or_else(|| error.to_string(), |p| format!("{}: {}", p.field, p.message)),
        other => other.to_string(),
    }
}

/// Applies events, and last of all lets those wait whose order is not there yet.
fn all(tx: &mut Tx, due: &[Due], now: Micros) -> Result<()> {
    let mut missing = Vec::new();
    for each in due {
        missing.extend(one(tx, each, now)?);
    }
    named::wait(tx, missing)
}

/// Takes one event out of the inbox and applies it. Another worker that has it already leaves nothing to do.
fn one(tx: &mut Tx, due: &Due, now: Micros) -> Result<Vec<Missing>> {
    if tx.exec(&queries::TAKE_EVENT, &[&due.merchant, &due.account, &due.event])? == 0 {
        return Ok(Vec::new());
    }
    let body: Vec<u8> = tx.one(&queries::EVENT_BODY, &[&due.merchant, &due.account, &due.event], |r| r.get(0))?;
    let ctx = context(&due.merchant, &due.account, now);
    let account = accounts::find(tx, &ctx, &due.account)?;
    match read(&account, &body) {
        Some(told) => apply::event(tx, &of(&ctx, &account), &account, &told),
        None => Ok(Vec::new()),
    }
}

/// Whoever applies what an account told. Its id is the account's, so that what came from there is not sent back there.
pub(crate) fn context(merchant: &MerchantId, account: &AccountId, now: Micros) -> Ctx {
    let actor = Actor { kind: ActorKind::System, id: account.to_string(), name: "provider".to_owned(), rights: Rights::all() };
    Ctx { merchant: merchant.clone(), actor: actor.into(), door: Door::Job, now, ids: IdSource::System }
}

pub(super) fn of(ctx: &Ctx, account: &Account) -> Ctx {
    let actor = Actor { name: account.provider.label().to_owned(), ..(*ctx.actor).clone() };
    Ctx { actor: actor.into(), ..ctx.clone() }
}

/// Events that were given up on, newest first.
pub fn failed(tx: &mut Tx, ctx: &Ctx, account: &AccountId, limit: i64) -> Result<Vec<Failed>> {
    ctx.must(Right::Settings)?;
    Ok(tx.rows(&queries::FAILED_EVENTS, &[&ctx.merchant, account, &limit], |r| {
        Ok(Failed { event: r.get(0)?, kind: r.get(1)?, received_at: r.get(2)?, error: r.get(3)? })
    })?)
}

/// How many wait to be applied.
pub fn waiting(tx: &mut Tx, ctx: &Ctx, account: &AccountId) -> Result<i64> {
    ctx.must(Right::Settings)?;
    Ok(tx.scalar(&queries::WAITING_EVENTS, &[&ctx.merchant, account])?)
}

/// Tries all that were given up on once more.
pub fn retry(tx: &mut Tx, ctx: &Ctx, account: &AccountId) -> Result<u64> {
    ctx.must(Right::Settings)?;
    Ok(tx.exec(&queries::RETRY_EVENTS, &[&ctx.merchant, account, &ctx.now])?)
}

/// Deletes what was applied long ago: bodies hold personal data and are of no more use.
pub fn forget(tx: &mut Tx, ctx: &Ctx) -> Result<u64> {
    let before = format!("{:020}", (ctx.now - KEPT).max(0));
    tx.exec(&queries::FORGET_WAITING, &[&ctx.merchant, &before])?;
    Ok(tx.exec(&queries::FORGET_BODIES, &[&ctx.merchant, &(ctx.now - KEPT)])?)
}
