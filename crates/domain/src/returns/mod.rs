//! Returns (SPEC 2.10): which lines of an order come back, how many and why; approved, received, and made good by a refund or a replacement.
//!
//! A return belongs to its order and has no customer of its own, so that it follows the order wherever that goes; the order's lock guards it. No more of a line
//! comes back than was bought. What comes back is worth its share of what was paid for the goods ([`worth`]). Money goes back through [`crate::providers::refund`] alone, never more than a payment has left.

mod change;
pub mod listed;
mod make_good;
pub mod queries;
mod read;
mod request;
#[cfg(test)]
mod tests;
mod worth;

pub use change::{approve, close, receive, reject};
pub use make_good::{RefundFor, refund, replace, usual};
pub(crate) use read::find_locked;
pub use read::{Given, Page, Return, ReturnLine, Summary, get, of_customer, of_order};
pub use request::{Left, LineBack, NewReturn, left, request};
pub(crate) use worth::Goods;

use crate::kit::words;

words! {
    /// How far a return came.
    pub enum State {
        /// Somebody asked; nobody decided.
        Requested = "requested", "Requested";
        /// It may come.
        Approved = "approved", "Approved";
        /// It is here.
        Received = "received", "Received";
        /// Made good; nothing is expected any more.
        Closed = "closed", "Closed";
        /// It will not be taken.
        Rejected = "rejected", "Rejected";
    }
}

impl State {
    /// Is something still to be done?
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Rejected)
    }

    /// May it be made good now?
    pub fn is_due(self) -> bool {
        matches!(self, Self::Approved | Self::Received)
    }
}

words! {
    /// Why a line comes back.
    pub enum Reason {
        /// Not wanted after all.
        Unwanted = "unwanted", "Not wanted";
        /// Broken on the way.
        Damaged = "damaged", "Damaged";
        /// Does not work or does not keep.
        Defective = "defective", "Defective";
        /// Not what was ordered.
        Wrong = "wrong", "Wrong article";
        /// Came too late.
        Late = "late", "Too late";
        /// Something else; the note says.
        Other = "other", "Other";
    }
}
