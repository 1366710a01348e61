//! Writing a request down, with the day until which it is to be answered.

use jiff::ToSpan as _;
use jiff::civil::Date;
use store::Tx;

use super::{Kind, queries};
use crate::customers;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, Problems, RequestId, Result, Right, clean, day_number, locks};
use crate::merchants;

/// A request as somebody writes it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// What is asked for.
    pub kind: Kind,
    /// Whose data, when that is known.
    pub customer: Option<CustomerId>,
    /// Who asks, as they said; needed without a customer.
    pub who: String,
    /// What was said.
    pub note: String,
    /// The day it came, where the merchant lives; absent: today.
    pub received_on: Option<Date>,
}

/// The last day to answer: the same day of the next month, or its last one where it has no such day.
pub fn due(received: Date) -> Date {
    received.checked_add(1.month()).unwrap_or(received)
}

/// Writes it down. Needs [`Right::PersonalData`].
///
/// # Errors
/// `Invalid`: `received_on` in the future or before 2000, `who` when nobody is named; `NotFound` for a customer who is not there.
pub fn create(tx: &mut Tx, ctx: &Ctx, new: &NewRequest) -> Result<RequestId> {
    ctx.must(Right::PersonalData)?;
    let customer = new.customer.as_ref().map(|id| known(tx, ctx, id)).transpose()?;
    let today = merchants::settings(tx, ctx)?.zone.date(ctx.now);
    let received = new.received_on.unwrap_or(today);
    let (mut problems, who, note) = texts(&new.who, &new.note);
    if received > today || received.year() < 2000 {
        problems.add("received_on", "invalid", "Choose the day it came: today or before.");
    }
    if customer.is_none() && who.is_empty() {
        problems.add("who", "required", "Say who asks: a name or an address.");
    }
    problems.check()?;
    let id: RequestId = ctx.id();
    let (on, until) = (i64::from(day_number(received)), i64::from(day_number(due(received))));
    let by = &ctx.actor.name;
    tx.exec(&queries::INSERT, &[&ctx.merchant, &id, &new.kind, &customer, &who, &note, &on, &until, &ctx.now, by])?;
    Event::new("request.received")
        .of_opt(customer.as_ref())
        .on("request", id.as_str())
        .data(serde_json::json!({ "kind": new.kind, "received_on": received.to_string(), "due_on": due(received).to_string() }))
        .record(tx, ctx)?;
    Ok(id)
}

/// The customer of this id, locked; of a merged one the survivor.
pub(super) fn known(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<CustomerId> {
    ctx.must(Right::Read)?;
    let found = customers::get(tx, ctx, id).map_err(|error| match error {
        Error::NotFound(_) => Problems::one("customer", "unknown", "This customer is not there."),
        other => other,
    })?;
    locks::customers(tx, ctx, &[&found.id])?;
    Ok(found.id)
}

pub(super) fn texts(who: &str, note: &str) -> (Problems, String, String) {
    let mut problems = Problems::default();
    let who = clean(&mut problems, "who", who, 300);
    let note = clean(&mut problems, "note", note, 2000);
    (problems, who, note)
}
