//! What is due for the payments of a time, marked as paid. Nothing is sent: the money goes by bank, and this writes down that it did.

use serde::Serialize;
use store::{Bind, Tx};

use super::{Period, earned, get, queries};
use crate::events::Event;
use crate::kit::{AffiliateId, Ctx, Currency, Error, Micros, Money, PaymentId, PayoutId, Problems, Result, Right, clean, locks};

/// The most payments of one payout.
const MOST: usize = 50_000;

/// What to mark as paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayoutInput {
    /// To whom.
    pub affiliate: AffiliateId,
    /// Commissions in this currency.
    pub currency: Currency,
    /// Of payments of this time.
    pub period: Period,
    /// What one saw to be due, minor units: when it is another sum by now, nothing is marked.
    pub expected: Option<i64>,
    /// The bank's reference, for instance.
    pub note: String,
}

/// A payout as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
    /// Of payments not before, microseconds UTC.
    pub from: Micros,
    /// Of payments before.
    pub until: Micros,
    /// A remark.
    pub note: String,
    /// When it was marked.
    pub paid_at: Micros,
    /// By whom.
    pub by: String,
}

/// Marks what is due as paid. Commissions that were paid before and lowered since are taken off.
///
/// # Errors
/// `Conflict`: `nothing_due`, or `due_changed` when another sum is due than expected; `too_many` for more than 50,000 payments.
pub fn pay_out(tx: &mut Tx, ctx: &Ctx, input: &PayoutInput) -> Result<PayoutId> {
    ctx.must(Right::Refund)?;
    locks::affiliates(tx, ctx, &[&input.affiliate])?;
    get(tx, ctx, &input.affiliate)?;
    let mut problems = Problems::default();
    let note = clean(&mut problems, "note", &input.note, 500);
    problems.check()?;
    let open = open(tx, ctx, input)?;
    let amount = open.iter().fold(0_i64, |sum, (_, due)| sum.saturating_add(*due));
    check(input, amount, open.len())?;
    let id: PayoutId = ctx.id();
    let Period { from, until } = input.period;
    tx.exec(
        &queries::INSERT_PAYOUT,
        &[&ctx.merchant, &id, &input.affiliate, &input.currency, &amount, &from, &until, &note, &ctx.now, &ctx.actor.name],
    )?;
    let rows: Vec<Vec<store::Value>> =
        open.iter().map(|(payment, due)| vec![ctx.merchant.value(), id.value(), payment.value(), (*due).into()]).collect();
    tx.insert_many("payout_lines", &["merchant_id", "payout_id", "payment_id", "amount"], &rows)?;
    tx.exec(&queries::PAY, &[&ctx.merchant, &id, &ctx.now])?;
    Event::new("payout.made")
        .on("affiliate", input.affiliate.as_str())
        .data(serde_json::json!({ "payout": id, "amount": amount, "currency": input.currency, "payments": open.len() }))
        .record(tx, ctx)?;
    Ok(id)
}

/// Each payment whose commission is not exactly paid, with what is due on it (below zero where too much was paid).
fn open(tx: &mut Tx, ctx: &Ctx, input: &PayoutInput) -> Result<Vec<(PaymentId, i64)>> {
    let Period { from, until } = input.period;
    let mut open = Vec::new();
    tx.each(&queries::OPEN, &[&ctx.merchant, &input.affiliate, &input.currency, &from, &until], |r| {
        let counts: bool = r.get(5)?;
        let earned = if counts { earned(r.get(1)?, r.get(3)?, r.get(4)?) } else { 0 };
        let due = earned - r.get::<i64>(2)?;
        if due != 0 {
            open.push((r.get(0)?, due));
        }
        Ok(())
    })?;
    Ok(open)
}

fn check(input: &PayoutInput, amount: i64, many: usize) -> Result<()> {
    let due = Money::new(amount, input.currency);
    if many > MOST {
        return Err(Error::conflict("too_many", "More than 50,000 payments are meant. Choose a shorter time."));
    }
    if amount <= 0 {
        return Err(Error::conflict("nothing_due", format!("Nothing is due in {} for this time.", input.currency)));
    }
    match input.expected {
        Some(expected) if expected != amount => {
            Err(Error::conflict("due_changed", format!("{due} is due by now, because something changed meanwhile. Look again.")))
        }
        _ => Ok(()),
    }
}

/// The payouts of an affiliate, newest first; at most `limit`.
pub fn payouts(tx: &mut Tx, ctx: &Ctx, affiliate: &AffiliateId, limit: i64) -> Result<Vec<Payout>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::PAYOUTS, &[&ctx.merchant, affiliate, &limit], |r| {
        Ok(Payout {
            id: r.get(0)?,
            currency: r.get(1)?,
            amount: r.get(2)?,
            from: r.get(3)?,
            until: r.get(4)?,
            note: r.get(5)?,
            paid_at: r.get(6)?,
            by: r.get(7)?,
        })
    })?)
}
