//! Archive, that is deactivate, and back (SPEC 10.2). Money that was already taken is never refused by it; new things are.

use serde_json::json;
use store::Tx;

use super::model::HowToCancel;
use super::{facts, queries as q, state};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, Link, Micros, Result, Right, SubscriptionId};
use crate::subscriptions;

/// Archives. One that is archived already stays as it is.
///
/// # Errors
/// A conflict `live_subscription` with the subscriptions as links, unless `subscription` says how to end them.
pub fn archive(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, subscription: Option<HowToCancel>) -> Result<()> {
    ctx.must(Right::Write)?;
    let state = state::locked(tx, ctx, id)?;
    state.ensure_here()?;
    if state.archived_at.is_some() {
        return Ok(());
    }
    for live in live_subscriptions(tx, ctx, id)? {
        match subscription {
            Some(HowToCancel::Now) => subscriptions::cancel_now(tx, ctx, &live.id)?,
            Some(HowToCancel::PeriodEnd) => subscriptions::cancel_at_period_end(tx, ctx, &live.id).map(drop)?,
            None => return Err(refused(&state.display_name, &live_subscriptions(tx, ctx, id)?)),
        }
    }
    switch(tx, ctx, id, Some(ctx.now), "customer.archived", "archived")
}

/// Refuses, before anything is written, what [`archive`] would refuse without a word about subscriptions.
///
/// # Errors
/// A conflict `live_subscription`.
pub(crate) fn ensure_archivable(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    let live = live_subscriptions(tx, ctx, id)?;
    if live.is_empty() { Ok(()) } else { Err(refused(&state::load(tx, ctx, id)?.display_name, &live)) }
}

/// Would [`archive`] take them without a word about subscriptions?
pub(crate) fn is_archivable(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<bool> {
    Ok(live_subscriptions(tx, ctx, id)?.is_empty())
}

/// Takes an archived customer back. One that is active stays as it is.
pub fn unarchive(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    ctx.must(Right::Write)?;
    let state = state::locked(tx, ctx, id)?;
    state.ensure_here()?;
    match state.archived_at {
        Some(_) => switch(tx, ctx, id, None, "customer.unarchived", "unarchived"),
        None => Ok(()),
    }
}

fn switch(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, at: Option<Micros>, kind: &'static str, cause: &str) -> Result<()> {
    tx.exec(&q::SET_ARCHIVED, &[&ctx.merchant, id, &at])?;
    state::touch(tx, ctx, id)?;
    let version: i64 = tx.one(&q::VERSION, &[&ctx.merchant, id], |r| r.get(0))?;
    let (old, new) = if at.is_some() { ("yes", "no") } else { ("no", "yes") };
    Event::new(kind).of(id).data(json!({ "version": version })).value("active", Some(old), Some(new)).record(tx, ctx)?;
    facts::refresh(tx, ctx, std::slice::from_ref(id), cause)
}

struct Live {
    id: SubscriptionId,
    name: String,
}

/// Trialing, active, past due, paused, or cancelled with time left (SPEC 4).
fn live_subscriptions(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Vec<Live>> {
    let all = tx.rows(&q::LIVE_SUBSCRIPTIONS, &[&ctx.merchant, id], |r| {
        Ok((Live { id: r.get(0)?, name: r.get(1)? }, r.get::<Option<Micros>>(3)?))
    })?;
    Ok(all.into_iter().filter(|(_, ends)| ends.is_none_or(|at| ctx.now <= at)).map(|(live, _)| live).collect())
}

fn refused(name: &str, live: &[Live]) -> Error {
    let links = live.iter().map(|s| Link { kind: "subscription", id: s.id.to_string(), label: s.name.clone() }).collect();
    let count = if live.len() == 1 { "a live subscription".to_owned() } else { format!("{} live subscriptions", live.len()) };
    let message = format!("{name} has {count}. Say whether to cancel now or at the end of the period.");
    Error::Conflict { code: "live_subscription", message, links }
}
