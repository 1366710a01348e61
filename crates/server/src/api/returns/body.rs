//! Returns as the API writes and takes them.

use domain::kit::PaymentId;
use domain::payments::refunds::RefundStatus;
use domain::returns::{self, LineBack, NewReturn, Reason, RefundFor, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::types::{Money, Named, Time, money, time};
use crate::api::words;

/// A return in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnRow {
    pub id: String,
    pub number: String,
    pub order: String,
    pub order_number: String,
    /// Absent for a guest's order.
    pub customer: Option<String>,
    pub shop: Named,
    #[schema(value_type = words::ReturnState)]
    pub state: State,
    /// What its lines cost in the order, with their share of its discount and tax.
    pub value: Money,
    /// The order that takes its place, at no charge.
    pub replacement: Option<String>,
    pub created_at: Time,
    pub approved_at: Option<Time>,
    pub received_at: Option<Time>,
    /// When it was closed or rejected.
    pub closed_at: Option<Time>,
}

impl From<returns::Summary> for ReturnRow {
    fn from(s: returns::Summary) -> Self {
        Self {
            value: money(s.value, s.currency),
            id: s.id.to_string(),
            number: s.number,
            order: s.order.to_string(),
            order_number: s.order_number,
            customer: s.customer.map(|c| c.to_string()),
            shop: Named { id: s.shop.to_string(), name: s.shop_name },
            state: s.state,
            replacement: s.replacement.map(|o| o.to_string()),
            created_at: Time(s.created_at),
            approved_at: time(s.approved_at),
            received_at: time(s.received_at),
            closed_at: time(s.closed_at),
        }
    }
}

/// A line that comes back.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnLine {
    /// The line of the order, from 1.
    pub line: i64,
    pub sku: String,
    pub title: String,
    #[schema(example = "1")]
    pub quantity: String,
    /// As it was bought.
    #[schema(example = "12.95")]
    pub unit_price: String,
    /// What was taken off it: `10%`, or of an amount the share of what comes back. Empty: nothing.
    #[schema(example = "10%")]
    pub discount: String,
    #[schema(value_type = words::ReturnReason)]
    pub reason: Reason,
}

/// A refund that was given for a return.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnRefund {
    pub id: String,
    pub payment: String,
    pub amount: Money,
    #[schema(value_type = words::RefundState)]
    pub status: RefundStatus,
    pub refunded_at: Time,
}

/// A return, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Return {
    #[serde(flatten)]
    pub row: ReturnRow,
    pub lines: Vec<ReturnLine>,
    pub refunds: Vec<ReturnRefund>,
    pub note: String,
    /// Why it was rejected.
    pub answer: String,
    pub created_by: String,
    pub version: i64,
}

impl From<returns::Return> for Return {
    fn from(t: returns::Return) -> Self {
        let line = |l: returns::ReturnLine| ReturnLine {
            line: l.line,
            sku: l.sku,
            title: l.title,
            quantity: l.quantity,
            unit_price: l.unit_price,
            discount: l.discount,
            reason: l.reason,
        };
        let refund = |g: returns::Given| ReturnRefund {
            id: g.refund.to_string(),
            payment: g.payment.to_string(),
            amount: money(g.amount, g.currency),
            status: g.status,
            refunded_at: Time(g.at),
        };
        Self {
            lines: t.lines.into_iter().map(line).collect(),
            refunds: t.refunds.into_iter().map(refund).collect(),
            note: t.note,
            answer: t.answer,
            created_by: t.summary.created_by.clone(),
            version: t.summary.version,
            row: t.summary.into(),
        }
    }
}

/// A line that is to come back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnLineAsked {
    /// The line of the order, from 1.
    pub line: i64,
    /// At most what was bought and is not on its way back.
    #[schema(example = "1")]
    pub quantity: String,
    #[schema(value_type = words::ReturnReason)]
    pub reason: Reason,
}

/// A return as it is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnCreate {
    /// At least one.
    pub lines: Vec<ReturnLineAsked>,
    #[serde(default)]
    pub note: String,
}

impl ReturnCreate {
    /// As the verb takes it.
    pub fn input(&self) -> NewReturn {
        let line = |l: &ReturnLineAsked| LineBack { line: l.line, quantity: l.quantity.clone(), reason: l.reason };
        NewReturn { lines: self.lines.iter().map(line).collect(), note: self.note.clone() }
    }
}

/// Why a return is rejected.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReturnReject {
    pub answer: String,
}

/// Money given back for a return.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnRefundAsked {
    /// Id of a payment of the order.
    #[schema(value_type = String)]
    pub payment: PaymentId,
    /// Minor units of the payment's currency, at most what is left of it.
    #[schema(minimum = 1)]
    pub amount: i64,
    /// Empty: the number of the return.
    #[serde(default)]
    pub reason: String,
    /// Writes one mail to the payer, as soon as the refund is done; a refund that fails tells nobody.
    #[serde(default)]
    pub tell_customer: bool,
}

impl ReturnRefundAsked {
    /// As the verb takes it.
    pub fn input(&self) -> RefundFor {
        RefundFor { payment: self.payment.clone(), amount: self.amount, reason: self.reason.clone() }
    }
}
