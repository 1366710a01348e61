//! A buyer went to the bank. While it is open nothing changes; when it is lost the value falls, never by more than the payment brought
//! (SPEC 5.2), and the payment stops counting for the status (SPEC 4.1).

use serde::{Deserialize, Serialize};
use store::{Row, Tx};

use super::put::find_locked;
use super::{PaymentRow, queries};
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, Currency, DisputeId, Error, Micros, PaymentId, Problems, Result, Right, clean, words};

words! {
    /// How far a dispute came.
    pub enum DisputeStatus {
        /// Waits for an answer or a decision.
        Open = "open", "Open";
        /// The money stays.
        Won = "won", "Won";
        /// The money is gone.
        Lost = "lost", "Lost";
    }
}

/// A dispute as a provider or an import tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeInput {
    /// About which payment.
    pub payment: PaymentId,
    /// Minor units; at most the payment's amount.
    pub amount: i64,
    /// `fraudulent`, `not_received`, …
    #[serde(default)]
    pub reason: String,
    /// The provider's id: the same id again is the same dispute.
    #[serde(default)]
    pub provider_ref: Option<String>,
    /// How far it came.
    pub status: DisputeStatus,
    /// Since when, microseconds UTC.
    pub opened_at: Micros,
    /// Until when it can be answered.
    #[serde(default)]
    pub due_at: Option<Micros>,
    /// When it was decided.
    #[serde(default)]
    pub closed_at: Option<Micros>,
}

/// A dispute as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dispute {
    /// Its id.
    pub id: DisputeId,
    /// About which payment.
    pub payment: PaymentId,
    /// Minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: Currency,
    /// How far it came.
    pub status: DisputeStatus,
    /// Why.
    pub reason: String,
    /// The provider's id.
    pub provider_ref: Option<String>,
    /// Since when.
    pub opened_at: Micros,
    /// Until when it can be answered.
    pub due_at: Option<Micros>,
    /// When it was decided.
    pub closed_at: Option<Micros>,
}

/// Takes in a dispute, or the decision about a known one.
///
/// # Errors
/// `Invalid` for an amount that is not between zero and the payment's.
pub fn put(tx: &mut Tx, ctx: &Ctx, input: &DisputeInput) -> Result<DisputeId> {
    ctx.must(Right::Payments)?;
    let row = find_locked(tx, ctx, &input.payment)?;
    take_in(tx, ctx, &row, input)
}

fn take_in(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, input: &DisputeInput) -> Result<DisputeId> {
    let known = of_payment(tx, ctx, &row.id)?.into_iter().find(|d| d.provider_ref.is_some() && d.provider_ref == input.provider_ref);
    if let Some(dispute) = known {
        if dispute.status == DisputeStatus::Open && input.status != DisputeStatus::Open {
            decide(tx, ctx, row, &dispute, input.status, input.closed_at.unwrap_or(ctx.now))?;
        }
        return Ok(dispute.id);
    }
    let reason = check(row, input)?;
    let id: DisputeId = ctx.id();
    let closed_at = if input.status == DisputeStatus::Open { None } else { Some(input.closed_at.unwrap_or(ctx.now)) };
    tx.exec(
        &queries::INSERT_DISPUTE,
        &[
            &ctx.merchant,
            &id,
            &row.id,
            &input.amount,
            &row.currency,
            &input.status,
            &reason,
            &input.provider_ref,
            &input.opened_at,
            &input.due_at,
            &closed_at,
        ],
    )?;
    after(tx, ctx, row, &id, input.amount, input.status)?;
    Ok(id)
}

/// Decides an open dispute.
///
/// # Errors
/// `Conflict` (`dispute_state`) when it is decided already.
pub fn close(tx: &mut Tx, ctx: &Ctx, id: &DisputeId, won: bool) -> Result<()> {
    ctx.must(Right::Payments)?;
    let seen = find(tx, ctx, id)?;
    let row = find_locked(tx, ctx, &seen.payment)?;
    let dispute = find(tx, ctx, id)?;
    if dispute.status != DisputeStatus::Open {
        return Err(Error::conflict("dispute_state", format!("This dispute is decided: it was {}.", dispute.status.name())));
    }
    decide(tx, ctx, &row, &dispute, if won { DisputeStatus::Won } else { DisputeStatus::Lost }, ctx.now)
}

/// All disputes of a payment, oldest first.
pub fn of_payment(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Vec<Dispute>> {
    Ok(tx.rows(&queries::DISPUTES, &[&ctx.merchant, payment], read)?)
}

/// Takes in a dispute as all that its provider told of it says it stands. An amount above the payment's, and one in another currency, is the whole
/// payment. `again`: the provider had decided it before and opened it once more; else what somebody decided here stands until the provider decides.
pub(crate) fn tell(tx: &mut Tx, ctx: &Ctx, input: &DisputeInput, again: bool) -> Result<DisputeId> {
    let row = find_locked(tx, ctx, &input.payment)?;
    let amount = if (1..=row.amount).contains(&input.amount) { input.amount } else { row.amount };
    let input = DisputeInput { amount, ..input.clone() };
    let known = of_payment(tx, ctx, &row.id)?.into_iter().find(|d| d.provider_ref.is_some() && d.provider_ref == input.provider_ref);
    let Some(known) = known else { return take_in(tx, ctx, &row, &input) };
    if input.status == DisputeStatus::Open && known.status != DisputeStatus::Open && !again {
        return Ok(known.id);
    }
    let due_at = input.due_at.or(known.due_at);
    let now = Dispute { status: input.status, closed_at: input.closed_at, amount, due_at, ..known.clone() };
    if now == known {
        return Ok(known.id);
    }
    tx.exec(&queries::SET_TOLD_DISPUTE, &[&ctx.merchant, &known.id, &now.status, &now.closed_at, &now.amount, &now.due_at])?;
    if now.status != known.status {
        after(tx, ctx, &row, &known.id, now.amount, now.status)?;
    } else if now.amount != known.amount {
        take(tx, ctx, &row)?;
        facts::refresh(tx, ctx, row.customer.as_slice(), "amount of a dispute changed")?;
    }
    Ok(known.id)
}

/// What lost disputes take from a payment of which so much was refunded.
pub(super) fn lost(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, refunded: i64) -> Result<i64> {
    let lost: i64 = tx.scalar(&queries::DISPUTED_LOST, &[&ctx.merchant, &row.id])?;
    Ok(lost_of(row.amount, refunded, lost))
}

/// One dispute.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &DisputeId) -> Result<Dispute> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

fn find(tx: &mut Tx, ctx: &Ctx, id: &DisputeId) -> Result<Dispute> {
    tx.opt(&queries::DISPUTE, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("dispute"))
}

fn check(row: &PaymentRow, input: &DisputeInput) -> Result<String> {
    let mut problems = Problems::default();
    if input.amount <= 0 || input.amount > row.amount {
        problems.add("amount", "invalid", "Use an amount above zero, at most the payment's.");
    }
    if !(0..=crate::kit::Micros::MAX / 4).contains(&input.opened_at) {
        problems.add("opened_at", "invalid", "Use a moment after 1970.");
    }
    clean(&mut problems, "provider_ref", input.provider_ref.as_deref().unwrap_or_default(), 200);
    let reason = clean(&mut problems, "reason", &input.reason, 200);
    problems.check()?;
    Ok(reason)
}

fn decide(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, dispute: &Dispute, status: DisputeStatus, at: Micros) -> Result<()> {
    tx.exec(&queries::SET_DISPUTE, &[&ctx.merchant, &dispute.id, &status, &at])?;
    after(tx, ctx, row, &dispute.id, dispute.amount, status)
}

fn after(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, id: &DisputeId, amount: i64, status: DisputeStatus) -> Result<()> {
    take(tx, ctx, row)?;
    let (kind, cause) = match status {
        DisputeStatus::Open => ("dispute.opened", "dispute opened"),
        DisputeStatus::Won => ("dispute.won", "dispute won"),
        DisputeStatus::Lost => ("dispute.lost", "dispute lost"),
    };
    Event::new(kind)
        .of_opt(row.customer.as_ref())
        .on("dispute", id.as_str())
        .data(serde_json::json!({ "payment": row.id, "amount": amount, "currency": row.currency }))
        .record(tx, ctx)?;
    facts::refresh(tx, ctx, row.customer.as_slice(), cause)
}

/// Writes what lost disputes take from the payment now.
fn take(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow) -> Result<()> {
    let lost = lost(tx, ctx, row, row.refunded)?;
    tx.exec(&queries::SET_REFUNDED, &[&ctx.merchant, &row.id, &row.refunded, &lost, &ctx.now])?;
    Ok(())
}

/// What lost disputes take from a payment: refunds and disputes together never take more than it brought (SPEC 5.2).
pub(crate) fn lost_of(amount: i64, refunded: i64, disputed_lost: i64) -> i64 {
    disputed_lost.min(amount - refunded).max(0)
}

pub(super) fn read(r: &Row<'_>) -> std::result::Result<Dispute, store::Error> {
    Ok(Dispute {
        id: r.get(0)?,
        payment: r.get(1)?,
        amount: r.get(2)?,
        currency: r.get(3)?,
        status: r.get(4)?,
        reason: r.get(5)?,
        provider_ref: r.get(6)?,
        opened_at: r.get(7)?,
        due_at: r.get(8)?,
        closed_at: r.get(9)?,
    })
}
