//! A trial: the mail of one customer, sent to whoever prepares the mailing.

use store::Tx;

use super::begin::chosen;
use super::who::recipients;
use crate::kit::{Ctx, CustomerId, Email, MailId, Problems, Result, Right, TemplateId};
use crate::mail::{self, Draft};
use crate::merchants;
use crate::templates::Ready;

/// Puts the mail of `customer` into the outbox, to `to`, marked as a trial. It has no link to unsubscribe and counts nowhere. Needs
/// [`Right::BulkMail`].
///
/// # Errors
/// Field errors for the template, the customer and `to`.
pub fn send_trial(tx: &mut Tx, ctx: &Ctx, template: &TemplateId, customer: &CustomerId, to: &str) -> Result<MailId> {
    ctx.must(Right::BulkMail)?;
    let (template, shop) = chosen(tx, ctx, template)?;
    let address = Email::parse(to).ok_or_else(|| Problems::one("to", "invalid", "This is no e-mail address."))?.typed;
    let found = recipients(tx, ctx, std::slice::from_ref(customer), false)?.pop();
    let one = found.filter(|one| !one.name.is_empty()).ok_or_else(|| Problems::one("customer", "unknown", "There is no such customer."))?;
    let merchant = merchants::settings(tx, ctx)?.name;
    let written = Ready::try_from(&template).and_then(|ready| ready.write(&one.values(&shop, &merchant)));
    let written = written.map_err(|words| Problems::one("template", "template", words))?;
    let subject = format!("[Trial] {}", written.subject);
    // It speaks of the customer, and is erased with it.
    let draft = Draft { customer: Some(customer), template: Some(&template.id), ..Draft::new(&address, &subject, &written.body) };
    mail::put(tx, ctx, &draft)
}
