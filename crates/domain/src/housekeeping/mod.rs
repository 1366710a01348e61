//! What time alone asks for: statuses that moved are written down with their event (SPEC 4.2, 4.3), ended subscriptions end, old answers,
//! sessions, questions to passkeys, sign-ins that never came back, links to a new password, browsers not seen for long and what undoing a merge would have needed are forgotten, contracts renew, end
//! and remind, legal copies whose term ended go, the shops' retention rules are
//! followed once a day. Reads never wait for it: they compare with their own clock.

pub mod queries;

use store::Db;

use crate::customers::{facts, merge};
use crate::kit::{Actor, Clock, Ctx, DAY, Door, Error, MerchantId, Result};
use crate::{accounting, contracts, portal, privacy, providers, replies, staff, webhooks};

/// How many customers one slice moves.
const SLICE: i64 = 100;

/// Goes over all merchants until nothing is left or it is told to stop. Blocking; harmless when several processes do it.
///
/// # Errors
/// What the database says; the rest goes on next time.
pub fn run(db: &Db, clock: &dyn Clock, stop: &dyn Fn() -> bool) -> Result<()> {
    let merchants = db.read_now::<_, Error>(|tx| Ok(tx.rows(&queries::MERCHANTS, &[], |r| r.get::<String>(0))?))?;
    for merchant in merchants {
        let ctx = Ctx::new(MerchantId::from_db(merchant), Actor::system("clock"), Door::Clock, clock.now());
        while !stop() {
            let ctx = ctx.clone();
            if db.write_slice_now::<_, Error>(move |tx| facts::sweep(tx, &ctx, SLICE))? == 0 {
                break;
            }
        }
        while !stop() {
            let ctx = ctx.clone();
            if !db.write_slice_now::<_, Error>(move |tx| merge::forget(tx, &ctx))? {
                break;
            }
        }
        while !stop() {
            let ctx = ctx.clone();
            if !db.write_slice_now::<_, Error>(move |tx| webhooks::tidy::forget(tx, &ctx))? {
                break;
            }
        }
        contracts::daily(db, &ctx, stop)?;
        let ctx = ctx.clone();
        db.write_slice_now::<_, Error>(move |tx| {
            providers::inbox::forget(tx, &ctx)?;
            portal::forget(tx, &ctx)?;
            privacy::sweep::resume(tx, &ctx)?;
            privacy::expire(tx, &ctx)?;
            privacy::retention::daily(tx, &ctx)?;
            accounting::run::daily(tx, &ctx)?;
            replies::forget(tx, &ctx)
        })?;
    }
    let now = clock.now();
    db.write_slice_now::<_, Error>(move |tx| {
        tx.exec(&queries::OLD_HALVES, &[&now])?;
        tx.exec(&queries::OLD_CHALLENGES, &[&now])?;
        tx.exec(&queries::OLD_VISITS, &[&now])?;
        tx.exec(&queries::OLD_RESETS, &[&(now - DAY)])?;
        tx.exec(&queries::OLD_DEVICES, &[&(now - staff::devices::KEPT)])?;
        Ok(tx.exec(&queries::OLD_SESSIONS, &[&now])?)
    })?;
    Ok(())
}
