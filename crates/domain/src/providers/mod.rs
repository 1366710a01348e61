//! Who moves the money: accounts with Stripe, PayPal and the test provider, one for each shop and mode (SPEC 6.2).
//!
//! What a provider tells goes into an inbox, raw, and is answered at once; a worker reads it ([`::providers`]) and applies it through the verbs of
//! `payments`, `customers` and `subscriptions`. Any order, any number of times, gives the same state: news that came before what it speaks of waits for
//! it. What a provider is asked stands in `provider_calls`, written with the act; it is sent between transactions, with the same idempotency key
//! until there is an answer. Nothing in here talks to the network.

pub mod accounts;
mod apply;
mod ask;
pub mod billing;
pub mod calls;
pub mod catch_up;
pub(crate) mod charge;
pub mod evidence;
pub mod inbox;
mod money;
mod named;
mod people;
mod play;
pub mod queries;
mod refund;
mod running;
pub(crate) mod setups;
#[cfg(test)]
pub(crate) mod tests;
mod vault;

pub use accounts::{Account, AccountInput, Address, Opened};
pub use ask::{Addresses, Answer, Asked};
pub use calls::{Call, CallKind, CallState, Claimed};
pub use catch_up::CatchUp;
pub(crate) use named::order_came;
pub use play::{TestPayment, keep_test_card, play, test_shops};
pub use refund::{Way, refund, way};
pub use vault::Vault;
pub(crate) use vault::seal_name;

use crate::kit::words;

words! {
    /// Who moves the money of an account.
    pub enum Provider {
        /// Stripe.
        Stripe = "stripe", "Stripe";
        /// PayPal.
        Paypal = "paypal", "PayPal";
        /// The built-in one: no network, no money.
        Test = "test", "Test";
    }
}

impl Provider {
    /// Has something to be asked and tells something.
    pub fn is_outside(self) -> bool {
        self != Self::Test
    }
}
