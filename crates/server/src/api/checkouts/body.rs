//! A storefront's checkout as the API takes it.

use domain::kit::{Currency, CustomerId, ShopId};
use domain::orders::{self, CheckoutOutcome, State};
use domain::payments::{MethodInput, MethodKind, PaymentStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::orders::body::{Line, lines};
use crate::api::types::{Address, Time};
use crate::api::words;

/// One order as a storefront tells it. The shop's own order id makes it one order, however often it is sent.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkout {
    /// Id of a shop.
    #[schema(value_type = String)]
    pub shop: ShopId,
    /// The shop's own order id.
    #[schema(example = "web-10042")]
    pub external_id: String,
    pub buyer: Buyer,
    /// Stays a guest: no customer is made or found.
    #[serde(default)]
    pub guest: bool,
    /// ISO 4217.
    #[schema(value_type = String, example = "EUR")]
    pub currency: Currency,
    /// Only moves forward.
    #[serde(default = "open")]
    #[schema(value_type = words::OrderState)]
    pub state: State,
    /// Left in the basket.
    #[serde(default)]
    pub abandoned: bool,
    #[serde(default)]
    pub lines: Vec<Line>,
    /// Minor units, taken off.
    #[serde(default)]
    pub discount: i64,
    /// Minor units.
    #[serde(default)]
    pub shipping: i64,
    /// Minor units.
    #[serde(default)]
    pub tax: i64,
    #[serde(default)]
    pub note: String,
    /// Absent: now.
    #[serde(default)]
    pub ordered_at: Option<Time>,
    /// What was paid, or tried. A payment of the provider `store_credit` spends what the customer has; at most one in an order.
    #[serde(default)]
    pub payments: Vec<CheckoutPayment>,
    /// The code of the affiliate who brought the buyer; one that nobody has is noted, and refuses nothing.
    #[serde(default)]
    #[schema(example = "ANNA10")]
    pub affiliate: String,
}

fn open() -> State {
    State::Open
}

/// Who buys: a known customer, or somebody who is found by e-mail address and made when nobody has it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Buyer {
    /// Id of a customer the shop knows already.
    #[schema(value_type = Option<String>)]
    pub customer: Option<CustomerId>,
    #[schema(example = "ana.ruiz@example.es")]
    pub email: String,
    pub name: String,
    pub phone: String,
    pub company: String,
    pub vat_number: String,
    pub billing: Address,
    /// Absent: the billing address.
    pub delivery: Option<Address>,
    /// BCP 47.
    pub language: String,
    pub marketing: bool,
}

/// A payment within a checkout.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckoutPayment {
    /// Who moved the money; `store_credit` spends the customer's store credit.
    #[schema(example = "stripe")]
    pub provider: String,
    /// The provider's id: the same id again is the same payment.
    #[serde(default)]
    pub provider_ref: Option<String>,
    #[serde(default = "settled")]
    #[schema(value_type = words::PaymentState)]
    pub status: PaymentStatus,
    /// Minor units of the order's currency.
    pub amount: i64,
    #[serde(default)]
    pub method: Option<Method>,
    /// Absent: when it was ordered.
    #[serde(default)]
    pub paid_at: Option<Time>,
    /// Real money.
    #[serde(default = "yes")]
    pub live: bool,
    /// The provider's code of a failure.
    #[serde(default)]
    pub failure_code: String,
    /// The provider's words.
    #[serde(default)]
    pub failure_message: String,
}

/// A payment method as a provider tells of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Method {
    #[schema(value_type = words::PaymentKind)]
    pub kind: MethodKind,
    /// The provider's id of it.
    #[serde(default)]
    pub provider_ref: Option<String>,
    #[serde(default)]
    #[schema(example = "visa")]
    pub brand: String,
    #[serde(default)]
    #[schema(example = "4242")]
    pub last4: String,
    #[serde(default)]
    pub expires_year: Option<i64>,
    #[serde(default)]
    pub expires_month: Option<i64>,
    /// What the provider calls the same card wherever it is used.
    #[serde(default)]
    pub fingerprint: String,
    /// Where its bills go.
    #[serde(default)]
    pub billing: Option<Address>,
    /// Stays with the customer after the payment.
    #[serde(default = "yes")]
    pub attach: bool,
}

fn settled() -> PaymentStatus {
    PaymentStatus::Settled
}

fn yes() -> bool {
    true
}

impl Method {
    /// As the verbs take it.
    pub fn input(&self) -> MethodInput {
        let m = self.clone();
        MethodInput {
            kind: m.kind,
            provider_ref: m.provider_ref,
            brand: m.brand,
            last4: m.last4,
            expires_year: m.expires_year,
            expires_month: m.expires_month,
            fingerprint: m.fingerprint,
            billing: m.billing.map(Into::into),
            attach: m.attach,
        }
    }
}

impl CheckoutPayment {
    fn input(&self) -> orders::CheckoutPayment {
        let p = self.clone();
        orders::CheckoutPayment {
            provider: p.provider,
            provider_ref: p.provider_ref,
            status: p.status,
            amount: p.amount,
            method: p.method.map(|m| m.input()),
            paid_at: p.paid_at.map(|t| t.0),
            live: p.live,
            failure_code: p.failure_code,
            failure_message: p.failure_message,
        }
    }
}

impl Checkout {
    /// As the verb takes it.
    pub fn input(&self) -> orders::Checkout {
        let (c, b) = (self.clone(), self.buyer.clone());
        orders::Checkout {
            shop: c.shop,
            external_id: c.external_id,
            buyer: orders::Buyer {
                customer: b.customer,
                email: b.email,
                name: b.name,
                phone: b.phone,
                company: b.company,
                vat_number: b.vat_number,
                billing: b.billing.into(),
                delivery: b.delivery.map(Into::into),
                language: b.language,
                marketing: b.marketing,
            },
            guest: c.guest,
            currency: c.currency,
            state: c.state,
            abandoned: c.abandoned,
            lines: lines(&c.lines),
            discount: c.discount,
            shipping: c.shipping,
            tax: c.tax,
            note: c.note,
            ordered_at: c.ordered_at.map(|t| t.0),
            payments: c.payments.iter().map(CheckoutPayment::input).collect(),
            affiliate: c.affiliate,
        }
    }
}

/// What became of a checkout.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckoutDone {
    /// Id of the order.
    pub order: String,
    /// Id of the customer; absent for a guest.
    pub customer: Option<String>,
    /// Ids of the payments, in the order given.
    pub payments: Vec<String>,
    /// The order was not there before.
    pub created: bool,
    /// Something of it is different now.
    pub changed: bool,
    /// The customer was not there before.
    pub customer_created: bool,
    /// Something to look at: `customer_inactive` when it was recorded for an archived customer, `customer_gone` without the name of one who was
    /// anonymised or deleted for good, `blocked` for a blocked buyer, `credit_missing` when the store credit did not suffice, `amount_differs`
    /// when a payment brought another amount than was sent, `affiliate_unknown` when nobody has the code; else empty.
    pub flag: String,
    /// Id of the affiliate who brought the buyer.
    pub affiliate: Option<String>,
}

impl From<CheckoutOutcome> for CheckoutDone {
    fn from(o: CheckoutOutcome) -> Self {
        Self {
            order: o.order.to_string(),
            customer: o.customer.map(|c| c.to_string()),
            payments: o.payments.iter().map(ToString::to_string).collect(),
            created: o.created,
            changed: o.changed,
            customer_created: o.customer_created,
            flag: o.flag.to_owned(),
            affiliate: o.affiliate.map(|a| a.to_string()),
        }
    }
}

/// Many orders at once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkouts {
    /// 1 to 500. Each stands for itself: one that is refused keeps no other from being taken.
    #[schema(min_items = 1, max_items = 500, value_type = Vec<Checkout>)]
    pub checkouts: Vec<serde_json::Value>,
}

/// What became of one of many.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckoutResult {
    /// The shop's own order id, as sent.
    pub external_id: String,
    /// What `POST /checkouts` would have answered: 200, 201, 409, 422, …
    pub status: u16,
    /// When it was taken.
    pub checkout: Option<CheckoutDone>,
    /// When it was refused.
    #[schema(value_type = Option<words::Problem>)]
    pub problem: Option<crate::http::Problem>,
}

/// What became of each.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckoutResults {
    /// In the order sent.
    pub results: Vec<CheckoutResult>,
}
