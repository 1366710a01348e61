//! A block set and lifted.

use store::Tx;

use super::{Block, Kind, queries, read};
use crate::customers::{MethodLine, survivor};
use crate::events::Event;
use crate::kit::{BlockId, Ctx, CustomerId, Email, Error, MethodId, PaymentId, Problems, Result, Right, clean, locks};
use crate::payments::{find_locked, must_exist};

/// What shall be blocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The card of a payment.
    CardOf(PaymentId),
    /// An e-mail address.
    Email(String),
    /// A customer.
    Customer(CustomerId),
}

/// A block to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockInput {
    /// What.
    pub target: Target,
    /// Why; needed.
    pub reason: String,
}

/// Blocks it from further checkouts; what is blocked already stays as it is.
///
/// # Errors
/// `Invalid` without a reason or for what is no address; `Conflict` (`no_fingerprint`) for a card nobody could know again.
pub fn block(tx: &mut Tx, ctx: &Ctx, input: &BlockInput) -> Result<BlockId> {
    ctx.must(Right::Payments)?;
    let mut problems = Problems::default();
    let reason = clean(&mut problems, "reason", &input.reason, 500);
    if reason.is_empty() {
        problems.add("reason", "required", "Say why: whoever lifts it one day will ask.");
    }
    let what = found(tx, ctx, &input.target, &mut problems)?;
    problems.check()?;
    let Some((kind, key, shown, customer)) = what else { return Err(Error::Internal("a block of nothing".to_owned())) };
    let id: BlockId = ctx.id();
    let done = tx.exec(&queries::INSERT, &[&ctx.merchant, &id, &kind, &key, &shown, &reason, &customer, &ctx.now, &ctx.actor.name])?;
    if done == 0 {
        return Ok(tx.scalar(&queries::STANDING, &[&ctx.merchant, &kind, &key])?);
    }
    Event::new("block.set")
        .of_opt(customer.as_ref())
        .on("block", id.as_str())
        .data(serde_json::json!({ "kind": kind }))
        .value("blocked", None, Some(shown.as_str()).filter(|s| !s.is_empty()))
        .value("reason", None, Some(&reason))
        .record(tx, ctx)?;
    Ok(id)
}

type Found = (Kind, String, String, Option<CustomerId>);

/// Kind, key, words and customer of the target, under the locks it needs.
fn found(tx: &mut Tx, ctx: &Ctx, target: &Target, problems: &mut Problems) -> Result<Option<Found>> {
    match target {
        Target::CardOf(payment) => card(tx, ctx, payment).map(Some),
        Target::Email(typed) => match Email::parse(typed) {
            Some(email) => Ok(Some((Kind::Email, email.key, email.typed, None))),
            None => {
                problems.add("email", "invalid", "Type an address such as ana@example.com.");
                Ok(None)
            }
        },
        Target::Customer(customer) => {
            let customer = &survivor(tx, ctx, customer)?;
            locks::customers(tx, ctx, &[customer])?;
            must_exist(tx, ctx, customer)?;
            Ok(Some((Kind::Customer, customer.to_string(), String::new(), Some(customer.clone()))))
        }
    }
}

fn card(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Found> {
    let row = find_locked(tx, ctx, payment)?;
    let (fingerprint, kind, brand, last4): (String, String, String, String) =
        tx.one(&queries::CARD, &[&ctx.merchant, payment], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
    if fingerprint.is_empty() {
        return Err(Error::conflict(
            "no_fingerprint",
            "Nobody told how to know this card again, so it cannot be blocked. Block the buyer.",
        ));
    }
    let line = MethodLine { id: MethodId::from_db(String::new()), kind, brand, last4, expires_year: None, expires_month: None };
    Ok((Kind::Card, fingerprint, line.words(), row.customer))
}

/// Lifts it: what was blocked may check out again. Twice is once.
pub fn lift(tx: &mut Tx, ctx: &Ctx, id: &BlockId) -> Result<Block> {
    ctx.must(Right::Payments)?;
    let seen = read::find(tx, ctx, id)?;
    if let Some(customer) = &seen.customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    if tx.exec(&queries::LIFT, &[&ctx.merchant, id, &ctx.now, &ctx.actor.name])? > 0 {
        Event::new("block.lifted")
            .of_opt(seen.customer.as_ref())
            .on("block", id.as_str())
            .data(serde_json::json!({ "kind": seen.kind }))
            .record(tx, ctx)?;
    }
    read::find(tx, ctx, id)
}
