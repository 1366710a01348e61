//! Making a link, taking it back, and noting that its money came by transfer.

use serde_json::json;
use store::Tx;

use super::read::{find, locked};
use super::{Checkout, PaymentLink, State, checkout, queries, way};
use crate::blocks;
use crate::charges::purpose::{self, Wish};
use crate::events::Event;
use crate::kit::{
    Ctx, Currency, CustomerId, DAY, Error, InvoiceId, Micros, Money, OrderId, PaymentId, PaymentLinkId, Problems, Result, Right, ShopId,
};
use crate::payments::{self, ManualPayment, MethodKind, must_exist};

/// How long a link is open unless somebody says otherwise, days.
pub const VALID_DAYS: i64 = 14;

/// What is to be paid by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkInput {
    /// Who is to pay.
    pub customer: CustomerId,
    /// Where, when neither order nor invoice says so.
    pub shop: Option<ShopId>,
    /// Absent: the order's, the invoice's or the shop's.
    pub currency: Option<Currency>,
    /// Minor units, above zero; absent: all that is due of the order or the invoice.
    pub amount: Option<i64>,
    /// What for, as the buyer reads it; empty: the order's or the invoice's number.
    pub purpose: String,
    /// The order it pays.
    pub order: Option<OrderId>,
    /// The invoice it pays.
    pub invoice: Option<InvoiceId>,
    /// How long it is open, days, 1 to 90.
    pub days: i64,
}

/// Makes a link. A way to it is opened by [`super::open_link`] or sent by mail. Needs [`Right::Orders`].
///
/// # Errors
/// Field errors for `amount`, `purpose`, `shop`, `currency`, `order`, `days`; `Conflict`: `no_way_to_pay` when the shop has no provider and no bank account,
/// `customer_inactive`, `blocked`, `other_customer`, `order_state`, `invoice_state`, `guest`.
pub fn create(tx: &mut Tx, ctx: &Ctx, input: &LinkInput) -> Result<PaymentLinkId> {
    ctx.must(Right::Orders)?;
    if !(1..=90).contains(&input.days) {
        return Err(Problems::one("days", "invalid", "Use 1 to 90 days."));
    }
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
    if way(tx, ctx, &asked.shop, Money::new(asked.amount, asked.currency))?.is_none() {
        let words = "This shop has no way to pay by a link. Set up Stripe or PayPal in Settings, Payments, or a bank account in Settings, Invoices.";
        return Err(Error::conflict("no_way_to_pay", words));
    }
    let (id, expires_at): (PaymentLinkId, Micros) = (ctx.id(), ctx.now + input.days * DAY);
    let whose: [&dyn store::Bind; 6] = [&ctx.merchant, &id, &asked.customer, &asked.shop, &asked.order, &asked.invoice];
    let what: [&dyn store::Bind; 6] = [&asked.currency, &asked.amount, &asked.purpose, &expires_at, &ctx.now, &ctx.actor.name];
    tx.exec(&queries::INSERT, &[whose.as_slice(), &what].concat())?;
    let link = find(tx, ctx, &id)?;
    tell(tx, ctx, &link, "payment_link.created")?;
    Ok(id)
}

/// Takes a link back; a page that its provider made is closed there. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict`: `link_state` unless it is open, `payment_under_way`.
pub fn withdraw(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let link = locked(tx, ctx, id)?;
    open(&link)?;
    tx.exec(&queries::CLOSE, &[&ctx.merchant, id, &State::Withdrawn, &ctx.now])?;
    if link.checkout != Checkout::None {
        checkout::close(tx, ctx, &link)?;
    }
    tell(tx, ctx, &link, "payment_link.withdrawn")
}

/// Notes that the money of a link came by hand: a transfer, cash, a cheque. Also for one that expired. Needs [`Right::Payments`].
///
/// # Errors
/// `Conflict`: `link_state`, `payment_under_way`; field errors as [`payments::record`].
pub fn receive(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId, kind: MethodKind, paid_at: Option<Micros>) -> Result<PaymentId> {
    ctx.must(Right::Payments)?;
    let link = locked(tx, ctx, id)?;
    match link.state {
        State::Expired => at_rest(&link)?,
        _ => open(&link)?,
    }
    let alone = link.order.is_none();
    let manual = ManualPayment {
        order: link.order.clone(),
        customer: Some(link.customer.clone()).filter(|_| alone),
        shop: Some(link.shop.clone()).filter(|_| alone),
        currency: Some(link.currency),
        amount: link.amount,
        kind,
        paid_at,
        note: link.purpose.clone(),
    };
    let payment = payments::record(tx, ctx, &manual)?;
    super::follow::note(tx, ctx, id, &payment)?;
    if link.checkout != Checkout::None {
        checkout::close(tx, ctx, &link)?;
    }
    Ok(payment)
}

/// A link that may be shown to its buyer, under its customer's lock. Right is the caller's.
///
/// # Errors
/// `Conflict`: `link_state`, `payment_under_way`, `customer_inactive`, `blocked`.
pub(crate) fn ready_to_send(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId) -> Result<PaymentLink> {
    let link = locked(tx, ctx, id)?;
    may_be_shown(tx, ctx, &link)?;
    Ok(link)
}

/// Goes on when its buyer may see it now. For a mail that waited.
///
/// # Errors
/// As [`ready_to_send`].
pub(crate) fn must_stand(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId) -> Result<()> {
    let link = find(tx, ctx, id)?;
    may_be_shown(tx, ctx, &link)
}

fn may_be_shown(tx: &mut Tx, ctx: &Ctx, link: &PaymentLink) -> Result<()> {
    open(link)?;
    must_exist(tx, ctx, &link.customer)?.must_be_active()?;
    blocks::must_not_stand(tx, ctx, &link.customer, std::iter::empty())
}

/// # Errors
/// `Conflict` unless it is open and nothing is on its way.
pub(super) fn open(link: &PaymentLink) -> Result<()> {
    if link.state != State::Open {
        return Err(Error::conflict("link_state", format!("This payment link is {}.", link.state.label().to_lowercase())));
    }
    at_rest(link)
}

fn at_rest(link: &PaymentLink) -> Result<()> {
    if link.is_under_way() {
        return Err(Error::conflict("payment_under_way", "A payment by this link is on its way. Wait until it is through."));
    }
    Ok(())
}

pub(super) fn tell(tx: &mut Tx, ctx: &Ctx, link: &PaymentLink, kind: &'static str) -> Result<()> {
    Event::new(kind)
        .of(&link.customer)
        .on("payment_link", link.id.as_str())
        .data(json!({ "amount": link.amount, "currency": link.currency, "order": link.order, "invoice": link.invoice }))
        .value("purpose", None, Some(&link.purpose))
        .record(tx, ctx)?;
    Ok(())
}
