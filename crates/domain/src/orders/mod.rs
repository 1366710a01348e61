//! Orders: what was bought, from which shop, by whom, and how far it came (SPEC 2.4, 6.1).
//!
//! A storefront's checkout, a bulk synchronisation and an import go through the same [`put_later`]: a shop's own order id is one
//! order however often it comes. Lines stay exact; only the total is rounded, once. Money is not in here: payments are a room of
//! their own, and an order follows them.

mod addresses;
mod articles;
mod begin;
mod change;
mod checkout;
mod create;
#[cfg(test)]
pub(crate) mod desk;
mod gone;
pub mod listed;
mod note;
mod paid;
mod put;
pub mod queries;
mod read;
mod replace;
#[cfg(test)]
mod tests;
mod totals;

use serde::{Deserialize, Serialize};

pub use addresses::set_addresses;
pub use articles::{Article, articles};
pub(crate) use begin::{Begun, begin};
pub use change::{cancel, close, fulfil, mark_paid, place};
pub use checkout::{Buyer, Checkout, CheckoutOutcome, CheckoutPayment, checkout};
pub(crate) use create::positive;
pub use create::{DraftEdit, NewOrder, create, edit_draft};
pub use gone::FLAG as GONE;
pub use note::set_note;
pub use paid::AMOUNT_DIFFERS;
pub use put::{OrderInput, OrderPut, put_later};
pub(crate) use put::{follow_other_amount, follow_payments, give};
pub use read::{HistoryQuery, Order, OrderLine, OrderPage, OrderSummary, get, history};
pub(crate) use read::{find, find_locked, load, shop_currency};
pub(crate) use replace::replacement;
pub use totals::{Extras, MAX_LINES, line_total, total};

use crate::kit::{Currency, CustomerId, Micros, OrderId, ShopId, words};
use crate::payments::Payer;

words! {
    /// How far an order came (SPEC 6.1).
    pub enum State {
        /// Being put together; nobody has ordered yet.
        Draft = "draft", "Draft";
        /// Ordered, not paid.
        Open = "open", "Open";
        /// Paid, not sent.
        Paid = "paid", "Paid";
        /// Sent or handed over.
        Fulfilled = "fulfilled", "Fulfilled";
        /// Done; nothing is expected any more.
        Closed = "closed", "Closed";
        /// Will not happen.
        Cancelled = "cancelled", "Cancelled";
    }
}

impl State {
    /// May what a shop tells move an order from here to there? Late and repeated messages never take it back; what is closed or
    /// cancelled stays so.
    pub fn goes_to(self, to: Self) -> bool {
        match (self, to) {
            (Self::Closed | Self::Cancelled, _) => false,
            (_, Self::Cancelled) => true,
            (from, to) => to > from,
        }
    }

    /// May its addresses still be put right? Not of what was sent, closed or cancelled.
    pub fn may_be_readdressed(self) -> bool {
        self <= Self::Paid
    }
}

/// One line as it comes in. Quantity and unit price are exact decimal text; the price in major units, without tax of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Line {
    /// Article number; may be empty.
    pub sku: String,
    /// What it is called.
    pub title: String,
    /// `2`, `0.5`; below zero takes back.
    pub quantity: String,
    /// `12.95`, `0.004`.
    pub unit_price: String,
    /// Taken off this line: `10%` of it, or an amount off the whole line, `5.00`; empty: nothing.
    pub discount: String,
}

/// An order's row, as the rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OrderRow {
    pub id: OrderId,
    pub shop: ShopId,
    pub customer: Option<CustomerId>,
    pub state: State,
    pub abandoned_at: Option<Micros>,
    pub currency: Currency,
    pub total: i64,
    pub paid_at: Option<Micros>,
    pub version: i64,
    pub payer: Payer,
}

#[cfg(test)]
mod states {
    use super::State;

    #[test]
    fn a_late_message_never_takes_an_order_back() {
        for from in State::ALL {
            for to in State::ALL {
                let back = (*to as u8) <= (*from as u8);
                if from.goes_to(*to) {
                    assert!(!back, "{from} to {to}");
                    assert!(!matches!(from, State::Closed | State::Cancelled));
                }
            }
        }
        assert!(State::Fulfilled.goes_to(State::Cancelled));
        assert!(!State::Paid.goes_to(State::Open));
        assert!(!State::Cancelled.goes_to(State::Paid));
    }
}
