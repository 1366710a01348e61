//! What a provider tells, in words that are the same for all of them. Amounts are minor units of ISO 4217, moments microseconds UTC,
//! references the provider's own ids.

use serde::{Deserialize, Serialize};

/// A webhook, or one event of a list of past ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The provider's id of it: the same id again is the same event.
    pub id: String,
    /// The provider's word: `charge.succeeded`.
    pub kind: String,
    /// When it happened.
    pub at: i64,
    /// Of events that happened in one second, which came later: creations, then changes, then ends.
    pub rank: u8,
    /// Real money.
    pub live: bool,
    /// What it says that matters here.
    pub news: Vec<News>,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum News {
    /// Money in, or an attempt at it.
    Payment(Box<Payment>),
    /// Money back.
    Refund(Refund),
    /// How much of a payment was given back in all, when the single refunds are not told.
    RefundTotal {
        /// Of which payment.
        payment: String,
        /// All of it.
        total: Amount,
        /// When it was told.
        at: i64,
    },
    /// A buyer agreed to pay what was asked for here; nothing is taken yet.
    Approved(Approved),
    /// A buyer went to the bank.
    Dispute(Dispute),
    /// A method was attached or changed.
    Method(Method),
    /// A method was taken off.
    MethodGone {
        /// Which.
        reference: String,
        /// When.
        at: i64,
    },
    /// A method that somebody was adding on a page that we asked for.
    Setup(Box<Setup>),
    /// A subscription as it stands.
    Subscription(Box<Subscription>),
    /// A customer as it stands.
    Customer(Customer),
    /// A payment belongs to an invoice, an invoice to a subscription, or a payment to a subscription.
    Renewal(Renewal),
    /// A payment pays an order.
    Order {
        /// Which payment.
        payment: String,
        /// What the shop calls the order.
        order: String,
    },
}

/// An amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Minor units of ISO 4217.
    pub minor: i64,
    /// Three capital letters.
    pub currency: String,
}

/// Where somebody lives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street.
    pub line1: String,
    /// More of it.
    pub line2: String,
    /// City.
    pub city: String,
    /// State or region.
    pub state: String,
    /// Postcode.
    pub zip: String,
    /// ISO 3166, two letters.
    pub country: String,
}

/// How far a payment came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Begun.
    Pending,
    /// Captured.
    Settled,
    /// Refused.
    Failed,
    /// Captured, and taken back by the bank.
    Bounced,
}

/// Money in, or an attempt at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The provider's id of the movement: a charge, a capture, a sale.
    pub reference: String,
    /// Another id the same payment goes by: Stripe's payment intent, PayPal's order.
    pub other: Option<String>,
    /// How far it came.
    pub status: PaymentStatus,
    /// Captured, or asked for while nothing is.
    pub amount: Amount,
    /// The provider's customer.
    pub customer: Option<String>,
    /// Contact of who paid.
    pub payer: Payer,
    /// What it came by.
    pub method: Option<Method>,
    /// The provider's code of a failure.
    pub failure_code: String,
    /// The provider's words.
    pub failure_message: String,
    /// When.
    pub at: i64,
    /// The subscription it renews.
    pub subscription: Option<String>,
    /// What the shop calls the order.
    pub order: Option<String>,
    /// Our own mark, when the payment was asked for here.
    #[serde(default)]
    pub ours: Option<String>,
    /// It is a sale of PayPal's first API, or is known to be none: by that its refund is asked for.
    #[serde(default)]
    pub sale: Option<bool>,
}

/// What a buyer agreed to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// The provider's order.
    pub reference: String,
    /// Our own mark.
    pub ours: String,
    /// How much.
    pub amount: Amount,
    /// When.
    pub at: i64,
}

/// Who paid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Phone.
    pub phone: String,
}

/// What a method is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MethodKind {
    /// A card, also when it sits in a wallet of the phone.
    Card,
    /// A direct debit of a bank account.
    BankDebit,
    /// PayPal, Link and their like.
    Wallet,
    /// A bank transfer.
    Transfer,
}

/// A payment method.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Method {
    /// The provider's id of it, when it can be used again.
    pub reference: Option<String>,
    /// Whose.
    pub customer: Option<String>,
    /// What it is.
    pub kind: MethodKind,
    /// `visa`, a bank's name.
    pub brand: String,
    /// Last four digits.
    pub last4: String,
    /// Year it ends.
    pub expires_year: Option<i64>,
    /// Month it ends, 1 to 12.
    pub expires_month: Option<i64>,
    /// The same card has the same one wherever it is used with this provider.
    pub fingerprint: String,
    /// Where its bills go.
    pub billing: Option<Address>,
    /// Since when, or when this was told.
    pub at: i64,
}

/// What became of a page on which a method is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupStep {
    /// The provider has the method.
    Kept,
    /// The page was closed without one.
    Over,
}

/// A method that somebody was adding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// Our own mark.
    pub ours: String,
    /// What became of it.
    pub step: SetupStep,
    /// The provider's customer.
    pub customer: Option<String>,
    /// The provider's id of the method, where this names it.
    pub method: Option<String>,
    /// The method itself, where this holds it.
    pub details: Option<Method>,
}

/// How far a refund came. In this order; it never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// On its way.
    Pending,
    /// Given back.
    Done,
    /// Not given back after all.
    Failed,
}

/// Money back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The provider's id.
    pub reference: String,
    /// Of which payment.
    pub payment: String,
    /// How much.
    pub amount: Amount,
    /// How far it came.
    pub status: RefundStatus,
    /// Why.
    pub reason: String,
    /// Why it failed, in the provider's words.
    pub failure: String,
    /// Our own id, when the refund was asked for here.
    pub ours: Option<String>,
    /// When.
    pub at: i64,
}

/// How far a dispute came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeStatus {
    /// Waits for an answer or a decision.
    Open,
    /// The money stays.
    Won,
    /// The money is gone.
    Lost,
}

/// A buyer went to the bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The provider's id.
    pub reference: String,
    /// About which payment.
    pub payment: String,
    /// How much.
    pub amount: Amount,
    /// How far it came.
    pub status: DisputeStatus,
    /// The provider's word: `fraudulent`.
    pub reason: String,
    /// Since when.
    pub opened_at: i64,
    /// Until when it can be answered.
    pub due_at: Option<i64>,
    /// When it was told; the moment of the decision when there is one.
    pub at: i64,
}

/// How a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionStatus {
    /// In its free time.
    Trialing,
    /// Paid.
    Active,
    /// A renewal failed.
    PastDue,
    /// Stopped for a while.
    Paused,
    /// Will not renew; lives until `ends_at`.
    Cancelled,
    /// Over.
    Ended,
}

/// What a cycle is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// A subscription as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// The provider's id.
    pub reference: String,
    /// Whose.
    pub customer: String,
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub status: SubscriptionStatus,
    /// For each cycle; absent when the provider does not say it with the subscription.
    pub amount: Option<Amount>,
    /// Every so many …
    pub cycle_count: i64,
    /// … of these.
    pub cycle_unit: Unit,
    /// The method it charges.
    pub method: Option<String>,
    /// Since when.
    pub started_at: i64,
    /// End of the free time.
    pub trial_until: Option<i64>,
    /// When it is charged next.
    pub next_payment_at: Option<i64>,
    /// Its last microsecond, when an end is known.
    pub ends_at: Option<i64>,
}

/// A customer as it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The provider's id.
    pub reference: String,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Phone.
    pub phone: String,
    /// Language, two letters.
    pub language: String,
    /// Billing address.
    pub address: Option<Address>,
    /// The method its bills go to, when one was chosen.
    pub default_method: Option<String>,
    /// Deleted there. Says nothing about the customer here.
    pub deleted: bool,
    /// Our own id, when the record was asked for here.
    #[serde(default)]
    pub ours: Option<String>,
}

/// Which payment, invoice and subscription belong together; two of the three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// The payment, by either of its ids.
    pub payment: Option<String>,
    /// The provider's invoice.
    pub invoice: Option<String>,
    /// The subscription.
    pub subscription: Option<String>,
}
