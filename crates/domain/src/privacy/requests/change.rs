//! Working on a request: naming its customer, noting what was done, closing it, and opening it again.

use store::Tx;

use super::{Request, State, make, queries, read};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, RequestId, Result, Right, locks};

/// A change; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// Refused when it was changed since.
    pub expected_version: Option<i64>,
    /// Whose data.
    pub customer: Option<CustomerId>,
    /// Who asks.
    pub who: Option<String>,
    /// What was said and done.
    pub note: Option<String>,
}

/// Changes it. Needs [`Right::PersonalData`].
///
/// # Errors
/// `Conflict` (`changed`) when somebody else changed it meanwhile, (`request_state`) once it is closed.
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &RequestId, edit: &Edit) -> Result<()> {
    ctx.must(Right::PersonalData)?;
    let named = edit.customer.as_ref().map(|customer| make::known(tx, ctx, customer)).transpose()?;
    let old = found(tx, ctx, id)?;
    must_be(&old, State::Open)?;
    if edit.expected_version.is_some_and(|version| version != old.version) {
        return Err(Error::conflict("changed", "Somebody else changed this request meanwhile. Look at it again."));
    }
    let (problems, who, note) = make::texts(edit.who.as_deref().unwrap_or(&old.who), edit.note.as_deref().unwrap_or(&old.note));
    problems.check()?;
    let customer = named.or(old.customer);
    tx.exec(&queries::EDIT, &[&ctx.merchant, id, &customer, &who, &note])?;
    Event::new("request.edited").of_opt(customer.as_ref()).on("request", id.as_str()).record(tx, ctx)?;
    Ok(())
}

/// Closes it: done, or refused, with what was answered. Needs [`Right::PersonalData`].
///
/// # Errors
/// `Conflict` (`request_state`) when it is closed already; `Invalid` on `note` for a refusal without a reason.
pub fn close(tx: &mut Tx, ctx: &Ctx, id: &RequestId, as_what: State, note: &str) -> Result<()> {
    ctx.must(Right::PersonalData)?;
    let old = found(tx, ctx, id)?;
    must_be(&old, State::Open)?;
    let (mut problems, _, note) = make::texts("", note);
    match as_what {
        State::Open => problems.add("state", "invalid", "Close it as done or as refused."),
        State::Refused if note.is_empty() && old.note.is_empty() => {
            problems.add("note", "required", "Say why it is refused: whoever asks is to be told.");
        }
        State::Refused | State::Done => {}
    }
    problems.check()?;
    let note = if note.is_empty() { old.note.clone() } else { note };
    tx.exec(&queries::SET_STATE, &[&ctx.merchant, id, &as_what, &Some(ctx.now), &ctx.actor.name, &note])?;
    told(tx, ctx, &old, if as_what == State::Done { "request.done" } else { "request.refused" })
}

/// Opens it again; its day stays what it was. Needs [`Right::PersonalData`].
///
/// # Errors
/// `Conflict` (`request_state`) while it is open.
pub fn reopen(tx: &mut Tx, ctx: &Ctx, id: &RequestId) -> Result<()> {
    ctx.must(Right::PersonalData)?;
    let old = found(tx, ctx, id)?;
    if old.state == State::Open {
        return Err(Error::conflict("request_state", "This request is open."));
    }
    tx.exec(&queries::SET_STATE, &[&ctx.merchant, id, &State::Open, &None::<i64>, &"", &old.note])?;
    told(tx, ctx, &old, "request.reopened")
}

/// The request under its lock, and that of its customer.
pub(super) fn found(tx: &mut Tx, ctx: &Ctx, id: &RequestId) -> Result<Request> {
    let seen = read::find(tx, ctx, id)?;
    if let Some(customer) = &seen.customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    locks::request(tx, ctx, id)?;
    read::find(tx, ctx, id)
}

pub(super) fn must_be(request: &Request, state: State) -> Result<()> {
    if request.state == state {
        return Ok(());
    }
    Err(Error::conflict("request_state", format!("This request is closed: {}. Open it again first.", request.state.label().to_lowercase())))
}

fn told(tx: &mut Tx, ctx: &Ctx, request: &Request, kind: &'static str) -> Result<()> {
    Event::new(kind)
        .of_opt(request.customer.as_ref())
        .on("request", request.id.as_str())
        .data(serde_json::json!({ "kind": request.kind }))
        .record(tx, ctx)?;
    Ok(())
}
