//! The outbox: mail that waits, was sent, failed, or of which nobody knows. One press is one mail, and one mail is handed to a server at most once.
//!
//! A mail is written in the transaction of the verb that asks for it. A worker claims it, which is written down before anything is sent; so
//! when the worker dies half way nobody knows whether it arrived, and a person decides. What certainly did not arrive is tried again with
//! growing pauses. Nothing here talks to the network; the server does, with [`Letter`].

pub mod dkim;
pub mod listed;
mod may;
mod method_link;
mod offer;
mod payment_link;
pub mod queries;
mod queue;
mod run;
mod staff;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_late;

use serde::Serialize;

pub(crate) use method_link::{method_link_address, send_method_link};
pub use offer::{of_offer, send_offer};
pub use payment_link::{of_payment_link, send_payment_link};
pub(crate) use queue::{Draft, put};
pub use queue::{get, of_invoice, retry, send_invoice};
pub(crate) use run::short;
pub use run::{Claimed, Letter, Outcome, claim, done, letter};
pub(crate) use staff::to_staff;

use crate::kit::{CustomerId, InvoiceId, MailId, MethodLinkId, Micros, OfferId, PaymentLinkId, PortalLinkId, Right, TemplateId, words};

words! {
    /// How far a mail came.
    pub enum State {
        /// Waits, perhaps for another try.
        Queued = "queued", "Queued";
        /// In the hands of a worker.
        Sending = "sending", "Sending";
        /// A server took it.
        Sent = "sent", "Sent";
        /// It will not go by itself any more.
        Failed = "failed", "Failed";
        /// A server may have it, and nobody knows. It never goes again by itself.
        Unknown = "unknown", "Perhaps sent";
    }
}

impl State {
    /// May a person send it once more?
    pub fn may_go_again(self) -> bool {
        matches!(self, Self::Failed | Self::Unknown)
    }
}

/// A mail of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// How far it came.
    pub state: State,
    /// The invoice it carries.
    pub invoice: Option<InvoiceId>,
    /// The offer it carries.
    pub offer: Option<OfferId>,
    /// The payment link it carries.
    pub payment_link: Option<PaymentLinkId>,
    /// To whom.
    pub recipient: String,
    /// What about.
    pub subject: String,
    /// How often it was tried.
    pub attempts: i64,
    /// What a server or the network said last; empty when nothing.
    pub error: String,
    /// When somebody asked for it.
    pub queued_at: Micros,
    /// Who.
    pub queued_by: String,
    /// When it is tried again.
    pub next_at: Option<Micros>,
    /// When a server took it.
    pub sent_at: Option<Micros>,
    /// The link to add a payment method that it carries.
    #[serde(skip)]
    pub(crate) method_link: Option<MethodLinkId>,
    /// The link into the portal that it carries.
    #[serde(skip)]
    pub(crate) portal_link: Option<PortalLinkId>,
    /// Whom it speaks of.
    #[serde(skip)]
    pub(crate) customer: Option<CustomerId>,
    /// The template it was written from.
    #[serde(skip)]
    pub(crate) template: Option<TemplateId>,
}

impl Mail {
    /// The right it was written with: who sends it again needs it.
    pub fn right(&self) -> Right {
        let sells = self.invoice.is_some() || self.offer.is_some() || self.payment_link.is_some() || self.method_link.is_some();
        if sells { Right::Orders } else { Right::Write }
    }
}
