//! Sending an offer: the paper is attached, and the mail holds a link of its own by which the buyer answers.

use store::Tx;

use super::queue::{Draft, addressed, put, row};
use super::{Mail, queries};
use crate::conversations;
use crate::events::Event;
use crate::invoices::due_days;
use crate::kit::{Ctx, MailId, Money, OfferId, Result, Right};
use crate::offers;

/// What stands in the text of a mail that waits where its link will be: the link itself is made when the mail is handed to a server.
pub(super) const LINK: &str = "{link-to-the-offer}";

/// Puts an offer into the outbox; a draft is sent by it. `to` may be empty: then it goes to the buyer's address. `origin` is what this installation is
/// called from outside: `https://desk.example.com`. Needs [`Right::Orders`].
///
/// # Errors
/// A field error for `to`; `Conflict` (`offer_state`, `customer_inactive`, `tax_unclear`) when it cannot be sent.
pub fn send_offer(tx: &mut Tx, ctx: &Ctx, id: &OfferId, to: &str, message: &str, origin: &str) -> Result<MailId> {
    ctx.must(Right::Orders)?;
    let letter = offers::ready(tx, ctx, id)?;
    let offer = &letter.offer;
    let (address, message) = addressed(to, &offer.buyer.email, message)?;
    let s = &offer.summary;
    let subject: String = format!("Offer {} – {}", s.number, letter.seller).chars().filter(|c| !c.is_control()).collect();
    let message = if message.is_empty() { String::new() } else { format!("\n\n{message}") };
    let body = format!(
        "Hello {},\n\nour offer {} of {} is attached. It is valid until {}.{message}\n\nLook at it, accept or decline it here:\n{origin}/o/{LINK}\n\n{}\n",
        offer.buyer.name,
        s.number,
        Money::new(s.total, s.currency),
        due_days(s.valid_until),
        letter.seller
    );
    let mail = put(tx, ctx, &Draft { customer: Some(&s.customer), offer: Some(id), ..Draft::new(&address, &subject, &body) })?;
    conversations::file_sent(tx, ctx, &s.customer, &mail, (&address, &subject, &body.replace(LINK, "…")))?;
    Event::new("offer.mailed")
        .of(&s.customer)
        .on("offer", id.as_str())
        .data(serde_json::json!({ "number": s.number, "mail": mail }))
        .value("to", None, Some(&address))
        .record(tx, ctx)?;
    Ok(mail)
}

/// The mails of an offer, newest first.
pub fn of_offer(tx: &mut Tx, ctx: &Ctx, offer: &OfferId) -> Result<Vec<Mail>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_OFFER, &[&ctx.merchant, offer], row)?)
}
