//! What happened: one table that is the timeline of a customer (SPEC 2.14), the audit log of a merchant (SPEC 14.1) and the outbox:
//! [`crate::webhooks`] is asked at every event who wants to be told.
//!
//! Every verb records its event in its own transaction. The event itself holds no personal data: old and new values of fields stand in
//! `event_values`, which an erasure deletes. `data` is JSON of ids, codes and amounts only.

mod log;
pub mod nouns;
pub mod queries;
#[cfg(test)]
mod tests;

pub(crate) use log::find;
pub use log::{Change, Entry, LogFilter, LogKey, Page, Place, log, of_subject, timeline};

use serde_json::Value as Json;
use store::{Bind, Tx, Value, ValueRef};

use crate::kit::{Ctx, CustomerId, EventId, Result};
use crate::webhooks;

/// An event about to be written.
#[derive(Debug)]
pub struct Event<'a> {
    kind: &'static str,
    customer: Option<&'a CustomerId>,
    subject: (&'static str, &'a str),
    cause: String,
    data: Json,
    values: Vec<(String, Option<String>, Option<String>)>,
}

impl<'a> Event<'a> {
    /// `kind` is noun and verb: `customer.created`, `order.paid`. Subject: what it happened to, if it is not the customer.
    pub fn new(kind: &'static str) -> Self {
        Self { kind, customer: None, subject: ("", ""), cause: String::new(), data: Json::Null, values: Vec::new() }
    }

    /// Shows on the timeline of this customer.
    #[must_use]
    pub fn of(mut self, customer: &'a CustomerId) -> Self {
        self.customer = Some(customer);
        self
    }

    /// The same when there may be none (a guest).
    #[must_use]
    pub fn of_opt(mut self, customer: Option<&'a CustomerId>) -> Self {
        self.customer = customer;
        self
    }

    /// What it happened to: `("order", id)`.
    #[must_use]
    pub fn on(mut self, kind: &'static str, id: &'a str) -> Self {
        self.subject = (kind, id);
        self
    }

    /// Why, in words without personal data: "60 days without a payment".
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = cause.into();
        self
    }

    /// Ids, codes, amounts; nothing personal.
    #[must_use]
    pub fn data(mut self, data: Json) -> Self {
        self.data = data;
        self
    }

    /// A field's old and new value; may be personal, so it is kept apart.
    #[must_use]
    pub fn value(mut self, field: impl Into<String>, old: Option<&str>, new: Option<&str>) -> Self {
        self.values.push((field.into(), old.map(str::to_owned), new.map(str::to_owned)));
        self
    }

    /// Writes it. The customer's row must be locked by the verb (its event counter is raised here and gives the order).
    pub fn record(self, tx: &mut Tx, ctx: &Ctx) -> Result<EventId> {
        debug_assert!(nouns::is_known(self.kind), "{} is about nothing that the audit log and webhooks can be asked for", self.kind);
        let id: EventId = ctx.id();
        let version = match self.customer {
            Some(customer) => tx.opt(&queries::NEXT_VERSION, &[&ctx.merchant, customer], |r| r.get::<i64>(0))?.unwrap_or(0),
            None => 0,
        };
        let data = if self.data.is_null() { String::new() } else { self.data.to_string() };
        let customer = self.customer.map_or(Value::Null, Bind::value);
        tx.exec(
            &queries::INSERT,
            &[
                &ctx.merchant,
                &id,
                &ctx.now,
                &self.kind,
                &ctx.actor.kind.name(),
                &ctx.actor.id,
                &ctx.actor.name,
                &ctx.door.name(),
                &customer,
                &version,
                &self.subject.0,
                &self.subject.1,
                &self.cause,
                &data,
            ],
        )?;
        for (field, old, new) in &self.values {
            tx.exec(&queries::INSERT_VALUE, &[&ctx.merchant, &id, field, old, new])?;
        }
        webhooks::fan_out(tx, ctx, &id, self.kind)?;
        Ok(id)
    }
}

/// Records the first event of customers that were made in this transaction with an event counter of 1, all at once.
pub(crate) fn record_first(tx: &mut Tx, ctx: &Ctx, all: Vec<Event>) -> Result<()> {
    let told: Vec<(EventId, &'static str)> = all.iter().map(|event| (ctx.id(), event.kind)).collect();
    let (mut rows, mut values) = (Vec::with_capacity(all.len()), Vec::new());
    let (merchant, actor) = (ctx.merchant.value_ref(), &ctx.actor);
    for (event, (id, _)) in all.iter().zip(&told) {
        debug_assert!(nouns::is_known(event.kind), "{} is about nothing that the audit log and webhooks can be asked for", event.kind);
        let data = if event.data.is_null() { String::new() } else { event.data.to_string() };
        rows.push(vec![
            merchant.clone(),
            id.value_ref(),
            ctx.now.into(),
            event.kind.into(),
            actor.kind.name().into(),
            (&actor.id).into(),
            (&actor.name).into(),
            ctx.door.name().into(),
            event.customer.value_ref(),
            ValueRef::Int(1),
            event.subject.0.into(),
            ValueRef::from(event.subject.1),
            event.cause.as_str().into(),
            data.into(),
        ]);
        values.extend(
            event
                .values
                .iter()
                .map(|(field, old, new)| vec![merchant.clone(), id.value_ref(), field.value_ref(), old.value_ref(), new.value_ref()]),
        );
    }
    if let [one] = rows.as_slice() {
        let one: Vec<&dyn Bind> = one.iter().map(|v| v as &dyn Bind).collect();
        tx.exec(&queries::INSERT, &one)?;
    } else {
        tx.insert_many("events", &queries::COLUMNS, &rows)?;
    }
    if !values.is_empty() {
        tx.insert_many("event_values", &["merchant_id", "event_id", "field", "old", "new"], &values)?;
    }
    webhooks::fan_out_many(tx, ctx, &told)
}
