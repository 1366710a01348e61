//! Cards, e-mail addresses and customers that check out no more, with who said so and why, until somebody lifts it.
//!
//! A blocked checkout is refused while no money was taken. Money that was taken already (a paid storefront order, a provider's event) is
//! never refused: it is recorded and flagged (SPEC 10.2).

mod block;
mod hit;
pub mod queries;
mod read;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use block::{BlockInput, Target, block, lift};
pub(crate) use hit::{flagged, hit, hit_of, must_not_stand};
pub use read::{CardState, card_of, cards_of, get, list, of_customer};

use crate::kit::{BlockId, CustomerId, Micros, words};

/// What an order or a payment of a blocked buyer is flagged with.
pub const FLAG: &str = "blocked";

words! {
    /// What is blocked.
    pub enum Kind {
        /// A card, by its fingerprint.
        Card = "card", "Card";
        /// An e-mail address.
        Email = "email", "E-mail";
        /// A customer.
        Customer = "customer", "Customer";
    }
}

impl Kind {
    /// What a storefront is told; not why.
    pub(crate) fn refusal(self) -> &'static str {
        match self {
            Self::Card => "This card is blocked from further checkouts. No money was taken.",
            Self::Email => "This e-mail address is blocked from further checkouts. No money was taken.",
            Self::Customer => "This customer is blocked from further checkouts. No money was taken.",
        }
    }

    /// What the staff is told who asks for money.
    pub(crate) fn in_the_way(self) -> &'static str {
        match self {
            Self::Card => "This card is blocked. Lift the block first, or choose another payment method.",
            Self::Email => "This e-mail address is blocked. Lift the block first.",
            Self::Customer => "This customer is blocked. Lift the block first.",
        }
    }
}

/// A block, or one that was lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Block {
    /// Its id.
    pub id: BlockId,
    /// What is blocked.
    pub kind: Kind,
    /// As people read it: "Visa •••• 4242", the address, the customer's name.
    pub shown: String,
    /// Why.
    pub reason: String,
    /// The customer it is about, where it is known.
    pub customer: Option<CustomerId>,
    /// Since when, microseconds UTC.
    pub created_at: Micros,
    /// By whom.
    pub by: String,
    /// Since when no more.
    pub lifted_at: Option<Micros>,
    /// By whom.
    pub lifted_by: String,
}
