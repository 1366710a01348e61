//! Affiliates, commissions and payouts as the API writes and takes them.

use domain::affiliates::{self as room, AffiliateInput, Terms};
use domain::kit::{AffiliateId, Currency};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::types::{Money, Time, money, time};
use crate::api::words;

/// Somebody who brings buyers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Affiliate {
    pub id: String,
    pub name: String,
    pub code: String,
    #[schema(value_type = words::AffiliateTerms)]
    pub terms: Terms,
    /// Hundredths of a percent, or minor units of `currency`.
    #[schema(example = 1000)]
    pub rate: i64,
    /// Of a fixed amount.
    pub currency: Option<String>,
    pub created_at: Time,
    pub archived_at: Option<Time>,
}

impl From<room::Affiliate> for Affiliate {
    fn from(a: room::Affiliate) -> Self {
        Self {
            id: a.id.to_string(),
            name: a.name,
            code: a.code,
            terms: a.terms,
            rate: a.rate,
            currency: a.currency.map(|c| c.code().to_owned()),
            created_at: Time(a.created_at),
            archived_at: time(a.archived_at),
        }
    }
}

/// What an affiliate is made of.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AffiliatePut {
    #[schema(example = "Anna's coffee blog")]
    pub name: String,
    /// Letters, digits, `-` and `_`; unique whatever the case.
    #[schema(example = "ANNA10")]
    pub code: String,
    #[schema(value_type = words::AffiliateTerms)]
    pub terms: Terms,
    /// Hundredths of a percent (750 is 7.5 %), or minor units of `currency`.
    #[schema(minimum = 0, example = 1000)]
    pub rate: i64,
    /// Needed for a fixed amount.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
}

impl AffiliatePut {
    /// As the verbs take it.
    pub fn input(&self) -> AffiliateInput {
        AffiliateInput { name: self.name.clone(), code: self.code.clone(), terms: self.terms, rate: self.rate, currency: self.currency }
    }
}

/// Sums of an affiliate in one currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct AffiliateTotal {
    pub affiliate: String,
    /// With a commission, also such that were not settled.
    pub payments: i64,
    pub earned: Money,
    pub paid: Money,
    /// Still to be paid; below zero when too much was.
    pub due: Money,
}

impl From<room::Total> for AffiliateTotal {
    fn from(t: room::Total) -> Self {
        let of = |minor| money(minor, t.currency);
        Self { payments: t.payments, earned: of(t.earned), paid: of(t.paid), due: of(t.due()), affiliate: t.affiliate.to_string() }
    }
}

/// The commission on a payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct Commission {
    pub payment: String,
    pub affiliate: String,
    pub affiliate_name: String,
    pub code: String,
    /// Agreed.
    pub amount: Money,
    /// What refunds and lost disputes left of it, rounded half up.
    pub earned: Money,
    /// Paid out.
    pub paid: Money,
    pub payment_amount: Money,
    /// What refunds and lost disputes took of the payment.
    pub payment_gone: Money,
    pub paid_at: Time,
    pub customer: Option<String>,
    pub order: Option<String>,
    pub order_number: Option<String>,
}

impl From<room::Commission> for Commission {
    fn from(c: room::Commission) -> Self {
        let of = |minor| money(minor, c.currency);
        Self {
            amount: of(c.amount),
            earned: of(c.earned),
            paid: of(c.paid),
            payment_amount: of(c.payment_amount),
            payment_gone: of(c.payment_gone),
            payment: c.payment.to_string(),
            affiliate: c.affiliate.to_string(),
            affiliate_name: c.name,
            code: c.code,
            paid_at: Time(c.paid_at),
            customer: c.customer.map(|c| c.to_string()),
            order: c.order.map(|o| o.to_string()),
            order_number: c.order_number,
        }
    }
}

/// Whose payment it shall be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommissionPut {
    #[schema(value_type = String)]
    pub affiliate: AffiliateId,
    /// Minor units of the payment's currency, at most the payment; absent: by the affiliate's terms.
    #[serde(default)]
    #[schema(minimum = 0, example = 250)]
    pub amount: Option<i64>,
}

/// What to mark as paid.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutCreate {
    /// ISO 4217: commissions in this currency.
    #[schema(value_type = String, example = "EUR")]
    pub currency: Currency,
    /// Of payments not before; absent: from the first.
    #[serde(default)]
    pub from: Option<Time>,
    /// Of payments before; absent: to the last.
    #[serde(default)]
    pub until: Option<Time>,
    /// What you saw to be due, minor units: when it is another sum by now, the answer is 409 `due_changed`.
    #[serde(default)]
    pub expected: Option<i64>,
    #[serde(default)]
    pub note: String,
}

/// A payout as it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Payout {
    pub id: String,
    pub amount: Money,
    /// Absent: from the first payment.
    pub from: Option<Time>,
    /// Absent: to the last.
    pub until: Option<Time>,
    pub note: String,
    pub paid_at: Time,
    /// By whom.
    pub by: String,
}

impl From<room::Payout> for Payout {
    fn from(p: room::Payout) -> Self {
        Self {
            id: p.id.to_string(),
            amount: money(p.amount, p.currency),
            from: (p.from != i64::MIN).then_some(Time(p.from)),
            until: (p.until != i64::MAX).then_some(Time(p.until)),
            note: p.note,
            paid_at: Time(p.paid_at),
            by: p.by,
        }
    }
}
