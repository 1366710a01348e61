//! The buyer's own doors to a link: nobody can guess them, and only their hashes are kept.

use store::Tx;

use super::make::{ready_to_send, tell};
use super::read::find;
use super::{PaymentLink, queries};
use crate::kit::{Actor, Ctx, Door, Error, MerchantId, Micros, PaymentLinkId, Result, Right, secret, secret_hash};

/// Opens a door; gives its secret, which is shown once. Others stay open. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict`: `link_state`, `payment_under_way`, `customer_inactive`.
pub fn open_link(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId) -> Result<String> {
    ctx.must(Right::Orders)?;
    let link = ready_to_send(tx, ctx, id)?;
    let secret = open(tx, ctx, id)?;
    tell(tx, ctx, &link, "payment_link.opened")?;
    Ok(secret)
}

/// The door that a mail carries, opened when it is handed to a server: what waits in the outbox opens none.
pub(crate) fn for_mail(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId) -> Result<String> {
    open(tx, ctx, id)
}

fn open(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId) -> Result<String> {
    let secret = secret();
    tx.exec(&queries::OPEN_KEY, &[&secret_hash(&secret), &ctx.merchant, id, &ctx.now])?;
    Ok(secret)
}

/// The link behind a door, and a context that may read it. For the public page, before anybody is known.
///
/// # Errors
/// [`Error::NotFound`] for anything but an open door.
pub fn by_link(tx: &mut Tx, secret: &str, now: Micros) -> Result<(Ctx, PaymentLink)> {
    let found = tx.opt(&queries::BY_KEY, &[&secret_hash(secret)], |r| Ok((r.get::<MerchantId>(0)?, r.get::<PaymentLinkId>(1)?)))?;
    let (merchant, id) = found.ok_or(Error::NotFound("payment link"))?;
    let ctx = Ctx::new(merchant, Actor::system("link"), Door::Page, now);
    let link = find(tx, &ctx, &id)?;
    Ok((ctx, link))
}
