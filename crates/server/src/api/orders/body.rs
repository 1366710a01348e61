//! Orders as the API writes and takes them.

use domain::kit::{Currency, CustomerId, ShopId};
use domain::orders::{self, DraftEdit, NewOrder, State};
use domain::payments::MethodKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::types::{Address, Money, Named, Time, money, time};
use crate::api::words;

/// A line of an order. Quantity and price are exact decimals as text; only the total of the order is rounded, once.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Line {
    /// Article number.
    #[schema(example = "COF-250")]
    pub sku: String,
    /// What it is called.
    #[schema(example = "Coffee, 250 g")]
    pub title: String,
    #[schema(example = "2")]
    pub quantity: String,
    /// In major units, without tax of its own.
    #[schema(example = "12.95")]
    pub unit_price: String,
    /// Taken off this line: `10%` of it, or an amount off the whole line in major units, `5.00`. Empty: nothing.
    #[schema(example = "10%")]
    pub discount: String,
}

impl From<orders::Line> for Line {
    fn from(l: orders::Line) -> Self {
        Self { sku: l.sku, title: l.title, quantity: l.quantity, unit_price: l.unit_price, discount: l.discount }
    }
}

/// As the verbs take them.
pub fn lines(lines: &[Line]) -> Vec<orders::Line> {
    let line = |l: Line| orders::Line { sku: l.sku, title: l.title, quantity: l.quantity, unit_price: l.unit_price, discount: l.discount };
    lines.iter().cloned().map(line).collect()
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderRow {
    pub id: String,
    pub number: String,
    pub shop: Named,
    /// Absent for a guest's order.
    pub customer: Option<String>,
    pub guest: bool,
    #[schema(value_type = words::OrderState)]
    pub state: State,
    /// Left in the basket since.
    pub abandoned_at: Option<Time>,
    pub total: Money,
    pub ordered_at: Time,
    pub paid_at: Option<Time>,
    /// `customer_inactive` when a paid order came for an archived customer, `customer_gone` for one who was erased; else empty.
    pub flag: String,
    /// Contact of the buyer.
    pub name: String,
    pub email: String,
    pub company: String,
    /// The shop's own id.
    pub external_id: Option<String>,
    /// The first lines, in a customer's history.
    pub first_lines: Vec<Line>,
}

impl From<orders::OrderSummary> for OrderRow {
    fn from(o: orders::OrderSummary) -> Self {
        Self {
            total: money(o.total, o.currency),
            id: o.id.to_string(),
            number: o.number,
            shop: Named { id: o.shop.to_string(), name: o.shop_name },
            customer: o.customer.map(|c| c.to_string()),
            guest: o.guest,
            state: o.state,
            abandoned_at: time(o.abandoned_at),
            ordered_at: Time(o.ordered_at),
            paid_at: time(o.paid_at),
            flag: o.flag,
            name: o.name,
            email: o.email,
            company: o.company,
            external_id: o.external_id,
            first_lines: o.first_lines.into_iter().map(Into::into).collect(),
        }
    }
}

/// An order, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Order {
    pub id: String,
    pub number: String,
    pub shop: Named,
    /// Absent for a guest's order.
    pub customer: Option<String>,
    pub guest: bool,
    #[schema(value_type = words::OrderState)]
    pub state: State,
    /// Left in the basket since.
    pub abandoned_at: Option<Time>,
    pub lines: Vec<Line>,
    pub discount: Money,
    pub shipping: Money,
    pub tax: Money,
    pub total: Money,
    pub ordered_at: Time,
    pub paid_at: Option<Time>,
    pub fulfilled_at: Option<Time>,
    pub closed_at: Option<Time>,
    pub cancelled_at: Option<Time>,
    /// `customer_inactive` when a paid order came for an archived customer, `customer_gone` for one who was erased; else empty.
    pub flag: String,
    /// Contact of the buyer.
    pub name: String,
    pub email: String,
    pub phone: String,
    pub company: String,
    pub billing: Address,
    pub delivery: Address,
    pub note: String,
    /// The shop's own id.
    pub external_id: Option<String>,
    /// Send it back as `expected_version`.
    pub version: i64,
}

impl From<orders::Order> for Order {
    fn from(o: orders::Order) -> Self {
        let s = o.summary;
        let of = |minor| money(minor, s.currency);
        Self {
            discount: of(o.discount),
            shipping: of(o.shipping),
            tax: of(o.tax),
            total: of(s.total),
            id: s.id.to_string(),
            number: s.number,
            shop: Named { id: s.shop.to_string(), name: s.shop_name },
            customer: s.customer.map(|c| c.to_string()),
            guest: s.guest,
            state: s.state,
            abandoned_at: time(s.abandoned_at),
            lines: o.lines.into_iter().map(Into::into).collect(),
            ordered_at: Time(s.ordered_at),
            paid_at: time(s.paid_at),
            fulfilled_at: time(o.fulfilled_at),
            closed_at: time(o.closed_at),
            cancelled_at: time(o.cancelled_at),
            flag: s.flag,
            name: s.name,
            email: s.email,
            phone: o.phone,
            company: s.company,
            billing: o.billing.into(),
            delivery: o.delivery.into(),
            note: o.note,
            external_id: s.external_id,
            version: o.version,
        }
    }
}

/// An order made by hand for a customer, with the customer's contact and addresses as they are now.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderCreate {
    /// Id of a customer.
    #[schema(value_type = String)]
    pub customer: CustomerId,
    /// Id of a shop.
    #[schema(value_type = String)]
    pub shop: ShopId,
    /// `draft` or `open`.
    #[serde(default = "draft")]
    #[schema(value_type = words::OrderState)]
    pub state: State,
    /// ISO 4217; absent: the shop's.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub currency: Option<Currency>,
    /// A draft may have none yet.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// Minor units, taken off.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub discount: i64,
    /// Minor units.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub shipping: i64,
    /// Minor units.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub tax: i64,
    #[serde(default)]
    pub note: String,
}

fn draft() -> State {
    State::Draft
}

impl OrderCreate {
    /// As the verb takes it.
    pub fn input(&self) -> NewOrder {
        NewOrder {
            customer: self.customer.clone(),
            shop: self.shop.clone(),
            state: self.state,
            currency: self.currency,
            lines: lines(&self.lines),
            discount: self.discount,
            shipping: self.shipping,
            tax: self.tax,
            note: self.note.clone(),
        }
    }
}

/// The note on an order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderNote {
    /// At most 5,000 characters.
    pub note: String,
    /// The version that was looked at: answers 409 `stale` when somebody changed the order since.
    #[serde(default)]
    pub expected_version: Option<i64>,
}

/// Where an order goes, and who is billed for it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderAddresses {
    /// For the bill.
    pub billing: Address,
    /// For the goods; absent: where the bill goes.
    #[serde(default)]
    pub delivery: Option<Address>,
    /// The version that was looked at: answers 409 `stale` when somebody changed the order since.
    #[serde(default)]
    pub expected_version: Option<i64>,
}

/// What changes in a draft; absent fields stay.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OrderPatch {
    /// The version that was looked at: answers 409 `stale` when somebody changed the draft since.
    pub expected_version: Option<i64>,
    /// All lines.
    pub lines: Option<Vec<Line>>,
    /// Minor units, taken off.
    pub discount: Option<i64>,
    /// Minor units.
    pub shipping: Option<i64>,
    /// Minor units.
    pub tax: Option<i64>,
    pub note: Option<String>,
}

impl OrderPatch {
    /// As the verb takes it.
    pub fn edit(&self) -> DraftEdit {
        DraftEdit {
            expected_version: self.expected_version,
            lines: self.lines.as_deref().map(lines),
            discount: self.discount,
            shipping: self.shipping,
            tax: self.tax,
            note: self.note.clone(),
        }
    }
}

/// How an order was paid.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderPaid {
    /// `cash`, `cheque` or `transfer`.
    #[schema(value_type = words::PaymentKind)]
    pub kind: MethodKind,
    /// Absent: now.
    #[serde(default)]
    pub paid_at: Option<Time>,
    #[serde(default)]
    pub note: String,
}
