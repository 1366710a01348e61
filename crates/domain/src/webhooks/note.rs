//! What a sender notes behind a round: each try, what becomes of its message, how the endpoint stands, and when it is given up.

use store::Tx;

use super::send::{Answer, Held, LEASE, Message, Round, context};
use super::{DeliveryState, Endpoint, OffReason, endpoints, queries, schedule, tell};
use crate::kit::{AttemptId, Ctx, DAY, Micros, Result};

/// An answer that took longer is slow.
const SLOW: i64 = 1_000_000;
/// An endpoint is switched off when every try failed for so long …
const DEAD: Micros = 5 * DAY;
/// … and there were so many rounds.
const DEAD_ROUNDS: i64 = 10;

/// Counts of a round, for the metrics, and whether to go on with the same endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// Messages that arrived.
    pub arrived: u64,
    /// Tries that failed.
    pub failed: u64,
    /// Messages given up.
    pub given_up: u64,
    /// It answers, and is still held.
    pub go_on: bool,
}

/// Notes what came of a round. `mail`: somebody is there who sends mail, so owners are told by mail of an endpoint that was switched off.
pub fn note(tx: &mut Tx, held: &Held, round: &Round, answers: &[Answer], mail: bool, now: Micros) -> Result<Noted> {
    let ctx = context(&held.merchant, now);
    let Some(endpoint) = endpoints::find(tx, &ctx, &held.endpoint)? else { return Ok(Noted::default()) };
    for event in &round.gone {
        tx.exec(&queries::DROP_DELIVERY, &[&ctx.merchant, &held.endpoint, event])?;
    }
    let mut noted = Noted::default();
    for (message, answer) in round.messages.iter().zip(answers) {
        note_one(tx, &ctx, held, &round.url, message, answer, &mut noted)?;
    }
    let well = round.messages.is_empty() || note_endpoint(tx, &ctx, held, &endpoint, answers, mail)?;
    let kept = tx.exec(&queries::EXTEND, &[&ctx.merchant, &held.endpoint, &held.by, &(now + LEASE)])? == 1;
    noted.go_on = kept && well;
    Ok(noted)
}

/// How an endpoint stands after a round; gives whether it answers, as quickly as its place is for.
fn note_endpoint(tx: &mut Tx, ctx: &Ctx, held: &Held, endpoint: &Endpoint, answers: &[Answer], mail: bool) -> Result<bool> {
    let (now, arrived) = (ctx.now, answers.iter().any(Answer::arrived));
    let (failing_since, failures) = if arrived { (None, 0) } else { (endpoint.failing_since.or(Some(now)), endpoint.failures + 1) };
    let asked = answers.iter().filter_map(|a| a.after).max();
    let quiet = if arrived { asked.map_or(0, |_| schedule::quiet(1, now, asked)) } else { schedule::quiet(failures, now, asked) };
    let slow = answers.iter().any(|a| a.duration > SLOW);
    tx.exec(&queries::AFTER_ROUND, &[&ctx.merchant, &endpoint.id, &failing_since, &failures, &slow, &quiet, &now])?;
    let reason = match failing_since {
        _ if answers.iter().any(|a| a.status == 410) => Some(OffReason::Gone),
        Some(since) if since <= now - DEAD && failures >= DEAD_ROUNDS => Some(OffReason::Dead),
        _ => None,
    };
    if let Some(reason) = reason {
        give_up(tx, ctx, endpoint, reason, mail)?;
    }
    Ok(arrived && slow == held.slow && quiet == 0)
}

fn note_one(tx: &mut Tx, ctx: &Ctx, held: &Held, url: &str, message: &Message, answer: &Answer, noted: &mut Noted) -> Result<()> {
    let (id, status) = (ctx.id::<AttemptId>(), i64::from(answer.status));
    let words: String = if answer.arrived() { String::new() } else { answer.words().chars().take(300).collect() };
    // PostgreSQL keeps no zero byte in a text. A receiver may answer with the object as it had it: of somebody who was erased nothing is kept.
    let may_keep = tx.opt(&queries::MAY_KEEP, &[&ctx.merchant, &message.event], |r| r.get::<bool>(0))?.unwrap_or(false);
    let body = if may_keep { answer.body.replace('\0', "\u{fffd}") } else { String::new() };
    tx.exec(
        &queries::INSERT_ATTEMPT,
        &[
            &ctx.merchant,
            &id,
            &held.endpoint,
            &message.event,
            &url,
            &ctx.now,
            &answer.duration,
            &status,
            &words,
            &body,
            &message.timestamp,
            &message.signature,
        ],
    )?;
    let next = schedule::again(message.tries + 1, ctx.now, answer.after);
    let (state, next_at, done_at) = match (answer.arrived(), next) {
        (true, _) => (DeliveryState::Delivered, ctx.now, Some(ctx.now)),
        (false, Some(next)) => (DeliveryState::Waiting, next, None),
        (false, None) => (DeliveryState::Failed, ctx.now, Some(ctx.now)),
    };
    match state {
        DeliveryState::Delivered => noted.arrived += 1,
        DeliveryState::Waiting => noted.failed += 1,
        DeliveryState::Failed => (noted.failed, noted.given_up) = (noted.failed + 1, noted.given_up + 1),
    }
    tx.exec(&queries::TRIED, &[&ctx.merchant, &held.endpoint, &message.event, &state, &ctx.now, &next_at, &done_at, &status, &words])?;
    Ok(())
}

fn give_up(tx: &mut Tx, ctx: &Ctx, endpoint: &Endpoint, reason: OffReason, mail: bool) -> Result<()> {
    endpoints::switch_off(tx, ctx, &endpoint.id, reason)?;
    if mail { tell::owners(tx, ctx, endpoint, reason) } else { Ok(()) }
}
