//! Charging a method that is kept.

use serde_json::json;
use store::Tx;

use super::purpose::{self, Asked, Wish};
use super::{follow, queries};
use crate::events::Event;
use crate::kit::{ChargeId, Ctx, Currency, CustomerId, InvoiceId, MethodId, Money, OrderId, Problems, Result, Right, ShopId};
use crate::payments::{MethodInput, PaymentInput, methods};
use crate::providers::charge::{self as door, Door};
use crate::{blocks, subscriptions};

/// What is to be charged, to which method, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeInput {
    /// Who pays.
    pub customer: CustomerId,
    /// One of the customer's methods.
    pub method: MethodId,
    /// Where, when neither order nor invoice says so.
    pub shop: Option<ShopId>,
    /// Absent: the order's, the invoice's or the shop's.
    pub currency: Option<Currency>,
    /// Minor units, above zero; absent: all that is due of the order or the invoice.
    pub amount: Option<i64>,
    /// What for, in words; empty: the order's or the invoice's number.
    pub purpose: String,
    /// The order it pays, all of it or a part.
    pub order: Option<OrderId>,
    /// The invoice it pays, all of it or a part.
    pub invoice: Option<InvoiceId>,
}

/// Charges it. The test provider answers at once; another one is asked, and the charge says how far that came. Needs [`Right::Payments`].
///
/// # Errors
/// Field errors for `method`, `amount`, `purpose`, `shop`, `currency`, `order`; `Conflict`: `customer_inactive`, `blocked`, `other_customer`,
/// `order_state`, `invoice_state`, `guest`.
pub fn charge(tx: &mut Tx, ctx: &Ctx, input: &ChargeInput) -> Result<ChargeId> {
    ctx.must(Right::Payments)?;
    let wish = Wish {
        customer: &input.customer,
        shop: input.shop.as_ref(),
        currency: input.currency,
        amount: input.amount,
        purpose: &input.purpose,
        order: input.order.as_ref(),
        invoice: input.invoice.as_ref(),
    };
    let asked = purpose::ready(tx, ctx, &wish)?;
    subscriptions::usable(tx, ctx, (&asked.customer, &asked.shop), Some(&input.method), None)?;
    let m = methods::get(tx, ctx, &input.method)?;
    blocks::must_not_stand(tx, ctx, &asked.customer, std::iter::once(m.fingerprint.as_str()))?;
    let door = door::door(tx, ctx, &asked.shop, &m, None)?.map_err(|words| Problems::one("method", "unusable", words))?;
    let id: ChargeId = ctx.id();
    insert(tx, ctx, &id, &asked, &input.method, &door)?;
    let price = Money::new(asked.amount, asked.currency);
    match door {
        Door::Stripe(account, customer, method) => {
            door::ask(tx, ctx, id.as_str(), (&account, &customer, &method), price, &asked.purpose, id.to_string())?;
        }
        Door::Test(account, play) => {
            let card = MethodInput { brand: m.brand, last4: m.last4, fingerprint: m.fingerprint, attach: false, ..MethodInput::of(m.kind) };
            let payment = PaymentInput {
                order: asked.order,
                customer: Some(asked.customer),
                provider_ref: Some(id.to_string()),
                live: false,
                method_id: Some(input.method.clone()),
                method: Some(card),
                note: asked.purpose,
                ..PaymentInput::settled(asked.shop, "test", asked.currency, asked.amount, ctx.now)
            };
            let played = door::play_saved(tx, ctx, &account, &play, payment)?;
            follow::note(tx, ctx, &id, &played.payment)?;
        }
    }
    Ok(id)
}

fn insert(tx: &mut Tx, ctx: &Ctx, id: &ChargeId, asked: &Asked, method: &MethodId, door: &Door) -> Result<()> {
    let provider = if matches!(door, Door::Test(..)) { "test" } else { "stripe" };
    let whose: [&dyn store::Bind; 4] = [&ctx.merchant, id, &asked.customer, &asked.shop];
    let what: [&dyn store::Bind; 5] = [method, &asked.order, &asked.invoice, &provider, &door.live()];
    let much: [&dyn store::Bind; 5] = [&asked.currency, &asked.amount, &asked.purpose, &ctx.now, &ctx.actor.name];
    tx.exec(&queries::INSERT, &[whose.as_slice(), &what, &much].concat())?;
    Event::new("charge.asked")
        .of(&asked.customer)
        .on("charge", id.as_str())
        .data(json!({ "amount": asked.amount, "currency": asked.currency, "provider": provider, "order": asked.order, "invoice": asked.invoice }))
        .value("purpose", None, Some(&asked.purpose))
        .record(tx, ctx)?;
    Ok(())
}
