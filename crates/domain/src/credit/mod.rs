//! Store credit: what a merchant owes a customer in goods. A ledger per customer and currency whose lines are never changed; granted by
//! hand or in the place of a refund, spent at checkout and on invoices, and given back when that is cancelled, refunded or undone.
//!
//! A balance is never below zero: every verb locks the customer before it looks, and the database refuses what would get past that.
//! A payment by store credit is no new money: it counts in no total (`docs/decisions/0008-store-credit.md`).

mod grant;
mod ledger;
mod merged;
pub mod queries;
mod read;
mod refund;
mod returned;
mod spend;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use grant::{GrantInput, grant, take_back};
pub(crate) use ledger::balance;
pub(crate) use merged::{interleave, part, sum_up};
pub use read::{balances, lines};
pub(crate) use refund::must_not_have_given;
pub use refund::{CreditRefund, refund_as_credit};
pub(crate) use returned::{give_back, returned, returned_of_order};
pub(crate) use spend::{check, cover, spend};

use crate::kit::{CreditId, Currency, Micros, Money, OrderId, PaymentId, RefundId, words};

/// The provider of payments by store credit.
pub const PROVIDER: &str = "store_credit";

words! {
    /// Why a line stands in the ledger.
    pub enum Kind {
        /// Given by hand.
        Grant = "grant", "Granted";
        /// Given in the place of a refund.
        Refund = "refund", "Refund as credit";
        /// Paid with.
        Spend = "spend", "Spent";
        /// Given back, because what it paid was refunded or cancelled.
        Return = "return", "Given back";
        /// Taken back by hand.
        TakeBack = "take_back", "Taken back";
    }
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its id.
    pub id: CreditId,
    /// Why it is there.
    pub kind: Kind,
    /// Minor units; below zero when credit went.
    pub amount: i64,
    /// ISO 4217.
    pub currency: Currency,
    /// What was there afterwards, minor units.
    pub balance: i64,
    /// Why, in words.
    pub reason: String,
    /// The payment it belongs to: the refunded one, or the one made with it.
    pub payment: Option<PaymentId>,
    /// The refund it belongs to.
    pub refund: Option<RefundId>,
    /// The order it belongs to.
    pub order: Option<OrderId>,
    /// That order's number.
    pub order_number: Option<String>,
    /// When, microseconds UTC.
    pub at: Micros,
    /// By whom.
    pub by: String,
}

impl Line {
    /// The amount.
    pub fn money(&self) -> Money {
        Money::new(self.amount, self.currency)
    }
}
