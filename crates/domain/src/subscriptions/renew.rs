//! The pass that keeps subscriptions running: looks for what is due over all merchants and does it, a few at a time, each slice in one transaction. It
//! keeps no list of its own, so that it can be killed anywhere and begun anew: what was committed is no longer due, and the rest still is.

use std::collections::BTreeMap;

use store::{Db, Tx};

use super::{charge, queries};
use crate::kit::{Actor, Clock, Ctx, CustomerId, Door, Error, IdSource, MerchantId, Micros, Result, SubscriptionId, locks};

/// Subscriptions of one slice: one transaction of about 25 ms.
const BATCH: i64 = 20;
/// How long one that cannot be worked on is left alone.
const PAUSE: Micros = 3_600_000_000;

#[derive(Clone, Debug)]
struct Due {
    merchant: MerchantId,
    id: SubscriptionId,
}

/// Works until nothing is due; gives how many steps were done. Blocking; for the worker thread, the command line and tests. Harmless when several
/// processes do it.
///
/// # Errors
/// Only when the database cannot even note a failure.
pub fn work(db: &Db, clock: &dyn Clock, ids: &IdSource, stop: &dyn Fn() -> bool) -> Result<usize> {
    let mut done = 0;
    while !stop() {
        match slice(db, clock, ids, BATCH)? {
            0 => break,
            n => done += n,
        }
    }
    Ok(done)
}

/// One slice of at most so many; gives how many there were.
pub fn slice(db: &Db, clock: &dyn Clock, ids: &IdSource, limit: i64) -> Result<usize> {
    let now = clock.now();
    let due: Vec<Due> = db
        .read_now::<_, Error>(move |tx| Ok(tx.rows(&queries::DUE, &[&now, &limit], |r| Ok(Due { merchant: r.get(0)?, id: r.get(1)? }))?))?;
    if due.is_empty() {
        return Ok(0);
    }
    let (together, new) = (due.clone(), ids.clone());
    let all = db.write_slice_now::<_, Error>(move |tx| steps(tx, &together, &new, now));
    if all.is_err() {
        for each in &due {
            alone(db, each, ids, now)?;
        }
    }
    Ok(due.len())
}

/// What is not well with one must not hold up the others.
fn alone(db: &Db, due: &Due, ids: &IdSource, now: Micros) -> Result<()> {
    let (one, new) = (due.clone(), ids.clone());
    let Err(error) = db.write_slice_now::<_, Error>(move |tx| steps(tx, std::slice::from_ref(&one), &new, now)) else { return Ok(()) };
    tracing::warn!(subscription = %due.id, error = error.logged(), "a subscription could not be renewed; it is looked at again in an hour");
    let one = due.clone();
    db.write_now::<_, Error>(move |tx| Ok(tx.exec(&queries::LATER, &[&one.merchant, &one.id, &(now + PAUSE)]).map(drop)?))
}

/// Does what is due: all customers of a merchant are locked first, in the order of their ids, and each step looks again.
fn steps(tx: &mut Tx, due: &[Due], new: &IdSource, now: Micros) -> Result<()> {
    let mut by_merchant: BTreeMap<&MerchantId, Vec<&SubscriptionId>> = BTreeMap::new();
    for one in due {
        by_merchant.entry(&one.merchant).or_default().push(&one.id);
    }
    for (merchant, ids) in by_merchant {
        let ctx = Ctx { ids: new.clone(), ..Ctx::new(merchant.clone(), Actor::system("renewals"), Door::Clock, now) };
        let mut owners: Vec<CustomerId> = Vec::new();
        for id in &ids {
            owners.extend(tx.opt(&queries::OWNER, &[&ctx.merchant, *id], |r| r.get(0))?);
        }
        tx.next_verb();
        locks::customers(tx, &ctx, &owners.iter().collect::<Vec<_>>())?;
        for id in ids {
            tx.next_verb();
            charge::step(tx, &ctx, id)?;
        }
    }
    Ok(())
}

/// The steps of a slice without its transaction's end, for the test that dies there.
#[cfg(test)]
pub(super) fn steps_of_test(tx: &mut Tx, now: Micros, limit: i64) -> Result<()> {
    let due = tx.rows(&queries::DUE, &[&now, &limit], |r| Ok(Due { merchant: r.get(0)?, id: r.get(1)? }))?;
    steps(tx, &due, &IdSource::System, now)
}
