//! May a mail still go? What was asked when it was written is asked again whenever it is handed to a server or tried once more: between the two an offer may
//! have been withdrawn and a customer deleted.

use store::Tx;

use super::{Mail, queries};
use crate::conversations;
use crate::customers::state;
use crate::kit::{Ctx, Error, Result};
use crate::{merchants, method_links, offers, payment_links, staff};

/// Says no in words when it may not: for what carries something, as the room says of it; nobody who is gone is written to. A mailing judges its own.
///
/// # Errors
/// `Conflict`: `demo` (SPEC 4.1); as the first sending `offer_state`, `link_state`, `payment_under_way`, `blocked`, `customer_inactive`, `customer_deleted`, `customer_gone`.
pub(super) fn go(tx: &mut Tx, ctx: &Ctx, mail: &Mail) -> Result<()> {
    if merchants::settings(tx, ctx)?.demo && !staff::is_colleague(tx, ctx, &mail.recipient)? {
        return Err(Error::conflict("demo", "This is a demo: its customers are invented, and it writes to nobody but its staff."));
    }
    if let Some(offer) = &mail.offer {
        return offers::must_stand(tx, ctx, offer);
    }
    if let Some(link) = &mail.payment_link {
        return payment_links::must_stand(tx, ctx, link);
    }
    if let Some(link) = &mail.method_link {
        return method_links::must_stand(tx, ctx, link);
    }
    // An invoice is sent to whoever owes it, and a mailing judges its readers by itself.
    match &mail.customer {
        Some(customer) if mail.invoice.is_none() && mail.template.is_none() => state::load(tx, ctx, customer)?.ensure_here(),
        _ => Ok(()),
    }
}

/// The same where a person asks for it: a conversation is begun with an active customer alone, and an answer goes to an archived one too.
pub(super) fn go_again(tx: &mut Tx, ctx: &Ctx, mail: &Mail) -> Result<()> {
    go(tx, ctx, mail)?;
    let carries = mail.invoice.is_some() || mail.template.is_some() || mail.offer.is_some() || mail.payment_link.is_some();
    match &mail.customer {
        Some(customer)
            if !carries && mail.method_link.is_none() && !tx.scalar::<bool>(&queries::BY_ITSELF, &[&ctx.merchant, &mail.id])? =>
        {
            match conversations::heading(tx, ctx, &mail.id)? {
                Some(heading) if heading.answers.is_empty() => crate::customers::ensure_active_id(tx, ctx, customer),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Why it may not go, in words for the mail; anything else is no answer.
pub(super) fn words(error: Error) -> Result<String> {
    match error {
        Error::Conflict { message, .. } => Ok(format!("It was not sent. {message}")),
        Error::NotFound(what) => Ok(format!("It was not sent. The {what} is no longer there.")),
        other => Err(other),
    }
}
