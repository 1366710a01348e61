//! Sending a link by which a customer adds a payment method: the mail holds the door, which opens when it is handed to a server.

use store::Tx;

use super::offer::LINK;
use super::queue::{Draft, addressed, put};
use crate::conversations;
use crate::invoices::buyer;
use crate::kit::{Ctx, CustomerId, MailId, Result};
use crate::merchants;
use crate::method_links::MethodLink;

/// Where the mail goes: what was said, else the customer's address. The message is looked at as well.
///
/// # Errors
/// Field errors for `to` and `message`.
pub(crate) fn method_link_address(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, to: &str, message: &str) -> Result<String> {
    let country = merchants::settings(tx, ctx)?.country;
    let own = buyer(tx, ctx, customer, &country)?.email;
    addressed(to, &own, message).map(|(address, _)| address)
}

/// Puts it into the outbox. Right and locks are the caller's.
pub(crate) fn send_method_link(tx: &mut Tx, ctx: &Ctx, link: &MethodLink, message: &str, origin: &str) -> Result<MailId> {
    let settings = merchants::settings(tx, ctx)?;
    let name = buyer(tx, ctx, &link.customer, &settings.country)?.name;
    let line = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
    let (shop, message) = (line(&link.shop_name), message.trim());
    let message = if message.is_empty() { String::new() } else { format!("\n\n{message}") };
    let subject = format!("A payment method for {shop}");
    let body = format!(
        "Hello {name},\n\nplease add a payment method for {shop}.{message}\n\nAdd it here, until {}:\n{origin}/m/{LINK}\n\nYour card or account is typed on a page of the payment provider, and no money moves. The link works once.\n\n{shop}\n",
        settings.zone.date(link.expires_at),
    );
    let draft = Draft { customer: Some(&link.customer), method_link: Some(&link.id), ..Draft::new(&link.recipient, &subject, &body) };
    let mail = put(tx, ctx, &draft)?;
    conversations::file_sent(tx, ctx, &link.customer, &mail, (&link.recipient, &subject, &body.replace(LINK, "…")))?;
    Ok(mail)
}
