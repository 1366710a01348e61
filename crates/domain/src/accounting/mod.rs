//! Accounting services (SPEC 13.3): customers as accounts, invoices and credit notes as entries in Exact Online or Twinfield, each once.
//!
//! A connection holds the sign-in, sealed, and the mapping. A run collects what is to be exported into `accounting_exports`, whose rows are sent between
//! transactions by whoever holds the connection ([`work`]), and noted behind it ([`note`]). Nothing is sent before the row says that nobody knows whether it
//! is there; with such a row the service is asked first, by our own reference. So whatever is cut, nothing stands in the books twice. Every try is a line of
//! the log (SPEC 2.13). Nothing in here talks to the network.

mod addresses;
mod ask;
mod collect;
pub mod connections;
pub mod log;
pub mod lost;
pub mod mapping;
pub mod note;
mod plan;
pub mod queries;
pub mod run;
pub mod sheets;
pub mod sign_in;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod work;

pub use addresses::{Addresses, SITES};
pub(crate) use connections::owner as seal_name;
pub use connections::{Connection, ConnectionInput};
pub use mapping::Mapping;

use ::providers::accounting::{Books, exact::Exact, twinfield::Twinfield};

use crate::kit::{Actor, Ctx, Door, MerchantId, Micros, words};

words! {
    /// Which service.
    pub enum Service {
        /// Exact Online.
        Exact = "exact", "Exact Online";
        /// Twinfield.
        Twinfield = "twinfield", "Twinfield";
    }
}

impl Service {
    /// What is said to it and what its answers mean.
    pub fn books(self) -> &'static dyn Books {
        match self {
            Self::Exact => &Exact,
            Self::Twinfield => &Twinfield,
        }
    }
}

words! {
    /// How a connection stands.
    pub enum State {
        /// Nobody has signed in there yet.
        New = "new", "Not signed in";
        /// It works.
        On = "on", "Connected";
        /// The service does not accept the sign-in any more.
        Lost = "lost", "Sign-in lost";
        /// Switched off; the sign-in is forgotten.
        Off = "off", "Disconnected";
    }
}

words! {
    /// What is exported.
    pub enum Kind {
        /// A customer, as an account or debtor.
        Customer = "customer", "Customer";
        /// An invoice or credit note, as an entry.
        Invoice = "invoice", "Invoice";
    }
}

words! {
    /// How far an export came.
    pub enum ExportState {
        /// To be sent, or looked for.
        Waiting = "waiting", "Waiting";
        /// It is in the books.
        Done = "done", "Done";
        /// It is not, until somebody tries again.
        Refused = "refused", "Not done";
    }
}

words! {
    /// What was tried.
    pub enum Action {
        /// To make it.
        Create = "create", "Export";
        /// To change what is there.
        Update = "update", "Update";
        /// It was looked for.
        Find = "find", "Look-up";
        /// Whether it is paid.
        Paid = "paid", "Payment";
    }
}

words! {
    /// What came of a try.
    pub enum Outcome {
        /// Done.
        Done = "done", "Done";
        /// Refused.
        Refused = "refused", "Refused";
        /// The service was busy; it is tried again.
        Later = "later", "Tried again later";
        /// No answer; it is looked for before it is sent again.
        Unknown = "unknown", "No answer";
    }
}

/// Regulars itself, at work for one merchant.
fn context(merchant: &MerchantId, now: Micros) -> Ctx {
    Ctx::new(merchant.clone(), Actor::system("accounting"), Door::Job, now)
}
