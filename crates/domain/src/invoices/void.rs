//! Withdraws an invoice that was issued by mistake: it keeps its number and owes nothing.

use store::Tx;

use super::{Kind, State, issue, queries, read};
use crate::customers::facts;
use crate::kit::{Ctx, Error, InvoiceId, Result, Right};

/// Withdraws it. Needs [`Right::Refund`].
///
/// # Errors
/// `Conflict` (`invoice_state`) when something was paid or credited, or it is no issued invoice: then a credit note is the way.
pub fn void(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<()> {
    ctx.must(Right::Refund)?;
    let invoice = read::find_locked(tx, ctx, id)?;
    if invoice.kind != Kind::Invoice || invoice.state != State::Open || invoice.paid != 0 || invoice.credited != 0 {
        return Err(Error::conflict(
            "invoice_state",
            "Only an open invoice of which nothing is paid or credited can be withdrawn. Credit it instead.",
        ));
    }
    tx.exec(&queries::VOID, &[&ctx.merchant, id, &ctx.now])?;
    issue::record(tx, ctx, &invoice, "invoice.voided", invoice.number.as_deref().unwrap_or_default())?;
    facts::refresh(tx, ctx, invoice.customer.as_slice(), "invoice withdrawn")
}
