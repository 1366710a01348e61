//! Links by which a customer without a portal account adds a payment method (SPEC 2.6): sent by mail, for one method and seven days. What they open is the
//! page of [`crate::method_setups`] on the provider's side; nobody here holds the number of a card.

mod door;
mod make;
pub mod queries;
mod read;
#[cfg(test)]
mod tests;

use serde::Serialize;

pub use door::{Standing, add, begin, by_link, standing};
pub(crate) use door::{for_mail, used};
pub(crate) use make::must_stand;
pub use make::{DAYS, LinkInput, send, withdraw};
pub use read::{get, of_customer};

use crate::kit::{CustomerId, MethodLinkId, MethodSetupId, Micros, ShopId, words};

words! {
    /// What a link is at a moment.
    pub enum State {
        /// A method can be added by it.
        Open = "open", "Open";
        /// One was.
        Used = "used", "Used";
        /// Its time is over; worked out, kept nowhere.
        Expired = "expired", "Expired";
        /// Taken back.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

impl State {
    /// What a kept state is at a moment.
    pub fn at(self, now: Micros, expires_at: Micros) -> Self {
        if self == Self::Open && now > expires_at { Self::Expired } else { self }
    }
}

/// A link as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MethodLink {
    /// Its id.
    pub id: MethodLinkId,
    /// Who may add a method by it.
    pub customer: CustomerId,
    /// For which shop.
    pub shop: ShopId,
    /// The shop's name.
    pub shop_name: String,
    /// What it is now.
    pub state: State,
    /// Where the mail went.
    pub recipient: String,
    /// Its last microsecond.
    pub expires_at: Micros,
    /// The press that it was used for.
    #[serde(skip)]
    pub(crate) setup: Option<MethodSetupId>,
    /// When it was made.
    pub created_at: Micros,
    /// By whom.
    pub created_by: String,
}
