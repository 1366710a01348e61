//! The buyer's own link to an invoice: nobody can guess it, only its hash is kept, and it can be closed.

use store::Tx;

use super::{Invoice, queries, read};
use crate::events::Event;
use crate::kit::{Actor, Ctx, Door, Error, InvoiceId, MerchantId, Micros, Result, Right, secret, secret_hash};

/// Opens a link; gives its secret, which is shown once. An older link is closed by it. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`draft`) before it is issued.
pub fn open_link(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<String> {
    ctx.must(Right::Orders)?;
    let invoice = read::find_locked(tx, ctx, id)?;
    if !invoice.state.is_issued() {
        return Err(Error::conflict("draft", "Issue the invoice first."));
    }
    let secret = secret();
    tx.exec(&queries::SET_LINK, &[&ctx.merchant, id, &Some(secret_hash(&secret)), &Some(ctx.now)])?;
    Event::new("invoice.link_opened").of_opt(invoice.customer.as_ref()).on("invoice", id.as_str()).record(tx, ctx)?;
    Ok(secret)
}

/// Closes it; without one, nothing happens.
pub fn revoke_link(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let invoice = read::find_locked(tx, ctx, id)?;
    if invoice.link_at.is_some() {
        tx.exec(&queries::SET_LINK, &[&ctx.merchant, id, &None::<String>, &None::<Micros>])?;
        Event::new("invoice.link_closed").of_opt(invoice.customer.as_ref()).on("invoice", id.as_str()).record(tx, ctx)?;
    }
    Ok(())
}

/// The invoice behind a link, and a context that may read it. For the public page, before anybody is known.
///
/// # Errors
/// [`Error::NotFound`] for anything but an open link.
pub fn by_link(tx: &mut Tx, secret: &str, now: Micros) -> Result<(Ctx, Invoice)> {
    let found = tx.opt(&queries::BY_LINK, &[&secret_hash(secret)], |r| Ok((r.get::<MerchantId>(0)?, r.get::<InvoiceId>(1)?)))?;
    let (merchant, id) = found.ok_or(Error::NotFound("invoice"))?;
    let ctx = Ctx::new(merchant, Actor::system("link"), Door::Page, now);
    let invoice = read::load(tx, &ctx, &id)?;
    Ok((ctx, invoice))
}
