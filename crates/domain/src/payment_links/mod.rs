//! Payment links: a page on which a customer pays an amount for an order, an unpaid invoice or something else, without signing in (SPEC 2.7).
//!
//! A link is paid at most once: the pages of its buyer lock the customer before they look. What it is for and what is due is looked at again at that moment.
//! Real card numbers are never typed here: Stripe and PayPal have pages of their own for them.

pub(crate) mod capture;
pub(crate) mod checkout;
mod follow;
mod link;
pub mod listed;
mod make;
mod pay;
pub mod queries;
mod read;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_paypal;
mod way;

use serde::Serialize;

pub use capture::{is_awaited, returned};
pub use checkout::begin;
pub(crate) use checkout::{checkout_ready, checkout_refused};
pub(crate) use follow::{behind, follow, told};
pub(crate) use link::for_mail;
pub use link::{by_link, open_link};
pub use make::{LinkInput, VALID_DAYS, create, receive, withdraw};
pub(crate) use make::{must_stand, ready_to_send};
pub use pay::{Standing, pay, standing};
pub use read::{get, of_customer};
pub use way::{Way, way};

use crate::kit::{AccountId, Currency, CustomerId, InvoiceId, Micros, Money, OrderId, PaymentId, PaymentLinkId, ShopId, words};
use crate::payments::PaymentStatus;

words! {
    /// What a link is at a moment.
    pub enum State {
        /// Can be paid by.
        Open = "open", "Open";
        /// Paid by it.
        Paid = "paid", "Paid";
        /// Its time is over; worked out, kept nowhere.
        Expired = "expired", "Expired";
        /// Taken back.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

words! {
    /// How far the provider's own page for a link came.
    pub enum Checkout {
        /// None was asked for.
        None = "none", "None";
        /// The provider was asked for one.
        Asked = "asked", "Asked for";
        /// It is there.
        Ready = "ready", "Ready";
        /// The buyer agreed there, and the provider was asked for the money.
        Capturing = "capturing", "Being paid";
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
pub struct PaymentLink {
    /// Its id.
    pub id: PaymentLinkId,
    /// Who is to pay.
    pub customer: CustomerId,
    /// Where.
    pub shop: ShopId,
    /// The shop's name.
    pub shop_name: String,
    /// The order it pays.
    pub order: Option<OrderId>,
    /// The invoice it pays.
    pub invoice: Option<InvoiceId>,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
    /// What for, as the buyer reads it.
    pub purpose: String,
    /// What it is now.
    pub state: State,
    /// Its last microsecond.
    pub expires_at: Micros,
    /// How often it was tried with a card.
    pub attempts: i64,
    /// The payment of the last try, or the one that paid it.
    pub payment: Option<PaymentId>,
    /// How far that came.
    pub payment_status: Option<PaymentStatus>,
    /// How far the provider's own page came.
    pub checkout: Checkout,
    #[serde(skip)]
    pub(crate) checkout_account: Option<AccountId>,
    #[serde(skip)]
    pub(crate) checkout_ref: Option<String>,
    /// Where that page is; empty while there is none.
    #[serde(skip)]
    pub checkout_url: String,
    #[serde(skip)]
    pub(crate) checkout_until: Option<Micros>,
    /// Why the provider made none, in words.
    pub checkout_words: String,
    /// When it was made, microseconds UTC.
    pub created_at: Micros,
    /// By whom.
    pub created_by: String,
    /// When it was paid or withdrawn.
    pub closed_at: Option<Micros>,
    /// How many doors to it are open: one for each mail and each copy.
    pub doors: i64,
}

impl PaymentLink {
    /// What a buyer writes on a transfer, so that whoever reads the bank's list finds the link: the end of its id in groups that can be read out.
    pub fn reference(&self) -> String {
        let id = self.id.as_str().to_ascii_uppercase();
        let end = &id[id.len().saturating_sub(10)..];
        let (first, second) = end.split_at(end.len() / 2);
        format!("PL-{first}-{second}")
    }

    /// What is to be paid.
    pub fn price(&self) -> Money {
        Money::new(self.amount, self.currency)
    }

    /// A payment by it is on its way.
    pub fn is_under_way(&self) -> bool {
        self.payment_status == Some(PaymentStatus::Pending) || self.checkout == Checkout::Capturing
    }

    /// Its provider's page can be gone to.
    pub fn has_page(&self, now: Micros) -> bool {
        self.checkout == Checkout::Ready && self.checkout_until.is_some_and(|until| until > now + 60_000_000)
    }
}
