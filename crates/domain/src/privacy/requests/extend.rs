//! More time for an answer: once, two months, with a reason that whoever asks is to be told before the first month is over (Art. 12(3) GDPR).

use jiff::ToSpan as _;
use jiff::civil::Date;
use store::Tx;

use super::change::{found, must_be};
use super::{State, queries};
use crate::events::Event;
use crate::kit::{Ctx, Error, Problems, RequestId, Result, Right, clean, day_date, day_number};
use crate::merchants;

/// The last day to answer an extended request: three months of the calendar from the day it came.
fn until(received: Date) -> Date {
    received.checked_add(3.months()).unwrap_or(received)
}

/// Extends it. Needs [`Right::PersonalData`].
///
/// # Errors
/// `Invalid` on `reason` without one; `Conflict`: `request_state` once it is closed, `already_extended`, `too_late` once its last day is over.
pub fn extend(tx: &mut Tx, ctx: &Ctx, id: &RequestId, reason: &str) -> Result<()> {
    ctx.must(Right::PersonalData)?;
    let mut problems = Problems::default();
    let reason = clean(&mut problems, "reason", reason, 1000);
    if reason.is_empty() {
        problems.add("reason", "required", "Say why it takes longer: whoever asks is to be told.");
    }
    problems.check()?;
    let old = found(tx, ctx, id)?;
    must_be(&old, State::Open)?;
    if old.extended_from.is_some() {
        return Err(Error::conflict("already_extended", "This request was extended before. The law allows it once."));
    }
    if old.is_overdue(i64::from(merchants::settings(tx, ctx)?.zone.day(ctx.now))) {
        return Err(Error::conflict("too_late", "The last day is over: an extension must be told before it."));
    }
    let due = until(day_date(old.received_on));
    let on = i64::from(day_number(due));
    tx.exec(&queries::EXTEND, &[&ctx.merchant, id, &on, &Some(old.due_on), &Some(&reason)])?;
    Event::new("request.extended")
        .of_opt(old.customer.as_ref())
        .on("request", id.as_str())
        .data(serde_json::json!({ "kind": old.kind, "due_on": due.to_string() }))
        .value("reason", None, Some(&reason))
        .record(tx, ctx)?;
    Ok(())
}
