//! An order made by staff from a customer's profile, and the editing of a draft (SPEC 2.4).

use serde::{Deserialize, Serialize};
use store::Tx;

use super::begin::{Begun, begin};
use super::put::{self, OrderInput};
use super::read::find_locked;
use super::totals::Extras;
use super::{Line, State, queries};
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, Currency, CustomerId, Error, OrderId, Problems, Result, Right, ShopId};

/// A draft or an open order for a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// For whom.
    pub customer: CustomerId,
    /// In which shop.
    pub shop: ShopId,
    /// Draft, or open at once.
    #[serde(default = "draft")]
    pub state: State,
    /// Absent: the shop's.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// What is bought; a draft may have none yet.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// Minor units.
    #[serde(default)]
    pub discount: i64,
    /// Minor units.
    #[serde(default)]
    pub shipping: i64,
    /// Minor units.
    #[serde(default)]
    pub tax: i64,
    /// A remark.
    #[serde(default)]
    pub note: String,
}

fn draft() -> State {
    State::Draft
}

/// What changes in a draft; `None` leaves it as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DraftEdit {
    /// The version that was looked at.
    pub expected_version: Option<i64>,
    /// All lines.
    pub lines: Option<Vec<Line>>,
    /// Minor units.
    pub discount: Option<i64>,
    /// Minor units.
    pub shipping: Option<i64>,
    /// Minor units.
    pub tax: Option<i64>,
    /// A remark.
    pub note: Option<String>,
}

/// Makes it, with the customer's contact and addresses as they are now.
///
/// # Errors
/// `Conflict` (`customer_inactive`) for an archived or deleted customer (SPEC 10.2).
pub fn create(tx: &mut Tx, ctx: &Ctx, new: &NewOrder) -> Result<OrderId> {
    let mut problems = Problems::default();
    let Begun { settings, customer, currency } = begin(tx, ctx, &new.customer, &new.shop, new.currency, &mut problems)?;
    if !matches!(new.state, State::Draft | State::Open) {
        problems.add("state", "invalid", "A new order is a draft or open.");
    }
    if new.state == State::Open && new.lines.is_empty() {
        problems.add("lines", "required", "Add at least one line.");
    }
    positive(&new.lines, &mut problems);
    let (payer, company, billing, delivery) = super::read::buyer(tx, ctx, &customer)?;
    let input = OrderInput {
        shop: new.shop.clone(),
        external_id: None,
        number: None,
        customer: Some(customer.clone()),
        guest: false,
        state: new.state,
        abandoned: false,
        currency,
        lines: new.lines.clone(),
        extras: Extras { discount: new.discount, shipping: new.shipping, tax: new.tax },
        payer,
        company,
        billing,
        delivery,
        note: new.note.clone(),
        flag: "",
        ordered_at: ctx.now,
        paid_at: None,
        import_id: None,
    };
    let checked = put::check(ctx, &input, &mut problems);
    problems.check()?;
    let id = put::write(tx, ctx, &input, &checked, &settings.country, None)?.id;
    facts::refresh(tx, ctx, std::slice::from_ref(&customer), "order created")?;
    put::number(tx, ctx, &id)?;
    Ok(id)
}

/// Changes a draft.
///
/// # Errors
/// `Conflict` (`order_state`) when it is no draft any more; `Conflict` (`stale`) when somebody else changed it since `expected_version`.
pub fn edit_draft(tx: &mut Tx, ctx: &Ctx, id: &OrderId, edit: &DraftEdit) -> Result<()> {
    ctx.must(Right::Orders)?;
    let order = find_locked(tx, ctx, id)?;
    if order.state != State::Draft {
        return Err(Error::conflict("order_state", "Only a draft can be edited."));
    }
    if edit.expected_version.is_some_and(|v| v != order.version) {
        return Err(Error::conflict("stale", "Somebody else changed this draft meanwhile. Look at it again."));
    }
    let mut problems = Problems::default();
    let lines = match &edit.lines {
        Some(lines) => lines.clone(),
        None => super::read::lines(tx, ctx, id)?,
    };
    let (now, note) = tx.one(&queries::CONTENT, &[&ctx.merchant, id], |r| {
        Ok((Extras { discount: r.get(0)?, shipping: r.get(1)?, tax: r.get(2)? }, r.get::<String>(10)?))
    })?;
    let extras = Extras {
        discount: edit.discount.unwrap_or(now.discount),
        shipping: edit.shipping.unwrap_or(now.shipping),
        tax: edit.tax.unwrap_or(now.tax),
    };
    positive(&lines, &mut problems);
    let (lines, total) = super::total(&lines, extras, order.currency, &mut problems);
    let note = crate::kit::clean(&mut problems, "note", edit.note.as_deref().unwrap_or(&note), 5000);
    problems.check()?;
    tx.exec(&queries::SET_DRAFT, &[&ctx.merchant, id, &extras.discount, &extras.shipping, &extras.tax, &total, &note, &ctx.now])?;
    put::replace_lines(tx, ctx, id, &lines)?;
    Event::new("order.changed")
        .of_opt(order.customer.as_ref())
        .on("order", id.as_str())
        .data(serde_json::json!({ "total": total, "before": order.total }))
        .record(tx, ctx)?;
    facts::refresh(tx, ctx, order.customer.as_slice(), "order changed")
}

/// What staff sell has a quantity above zero and a price of zero or more; taking back is a refund.
pub(crate) fn positive(lines: &[Line], problems: &mut Problems) {
    for (i, line) in lines.iter().enumerate() {
        let quantity = line.quantity.trim();
        if quantity.starts_with('-') || (!quantity.is_empty() && quantity.bytes().all(|b| matches!(b, b'0' | b'.'))) {
            problems.add(format!("lines.{i}.quantity"), "invalid", "Use a quantity above zero.");
        }
        if line.title.trim().is_empty() && line.sku.trim().is_empty() {
            problems.add(format!("lines.{i}.title"), "required", "Say what it is, or give its number.");
        }
        if line.unit_price.trim().starts_with('-') {
            problems.add(format!("lines.{i}.unit_price"), "invalid", "Use a price of zero or more, and a discount below.");
        }
    }
}
