//! What the payments of a checkout come to. Their provider saw the money and the shop did not: where it told another amount, that one counts, and an order
//! that its shop calls paid is not when less came.

use store::Tx;

use super::State;
use super::put::OrderInput;
use crate::credit;
use crate::kit::{Ctx, CustomerId, Result};
use crate::payments::{self, PaymentInput, PaymentStatus};

/// The flag of an order whose payment brought another amount than its shop says.
pub const AMOUNT_DIFFERS: &str = "amount_differs";

/// Gives each payment the amount it is known with, covers what is paid with store credit, and flags the order where either is not as its shop says. `late`:
/// a word about what is past; see [`credit::cover`].
pub(super) fn weigh(
    tx: &mut Tx,
    ctx: &Ctx,
    (order, payments): (&mut OrderInput, &mut [PaymentInput]),
    customer: Option<&CustomerId>,
    late: bool,
    total: i64,
) -> Result<()> {
    let said = sum(order, payments);
    for payment in payments.iter_mut() {
        if as_told(tx, ctx, payment)? && order.flag.is_empty() {
            order.flag = AMOUNT_DIFFERS;
        }
    }
    let unpaid = said > 0 && said >= total && sum(order, payments) < total;
    if unpaid && matches!(order.state, State::Paid | State::Fulfilled) {
        order.paid_at = None;
        if order.state == State::Paid {
            order.state = State::Open;
        }
    }
    for payment in payments.iter_mut() {
        if !credit::cover(tx, ctx, payment, customer, late)? && order.flag.is_empty() {
            order.flag = "credit_missing";
        }
    }
    Ok(())
}

/// A payment that is known with another amount counts with that. Gives whether it is. Store credit is ours.
fn as_told(tx: &mut Tx, ctx: &Ctx, payment: &mut PaymentInput) -> Result<bool> {
    if payment.provider == credit::PROVIDER {
        return Ok(false);
    }
    let Some(known) = payments::known_otherwise(tx, ctx, payment)? else { return Ok(false) };
    (payment.amount, payment.currency) = (known.amount, known.currency);
    Ok(true)
}

/// A new open order that its payments cover is paid from the start.
pub(super) fn settle(order: &mut OrderInput, payments: &[PaymentInput], total: i64) {
    let sum = sum(order, payments);
    if matches!(order.state, State::Open | State::Fulfilled) && sum > 0 && sum >= total {
        order.paid_at = payments.iter().filter(|p| pays(order, p)).map(|p| p.paid_at).max();
        if order.state == State::Open {
            order.state = State::Paid;
        }
    } else if order.state == State::Fulfilled && !payments.is_empty() {
        order.paid_at = None;
    }
}

fn sum(order: &OrderInput, payments: &[PaymentInput]) -> i64 {
    payments.iter().filter(|p| pays(order, p)).fold(0, |sum, p| sum.saturating_add(p.amount))
}

fn pays(order: &OrderInput, payment: &PaymentInput) -> bool {
    payment.status == PaymentStatus::Settled && payment.is_live() && payment.currency == order.currency
}
