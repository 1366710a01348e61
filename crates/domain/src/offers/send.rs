//! A draft becomes an offer that the buyer can see: buyer and seller are copied, so that it stays what was offered.

use store::Tx;

use super::decide::refused;
use super::document::Terms;
use super::read::{Offer, find_locked};
use super::{State, queries};
use crate::events::Event;
use crate::invoices::{buyer, text};
use crate::kit::{Ctx, Error, OfferId, Result};
use crate::merchants;
use crate::payments::must_exist;

/// What a mail says of an offer.
pub(crate) struct Letter {
    pub offer: Offer,
    pub seller: String,
}

/// The offer as the buyer may see it, under its customer's lock: a draft is sent by it, one that stands stays as it is. Right is the caller's.
///
/// # Errors
/// `Conflict` (`offer_state`) when it was answered, expired or withdrawn, or is a draft without lines or over its day; `customer_inactive` for an
/// archived customer (SPEC 10.2); `tax_unclear` when no paper can say its tax.
pub(crate) fn ready(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<Letter> {
    let offer = find_locked(tx, ctx, id)?;
    let s = &offer.summary;
    must_exist(tx, ctx, &s.customer)?.must_be_active()?;
    match s.state {
        State::Sent => return Ok(Letter { seller: offer.seller().0, offer }),
        State::Draft => {}
        other => return Err(refused(other, "sent")),
    }
    let settings = merchants::settings(tx, ctx)?;
    if offer.lines.is_empty() {
        return Err(Error::conflict("offer_state", "Add a line before you send the offer."));
    }
    if i64::from(settings.zone.day(ctx.now)) > s.valid_until {
        return Err(Error::conflict("offer_state", "The last day of this offer is over. Change it first."));
    }
    let terms = Terms::now(tx, ctx, &offer)?;
    let buyer = buyer(tx, ctx, &s.customer, &settings.country)?;
    tx.exec(&queries::SEND, &[&ctx.merchant, id, &text(&buyer), &text(&terms), &ctx.now])?;
    Event::new("offer.sent")
        .of(&s.customer)
        .on("offer", id.as_str())
        .data(serde_json::json!({ "number": s.number, "total": s.total, "currency": s.currency }))
        .record(tx, ctx)?;
    let offer = super::load(tx, ctx, id)?;
    Ok(Letter { seller: offer.seller().0, offer })
}

/// Goes on when the buyer may see it now: it was sent and still stands, and the customer is active. For a mail that waited.
///
/// # Errors
/// `Conflict`: `offer_state`, `customer_inactive`, `customer_gone`.
pub(crate) fn must_stand(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> Result<()> {
    let offer = super::load(tx, ctx, id)?.summary;
    if offer.state != State::Sent {
        return Err(refused(offer.state, "sent"));
    }
    must_exist(tx, ctx, &offer.customer)?.must_be_active()
}
