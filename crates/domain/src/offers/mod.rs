//! Offers (SPEC 2.10): what a customer could buy, from which shop, at what price and until when. Sent by mail with a link of its own, accepted or declined by
//! the buyer or by staff; accepted it becomes an order in the same transaction, once.
//!
//! Every offer is a customer's, and the customer's lock guards it. That an offer expired is kept nowhere: it follows from the day. Lines and sums are those
//! of orders ([`crate::orders::total`]); nothing here talks to the network, [`crate::mail`] sends.

mod create;
mod decide;
mod document;
mod link;
pub mod listed;
pub mod queries;
mod read;
mod send;
#[cfg(test)]
mod tests;

pub use create::{DraftEdit, NewOffer, VALID_DAYS, create, edit};
pub use decide::{accept, decline, withdraw};
pub use document::paper;
pub(crate) use link::for_mail;
pub use link::{accept_by_link, by_link, can_be_accepted, close_links, decline_by_link, open_link};
pub use read::{Offer, Page, Summary, get, of_customer, of_order};
pub(crate) use read::{find_locked, load};
pub(crate) use send::{must_stand, ready};

use crate::kit::words;

words! {
    /// How far an offer came.
    pub enum State {
        /// Being put together; nobody saw it yet.
        Draft = "draft", "Draft";
        /// The buyer may answer.
        Sent = "sent", "Sent";
        /// Became an order.
        Accepted = "accepted", "Accepted";
        /// The buyer does not want it.
        Declined = "declined", "Declined";
        /// Its last day is over; never kept, always worked out.
        Expired = "expired", "Expired";
        /// Taken back by the merchant.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

impl State {
    /// What an offer that is kept in this state is on a day.
    pub fn on(self, today: i64, valid_until: i64) -> Self {
        if self == Self::Sent && today > valid_until { Self::Expired } else { self }
    }

    /// Is something still to come of it?
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Sent)
    }
}
