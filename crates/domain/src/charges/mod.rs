//! Charges: money taken at once from a payment method that a customer keeps, any amount, for an order, an unpaid invoice or something else (SPEC 2.7).
//!
//! A charge becomes a payment. The test provider plays it in the same transaction; Stripe is asked by a call that is written with the charge, so that a
//! crash in between asks once. What a charge is for, and that no more is taken than is due, stands in [`purpose`], which payment links share.

mod follow;
mod make;
pub(crate) mod purpose;
pub mod queries;
mod read;
#[cfg(test)]
pub(crate) mod tests;

use serde::Serialize;

pub(crate) use follow::{Behind, behind, follow, refused, told};
pub use make::{ChargeInput, charge};
pub use purpose::{Offered, offered};
pub use read::{get, of_customer};

use crate::kit::{ChargeId, Currency, CustomerId, InvoiceId, MethodId, Micros, OrderId, PaymentId, ShopId, words};

words! {
    /// How far a charge came.
    pub enum State {
        /// The provider was asked, or works on it.
        Asked = "asked", "Asked for";
        /// The money is there.
        Paid = "paid", "Paid";
        /// Refused.
        Failed = "failed", "Not paid";
        /// The provider could not be reached for so long that nobody knows: a person has to look there.
        Unclear = "unclear", "Not known";
    }
}

/// A charge as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Charge {
    /// Its id.
    pub id: ChargeId,
    /// Who pays.
    pub customer: CustomerId,
    /// Where.
    pub shop: ShopId,
    /// The method it charges.
    pub method: Option<MethodId>,
    /// The order it pays.
    pub order: Option<OrderId>,
    /// The invoice it pays.
    pub invoice: Option<InvoiceId>,
    /// Who is asked: `stripe`, `test`.
    pub provider: String,
    /// Real money.
    pub live: bool,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units.
    pub amount: i64,
    /// What for, in words.
    pub purpose: String,
    /// How far it came.
    pub state: State,
    /// The provider's code of a failure.
    pub failure_code: String,
    /// Why it was refused, in words.
    pub failure: String,
    /// The payment it became.
    pub payment: Option<PaymentId>,
    /// When it was made, microseconds UTC.
    pub created_at: Micros,
    /// By whom.
    pub created_by: String,
    /// When something last happened to it.
    pub updated_at: Micros,
}

impl Charge {
    /// The bank wants to ask the buyer: a payment link lets it.
    pub fn needs_buyer(&self) -> bool {
        self.state == State::Failed && self.failure_code.starts_with("authentication")
    }
}
