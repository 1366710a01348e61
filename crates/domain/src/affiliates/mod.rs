//! Affiliates: who brings buyers, what was agreed for it, and what they were paid (SPEC 6.3).
//!
//! A commission is agreed on a payment. What of it is earned is never kept: it follows from the payment, in proportion to what refunds and
//! lost disputes left of it, rounded half up and never below zero, so no order of events can part the two.

mod earn;
mod edit;
pub mod export;
mod payout;
pub mod queries;
mod read;
mod set;
#[cfg(test)]
mod tests;
mod totals;

use serde::{Deserialize, Serialize};

pub(crate) use earn::{Brought, amount_changed, bring, earn};
pub use edit::{AffiliateInput, archive, create, edit, unarchive};
pub use payout::{Payout, PayoutInput, pay_out, payouts};
pub use read::{Commission, commission_of, commissions, commissions_of_customer, get, list};
pub use set::{Change, set};
pub use totals::{Period, Total, totals, totals_of};

use crate::kit::{AffiliateId, Currency, Micros, Money, words};

words! {
    /// What an affiliate gets unless a payment says otherwise.
    pub enum Terms {
        /// A part of each payment.
        Percent = "percent", "Percent";
        /// A fixed amount for each order.
        Amount = "amount", "Fixed amount";
    }
}

/// The largest share: all of it, in hundredths of a percent.
pub const WHOLE: i64 = 10_000;

/// Somebody who brings buyers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affiliate {
    /// Its id.
    pub id: AffiliateId,
    /// What people call it.
    pub name: String,
    /// What a checkout names it by; case does not matter.
    pub code: String,
    /// Percent or a fixed amount.
    pub terms: Terms,
    /// Hundredths of a percent, or minor units of `currency`.
    pub rate: i64,
    /// Of a fixed amount.
    pub currency: Option<Currency>,
    /// Since when, microseconds UTC.
    pub created_at: Micros,
    /// Since when it earns nothing new.
    pub archived_at: Option<Micros>,
}

impl Affiliate {
    /// "7.5 %", "€5.00 an order".
    pub fn terms_words(&self) -> String {
        match (self.terms, self.currency) {
            (Terms::Amount, Some(currency)) => format!("{} an order", Money::new(self.rate, currency)),
            _ => format!("{} %", percent(self.rate)),
        }
    }
}

/// Hundredths of a percent as people write them: `7.5`.
pub fn percent(rate: i64) -> String {
    let text = format!("{}.{:02}", rate / 100, rate % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A percentage as typed, in hundredths of a percent: `7.5`, `7,25`. `None` for anything else and for more than all.
pub fn parse_percent(text: &str) -> Option<i64> {
    let text = text.trim().trim_end_matches('%').trim().replacen(',', ".", 1);
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let rate = whole.parse::<i64>().ok()? * 100 + format!("{part:0<2}").parse::<i64>().ok()?;
    (rate <= WHOLE).then_some(rate)
}

/// A share of an amount, rounded half up. Minor units.
pub fn share(amount: i64, rate: i64) -> i64 {
    half_up(i128::from(amount) * i128::from(rate), i128::from(WHOLE))
}

/// What of a commission is earned once refunds and lost disputes took a part of its payment: in proportion, rounded half up, never below zero.
pub fn earned(commission: i64, payment: i64, gone: i64) -> i64 {
    let left = (payment - gone).max(0);
    if payment <= 0 { 0 } else { half_up(i128::from(commission) * i128::from(left), i128::from(payment)) }
}

fn half_up(dividend: i128, divisor: i128) -> i64 {
    i64::try_from((2 * dividend + divisor).div_euclid(2 * divisor)).unwrap_or(i64::MAX)
}
