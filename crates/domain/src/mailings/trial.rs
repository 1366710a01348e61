//! A trial: the mail of one customer, sent to whoever prepares the mailing.

use store::Tx;

use super::begin::chosen;
use super::who::recipients;
use crate::kit::{Ctx, CustomerId, Email, MailId, Problems, Result, Right, TemplateId};
use crate::mail::{self, Draft};
use crate::merchants;
use crate::templates::{Ready, Written};

/// Puts the mail of `customer` into the outbox, to `to`, marked as a trial. It has no link to unsubscribe and counts nowhere. Needs
/// [`Right::BulkMail`].
///
/// # Errors
/// Field errors for the template, the customer and `to`.
pub fn send_trial(tx: &mut Tx, ctx: &Ctx, template: &TemplateId, customer: &CustomerId, to: &str) -> Result<MailId> {
    ctx.must(Right::BulkMail)?;
    let address = Email::parse(to).ok_or_else(|| Problems::one("to", "invalid", "This is no e-mail address."))?.typed;
    let (template, written) = write(tx, ctx, template, customer)?;
    let subject = format!("[Trial] {}", written.subject);
    // It speaks of the customer, and is erased with it.
    let draft = Draft { customer: Some(customer), template: Some(&template), ..Draft::new(&address, &subject, &written.body) };
    mail::put(tx, ctx, &draft)
}

/// What a template says to a customer, to be changed and sent by hand. Needs [`Right::Write`].
///
/// # Errors
/// Field errors for the template and the customer.
pub(crate) fn letter_to(tx: &mut Tx, ctx: &Ctx, template: &TemplateId, customer: &CustomerId) -> Result<Written> {
    ctx.must(Right::Write)?;
    write(tx, ctx, template, customer).map(|(_, written)| written)
}

fn write(tx: &mut Tx, ctx: &Ctx, template: &TemplateId, customer: &CustomerId) -> Result<(TemplateId, Written)> {
    let (template, shop) = chosen(tx, ctx, template)?;
    let found = recipients(tx, ctx, std::slice::from_ref(customer), false)?.pop();
    let one = found.filter(|one| !one.name.is_empty()).ok_or_else(|| Problems::one("customer", "unknown", "There is no such customer."))?;
    let merchant = merchants::settings(tx, ctx)?.name;
    let written = Ready::try_from(&template).and_then(|ready| ready.write(&one.values(&shop, &merchant)));
    let written = written.map_err(|words| Problems::one("template", "template", words))?;
    Ok((template.id, written))
}
