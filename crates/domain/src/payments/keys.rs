//! Cards, e-mails and phones that a customer's own payments brought (SPEC 2.8), kept so that a guest payment finds every customer it
//! matches by one look at an index. What stands in the customer's row or methods is not repeated here.

use std::collections::BTreeSet;

use store::Tx;

use super::queries;
use crate::kit::{Ctx, CustomerId, Result};

/// Notes what one payment brought. Empty keys are nothing.
pub(crate) fn note(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, card: &str, email: &str, phone: &str) -> Result<()> {
    for (statement, key) in [(&queries::NOTE_CARD, card), (&queries::NOTE_EMAIL, email), (&queries::NOTE_PHONE, phone)] {
        if !key.is_empty() {
            tx.exec(statement, &[&ctx.merchant, &key, customer])?;
        }
    }
    Ok(())
}

/// Works it out anew from all payments of the customer: after its e-mail or phone changed, and after a payment went to somebody else. The
/// customer is locked by the verb.
pub fn keep(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    tx.exec(&queries::DROP_KEYS, &[&ctx.merchant, customer])?;
    let found: Vec<[String; 3]> =
        tx.rows(&queries::OWN_PAYMENT_KEYS, &[&ctx.merchant, customer], |r| Ok([r.get(0)?, r.get(1)?, r.get(2)?]))?;
    let (mut cards, mut emails, mut phones) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for [card, email, phone] in found {
        cards.insert(card);
        emails.insert(email);
        phones.insert(phone);
    }
    for card in cards {
        note(tx, ctx, customer, &card, "", "")?;
    }
    for email in emails {
        note(tx, ctx, customer, "", &email, "")?;
    }
    for phone in phones {
        note(tx, ctx, customer, "", "", &phone)?;
    }
    Ok(())
}

/// Notes what payments brought that came to the customer all at once, and leaves what is noted. The customer is locked by the verb.
pub(crate) fn add_missing(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    for statement in [&queries::ADD_CARDS, &queries::ADD_EMAILS, &queries::ADD_PHONES] {
        tx.exec(statement, &[&ctx.merchant, customer])?;
    }
    Ok(())
}

/// Kind (`card`, `email`, `phone`) and key of everything that is the customer's own, without empty ones.
pub(crate) fn own(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<BTreeSet<(String, String)>> {
    let all = tx.rows(&queries::OWN_KEYS, &[&ctx.merchant, customer], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?;
    Ok(all.into_iter().filter(|(_, key)| !key.is_empty()).collect())
}
