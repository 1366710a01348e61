//! Is this buyer blocked?

use store::Tx;

use super::{FLAG, Kind, queries};
use crate::kit::{BlockId, Ctx, CustomerId, Result, email_key, phone_key};
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

/// A provider's payment, flagged when its buyer is blocked. `country` is where a phone without `+` is from.
pub(crate) fn flagged(tx: &mut Tx, ctx: &Ctx, input: &PaymentInput, country: &str) -> Result<PaymentInput> {
    let card = input.method.as_ref().map(|m| m.fingerprint.as_str());
    let reached = (input.payer.email.as_str(), phone_key(&input.payer.phone, country));
    let blocked = input.flag.is_empty() && hit(tx, ctx, (reached.0, &reached.1), input.customer.as_ref(), card.into_iter())?.is_some();
    Ok(if blocked { PaymentInput { flag: FLAG, ..input.clone() } } else { input.clone() })
}
