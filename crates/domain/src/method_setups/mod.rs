//! Payment methods that customers add by themselves in the portal (SPEC 12.2).
//!
//! Nobody here holds the number of a card: Stripe has a page of its own for it, whose events say what was added there, in any order and any number of
//! times; coming back from that page adds nothing. In test mode the customer types the number of a test card, of which only what it plays is kept.

mod begin;
pub mod queries;
mod read;
mod test_card;
#[cfg(test)]
mod tests;
mod told;

use serde::Serialize;

pub(crate) use begin::{Back, SetUpCall, begin, close, ready, refused};
pub use read::places;
pub(crate) use read::{find as seen, keeps, of_customer, own};
pub(crate) use test_card::add;
pub(crate) use told::{Place, added, place, telling};

use crate::kit::{AccountId, CustomerId, MethodId, MethodSetupId, Micros, ShopId, words};
use crate::providers::Provider;

words! {
    /// How far it came.
    pub enum State {
        /// The provider was asked for its page.
        Asked = "asked", "Asked for";
        /// The page is there; or, in test mode, a test card is waited for.
        Open = "open", "Open";
        /// The provider has it, and has not told of the method yet.
        Pending = "pending", "Pending";
        /// The method is there.
        Done = "done", "Added";
        /// The provider made no page.
        Refused = "refused", "Refused";
        /// The page was closed without a method; also worked out when its time is over.
        Over = "over", "Over";
    }
}

impl State {
    /// What a kept state is at a moment.
    pub fn at(self, now: Micros, until: Micros) -> Self {
        if matches!(self, Self::Asked | Self::Open) && now > until { Self::Over } else { self }
    }

    /// Something may still come of it.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Asked | Self::Open | Self::Pending)
    }
}

/// Where a method can be added: a shop with somebody who keeps methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    /// The shop.
    pub shop: ShopId,
    /// Its name.
    pub name: String,
}

/// One press, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MethodSetup {
    /// Its id.
    pub id: MethodSetupId,
    /// Whose.
    pub customer: CustomerId,
    /// For which shop.
    pub shop: ShopId,
    /// The shop's name.
    pub shop_name: String,
    /// With which account of its provider.
    pub account: AccountId,
    /// Who keeps it.
    pub provider: Provider,
    /// Real money.
    pub live: bool,
    /// How far it came.
    pub state: State,
    /// The provider's page; empty while there is none.
    pub url: String,
    /// Until when that page is open.
    pub until: Micros,
    /// Why the provider made none, in words.
    pub words: String,
    /// The provider's id of its page.
    pub(crate) page_ref: Option<String>,
    /// The provider's id of the method, once told.
    pub(crate) method_ref: Option<String>,
    /// The method that was added.
    pub method: Option<MethodId>,
    /// Since when.
    pub created_at: Micros,
}
