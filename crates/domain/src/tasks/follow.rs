//! Tasks go where the thing goes that they are on. Whoever moves it holds its locks.

use store::Tx;

use super::queries;
use crate::kit::{Ctx, CustomerId, InvoiceId, OrderId, PaymentId, Result, TicketId};

/// An order was given to a customer, or is a guest's again: its tasks and those on its invoices and returns follow.
pub(crate) fn follow_order(tx: &mut Tx, ctx: &Ctx, order: &OrderId, customer: Option<&CustomerId>) -> Result<()> {
    tx.exec(&queries::FOLLOW, &[&ctx.merchant, &"order", order, &customer])?;
    tx.exec(&queries::FOLLOW_INVOICES_OF_ORDER, &[&ctx.merchant, order, &customer])?;
    tx.exec(&queries::FOLLOW_RETURNS_OF_ORDER, &[&ctx.merchant, order, &customer])?;
    Ok(())
}

/// A payment was: tasks on its invoices follow.
pub(crate) fn follow_payment(tx: &mut Tx, ctx: &Ctx, payment: &PaymentId, customer: Option<&CustomerId>) -> Result<()> {
    tx.exec(&queries::FOLLOW_INVOICES_OF_PAYMENT, &[&ctx.merchant, payment, &customer])?;
    Ok(())
}

/// A ticket was linked: its tasks follow.
pub(crate) fn follow_ticket(tx: &mut Tx, ctx: &Ctx, ticket: &TicketId, customer: Option<&CustomerId>) -> Result<()> {
    tx.exec(&queries::FOLLOW, &[&ctx.merchant, &"ticket", ticket, &customer])?;
    Ok(())
}

/// A draft of an invoice was discarded: its tasks stay with its customer.
pub(crate) fn let_go(tx: &mut Tx, ctx: &Ctx, invoice: &InvoiceId) -> Result<()> {
    tx.exec(&queries::LET_GO, &[&ctx.merchant, &"invoice", invoice])?;
    Ok(())
}

/// Tasks of somebody else than what they are on, with whose they are said to be and whose they are: there must be none (`regulars verify`).
pub(crate) fn differences(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<(String, String, String)>> {
    let nobody = |id: Option<String>| id.unwrap_or_else(|| "nobody".to_owned());
    Ok(tx.rows(&queries::DIFFERENCES, &[&ctx.merchant], |r| Ok((r.get(0)?, nobody(r.get(1)?), nobody(r.get(2)?))))?)
}
