//! Payments: each movement of money in, its refunds and disputes, the methods money comes by, and payments of guests.
//!
//! The sum of refunds of a payment never exceeds what was captured (SPEC 5.4): every verb that takes money from a payment locks it
//! first. Nothing here talks to a provider; what a provider did is handed in.

mod brought;
pub mod disputes;
pub mod guests;
pub mod keys;
pub mod listed;
pub mod listed_disputes;
pub mod methods;
mod put;
pub mod queries;
mod read;
mod record;
pub mod refunds;
#[cfg(test)]
mod tests;
mod told;

use serde::{Deserialize, Serialize};

pub use put::{Put, put, put_later};
pub(crate) use put::{Standing, check, find, find_locked, known_otherwise, must_exist, put_as_known};
pub(crate) use read::refundable_of;
pub use read::{PaymentView, RefundView, get, of_customer, of_order, refunds_of};
pub use record::{ManualPayment, bounce, record};
pub(crate) use record::{record_on, undo};
pub(crate) use told::{by_ref, method_of, set_order, set_subscription, tell};

use crate::kit::{Address, Currency, CustomerId, ImportId, MethodId, Micros, Money, OrderId, PaymentId, ShopId, SubscriptionId, words};

/// The largest amount that is taken, in minor units: far above any real order, far below what a sum could overflow with.
pub const MAX_MINOR: i64 = 100_000_000_000_000;

words! {
    /// How far a payment came.
    pub enum PaymentStatus {
        /// Begun; the provider has not said.
        Pending = "pending", "Pending";
        /// Paid (SPEC 4.1 when it is live).
        Settled = "settled", "Paid";
        /// Refused.
        Failed = "failed", "Failed";
        /// Paid, and taken back by the bank: no longer counts anywhere.
        Bounced = "bounced", "Bounced";
    }
}

words! {
    /// What the money came by.
    pub enum MethodKind {
        /// A card.
        Card = "card", "Card";
        /// A direct debit of a bank account.
        BankDebit = "bank_debit", "Bank debit";
        /// A wallet.
        Wallet = "wallet", "Wallet";
        /// Cash.
        Cash = "cash", "Cash";
        /// A cheque.
        Cheque = "cheque", "Cheque";
        /// A bank transfer.
        Transfer = "transfer", "Transfer";
    }
}

impl MethodKind {
    /// Cash, cheque, transfer: recorded by hand (SPEC 4).
    pub fn is_manual(self) -> bool {
        matches!(self, Self::Cash | Self::Cheque | Self::Transfer)
    }
}

words! {
    /// What the last attempt with a method said about it (SPEC 4).
    pub enum Outcome {
        /// Nothing is wrong with it.
        Ok = "ok", "OK";
        /// It failed hard: wrong data, stolen, revoked.
        Invalid = "invalid", "Invalid";
        /// It lacked funds.
        Insufficient = "insufficient", "Insufficient funds";
    }
}

impl Outcome {
    /// What a provider's failure code says about the method; `None` for failures that are not the method's fault.
    pub fn of_failure(code: &str) -> Option<Self> {
        match code {
            "insufficient_funds" | "insufficient" | "withdrawal_count_limit_exceeded" | "card_velocity_exceeded" => {
                Some(Self::Insufficient)
            }
            "invalid"
            | "stolen_card"
            | "lost_card"
            | "pickup_card"
            | "restricted_card"
            | "revoked"
            | "revocation_of_authorization"
            | "revocation_of_all_authorizations"
            | "incorrect_number"
            | "invalid_number"
            | "invalid_account"
            | "incorrect_cvc"
            | "invalid_cvc"
            | "invalid_expiry_month"
            | "invalid_expiry_year"
            | "expired_card"
            | "account_closed"
            | "debit_not_authorized"
            | "fraudulent" => Some(Self::Invalid),
            _ => None,
        }
    }
}

/// Who paid, as the checkout said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Payer {
    /// Name.
    pub name: String,
    /// E-mail address as typed.
    pub email: String,
    /// Phone as typed.
    pub phone: String,
}

/// A payment method as a provider, a checkout or an import tells of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodInput {
    /// Card, debit, wallet, or manual.
    pub kind: MethodKind,
    /// The provider's id of it.
    #[serde(default)]
    pub provider_ref: Option<String>,
    /// `visa`.
    #[serde(default)]
    pub brand: String,
    /// Last four digits.
    #[serde(default)]
    pub last4: String,
    /// Year it ends, four digits.
    #[serde(default)]
    pub expires_year: Option<i64>,
    /// Month it ends, 1 to 12.
    #[serde(default)]
    pub expires_month: Option<i64>,
    /// What the provider calls the same card wherever it is used (SPEC 2.8).
    #[serde(default)]
    pub fingerprint: String,
    /// Where its bills go.
    #[serde(default)]
    pub billing: Option<Address>,
    /// Stays with the customer after the payment. A guest has no methods.
    #[serde(default = "yes")]
    pub attach: bool,
}

impl MethodInput {
    /// One of a kind, with nothing else known.
    pub fn of(kind: MethodKind) -> Self {
        Self {
            kind,
            provider_ref: None,
            brand: String::new(),
            last4: String::new(),
            expires_year: None,
            expires_month: None,
            fingerprint: String::new(),
            billing: None,
            attach: true,
        }
    }

    /// What may be kept of it where nobody may be named: what it came by, and no more.
    pub(crate) fn without_a_name(&self) -> Self {
        Self { brand: self.brand.clone(), attach: false, ..Self::of(self.kind) }
    }
}

fn yes() -> bool {
    true
}

/// A payment as a provider, a checkout or an import tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentInput {
    /// Where it was made.
    pub shop: ShopId,
    /// What it pays.
    pub order: Option<OrderId>,
    /// Who owns it; `None` is a guest payment.
    pub customer: Option<CustomerId>,
    /// The subscription it renews: such money is not bought one-off (SPEC 4, Churned).
    pub subscription: Option<SubscriptionId>,
    /// `stripe`, `paypal`, `manual`, `test`, …
    pub provider: String,
    /// The provider's id: the same id again is the same payment.
    pub provider_ref: Option<String>,
    /// How far it came.
    pub status: PaymentStatus,
    /// Real money. The test provider's never is (SPEC 6.2).
    pub live: bool,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units, above zero.
    pub amount: i64,
    /// What it came by.
    pub method: Option<MethodInput>,
    /// A method that is attached already.
    pub method_id: Option<MethodId>,
    /// Contact of who paid.
    pub payer: Payer,
    /// The provider's code of a failure.
    pub failure_code: String,
    /// The provider's words.
    pub failure_message: String,
    /// A remark of the staff.
    pub note: String,
    /// Something to look at: `customer_inactive`, or nothing.
    pub flag: &'static str,
    /// When, microseconds UTC, not in the future.
    pub paid_at: Micros,
    /// The import that brought it.
    pub import_id: Option<ImportId>,
}

impl PaymentInput {
    /// Real money: the test provider's never is, whatever is said (SPEC 6.2).
    pub fn is_live(&self) -> bool {
        self.live && self.provider != "test"
    }

    /// What may be kept of it where nobody may be named: the money, and what it came by.
    pub(crate) fn without_a_name(&self) -> Self {
        Self {
            method: self.method.as_ref().map(MethodInput::without_a_name),
            method_id: None,
            payer: Payer::default(),
            failure_message: String::new(),
            ..self.clone()
        }
    }

    /// A settled live payment of now; the rest is filled in by name.
    pub fn settled(shop: ShopId, provider: &str, currency: Currency, amount: i64, paid_at: Micros) -> Self {
        Self {
            shop,
            order: None,
            customer: None,
            subscription: None,
            provider: provider.to_owned(),
            provider_ref: None,
            status: PaymentStatus::Settled,
            live: true,
            currency,
            amount,
            method: None,
            method_id: None,
            payer: Payer::default(),
            failure_code: String::new(),
            failure_message: String::new(),
            note: String::new(),
            flag: "",
            paid_at,
            import_id: None,
        }
    }
}

/// A payment's row, as the rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentRow {
    /// Its id.
    pub id: PaymentId,
    /// Where it was made.
    pub shop: ShopId,
    /// What it pays.
    pub order: Option<OrderId>,
    /// Who owns it.
    pub customer: Option<CustomerId>,
    /// The attached method it came by.
    pub method: Option<MethodId>,
    /// Who moved it.
    pub provider: String,
    /// How far it came.
    pub status: PaymentStatus,
    /// Real money.
    pub live: bool,
    /// ISO 4217.
    pub currency: Currency,
    /// Captured, minor units.
    pub amount: i64,
    /// Refunded of it.
    pub refunded: i64,
    /// On its way back.
    pub refund_pending: i64,
    /// Lost in disputes, never more than what was not refunded.
    pub lost: i64,
    /// When, microseconds UTC.
    pub paid_at: Micros,
}

impl PaymentRow {
    /// What it brought, refunded or not.
    pub(crate) fn money(&self) -> Money {
        Money::new(self.amount, self.currency)
    }

    /// What may still be refunded (SPEC 5.4).
    pub fn refundable(&self) -> i64 {
        if self.status == PaymentStatus::Settled { (self.amount - self.refunded - self.refund_pending - self.lost).max(0) } else { 0 }
    }
}
