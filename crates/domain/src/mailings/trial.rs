//! The mail of one customer alone: a trial, sent to whoever prepares the mailing, and a template as it begins a mail that somebody writes.

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
    let written = fill(tx, ctx, template, customer)?;
    let subject = format!("[Trial] {}", written.subject);
    // It speaks of the customer, and is erased with it.
    let draft = Draft { customer: Some(customer), template: Some(template), ..Draft::new(&address, &subject, &written.body) };
    mail::put(tx, ctx, &draft)
}

/// Subject and text of a template with the fields of a customer in them, to begin a mail or an answer with: what becomes of it is whoever sends it to
/// say. Needs [`Right::Write`], and [`Right::Read`] as reading a template does.
///
/// # Errors
/// Field errors for the template and the customer.
pub fn filled(tx: &mut Tx, ctx: &Ctx, template: &TemplateId, customer: &CustomerId) -> Result<Written> {
    ctx.must(Right::Write)?;
    fill(tx, ctx, template, customer)
}

fn fill(tx: &mut Tx, ctx: &Ctx, template: &TemplateId, customer: &CustomerId) -> Result<Written> {
    let (template, shop) = chosen(tx, ctx, template)?;
    let found = recipients(tx, ctx, std::slice::from_ref(customer), false)?.pop();
    let one = found.filter(|one| !one.name.is_empty()).ok_or_else(|| Problems::one("customer", "unknown", "There is no such customer."))?;
    let merchant = merchants::settings(tx, ctx)?.name;
    let written = Ready::try_from(&template).and_then(|ready| ready.write(&one.values(&shop, &merchant)));
    written.map_err(|words| Problems::one("template", "template", words))
}
