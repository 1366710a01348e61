//! Money recorded by hand: cash, cheque, transfer; and money that the bank took back.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::put::{find_concerned, must_exist, put_later};
use super::{MethodInput, MethodKind, Payer, PaymentInput, PaymentRow, PaymentStatus, queries};
use crate::customers::{facts, survivor};
use crate::events::Event;
use crate::kit::{Ctx, Currency, CustomerId, Error, Micros, OrderId, PaymentId, Problems, Result, Right, ShopId, locks};
use crate::{affiliates, credit, invoices, merchants, orders};

/// A payment recorded by hand, for an order or alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManualPayment {
    /// What it pays; then shop, customer and currency are the order's.
    #[serde(default)]
    pub order: Option<OrderId>,
    /// Who paid, when there is no order.
    #[serde(default)]
    pub customer: Option<CustomerId>,
    /// Where, when there is no order.
    #[serde(default)]
    pub shop: Option<ShopId>,
    /// Of the amount; absent with an order: the order's.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Minor units, above zero.
    pub amount: i64,
    /// Cash, cheque or transfer.
    pub kind: MethodKind,
    /// Microseconds UTC, not in the future; absent: now.
    #[serde(default)]
    pub paid_at: Option<Micros>,
    /// A remark: "cheque 1042".
    #[serde(default)]
    pub note: String,
}

/// Records it. An order that is paid by it becomes paid.
///
/// # Errors
/// `Invalid` for the amount, the kind, a moment in the future, and a payment that belongs to nobody.
pub fn record(tx: &mut Tx, ctx: &Ctx, manual: &ManualPayment) -> Result<PaymentId> {
    ctx.must(Right::Payments)?;
    match &manual.order {
        Some(order) => {
            let order = orders::find_locked(tx, ctx, order)?;
            record_on(tx, ctx, order, manual)
        }
        None => {
            let mut problems = check(ctx, manual);
            let place = alone(tx, ctx, manual, &mut problems)?;
            problems.check()?;
            write(tx, ctx, manual, place)
        }
    }
}

/// The same for an order that the caller has locked and read under the lock.
pub(crate) fn record_on(tx: &mut Tx, ctx: &Ctx, order: orders::OrderRow, manual: &ManualPayment) -> Result<PaymentId> {
    ctx.must(Right::Payments)?;
    let mut problems = check(ctx, manual);
    if manual.currency.is_some_and(|c| c != order.currency) {
        problems.add("currency", "invalid", format!("The order is in {}.", order.currency));
    }
    problems.check()?;
    if matches!(order.state, orders::State::Draft | orders::State::Cancelled) {
        return Err(Error::conflict("order_state", format!("A payment cannot be recorded on an order that is {}.", order.state.name())));
    }
    write(tx, ctx, manual, (order.shop, order.customer, order.currency, order.payer))
}

fn check(ctx: &Ctx, manual: &ManualPayment) -> Problems {
    let mut problems = Problems::default();
    if !manual.kind.is_manual() {
        problems.add("kind", "invalid", "Choose cash, cheque or transfer.");
    }
    if manual.paid_at.is_some_and(|at| !(0..=ctx.now).contains(&at)) {
        problems.add("paid_at", "invalid", "Choose a moment after 1970 that is not in the future.");
    }
    if manual.amount <= 0 {
        problems.add("amount", "invalid", "Use an amount above zero.");
    }
    problems
}

fn write(tx: &mut Tx, ctx: &Ctx, manual: &ManualPayment, (shop, customer, currency, payer): Place) -> Result<PaymentId> {
    let flag = match customer.as_ref().map(|c| must_exist(tx, ctx, c)).transpose() {
        Ok(standing) if standing.is_none_or(super::put::Standing::is_active) => "",
        Ok(_) => "customer_inactive",
        // The order stands, and money for it is never refused; words about who paid are.
        Err(Error::Conflict { code: orders::GONE, .. }) if manual.order.is_some() => {
            if !manual.note.trim().is_empty() {
                return Err(Problems::one("note", "invalid", "The customer was anonymised: leave the remark empty."));
            }
            orders::GONE
        }
        Err(other) => return Err(other),
    };
    let input = PaymentInput {
        order: manual.order.clone(),
        customer: customer.clone(),
        method: Some(MethodInput::of(manual.kind)),
        payer,
        note: manual.note.trim().to_owned(),
        flag,
        ..PaymentInput::settled(shop, "manual", currency, manual.amount, manual.paid_at.unwrap_or(ctx.now))
    };
    let country = merchants::settings(tx, ctx)?.country;
    let put = put_later(tx, ctx, &input, &country)?;
    affiliates::earn(tx, ctx, &input, &put)?;
    let id = put.id;
    if let Some(order) = &manual.order {
        orders::follow_payments(tx, ctx, order)?;
    }
    facts::refresh(tx, ctx, customer.as_slice(), "payment recorded")?;
    Ok(id)
}

type Place = (ShopId, Option<CustomerId>, Currency, Payer);

fn alone(tx: &mut Tx, ctx: &Ctx, manual: &ManualPayment, problems: &mut Problems) -> Result<Place> {
    let Some(customer) = &manual.customer else {
        return Err(Problems::one("customer", "required", "Say which customer or which order the payment belongs to."));
    };
    let customer = &survivor(tx, ctx, customer)?;
    locks::customers(tx, ctx, &[customer])?;
    must_exist(tx, ctx, customer)?;
    let Some(shop) = &manual.shop else { return Err(Problems::one("shop", "required", "Choose a shop.")) };
    let own = match orders::shop_currency(tx, ctx, shop)? {
        Some(own) => own,
        None => {
            problems.add("shop", "unknown", "Choose one of your shops.");
            return Err(Error::Invalid(std::mem::take(problems)));
        }
    };
    Ok((shop.clone(), Some(customer.clone()), manual.currency.unwrap_or(own), Payer::default()))
}

/// The bank took the money back: the payment stops counting for status and value, and its order is unpaid again (SPEC 4.1).
///
/// # Errors
/// `Conflict` (`payment_state`) unless it is settled or pending.
pub fn bounce(tx: &mut Tx, ctx: &Ctx, id: &PaymentId, reason: &str) -> Result<()> {
    ctx.must(Right::Payments)?;
    let (row, touched) = find_concerned(tx, ctx, id)?;
    if !row.status.goes_to(PaymentStatus::Bounced) {
        return Err(Error::conflict("payment_state", format!("A payment that is {} cannot bounce.", row.status.label().to_lowercase())));
    }
    if row.provider == credit::PROVIDER {
        return Err(Error::conflict("payment_state", "No bank takes store credit back. Refund the payment instead."));
    }
    let reason: String = reason.trim().chars().take(500).collect();
    undo(tx, ctx, &row, "bounced", &reason)?;
    facts::refresh(tx, ctx, &touched, "payment bounced")
}

/// The payment stops counting; what it paid is unpaid again. The caller has locked it and refreshes the facts. `code` is `bounced` or `undone`.
pub(crate) fn undo(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, code: &str, reason: &str) -> Result<()> {
    tx.exec(&queries::SET_STATUS, &[&ctx.merchant, &row.id, &PaymentStatus::Bounced, &code, &reason, &row.paid_at, &ctx.now])?;
    Event::new(if code == "undone" { "payment.undone" } else { "payment.bounced" })
        .of_opt(row.customer.as_ref())
        .on("payment", row.id.as_str())
        .data(serde_json::json!({ "amount": row.amount, "currency": row.currency, "order": row.order }))
        .record(tx, ctx)?;
    invoices::bounced(tx, ctx, &row.id)?;
    match &row.order {
        Some(order) => orders::follow_payments(tx, ctx, order),
        None => Ok(()),
    }
}
