//! Money given back. The payment is locked before anything is looked at: 32 writers together never give back more than was captured
//! (SPEC 5.4).

mod letter;
mod told;

use serde::{Deserialize, Serialize};
use store::Tx;

pub use letter::{Told, tell_payer};
pub(crate) use told::{RefundTold, begin, count_again, refused, taken_of, tell, tell_total};

use super::put::find_locked;
use super::{PaymentRow, PaymentStatus, queries};
use crate::credit;
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{ActorKind, Ctx, Error, ImportId, Micros, Money, PaymentId, Problems, RefundId, Result, Right, clean, locks, words};

words! {
    /// How far a refund came. In this order: news that is late takes nothing back.
    pub enum RefundStatus {
        /// On its way: the provider was asked, or works on it. Does not count yet (SPEC 5.2).
        Pending = "pending", "Pending";
        /// Given back.
        Done = "done", "Refunded";
        /// The provider said no, or the bank sent it back.
        Failed = "failed", "Failed";
    }
}

/// A refund recorded by hand, or told by a provider or an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundInput {
    /// Of which payment.
    pub payment: PaymentId,
    /// Minor units of the payment's currency, above zero.
    pub amount: i64,
    /// Why.
    #[serde(default)]
    pub reason: String,
    /// When, microseconds UTC, not in the future; absent: now.
    #[serde(default)]
    pub at: Option<Micros>,
    /// The provider's id: the same id again is the same refund.
    #[serde(default)]
    pub provider_ref: Option<String>,
    /// The cancellation it came from (imports).
    #[serde(skip)]
    pub external_id: Option<String>,
    /// The import that brought it.
    #[serde(skip)]
    pub import_id: Option<ImportId>,
}

impl RefundInput {
    /// Of a payment, by hand, now.
    pub fn of(payment: PaymentId, amount: i64, reason: &str) -> Self {
        Self { payment, amount, reason: reason.to_owned(), at: None, provider_ref: None, external_id: None, import_id: None }
    }
}

/// Records a refund as done.
///
/// # Errors
/// `Invalid` on `amount` with what is left, `Conflict` (`payment_state`) when the payment is not settled.
pub fn refund(tx: &mut Tx, ctx: &Ctx, input: &RefundInput) -> Result<RefundId> {
    ctx.must(Right::Refund)?;
    let row = find_locked(tx, ctx, &input.payment)?;
    let id = refund_later(tx, ctx, &row, input)?;
    facts::refresh(tx, ctx, row.customer.as_slice(), "payment refunded")?;
    Ok(id)
}

/// The same on a payment that the caller has locked and read under the lock; facts are the caller's too. For imports.
pub fn refund_later(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, input: &RefundInput) -> Result<RefundId> {
    locks::payment(tx, ctx, &row.id)?;
    if let Some(reference) = &input.provider_ref
        && let Some(id) = tx.opt(&queries::REFUND_BY_REF, &[&ctx.merchant, &row.id, reference], |r| r.get(0))?
    {
        return Ok(id);
    }
    let reason = check(ctx, row, input)?;
    let at = input.at.unwrap_or(ctx.now);
    let id: RefundId = ctx.id();
    tx.exec(
        &queries::INSERT_REFUND,
        &[
            &ctx.merchant,
            &id,
            &row.id,
            &input.amount,
            &row.currency,
            &reason,
            &input.provider_ref,
            &input.external_id,
            &at,
            &ctx.now,
            &ctx.actor.name,
            &input.import_id,
            &maker(ctx),
        ],
    )?;
    tx.exec(&queries::SET_REFUNDED, &[&ctx.merchant, &row.id, &(row.refunded + input.amount), &row.lost, &ctx.now])?;
    Event::new("payment.refunded")
        .of_opt(row.customer.as_ref())
        .on("payment", row.id.as_str())
        .data(serde_json::json!({ "refund": id, "amount": input.amount, "currency": row.currency, "order": row.order }))
        .value("reason", None, Some(reason.as_str()).filter(|r| !r.is_empty()))
        .record(tx, ctx)?;
    credit::returned(tx, ctx, row, &id, input.amount)?;
    Ok(id)
}

/// Who of the staff makes it, through a page.
fn maker(ctx: &Ctx) -> Option<&str> {
    (ctx.actor.kind == ActorKind::Staff).then_some(ctx.actor.id.as_str())
}

/// What whoever asks gave back behind this moment, in each currency; without what failed.
pub(crate) fn made_since(tx: &mut Tx, ctx: &Ctx, since: Micros) -> Result<Vec<Money>> {
    Ok(tx.rows(&queries::BY_PERSON, &[&ctx.merchant, &ctx.actor.id, &since], |r| Ok(Money::new(r.get(1)?, r.get(0)?)))?)
}

fn check(ctx: &Ctx, row: &PaymentRow, input: &RefundInput) -> Result<String> {
    if row.status != PaymentStatus::Settled {
        return Err(Error::conflict(
            "payment_state",
            format!("A payment that is {} cannot be refunded.", row.status.label().to_lowercase()),
        ));
    }
    let mut problems = Problems::default();
    let left = row.refundable();
    if input.amount <= 0 {
        problems.add("amount", "invalid", "Use an amount above zero.");
    } else if left == 0 {
        problems.add("amount", "too_much", "Nothing is left to refund.");
    } else if input.amount > left {
        problems.add("amount", "too_much", format!("At most {} is left to refund.", Money::new(left, row.currency)));
    }
    if input.at.is_some_and(|at| !(0..=ctx.now).contains(&at)) {
        problems.add("at", "invalid", "Choose a moment after 1970 that is not in the future.");
    }
    clean(&mut problems, "provider_ref", input.provider_ref.as_deref().unwrap_or_default(), 200);
    let reason = clean(&mut problems, "reason", &input.reason, 500);
    problems.check()?;
    Ok(reason)
}
