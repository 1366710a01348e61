//! Store credit spent on an invoice, and taken off it again. It is a payment like any other: it pays the invoice and its order, and its line stands in
//! the ledger (`docs/decisions/0008-store-credit.md`).

use store::Tx;

use super::{Summary, pay, queries, read};
use crate::credit;
use crate::customers::facts;
use crate::kit::{Ctx, CustomerId, Error, InvoiceId, Money, PaymentId, Problems, Result, Right, locks};
use crate::payments::{self, PaymentInput, PaymentStatus};
use crate::{merchants, orders};

/// What of an invoice could be paid with store credit now, minor units: at most what is left, at most what is there. Nothing for a guest.
pub fn credit_for(tx: &mut Tx, ctx: &Ctx, invoice: &Summary) -> Result<i64> {
    let Some(customer) = &invoice.customer else { return Ok(0) };
    let there = credit::balances(tx, ctx, customer)?.into_iter().find(|b| b.currency == invoice.currency);
    Ok(there.map_or(0, |b| b.minor).min(invoice.rest()))
}

/// Pays an invoice, or a part of it, with the customer's store credit. Needs [`Right::Payments`].
///
/// # Errors
/// `Invalid` on `amount` with what is left or what is there; `Conflict`: `guest` when nobody owns the invoice, `invoice_state` when nothing is to
/// be paid, `order_state` when its order was cancelled.
pub fn use_credit(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId, amount: i64) -> Result<PaymentId> {
    ctx.must(Right::Payments)?;
    let seen = read::find(tx, ctx, id)?;
    let Some(customer) = seen.customer.clone() else {
        return Err(Error::conflict("guest", "Nobody owns this invoice, so there is no store credit to use."));
    };
    locks::customers(tx, ctx, &[&customer])?;
    if let Some(order) = &seen.order {
        let order = orders::find_locked(tx, ctx, order)?;
        if matches!(order.state, orders::State::Draft | orders::State::Cancelled) {
            let words = format!("Store credit cannot be used on an order that is {}.", order.state.name());
            return Err(Error::conflict("order_state", words));
        }
    }
    let invoice = pay::due(read::find(tx, ctx, id)?)?;
    if invoice.customer.as_ref() != Some(&customer) {
        return Err(Error::conflict("moved", "This invoice was given to another customer a moment ago. Look again."));
    }
    check(tx, ctx, &invoice, &customer, amount)?;
    let payment = spend(tx, ctx, &invoice, &customer, amount)?;
    if let Some(order) = &invoice.order {
        orders::follow_payments(tx, ctx, order)?;
    }
    pay::settle(tx, ctx, &invoice, &payment)?;
    facts::refresh(tx, ctx, &[customer], "invoice paid with store credit")?;
    Ok(payment)
}

fn check(tx: &mut Tx, ctx: &Ctx, invoice: &Summary, customer: &CustomerId, amount: i64) -> Result<()> {
    let there = credit::balance(tx, ctx, customer, invoice.currency)?;
    let (rest, said) = (invoice.rest(), |minor| Money::new(minor, invoice.currency));
    let problem = match amount {
        ..=0 => ("invalid", "Use an amount above zero.".to_owned()),
        _ if there == 0 => ("too_much", format!("There is no store credit in {}.", invoice.currency)),
        _ if amount > there => ("too_much", format!("At most {} of store credit is there.", said(there))),
        _ if amount > rest => ("too_much", format!("At most {} is left to pay.", said(rest))),
        _ => return Ok(()),
    };
    Err(Problems::one("amount", problem.0, problem.1))
}

/// The payment and its line in the ledger.
fn spend(tx: &mut Tx, ctx: &Ctx, invoice: &Summary, customer: &CustomerId, amount: i64) -> Result<PaymentId> {
    let no_shop = || Error::conflict("no_shop", "Open a shop first: money belongs to one.");
    let shop = pay::shop(tx, ctx, invoice)?.ok_or_else(no_shop)?;
    let standing = payments::must_exist(tx, ctx, customer)?;
    let input = PaymentInput {
        order: invoice.order.clone(),
        customer: Some(customer.clone()),
        // One of a kind: each use is a payment of its own.
        provider_ref: Some(format!("{}/{}", invoice.id, ctx.id::<PaymentId>())),
        note: format!("Invoice {}", invoice.number.clone().unwrap_or_default()),
        flag: if standing.is_active() { "" } else { "customer_inactive" },
        ..PaymentInput::settled(shop, credit::PROVIDER, invoice.currency, amount, ctx.now)
    };
    let country = merchants::settings(tx, ctx)?.country;
    let put = payments::put_later(tx, ctx, &input, &country)?;
    credit::spend(tx, ctx, &input, &put)?;
    Ok(put.id)
}

/// Takes store credit off an invoice again: all of that payment goes back to the ledger, and the invoice is unpaid by it. Needs
/// [`Right::Payments`].
///
/// # Errors
/// `NotFound` for a payment that does not pay this invoice; `Conflict` (`payment_state`) when it is no store credit, was undone before, or some of
/// it was given back already.
pub fn undo_credit(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId, payment: &PaymentId) -> Result<()> {
    ctx.must(Right::Payments)?;
    read::find(tx, ctx, id)?;
    let row = payments::find_locked(tx, ctx, payment)?;
    if row.provider != credit::PROVIDER || row.status != PaymentStatus::Settled {
        return Err(Error::conflict("payment_state", "Only store credit that pays this invoice can be taken off it."));
    }
    let pays: Vec<InvoiceId> = tx.rows(&queries::PAID_WITH, &[&ctx.merchant, payment], |r| r.get(0))?;
    if !pays.contains(id) {
        return Err(Error::NotFound("payment"));
    }
    if row.refunded + row.refund_pending > 0 {
        return Err(Error::conflict(
            "payment_state",
            "Some of this store credit was given back already. Refund the rest of the payment instead.",
        ));
    }
    payments::undo(tx, ctx, &row, "undone", "Taken off the invoice")?;
    credit::give_back(tx, ctx, &row)?;
    facts::refresh(tx, ctx, row.customer.as_slice(), "store credit taken off an invoice")
}
