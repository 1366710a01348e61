//! What people do with mail: send an invoice, look what became of it, try again.

use store::{Row, Tx};

use super::{Mail, may, queries};
use crate::conversations;
use crate::events::Event;
use crate::invoices;
use crate::kit::{
    Ctx, CustomerId, Email, Error, InvoiceId, MailId, MethodLinkId, OfferId, PaymentLinkId, PortalLinkId, Problems, Result, Right,
    TemplateId, clean, locks,
};
use crate::mailings;

/// Puts an invoice into the outbox. `to` may be empty: then it goes to the buyer's address. Needs [`Right::Orders`].
///
/// # Errors
/// A field error for `to`; `Conflict` (`draft`) before it is issued.
pub fn send_invoice(tx: &mut Tx, ctx: &Ctx, invoice: &InvoiceId, to: &str, message: &str) -> Result<MailId> {
    ctx.must(Right::Orders)?;
    let found = invoices::load(tx, ctx, invoice)?.summary;
    if !found.state.is_issued() {
        return Err(Error::conflict("draft", "Issue the invoice first."));
    }
    let (address, message) = addressed(to, &found.buyer.email, message)?;
    let (number, seller) = (found.number.clone().unwrap_or_default(), found.seller_name().to_owned());
    let subject: String = format!("{} {number} – {seller}", found.kind.label()).chars().filter(|c| !c.is_control()).collect();
    let body = body(&found, &number, &seller, &message);
    if let Some(customer) = &found.customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    let draft = Draft { customer: found.customer.as_ref(), invoice: Some(invoice), ..Draft::new(&address, &subject, &body) };
    let id = put(tx, ctx, &draft)?;
    if let Some(customer) = &found.customer {
        conversations::file_sent(tx, ctx, customer, &id, (&address, &subject, &body))?;
    }
    Event::new("invoice.mailed")
        .of_opt(found.customer.as_ref())
        .on("invoice", invoice.as_str())
        .data(serde_json::json!({ "number": number, "mail": id }))
        .value("to", None, Some(&address))
        .record(tx, ctx)?;
    Ok(id)
}

/// To whom a mail goes, the buyer unless somebody else is named, and the words that go with it.
///
/// # Errors
/// Field errors for `to` and `message`.
pub(super) fn addressed(to: &str, buyer: &str, message: &str) -> Result<(String, String)> {
    let mut problems = Problems::default();
    let to = if to.trim().is_empty() { buyer } else { to };
    let address = Email::parse(to).map(|e| e.typed);
    if address.is_none() {
        let words =
            if to.trim().is_empty() { "The buyer has no e-mail address. Say where it shall go." } else { "This is no e-mail address." };
        problems.add("to", if to.trim().is_empty() { "required" } else { "invalid" }, words);
    }
    let message = clean(&mut problems, "message", message, 2000);
    problems.check()?;
    Ok((address.unwrap_or_default(), message))
}

fn body(invoice: &invoices::Summary, number: &str, seller: &str, message: &str) -> String {
    let money = |minor| crate::kit::Money::new(minor, invoice.currency);
    let what = match invoice.kind {
        invoices::Kind::Invoice => format!("your invoice {number} of {} is attached.", money(invoice.total)),
        invoices::Kind::CreditNote => format!("your credit note {number} of {} is attached.", money(invoice.total)),
    };
    let due = match (invoice.rest(), invoice.due_on) {
        (rest, Some(day)) if rest > 0 => format!("\n\n{} is to be paid by {}.", money(rest), invoices::due_days(day)),
        _ => String::new(),
    };
    let message = if message.is_empty() { String::new() } else { format!("\n\n{message}") };
    format!("Hello {},\n\n{what}{due}{message}\n\n{seller}\n", invoice.buyer.name)
}

/// A mail that is written already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draft<'a> {
    /// Whom it speaks of; it is erased with the customer.
    pub customer: Option<&'a CustomerId>,
    /// The invoice it carries.
    pub invoice: Option<&'a InvoiceId>,
    /// The offer it carries.
    pub offer: Option<&'a OfferId>,
    /// The payment link it carries.
    pub payment_link: Option<&'a PaymentLinkId>,
    /// The template it was written from.
    pub template: Option<&'a TemplateId>,
    /// The link to add a payment method that it carries.
    pub method_link: Option<&'a MethodLinkId>,
    /// The link into the portal that it carries.
    pub portal_link: Option<&'a PortalLinkId>,
    /// It goes by itself: nobody wrote it, and it begins no conversation.
    pub by_itself: bool,
    /// To whom.
    pub recipient: &'a str,
    /// One line.
    pub subject: &'a str,
    /// Plain text.
    pub body: &'a str,
}

impl<'a> Draft<'a> {
    /// Of nobody and nothing yet.
    pub fn new(recipient: &'a str, subject: &'a str, body: &'a str) -> Self {
        Draft {
            customer: None,
            invoice: None,
            offer: None,
            payment_link: None,
            template: None,
            method_link: None,
            portal_link: None,
            by_itself: false,
            recipient,
            subject,
            body,
        }
    }
}

/// Puts it into the outbox. The verb that asks has looked at rights and addresses, and locked the customer.
pub(crate) fn put(tx: &mut Tx, ctx: &Ctx, d: &Draft) -> Result<MailId> {
    let id: MailId = ctx.id();
    let whose: [&dyn store::Bind; 4] = [&ctx.merchant, &id, &d.customer, &d.invoice];
    let says: [&dyn store::Bind; 5] = [&d.recipient, &d.subject, &d.body, &ctx.now, &ctx.actor.name];
    let carries: [&dyn store::Bind; 6] = [&d.template, &d.offer, &d.payment_link, &d.portal_link, &d.method_link, &d.by_itself];
    tx.exec(&queries::INSERT, &[whose.as_slice(), says.as_slice(), carries.as_slice()].concat())?;
    tx.exec(&queries::QUEUE, &[&id, &ctx.merchant, &ctx.now])?;
    Ok(id)
}

/// The mails of an invoice, newest first.
pub fn of_invoice(tx: &mut Tx, ctx: &Ctx, invoice: &InvoiceId) -> Result<Vec<Mail>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_INVOICE, &[&ctx.merchant, invoice], row)?)
}

/// One mail. Needs [`Right::Read`].
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &MailId) -> Result<Mail> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

fn find(tx: &mut Tx, ctx: &Ctx, id: &MailId) -> Result<Mail> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], row)?.ok_or(Error::NotFound("mail"))
}

/// Sends a mail once more that failed or may have been sent: whoever asks for it knows that. What was asked when it was first sent is asked again. Needs the
/// right it was written with: [`Right::Orders`] for an invoice, an offer, a link to pay or to add a method, else [`Right::Write`]; for one of a mailing
/// [`Right::BulkMail`] too.
///
/// # Errors
/// `Conflict`: `mail_state` for one that waits or was sent; what the first sending says of an offer, a link or a customer (`offer_state`, `link_state`,
/// `customer_inactive`, …); for one of a mailing `unsubscribed`, `bounced`, `no_consent`, `no_address`.
pub fn retry(tx: &mut Tx, ctx: &Ctx, id: &MailId) -> Result<()> {
    let seen = find(tx, ctx, id)?;
    ctx.must(seen.right())?;
    if let Some(customer) = &seen.customer {
        locks::customers(tx, ctx, &[customer])?;
    }
    let mail = find(tx, ctx, id)?;
    if mail.customer != seen.customer {
        return Err(Error::conflict("moved", "This mail was given to another customer a moment ago. Look again."));
    }
    let refused = || Error::conflict("mail_state", format!("A mail that is {} is not tried again.", mail.state.label().to_lowercase()));
    if !mail.state.may_go_again() {
        return Err(refused());
    }
    may::go_again(tx, ctx, &mail)?;
    mailings::again(tx, ctx, id)?;
    if tx.exec(&queries::RETRY, &[&ctx.merchant, id, &ctx.now])? == 0 {
        return Err(refused());
    }
    tx.exec(&queries::QUEUE, &[id, &ctx.merchant, &ctx.now])?;
    Event::new("mail.retried")
        .of_opt(mail.customer.as_ref())
        .on("mail", id.as_str())
        .data(serde_json::json!({ "before": mail.state }))
        .record(tx, ctx)?;
    Ok(())
}

pub(super) fn row(r: &Row<'_>) -> std::result::Result<Mail, store::Error> {
    Ok(Mail {
        id: r.get(0)?,
        state: r.get(1)?,
        invoice: r.get(2)?,
        recipient: r.get(3)?,
        subject: r.get(4)?,
        attempts: r.get(5)?,
        error: r.get(6)?,
        queued_at: r.get(7)?,
        queued_by: r.get(8)?,
        next_at: r.get(9)?,
        sent_at: r.get(10)?,
        offer: r.get(11)?,
        payment_link: r.get(12)?,
        method_link: r.get(13)?,
        portal_link: r.get(14)?,
        customer: r.get(15)?,
        template: r.get(16)?,
    })
}
