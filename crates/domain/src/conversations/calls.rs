//! Calls, as a program tells them when they are over (SPEC 7.2).

use serde::{Deserialize, Serialize};
use store::Tx;

use super::put::{self, Line, Opening};
use super::{Direction, Kind, Outcome, queries};
use crate::customers::{self, state, survivor};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, EntryId, Micros, Problems, Result, Right, clean, phone_key};
use crate::merchants;

/// A day has so many seconds; nobody speaks longer.
const LONGEST: i64 = 86_400;

/// A call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallInput {
    /// Whose, when that is known.
    #[serde(default)]
    pub customer: Option<CustomerId>,
    /// The other side's number; by it the customer is found when none is named.
    pub phone: String,
    /// Who called whom.
    pub direction: Direction,
    /// How it went.
    pub outcome: Outcome,
    /// When it began, microseconds UTC.
    pub started_at: Micros,
    /// How long they spoke.
    #[serde(default)]
    pub seconds: i64,
    /// Who of the house.
    #[serde(default)]
    pub author: String,
    /// What it was about.
    #[serde(default)]
    pub note: String,
    /// The id of the call where it was made: the same again is the same entry.
    #[serde(default)]
    pub external_id: String,
}

/// Keeps a call; nobody's waits in the inbox. Gives its entry and whether it is new. Needs [`Right::Write`].
///
/// # Errors
/// Field errors; [`crate::Error::NotFound`] for a customer that is not there; `Conflict` (`customer_deleted`) for one that is gone.
pub fn record_call(tx: &mut Tx, ctx: &Ctx, input: &CallInput) -> Result<(EntryId, bool)> {
    ctx.must(Right::Write)?;
    let checked = check(ctx, input)?;
    let country = merchants::settings(tx, ctx)?.country;
    let customer = match &input.customer {
        Some(customer) => Some(survivor(tx, ctx, customer)?),
        None => customers::find_by_phone(tx, ctx, &checked.phone, &country)?,
    };
    if let Some(customer) = &customer {
        state::locked(tx, ctx, customer)?.ensure_here()?;
    }
    if !checked.external_id.is_empty()
        && let Some(known) = tx.opt(&queries::OF_OUTSIDE, &[&ctx.merchant, &Kind::Call, &checked.external_id], |r| r.get(0))?
    {
        return Ok((known, false));
    }
    let key = phone_key(&checked.phone, &country);
    let opening = Opening {
        kind: Kind::Call,
        customer: customer.as_ref(),
        mailbox: None,
        name: "",
        address: &checked.phone,
        address_key: &key,
        subject: "",
    };
    let conversation = put::open(tx, ctx, &opening, input.started_at)?;
    let line = Line {
        at: input.started_at,
        author: &checked.author,
        address: &checked.phone,
        body: &checked.note,
        outside_id: &checked.external_id,
        outcome: input.outcome.name(),
        seconds: input.seconds,
        ..Line::default()
    };
    let waits = input.direction == Direction::In && input.outcome != Outcome::Answered;
    let entry = put::entry(tx, ctx, (&conversation, customer.as_ref()), (Kind::Call, input.direction), &line, waits)?;
    let what = serde_json::json!({ "outcome": input.outcome, "direction": input.direction, "seconds": input.seconds });
    Event::new("call.recorded").of_opt(customer.as_ref()).on("conversation", conversation.as_str()).data(what).record(tx, ctx)?;
    Ok((entry, true))
}

fn check(ctx: &Ctx, input: &CallInput) -> Result<CallInput> {
    let mut problems = Problems::default();
    let phone = clean(&mut problems, "phone", &input.phone, 50);
    if phone.chars().filter(char::is_ascii_digit).count() < 3 {
        problems.add("phone", "invalid", "Give the number of the other side.");
    }
    if !(0..=LONGEST).contains(&input.seconds) {
        problems.add("seconds", "invalid", "Use 0 to 86,400 seconds.");
    }
    if input.started_at > ctx.now || input.started_at < 0 {
        problems.add("started_at", "invalid", "Use a moment that is over.");
    }
    let checked = CallInput {
        phone,
        author: clean(&mut problems, "author", &input.author, 200),
        note: clean(&mut problems, "note", &input.note, 20_000),
        external_id: clean(&mut problems, "external_id", &input.external_id, 200),
        ..input.clone()
    };
    problems.check()?;
    Ok(checked)
}
