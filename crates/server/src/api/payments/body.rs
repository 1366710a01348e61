//! Payments, refunds, disputes and methods as the API writes and takes them.

use domain::customers::MethodStatus;
use domain::kit::{Currency, CustomerId, Micros, OrderId, PaymentId, ShopId, Zone};
use domain::payments::disputes::{self, DisputeStatus};
use domain::payments::guests::{self, Reason};
use domain::payments::methods;
use domain::payments::refunds::RefundInput;
use domain::payments::{self as room, ManualPayment, MethodKind, Outcome, PaymentStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::types::{Address, Money, Named, Time, money, time};
use crate::api::words;

/// A payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Payment {
    pub id: String,
    pub shop: Named,
    /// The order it pays.
    pub order: Option<String>,
    pub order_number: Option<String>,
    /// The invoice it pays, or that was made of it; of several the first.
    pub invoice: Option<String>,
    pub invoice_number: Option<String>,
    /// Absent for a guest payment.
    pub customer: Option<String>,
    /// The subscription it renewed.
    pub subscription: Option<String>,
    /// The attached method it came by.
    pub method: Option<String>,
    /// `card`, `cash`, …, or empty.
    pub kind: String,
    pub brand: String,
    pub last4: String,
    /// Who moved it.
    pub provider: String,
    pub provider_ref: Option<String>,
    #[schema(value_type = words::PaymentState)]
    pub status: PaymentStatus,
    /// Real money.
    pub live: bool,
    pub amount: Money,
    pub refunded: Money,
    /// Lost in disputes.
    pub lost: Money,
    /// What may still be refunded.
    pub refundable: Money,
    /// Contact of who paid.
    pub payer_name: String,
    pub payer_email: String,
    pub payer_phone: String,
    pub failure_code: String,
    pub failure_message: String,
    pub note: String,
    /// `customer_inactive` when it came for an archived customer, `blocked` for a blocked buyer, `customer_gone` for one who was erased; else empty.
    pub flag: String,
    pub paid_at: Time,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
}

impl From<room::PaymentView> for Payment {
    fn from(p: room::PaymentView) -> Self {
        let of = |minor| money(minor, p.currency);
        Self {
            amount: of(p.amount),
            refunded: of(p.refunded),
            lost: of(p.lost),
            refundable: of(p.refundable),
            id: p.id.to_string(),
            shop: Named { id: p.shop.to_string(), name: p.shop_name },
            order: p.order.map(|o| o.to_string()),
            order_number: p.order_number,
            invoice: p.invoice.map(|i| i.to_string()),
            invoice_number: p.invoice_number,
            customer: p.customer.map(|c| c.to_string()),
            subscription: p.subscription.map(|s| s.to_string()),
            method: p.method.map(|m| m.to_string()),
            kind: p.kind,
            brand: p.brand,
            last4: p.last4,
            provider: p.provider,
            provider_ref: p.provider_ref,
            status: p.status,
            live: p.live,
            payer_name: p.payer.name,
            payer_email: p.payer.email,
            payer_phone: p.payer.phone,
            failure_code: p.failure_code,
            failure_message: p.failure_message,
            note: p.note,
            flag: p.flag,
            paid_at: Time(p.paid_at),
            refunds: p.refunds.into_iter().map(Into::into).collect(),
            disputes: p.disputes.into_iter().map(Into::into).collect(),
        }
    }
}

/// Money given back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refund {
    pub id: String,
    pub amount: Money,
    /// `done`, `pending`, `failed`.
    pub status: String,
    pub reason: String,
    pub refunded_at: Time,
    /// By whom.
    pub by: String,
    /// It went to the customer's store credit; the money stayed.
    pub as_store_credit: bool,
    /// Why it failed, in the provider's words; empty unless it did.
    pub failure: String,
    /// The payer is told when it stands.
    pub tell_customer: bool,
    /// The mail that told it.
    pub mail: Option<String>,
}

impl From<room::RefundView> for Refund {
    fn from(r: room::RefundView) -> Self {
        Self {
            amount: money(r.amount, r.currency),
            id: r.id.to_string(),
            status: r.status,
            reason: r.reason,
            refunded_at: Time(r.refunded_at),
            by: r.by,
            as_store_credit: r.as_credit,
            failure: r.failure,
            tell_customer: r.told.asked,
            mail: r.told.mail.map(|m| m.to_string()),
        }
    }
}

/// A buyer went to the bank.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dispute {
    pub id: String,
    pub payment: String,
    pub amount: Money,
    #[schema(value_type = words::DisputeState)]
    pub status: DisputeStatus,
    pub reason: String,
    pub provider_ref: Option<String>,
    pub opened_at: Time,
    /// Until when it can be answered.
    pub due_at: Option<Time>,
    pub closed_at: Option<Time>,
}

impl From<disputes::Dispute> for Dispute {
    fn from(d: disputes::Dispute) -> Self {
        Self {
            amount: money(d.amount, d.currency),
            id: d.id.to_string(),
            payment: d.payment.to_string(),
            status: d.status,
            reason: d.reason,
            provider_ref: d.provider_ref,
            opened_at: Time(d.opened_at),
            due_at: time(d.due_at),
            closed_at: time(d.closed_at),
        }
    }
}

/// Money received by hand, for an order, or for a customer and a shop.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentCreate {
    /// The order it pays; then customer, shop and currency are the order's.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub order: Option<OrderId>,
    /// Who paid, when there is no order.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub customer: Option<CustomerId>,
    /// Where, when there is no order.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub shop: Option<ShopId>,
    /// ISO 4217; absent: the order's, else the shop's.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// Minor units, above zero.
    #[schema(minimum = 1, example = 2500)]
    pub amount: i64,
    /// `cash`, `cheque` or `transfer`.
    #[schema(value_type = words::PaymentKind)]
    pub kind: MethodKind,
    /// Absent: now.
    #[serde(default)]
    pub paid_at: Option<Time>,
    #[serde(default)]
    pub note: String,
}

impl PaymentCreate {
    /// As the verb takes it.
    pub fn input(&self) -> ManualPayment {
        let p = self.clone();
        ManualPayment {
            order: p.order,
            customer: p.customer,
            shop: p.shop,
            currency: p.currency,
            amount: p.amount,
            kind: p.kind,
            paid_at: p.paid_at.map(|t| t.0),
            note: p.note,
        }
    }
}

/// Why the bank took a payment back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bounce {
    pub reason: String,
}

/// A refund to make, or one that was made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundCreate {
    /// Minor units of the payment's currency, at most what is left.
    #[schema(minimum = 1, example = 500)]
    pub amount: i64,
    #[serde(default)]
    pub reason: String,
    /// When the money was given back, of a refund that was made elsewhere; absent: it is made now.
    #[serde(default)]
    pub refunded_at: Option<Time>,
    /// The provider's id of a refund that was made elsewhere: the same id again is the same refund.
    #[serde(default)]
    pub provider_ref: Option<String>,
    /// Writes one mail to the payer, as soon as the refund is done; a refund that fails tells nobody.
    #[serde(default)]
    pub tell_customer: bool,
}

impl RefundCreate {
    /// As the verb takes it.
    pub fn input(&self, payment: &PaymentId) -> RefundInput {
        RefundInput {
            at: self.refunded_at.map(|t| t.0),
            provider_ref: self.provider_ref.clone(),
            ..RefundInput::of(payment.clone(), self.amount, &self.reason)
        }
    }
}

/// A dispute of the list, with whom it is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisputeRow {
    #[serde(flatten)]
    pub dispute: Dispute,
    /// Absent for a guest payment.
    pub customer: Option<String>,
    /// What the customer is called, else who paid.
    pub name: String,
    /// What the payment brought.
    pub paid: Money,
    pub paid_at: Time,
    /// Who moved the payment.
    pub provider: String,
    /// Real money.
    pub live: bool,
    pub order: Option<String>,
    pub order_number: Option<String>,
}

impl From<domain::payments::listed_disputes::Listed> for DisputeRow {
    fn from(row: domain::payments::listed_disputes::Listed) -> Self {
        Self {
            paid: money(row.paid, row.dispute.currency),
            dispute: row.dispute.into(),
            customer: row.customer.map(|id| id.to_string()),
            name: row.name,
            paid_at: Time(row.paid_at),
            provider: row.provider,
            live: row.live,
            order: row.order.map(|id| id.to_string()),
            order_number: row.order_number,
        }
    }
}

/// A dispute as a provider tells of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputePut {
    /// Minor units, at most the payment's.
    #[schema(minimum = 1, example = 2500)]
    pub amount: i64,
    #[serde(default)]
    #[schema(example = "fraudulent")]
    pub reason: String,
    /// The provider's id: the same id again is the same dispute.
    #[serde(default)]
    pub provider_ref: Option<String>,
    #[schema(value_type = words::DisputeState)]
    pub status: DisputeStatus,
    pub opened_at: Time,
    #[serde(default)]
    pub due_at: Option<Time>,
    #[serde(default)]
    pub closed_at: Option<Time>,
}

impl DisputePut {
    /// As the verb takes it.
    pub fn input(&self, payment: &PaymentId) -> disputes::DisputeInput {
        let d = self.clone();
        disputes::DisputeInput {
            payment: payment.clone(),
            amount: d.amount,
            reason: d.reason,
            provider_ref: d.provider_ref,
            status: d.status,
            opened_at: d.opened_at.0,
            due_at: d.due_at.map(|t| t.0),
            closed_at: d.closed_at.map(|t| t.0),
        }
    }
}

/// How a dispute was decided.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The money stays.
    pub won: bool,
}

/// A payment method of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentMethod {
    pub id: String,
    pub customer: String,
    #[schema(value_type = words::PaymentKind)]
    pub kind: MethodKind,
    /// Who keeps it.
    pub provider: String,
    pub provider_ref: Option<String>,
    pub brand: String,
    pub last4: String,
    pub expires_year: Option<i64>,
    pub expires_month: Option<i64>,
    pub billing: Option<Address>,
    /// Chosen as the default by somebody.
    pub is_default: bool,
    /// It pays real money; one of test mode is no default and counts for no status.
    pub live: bool,
    /// The same card has the same one wherever it is used; empty where nobody told.
    pub fingerprint: String,
    #[schema(value_type = words::MethodOutcome)]
    pub last_outcome: Outcome,
    /// By the last attempt and by the calendar, as the customer's status would be if this were the default.
    #[schema(value_type = words::CustomerMethodStatus)]
    pub status: MethodStatus,
    pub added_at: Time,
    pub detached_at: Option<Time>,
}

impl PaymentMethod {
    /// As it stands at a moment, where the merchant lives.
    pub fn of(m: methods::Method, zone: &Zone, now: Micros) -> Self {
        Self {
            status: m.status(zone, now),
            live: m.live,
            fingerprint: m.fingerprint,
            id: m.id.to_string(),
            customer: m.customer.to_string(),
            kind: m.kind,
            provider: m.provider,
            provider_ref: m.provider_ref,
            brand: m.brand,
            last4: m.last4,
            expires_year: m.expires_year,
            expires_month: m.expires_month,
            billing: m.billing.map(Into::into),
            is_default: m.chosen,
            last_outcome: m.last_outcome,
            added_at: Time(m.added_at),
            detached_at: time(m.detached_at),
        }
    }
}

/// A method to attach.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MethodCreate {
    /// Who keeps it.
    #[schema(example = "stripe")]
    pub provider: String,
    pub method: crate::api::checkouts::body::Method,
}

/// What a provider says about a method outside of a payment.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MethodCheck {
    #[schema(value_type = words::MethodOutcome)]
    pub outcome: Outcome,
}

/// A guest payment that may be a customer's.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuestPayment {
    pub payment: Payment,
    /// All that is the same.
    #[schema(value_type = Vec<words::GuestReason>)]
    pub reasons: Vec<Reason>,
    /// Customers it matches as well.
    pub others: Vec<Named>,
}

impl From<guests::GuestPayment> for GuestPayment {
    fn from(g: guests::GuestPayment) -> Self {
        Self {
            payment: g.payment.into(),
            reasons: g.reasons,
            others: g.others.into_iter().map(|o| Named { id: o.id.to_string(), name: o.display_name }).collect(),
        }
    }
}
