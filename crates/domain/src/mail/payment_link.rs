//! Sending a payment link: the mail says what is to be paid, and holds a door of its own to the page on which it is.

use store::Tx;

use super::Mail;
use super::offer::LINK;
use super::queries;
use super::queue::{Draft, addressed, put, row};
use crate::conversations;
use crate::events::Event;
use crate::invoices::buyer;
use crate::kit::{Ctx, MailId, PaymentLinkId, Result, Right};
use crate::merchants;
use crate::payment_links::{self, Way};

/// Puts a payment link into the outbox. `to` may be empty: then it goes to the customer's address. `origin` is what this installation is called from
/// outside. Needs [`Right::Orders`].
///
/// # Errors
/// A field error for `to`; `Conflict`: `link_state`, `payment_under_way`, `customer_inactive`.
pub fn send_payment_link(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId, to: &str, message: &str, origin: &str) -> Result<MailId> {
    ctx.must(Right::Orders)?;
    let link = payment_links::ready_to_send(tx, ctx, id)?;
    let settings = merchants::settings(tx, ctx)?;
    let buyer = buyer(tx, ctx, &link.customer, &settings.country)?;
    let (address, message) = addressed(to, &buyer.email, message)?;
    let price = link.price();
    let subject: String = format!("{} – {}", link.purpose, link.shop_name).chars().filter(|c| !c.is_control()).collect();
    let message = if message.is_empty() { String::new() } else { format!("\n\n{message}") };
    let transfer = match payment_links::way(tx, ctx, &link.shop, price)? {
        Some(Way::Transfer(_)) => format!("\n\nIt is paid by bank transfer. Please give the reference {}.", link.reference()),
        _ => String::new(),
    };
    let body = format!(
        "Hello {},\n\nplease pay {price} for: {}.{message}\n\nPay here, until {}:\n{origin}/pay/{LINK}{transfer}\n\n{}\n",
        buyer.name,
        link.purpose,
        settings.zone.date(link.expires_at),
        link.shop_name
    );
    let draft = Draft { customer: Some(&link.customer), payment_link: Some(id), ..Draft::new(&address, &subject, &body) };
    let mail = put(tx, ctx, &draft)?;
    conversations::file_sent(tx, ctx, &link.customer, &mail, (&address, &subject, &body.replace(LINK, "…")))?;
    Event::new("payment_link.mailed")
        .of(&link.customer)
        .on("payment_link", id.as_str())
        .data(serde_json::json!({ "amount": link.amount, "currency": link.currency, "mail": mail }))
        .value("to", None, Some(&address))
        .record(tx, ctx)?;
    Ok(mail)
}

/// The mails of a payment link, newest first.
pub fn of_payment_link(tx: &mut Tx, ctx: &Ctx, link: &PaymentLinkId) -> Result<Vec<Mail>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::OF_PAYMENT_LINK, &[&ctx.merchant, link], row)?)
}
