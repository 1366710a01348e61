//! Webhooks out (SPEC 13.2): other programs are told of every event they want, by the rules of Standard Webhooks.
//!
//! An endpoint is an address with a filter and a secret. Every event asks for the endpoints that want it and writes a delivery for each, in its own
//! transaction, so whatever door the change came through is told and nothing is told that did not happen. The id of the event is the id of the
//! message, the same at every try. Messages are sent between transactions by a sender that holds the endpoint; nothing in here talks to the network.
//! A body holds ids, names of changed fields, codes and amounts, never what they say of a person: whoever may know that asks the API.

pub mod endpoints;
mod fan_out;
mod message;
pub mod note;
pub mod queries;
pub mod read;
pub mod replay;
mod schedule;
pub mod send;
pub mod signature;
pub mod target;
mod tell;
#[cfg(test)]
mod tests;
pub mod tidy;
mod wants;

pub use endpoints::{EndpointInput, Made};
pub(crate) use fan_out::{fan_out, fan_out_many};
pub use wants::Wants;

use crate::kit::{EventId, Micros, WebhookId, words};

/// How many endpoints a merchant may have: each costs every event a row.
pub const MOST: i64 = 20;
/// How long attempts and finished deliveries are kept, microseconds.
pub const KEPT: Micros = 30 * crate::kit::DAY;
/// How long the secret before still signs after a rotation, microseconds.
pub const OVERLAP: Micros = crate::kit::DAY;

words! {
    /// Is an endpoint sent to?
    pub enum State {
        /// Yes.
        On = "on", "On";
        /// No; what happens meanwhile is not kept for it.
        Off = "off", "Off";
        /// It is being forgotten, slice by slice; nobody sees it any more.
        Removed = "removed", "Removed";
    }
}

words! {
    /// Why an endpoint is off.
    pub enum OffReason {
        /// It is on.
        None = "", "";
        /// Somebody switched it off.
        Hand = "hand", "Switched off by hand";
        /// It answered 410 Gone.
        Gone = "gone", "Switched off: it answered that it is gone (410)";
        /// Every try failed for days.
        Dead = "dead", "Switched off: every try failed for five days";
    }
}

words! {
    /// How far a delivery came.
    pub enum DeliveryState {
        /// To be sent, or sent again.
        Waiting = "waiting", "Waiting";
        /// The receiver took it.
        Delivered = "delivered", "Delivered";
        /// It was given up.
        Failed = "failed", "Failed";
    }
}

/// An endpoint as pages and the API show it: no secrets.
#[derive(Clone, Debug, PartialEq)]
pub struct Endpoint {
    /// Its id.
    pub id: WebhookId,
    /// Where messages go.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Which events.
    pub wants: Wants,
    /// Is it sent to?
    pub state: State,
    /// Why not.
    pub off_reason: OffReason,
    /// Since when not, microseconds UTC.
    pub off_at: Option<Micros>,
    /// Until when the secret before the last rotation signs too.
    pub previous_until: Option<Micros>,
    /// Since when every try fails.
    pub failing_since: Option<Micros>,
    /// Tries of it that failed in a row.
    pub failures: i64,
    /// Its last answers took long, or none came.
    pub slow: bool,
    /// When it was last sent to; 0 for never.
    pub sent_at: Micros,
    /// When it was made.
    pub created_at: Micros,
}

/// A message for an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// To which endpoint.
    pub endpoint: WebhookId,
    /// Of which event; also the id of the message.
    pub event: EventId,
    /// Noun and verb.
    pub kind: String,
    /// When it happened, microseconds UTC.
    pub at: Micros,
    /// How far it came.
    pub state: DeliveryState,
    /// Tries since it was asked for.
    pub attempts: i64,
    /// When it is sent next, while it waits.
    pub next_at: Micros,
    /// When it ended.
    pub done_at: Option<Micros>,
    /// The HTTP status of the last answer; 0 without one.
    pub status: i64,
    /// Why the last try failed, in words.
    pub words: String,
}

/// A try.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Where it went.
    pub url: String,
    /// When, microseconds UTC.
    pub created_at: Micros,
    /// How long the answer took, microseconds.
    pub duration: i64,
    /// The HTTP status of the answer; 0 without one.
    pub status: i64,
    /// Why it failed, in words.
    pub error: String,
    /// The first 4 KB of the answer.
    pub answer: String,
    /// The `webhook-timestamp` that was sent, seconds since 1970; 0 in what was kept before tries had it.
    pub timestamp: i64,
    /// The `webhook-signature` that was sent.
    pub signature: String,
}
