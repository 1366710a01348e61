//! What a sender does: takes an endpoint that has something due, sends a round of messages, notes what came of it ([`super::note`]), and lets go (SPEC 13.2).
//!
//! One sender holds an endpoint at a time, over all processes, by a lease that runs out when it dies; so a message goes out again only when nobody
//! could note its answer. One that arrived is never sent again unless somebody asks for it. An endpoint that fails gets one message at a time and
//! longer and longer peace; a slow one is told apart, so that it holds up nobody else.

use store::Tx;

use super::endpoints::{self, secrets};
use super::{State, message, queries, signature};
use crate::events;
use crate::kit::{Actor, Ctx, Door, EventId, MerchantId, Micros, Result, WebhookId};
use crate::providers::Vault;

/// How long a sender holds an endpoint without a sign of life: longer than the longest round.
pub(super) const LEASE: Micros = 60_000_000;
/// Messages of one round to an endpoint that answers well.
const ROUND: i64 = 8;

/// An endpoint that a sender holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// Whose.
    pub merchant: MerchantId,
    /// Which.
    pub endpoint: WebhookId,
    /// It answers slowly or not at all.
    pub slow: bool,
    pub(super) by: String,
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
    pub(super) tries: i64,
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
    pub(super) fn arrived(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn words(&self) -> String {
        match self.status {
            0 => self.error.clone(),
            300..400 => format!("It answered {}: redirects are not followed. Enter the address it leads to.", self.status),
            status => format!("It answered {status}."),
        }
    }
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
    let many = if endpoint.failures > 0 { 1 } else { ROUND };
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

/// Lets go of an endpoint.
pub fn release(tx: &mut Tx, held: &Held) -> Result<()> {
    tx.exec(&queries::RELEASE, &[&held.merchant, &held.endpoint, &held.by])?;
    Ok(())
}

/// Regulars itself, at work for one merchant.
pub(super) fn context(merchant: &MerchantId, now: Micros) -> Ctx {
    Ctx::new(merchant.clone(), Actor::system("webhooks"), Door::Job, now)
}
