//! Mail to the staff: what somebody of the house should know before they look by themselves.

use store::Tx;

use super::queries;
use crate::kit::{Ctx, CustomerId, InvoiceId, MailId, Result};

/// Puts a mail to somebody of the staff into the outbox.
pub(crate) fn to_staff(tx: &mut Tx, ctx: &Ctx, to: &str, subject: &str, body: &str) -> Result<MailId> {
    let id: MailId = ctx.id();
    let (customer, invoice): (Option<CustomerId>, Option<InvoiceId>) = (None, None);
    tx.exec(&queries::INSERT, &[&ctx.merchant, &id, &customer, &invoice, &to, &subject, &body, &ctx.now, &ctx.actor.name])?;
    tx.exec(&queries::QUEUE, &[&id, &ctx.merchant, &ctx.now])?;
    Ok(id)
}
