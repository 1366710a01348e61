//! What a sender does: takes an endpoint that has something due, sends a round of messages, notes what came of it, and lets go (SPEC 13.2).
//!
//! One sender holds an endpoint at a time, over all processes, by a lease that runs out when it dies; so a message goes out again only when nobody
//! could note its answer. One that arrived is never sent again unless somebody asks for it. An endpoint that fails gets one message at a time and
//! longer and longer peace; a slow one is told apart, so that it holds up nobody else.

use store::Tx;

use super::endpoints::{self, secrets};
use super::{DeliveryState, Endpoint, OffReason, State, message, queries, schedule, signature, tell};
use crate::events;
use crate::kit::{Actor, Ctx, DAY, Door, EventId, MerchantId, Micros, Result, WebhookId};
use crate::providers::Vault;

/// How long a sender holds an endpoint without a sign of life: longer than the longest round.
const LEASE: Micros = 60_000_000;
/// Messages of one round to an endpoint that answers well.
const ROUND: i64 = 8;
/// An answer that took longer is slow.
const SLOW: i64 = 1_000_000;
/// An endpoint is switched off when every try failed for so long …
const DEAD: Micros = 5 * DAY;
/// … and there were so many rounds.
const DEAD_ROUNDS: i64 = 10;

/// An endpoint that a sender holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// Whose.
    pub merchant: MerchantId,
    /// Which.
    pub endpoint: WebhookId,
    /// It answers slowly or not at all.
    pub slow: bool,
    by: String,
}

/// A message ready to be sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// Of which event: the value of `webhook-id`.
    pub event: EventId,
    /// The value of `webhook-timestamp`: seconds since 1970.
    pub timestamp: i64,
    /// The value of `webhook-signature`.
    pub signature: String,
    /// The body, JSON.
    pub body: String,
    tries: i64,
}

/// What is sent together; nothing to an endpoint that was switched off meanwhile.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// Where to.
    pub url: String,
    /// What.
    pub messages: Vec<Message>,
    /// Messages whose event is not there any more: an import was taken back.
    pub gone: Vec<EventId>,
    /// Why none of it can be sent, in words.
    pub unsendable: Option<String>,
}

/// What came of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status; 0 when there was no answer.
    pub status: u16,
    /// Why there was none, in words.
    pub error: String,
    /// The beginning of the body.
    pub body: String,
    /// How long it took, microseconds.
    pub duration: i64,
    /// Seconds of `Retry-After`.
    pub after: Option<i64>,
}

impl Round {
    /// Nothing is due.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.gone.is_empty()
    }
}

impl Answer {
    fn arrived(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn words(&self) -> String {
        match self.status {
            0 => self.error.clone(),
            300..400 => format!("It answered {}: redirects are not followed. Enter the address it leads to.", self.status),
            status => format!("It answered {status}."),
        }
    }
}

/// Counts of a round, for the metrics, and whether to go on with the same endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// Messages that arrived.
    pub arrived: u64,
    /// Tries that failed.
    pub failed: u64,
    /// Messages given up.
    pub given_up: u64,
    /// It answers well and is still held.
    pub go_on: bool,
}

/// Takes an endpoint with something due: a quick one when `quick`, a slow one when `slow` is allowed. Before there is a merchant.
pub fn claim(tx: &mut Tx, by: &str, quick: bool, slow: bool, now: Micros) -> Result<Option<Held>> {
    let ready = tx.rows(&queries::READY, &[&now], |r| {
        let slow: bool = r.get::<bool>(2)? || r.get::<i64>(3)? > 0;
        Ok(Held { merchant: r.get(0)?, endpoint: r.get(1)?, slow, by: by.to_owned() })
    })?;
    for held in ready.into_iter().filter(|h| if h.slow { slow } else { quick }) {
        if tx.exec(&queries::TAKE, &[&held.merchant, &held.endpoint, &now, &(now + LEASE), &by])? == 1 {
            return Ok(Some(held));
        }
    }
    Ok(None)
}

/// The next messages of an endpoint that is held, signed. A read.
pub fn next(tx: &mut Tx, vault: &Vault, held: &Held, now: Micros) -> Result<Round> {
    let ctx = context(&held.merchant, now);
    let found = endpoints::find(tx, &ctx, &held.endpoint)?.filter(|e| e.state == State::On);
    let Some(endpoint) = found else { return Ok(Round::default()) };
    let many = if endpoint.failures > 0 || endpoint.slow { 1 } else { ROUND };
    let due = tx.rows(&queries::DUE, &[&ctx.merchant, &held.endpoint, &now, &many], |r| Ok((r.get::<EventId>(0)?, r.get::<i64>(1)?)))?;
    let opened = secrets(tx, vault, &ctx.merchant, &held.endpoint)?;
    let unsendable = opened.is_none().then(|| "Its secret was stored with another secrets key. Make a new one.".to_owned());
    let (signing, timestamp) = (opened.map(|s| s.signing(now)).unwrap_or_default(), now / 1_000_000);
    let (mut messages, mut gone) = (Vec::with_capacity(due.len()), Vec::new());
    for (event, tries) in due {
        let Some(body) = events::find(tx, &ctx, &event)?.map(|e| message::body(&e)) else {
            gone.push(event);
            continue;
        };
        let signature = signature::sign(&signing, event.as_str(), timestamp, &body);
        messages.push(Message { event, timestamp, signature, body, tries });
    }
    Ok(Round { url: endpoint.url, messages, gone, unsendable })
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
    let well = round.messages.is_empty() || note_endpoint(tx, &ctx, &endpoint, answers, noted.arrived > 0, mail)?;
    let kept = tx.exec(&queries::EXTEND, &[&ctx.merchant, &held.endpoint, &held.by, &(now + LEASE)])? == 1;
    noted.go_on = kept && well;
    Ok(noted)
}

/// How an endpoint stands after a round; gives whether it answers well.
fn note_endpoint(tx: &mut Tx, ctx: &Ctx, endpoint: &Endpoint, answers: &[Answer], arrived: bool, mail: bool) -> Result<bool> {
    let now = ctx.now;
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
    Ok(arrived && !slow && quiet == 0)
}

/// Lets go of an endpoint.
pub fn release(tx: &mut Tx, held: &Held) -> Result<()> {
    tx.exec(&queries::RELEASE, &[&held.merchant, &held.endpoint, &held.by])?;
    Ok(())
}

fn note_one(tx: &mut Tx, ctx: &Ctx, held: &Held, url: &str, message: &Message, answer: &Answer, noted: &mut Noted) -> Result<()> {
    let (id, status) = (ctx.id::<crate::kit::AttemptId>(), i64::from(answer.status));
    let words: String = if answer.arrived() { String::new() } else { answer.words().chars().take(300).collect() };
    // PostgreSQL keeps no zero byte in a text.
    let body = answer.body.replace('\0', "\u{fffd}");
    tx.exec(
        &queries::INSERT_ATTEMPT,
        &[&ctx.merchant, &id, &held.endpoint, &message.event, &url, &ctx.now, &answer.duration, &status, &words, &body],
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

/// Regulars itself, at work for one merchant.
pub(super) fn context(merchant: &MerchantId, now: Micros) -> Ctx {
    Ctx::new(merchant.clone(), Actor::system("webhooks"), Door::Job, now)
}
