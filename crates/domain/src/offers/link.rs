//! The buyer's own links to an offer: nobody can guess them, only their hashes are kept, and they can be closed. Who has one may read the offer,
//! accept and decline it, without signing in.

use store::Tx;

use super::read::{find_locked, load};
use super::send::ready;
use super::{Offer, State, decide, queries};
use crate::events::Event;
use crate::kit::{Actor, Ctx, Door, Error, MerchantId, Micros, OfferId, Result, Right, secret, secret_hash};
use crate::payments::must_exist;

/// Opens a link and sends a draft by it; gives its secret, which is shown once. Others stay open. Needs [`Right::Orders`].
///
/// # Errors
/// As sending: `offer_state`, `customer_inactive`, `tax_unclear`.
pub fn open_link(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<String> {
    ctx.must(Right::Orders)?;
    let offer = ready(tx, ctx, id)?.offer;
    let secret = open(tx, ctx, id)?;
    Event::new("offer.link_opened").of(&offer.summary.customer).on("offer", id.as_str()).record(tx, ctx)?;
    Ok(secret)
}

/// The link that a mail carries, opened when it is handed to a server: what waits in the outbox opens no door.
pub(crate) fn for_mail(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<String> {
    open(tx, ctx, id)
}

fn open(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<String> {
    let secret = secret();
    tx.exec(&queries::OPEN_LINK, &[&secret_hash(&secret), &ctx.merchant, id, &ctx.now])?;
    Ok(secret)
}

/// Closes all links; without one, nothing happens. Needs [`Right::Orders`].
pub fn close_links(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let offer = find_locked(tx, ctx, id)?;
    if tx.exec(&queries::CLOSE_LINKS, &[&ctx.merchant, id])? > 0 {
        Event::new("offer.link_closed").of(&offer.summary.customer).on("offer", id.as_str()).record(tx, ctx)?;
    }
    Ok(())
}

/// The offer behind a link, and a context that may read it. For the public page, before anybody is known.
///
/// # Errors
/// [`Error::NotFound`] for anything but an open link.
pub fn by_link(tx: &mut Tx, secret: &str, now: Micros) -> Result<(Ctx, Offer)> {
    let found = tx.opt(&queries::BY_LINK, &[&secret_hash(secret)], |r| Ok((r.get::<MerchantId>(0)?, r.get::<OfferId>(1)?)))?;
    let (merchant, id) = found.ok_or(Error::NotFound("offer"))?;
    let ctx = Ctx::new(merchant, Actor::system("link"), Door::Page, now);
    let offer = load(tx, &ctx, &id)?;
    Ok((ctx, offer))
}

/// Says whether the buyer can accept it now. In a read transaction.
pub fn can_be_accepted(tx: &mut Tx, ctx: &Ctx, offer: &Offer) -> Result<bool> {
    let s = &offer.summary;
    Ok(s.state == State::Sent && must_exist(tx, ctx, &s.customer).is_ok_and(|standing| standing.is_active()))
}

/// The buyer accepts. Once more changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for anything but an open link; as [`super::accept`].
pub fn accept_by_link(tx: &mut Tx, secret: &str, now: Micros) -> Result<()> {
    let (ctx, offer) = by_link(tx, secret, now)?;
    super::accept(tx, &ctx, &offer.summary.id).map(drop)
}

/// The buyer declines. Once more changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for anything but an open link; as [`super::decline`].
pub fn decline_by_link(tx: &mut Tx, secret: &str, reason: &str, now: Micros) -> Result<()> {
    let (ctx, offer) = by_link(tx, secret, now)?;
    match decide::decline(tx, &ctx, &offer.summary.id, reason) {
        Err(Error::Conflict { code: "offer_state", .. }) if load(tx, &ctx, &offer.summary.id)?.summary.state == State::Declined => Ok(()),
        done => done,
    }
}
