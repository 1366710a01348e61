//! Is this buyer blocked?

use store::Tx;

use super::{FLAG, Kind, queries};
use crate::kit::{BlockId, Ctx, CustomerId, Error, Result, email_key, phone_key};
use crate::payments::PaymentInput;

/// What stands in the way of a buyer with this address, this phone (its key) and these cards (fingerprints), if anything does. Who is blocked as
/// a customer is found by its addresses and phones too: nobody comes back as a guest.
pub(crate) fn hit<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    (email, phone): (&str, &str),
    customer: Option<&CustomerId>,
    cards: impl Iterator<Item = &'a str>,
) -> Result<Option<Kind>> {
    let customer = customer.map_or("", CustomerId::as_str);
    let found = tx.opt(&queries::HIT, &[&ctx.merchant, &email_key(email), &customer, &phone], |r| r.get::<Kind>(0))?;
    if found.is_some() {
        return Ok(found);
    }
    for card in cards.map(str::trim).filter(|c| !c.is_empty()) {
        if tx.opt(&queries::STANDING, &[&ctx.merchant, &Kind::Card, &card], |r| r.get::<BlockId>(0))?.is_some() {
            return Ok(Some(Kind::Card));
        }
    }
    Ok(None)
}

/// The same for a customer who is there, by the address and the phone it has with us.
pub(crate) fn hit_of<'a>(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, cards: impl Iterator<Item = &'a str>) -> Result<Option<Kind>> {
    let reached = tx.opt(&queries::REACHED, &[&ctx.merchant, customer], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?;
    let (email, phone) = reached.unwrap_or_default();
    hit(tx, ctx, (&email, &phone), Some(customer), cards)
}

/// Nothing is asked of a customer who is blocked, or of a card that is.
///
/// # Errors
/// `Conflict` (`blocked`), in words for the staff.
pub(crate) fn must_not_stand<'a>(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, cards: impl Iterator<Item = &'a str>) -> Result<()> {
    match hit_of(tx, ctx, customer, cards)? {
        None => Ok(()),
        Some(kind) => Err(Error::conflict("blocked", kind.in_the_way())),
    }
}

/// A provider's payment, flagged when its buyer is blocked. `country` is where a phone without `+` is from.
pub(crate) fn flagged(tx: &mut Tx, ctx: &Ctx, input: &PaymentInput, country: &str) -> Result<PaymentInput> {
    let card = input.method.as_ref().map(|m| m.fingerprint.as_str());
    let reached = (input.payer.email.as_str(), phone_key(&input.payer.phone, country));
    let blocked = input.flag.is_empty() && hit(tx, ctx, (reached.0, &reached.1), input.customer.as_ref(), card.into_iter())?.is_some();
    Ok(if blocked { PaymentInput { flag: FLAG, ..input.clone() } } else { input.clone() })
}
