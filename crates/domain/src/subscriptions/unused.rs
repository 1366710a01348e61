//! The part of a paid period that nobody uses when a subscription ends now, and giving it back (SPEC 2.7, 5.4).

use store::Tx;

use super::run::{self, PeriodState};
use super::{cancel_now, find, queries};
use crate::kit::{Ctx, Error, Money, PaymentId, RefundId, Result, Right, SubscriptionId, day_number, locks};
use crate::payments;
use crate::providers;

/// What is left of the period that is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// The payment it comes off.
    pub payment: PaymentId,
    /// How much of it: by days, rounded half up, never more than is left to refund.
    pub amount: Money,
    /// Days that are not begun.
    pub days_left: i64,
    /// Days of the period.
    pub days: i64,
}

/// The part of a payment that stands for `left` of `days`, minor units, rounded half up; never above `most`.
fn part(paid: i64, left: i64, days: i64, most: i64) -> i64 {
    if days <= 0 || left <= 0 || paid <= 0 {
        return 0;
    }
    let (paid, left, days) = (i128::from(paid), i128::from(left.min(days)), i128::from(days));
    let exact = (2 * paid * left + days) / (2 * days);
    i64::try_from(exact).unwrap_or(i64::MAX).min(most.max(0))
}

/// What would go back if the subscription ended today; today counts as used. `None` when nothing is left, and for what somebody else runs. Needs
/// [`Right::Read`].
pub fn unused(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<Option<Unused>> {
    ctx.must(Right::Read)?;
    let Some(run) = run::load(tx, ctx, id)? else { return Ok(None) };
    let before = tx.opt(&queries::PERIOD, &[&ctx.merchant, id, &(run.number - 1)], run::period)?;
    let Some((period, payment)) = before.filter(|p| p.state == PeriodState::Paid).and_then(|p| p.payment.clone().map(|id| (p, id))) else {
        return Ok(None);
    };
    let (end, today) = (i64::from(day_number(run.due_day())), run.today(ctx));
    let (days, days_left) = (end - period.due_day, (end - today - 1).min(end - period.due_day));
    let row = payments::find(tx, ctx, &payment)?;
    let minor = part(row.amount, days_left, days, row.refundable());
    Ok((minor > 0).then(|| Unused { payment, amount: Money::new(minor, row.currency), days_left, days }))
}

/// Ends a subscription now and gives the unused part of its paid period back, both or neither. `shown` is the amount that somebody saw before: when it is
/// another by now, nothing is done. Needs [`Right::Orders`] and [`Right::Refund`].
///
/// # Errors
/// `Conflict`: `nothing_unused`, `amount_changed`, and those of [`cancel_now`].
pub fn cancel_with_refund(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId, shown: Option<i64>) -> Result<RefundId> {
    ctx.must(Right::Orders)?;
    ctx.must(Right::Refund)?;
    let seen = find(tx, ctx, id)?;
    locks::customers(tx, ctx, &[&seen.customer])?;
    let rest = unused(tx, &run::followed(ctx), id)?;
    let rest = rest.ok_or_else(|| Error::conflict("nothing_unused", "Nothing of a paid period is left to refund."))?;
    if shown.is_some_and(|shown| shown != rest.amount.minor) {
        return Err(Error::conflict("amount_changed", format!("The unused part is {} by now. Look again.", rest.amount)));
    }
    cancel_now(tx, ctx, id)?;
    tx.next_verb();
    let reason = format!("Unused part of {}: {} of {} days", seen.name, rest.days_left, rest.days);
    providers::refund(tx, &run::followed(ctx), &rest.payment, rest.amount.minor, &reason)
}

#[cfg(test)]
mod tests {
    use super::part;
    use proptest::prelude::*;

    #[test]
    fn half_a_month_is_half_the_price_and_halves_are_rounded_up() {
        assert_eq!(
            [part(3000, 15, 30, 3000), part(1901, 1, 2, 1901), part(1000, 1, 3, 1000), part(1000, 2, 3, 1000)],
            [1500, 951, 333, 667]
        );
        assert_eq!([part(1000, 30, 30, 400), part(1000, 0, 30, 1000), part(1000, -4, 30, 1000), part(1000, 5, 0, 1000)], [400, 0, 0, 0]);
    }

    proptest! {
        #[test]
        fn the_part_never_passes_the_payment_and_grows_with_the_days(paid in 0i64..=100_000_000_000_000, days in 1i64..4000, left in -10i64..4000, most in 0i64..=100_000_000_000_000) {
            let one = part(paid, left, days, most);
            prop_assert!(one >= 0 && one <= paid && one <= most);
            prop_assert!(part(paid, left + 1, days, most) >= one);
            let (used, rest) = (part(paid, days - left.clamp(0, days), days, paid), part(paid, left.clamp(0, days), days, paid));
            prop_assert!((used + rest - paid).abs() <= 1, "used and unused are the whole but for the rounding");
        }
    }
}
