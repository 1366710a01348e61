//! Refunds through a provider: asked for, pending, done or failed, told in any order and any number of times. Together they never take more than was
//! captured (SPEC 5.4).

use store::Tx;

use super::super::put::find_locked;
use super::super::{MAX_MINOR, PaymentRow, disputes, queries};
use super::{RefundInput, RefundStatus, check, letter, maker};
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, Error, Micros, PaymentId, RefundId, Result, Right};

/// The `provider_ref` of the one refund that stands for what a provider told only as a sum.
const SUM: &str = "total";

/// A refund as a provider tells of it.
#[derive(Clone, Debug)]
pub(crate) struct RefundTold {
    pub payment: PaymentId,
    pub provider_ref: String,
    /// Our own id, when it was asked for here.
    pub ours: Option<RefundId>,
    pub amount: i64,
    pub status: RefundStatus,
    pub reason: String,
    pub failure: String,
    pub at: Micros,
}

/// Asks for a refund through the provider: pending until the provider answers, taken from what is left at once, so that nothing is given back
/// twice (SPEC 5.4).
pub(crate) fn begin(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, amount: i64, reason: &str) -> Result<RefundId> {
    ctx.must(Right::Refund)?;
    let row = find_locked(tx, ctx, payment)?;
    let reason = check(ctx, &row, &RefundInput::of(payment.clone(), amount, reason))?;
    let id = add(tx, ctx, &row, None, amount, RefundStatus::Pending, &reason, ctx.now)?;
    keep(tx, ctx, &row)?;
    tell_timeline(tx, ctx, &row, &id, amount, RefundStatus::Pending, &reason)?;
    facts::refresh(tx, ctx, row.customer.as_slice(), "refund begun")?;
    Ok(id)
}

/// The provider refused, or could not be asked: the money is left to refund again.
pub(crate) fn refused(tx: &mut Tx, ctx: &Ctx, id: &RefundId, words: &str) -> Result<()> {
    let payment = tx.opt(&queries::REFUND, &[&ctx.merchant, id], |r| r.get::<PaymentId>(0))?.ok_or(Error::NotFound("refund"))?;
    let row = find_locked(tx, ctx, &payment)?;
    if let Some(known) =
        all(tx, ctx, &payment)?.into_iter().find(|r| r.id == *id && r.status == RefundStatus::Pending && r.reference.is_none())
    {
        fail(tx, ctx, &row, &known, None, words, ctx.now)?;
        keep(tx, ctx, &row)?;
        facts::refresh(tx, ctx, row.customer.as_slice(), "refund failed")?;
    }
    Ok(())
}

/// Takes in a refund from its provider: new, or a known one that went further. It is kept as it was told; what all of them take from the payment is never
/// more than was captured.
pub(crate) fn tell(tx: &mut Tx, ctx: &Ctx, told: &RefundTold) -> Result<()> {
    let row = find_locked(tx, ctx, &told.payment)?;
    let known = all(tx, ctx, &row.id)?;
    let same = known
        .iter()
        .find(|r| r.reference.as_deref() == Some(&told.provider_ref))
        .or_else(|| known.iter().find(|r| told.ours.as_ref() == Some(&r.id)))
        // Written down here, and sent back at the provider by hand: now it is told.
        .or_else(|| {
            known.iter().find(|r| told.ours.is_none() && told.status != RefundStatus::Failed && r.is_by_hand() && r.amount == told.amount)
        });
    let at = told.at.clamp(0, ctx.now);
    match same {
        Some(r) => {
            // What we gave up on ourselves, the provider knows better.
            let ours_alone = r.reference.is_none() && r.status == RefundStatus::Failed;
            let status = if ours_alone { told.status } else { r.status.max(told.status) };
            match status {
                RefundStatus::Failed if r.status != status => fail(tx, ctx, &row, r, Some(&told.provider_ref), &told.failure, at)?,
                status => {
                    tx.exec(&queries::SET_REFUND, &[&ctx.merchant, &r.id, &status, &told.provider_ref, &at])?;
                    if status != r.status {
                        tell_timeline(tx, ctx, &row, &r.id, r.amount, status, "")?;
                        letter::stands(tx, ctx, &row, &r.id)?;
                    }
                }
            }
        }
        None => {
            let amount = told.amount;
            if amount <= 0 || amount > MAX_MINOR {
                return Ok(());
            }
            let reason: String = told.reason.chars().take(500).collect();
            let id = add(tx, ctx, &row, Some(&told.provider_ref), amount, told.status, &reason, at)?;
            if told.status == RefundStatus::Failed {
                tx.exec(&queries::PUT_REFUND_FAILURE, &[&ctx.merchant, &id, &told.failure, &at])?;
            }
            tell_timeline(tx, ctx, &row, &id, amount, told.status, &reason)?;
        }
    }
    keep(tx, ctx, &row)?;
    facts::refresh(tx, ctx, row.customer.as_slice(), "payment refunded")
}

/// Takes in how much was refunded in all. What no single refund accounts for stands as one of its own.
pub(crate) fn tell_total(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, total: i64) -> Result<()> {
    let row = find_locked(tx, ctx, payment)?;
    let before = tx.opt(&queries::REFUND_TOTAL, &[&ctx.merchant, payment], |r| r.get::<i64>(0))?.unwrap_or(0);
    if total > before {
        tx.exec(&queries::PUT_REFUND_TOTAL, &[&ctx.merchant, payment, &total])?;
    }
    keep(tx, ctx, &row)?;
    facts::refresh(tx, ctx, row.customer.as_slice(), "payment refunded")
}

struct Known {
    id: RefundId,
    amount: i64,
    status: RefundStatus,
    reference: Option<String>,
    credit: bool,
}

impl Known {
    /// Written down by somebody, with nothing of the provider yet.
    fn is_by_hand(&self) -> bool {
        self.status == RefundStatus::Done && self.reference.is_none() && !self.credit
    }

    /// Can the sum that a provider tells have it in it? Not store credit, nor what never got there. One that failed later was in the sum when the sum
    /// was told, and one that was written down by hand was sent back by hand.
    fn is_in_sum(&self) -> bool {
        !self.credit && (self.reference.is_some() || self.status != RefundStatus::Failed)
    }

    fn is_sum(&self) -> bool {
        self.reference.as_deref() == Some(SUM)
    }
}

fn all(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId) -> Result<Vec<Known>> {
    let read =
        |r: &store::Row<'_>| Ok(Known { id: r.get(0)?, amount: r.get(1)?, status: r.get(2)?, reference: r.get(3)?, credit: r.get(4)? });
    Ok(tx.rows(&queries::ALL_REFUNDS, &[&ctx.merchant, payment], read)?)
}

fn add(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &PaymentRow,
    reference: Option<&str>,
    amount: i64,
    status: RefundStatus,
    reason: &str,
    at: Micros,
) -> Result<RefundId> {
    let id: RefundId = ctx.id();
    let by = &ctx.actor.name;
    let reference = reference.map(str::to_owned);
    tx.exec(
        &queries::ADD_REFUND,
        &[&ctx.merchant, &id, &row.id, &amount, &row.currency, &status, &reason, &reference, &at, &ctx.now, by, &maker(ctx)],
    )?;
    Ok(id)
}

fn fail(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, r: &Known, reference: Option<&str>, words: &str, at: Micros) -> Result<()> {
    let (words, reference): (String, _) = (words.chars().take(500).collect(), reference.map(str::to_owned));
    tx.exec(&queries::SET_REFUND, &[&ctx.merchant, &r.id, &RefundStatus::Failed, &reference, &at])?;
    tx.exec(&queries::PUT_REFUND_FAILURE, &[&ctx.merchant, &r.id, &words, &at])?;
    tell_timeline(tx, ctx, row, &r.id, r.amount, RefundStatus::Failed, "")
}

/// The same again for a payment whose amount is another now. The caller holds its lock and refreshes the facts.
pub(crate) fn count_again(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow) -> Result<()> {
    keep(tx, ctx, row)
}

/// What refunds take from a payment of this amount, done and pending: together never more than was captured (SPEC 5.4), and what is done before what
/// is on its way, which the provider may still refuse.
pub(crate) fn taken_of(amount: i64, done: i64, pending: i64) -> (i64, i64) {
    let done = done.min(amount);
    (done, pending.min(amount - done))
}

/// Works out what refunds take from a payment: what was told as a sum, done and pending ones, and what that leaves to lost disputes.
fn keep(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow) -> Result<()> {
    let mut known = all(tx, ctx, &row.id)?;
    let told = tx.opt(&queries::REFUND_TOTAL, &[&ctx.merchant, &row.id], |r| r.get::<i64>(0))?.unwrap_or(0);
    let (sum, single): (Vec<_>, Vec<_>) = known.drain(..).partition(Known::is_sum);
    let accounted: i64 = single.iter().filter(|r| r.is_in_sum()).map(|r| r.amount).sum();
    let by = |status| single.iter().filter(|r| r.status == status).map(|r| r.amount).sum::<i64>();
    let (done, pending) = (by(RefundStatus::Done), by(RefundStatus::Pending));
    let rest = (told - accounted).clamp(0, (row.amount - done - pending).max(0));
    match sum.first() {
        Some(r) if rest == 0 => drop(tx.exec(&queries::DROP_REFUND, &[&ctx.merchant, &r.id])?),
        Some(r) if rest != r.amount => drop(tx.exec(&queries::SET_REFUND_AMOUNT, &[&ctx.merchant, &r.id, &rest])?),
        None if rest > 0 => {
            let id = add(tx, ctx, row, Some(SUM), rest, RefundStatus::Done, "", ctx.now)?;
            tell_timeline(tx, ctx, row, &id, rest, RefundStatus::Done, "")?;
        }
        _ => {}
    }
    let (done, pending) = taken_of(row.amount, done + rest, pending);
    let lost = disputes::lost(tx, ctx, row, done)?;
    tx.exec(&queries::SET_TAKEN, &[&ctx.merchant, &row.id, &done, &pending, &lost, &ctx.now])?;
    Ok(())
}

fn tell_timeline(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, id: &RefundId, amount: i64, status: RefundStatus, reason: &str) -> Result<()> {
    let kind = match status {
        RefundStatus::Pending => "refund.begun",
        RefundStatus::Done => "payment.refunded",
        RefundStatus::Failed => "refund.failed",
    };
    Event::new(kind)
        .of_opt(row.customer.as_ref())
        .on("payment", row.id.as_str())
        .data(serde_json::json!({ "refund": id, "amount": amount, "currency": row.currency, "order": row.order }))
        .value("reason", None, Some(reason).filter(|r| !r.is_empty()))
        .record(tx, ctx)?;
    Ok(())
}
