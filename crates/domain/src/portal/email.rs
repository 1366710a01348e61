//! A customer changes the e-mail address they come in with: it is theirs once they opened a link that was mailed to it (SPEC 12.2).

use store::Tx;

use super::visitor::ctx_of;
use super::{LinkKind, Portal, Visitor, letters, link};
use crate::customers::{self, CustomerEdit};
use crate::kit::{Email, Error, Problems, Result, Right, Rights, email_key, locks, secret_hash};
use crate::staff::Moment;
use crate::staff::sign_in::slowed;

/// Mails to new addresses for one customer within a quarter of an hour.
const MAILS: i64 = 5;

/// Puts a mail with a link into the outbox, to the new address. Nothing changes until the link is opened. `origin`: see [`super::Way::Mail`].
///
/// # Errors
/// A field error for `email`; `Conflict`: `too_many`, `customer_inactive`.
pub fn ask_email(tx: &mut Tx, v: &Visitor, email: &str, origin: &str) -> Result<()> {
    v.begins(tx)?;
    let Some(email) = Email::parse(email) else {
        return Err(Problems::one("email", "invalid", "Fill in an e-mail address such as name@example.com."));
    };
    if customers::get(tx, &v.reads(), &v.customer).is_ok_and(|c| email_key(&c.email) == email.key) {
        return Err(Problems::one("email", "same", "This is your address already."));
    }
    let key = secret_hash(&format!("portal email {} {}", v.portal.merchant, v.customer));
    if slowed(tx, v.ctx.now, &[(key, MAILS)])?.is_some() {
        return Err(Error::conflict("too_many", "Too many mails. Try again in a quarter of an hour."));
    }
    let id = link::waiting(tx, &v.ctx, &v.customer, LinkKind::Email, &email.typed)?;
    letters::confirm(tx, &v.ctx, &v.portal, (&v.customer, &email.typed), origin, &id)?;
    Ok(())
}

/// The new address is theirs: the customer has it from now on, and the old one is told.
///
/// # Errors
/// `NotFound` for a link that does not hold (any more) or is of another kind; `Conflict` (`not_here`) when the address cannot be used here.
pub fn confirm_email(tx: &mut Tx, portal: &Portal, moment: &Moment, secret: &str) -> Result<()> {
    let looked = link::look(tx, portal, secret, moment)?;
    if looked.kind != LinkKind::Email {
        return Err(Error::NotFound("link"));
    }
    let ctx = ctx_of(portal, &looked.customer, moment, Rights::of(&[Right::Read, Right::Write]));
    locks::customers(tx, &ctx, &[&looked.customer])?;
    link::take(tx, &ctx, &looked)?;
    let old = customers::get(tx, &ctx, &looked.customer)?.email;
    let edit = CustomerEdit { email: Some(looked.email.clone()), ..CustomerEdit::default() };
    customers::edit(tx, &ctx, &looked.customer, edit).map_err(|error| match error {
        Error::Invalid(_) => Error::conflict("not_here", "This address cannot be used here. Please write to the shop."),
        other => other,
    })?;
    if !old.is_empty() && email_key(&old) != email_key(&looked.email) {
        letters::moved(tx, &ctx, portal, &looked.customer, &old)?;
    }
    Ok(())
}
