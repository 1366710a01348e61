//! Browsers that a person came in with before, known by a cookie that holds nothing but chance: nothing is measured about them. A person is told by
//! mail of one that is new, and tries from a known one are counted apart, so that nobody is locked out by strangers who guess.

use store::Tx;

use super::sessions::memberships;
use super::{Moment, Person, queries};
use crate::kit::{DAY, Micros, PersonId, Result, Rights, secret, secret_hash};
use crate::mail;

/// A browser that was not seen for so long is forgotten: browsers keep a cookie no longer.
pub const KEPT: Micros = 400 * DAY;

/// Is this browser known, for a person with this e-mail address?
pub(super) fn is_known(tx: &mut Tx, email_key: &str, secret: Option<&str>) -> Result<bool> {
    let Some(secret) = secret else { return Ok(false) };
    Ok(tx.opt(&queries::DEVICE_BY_EMAIL, &[&email_key, &secret_hash(secret)], |_| Ok(()))?.is_some())
}

/// Notes that a person comes in with this browser; gives whether it was known, and its secret: the one it brought, else a new one.
pub(super) fn seen(tx: &mut Tx, moment: &Moment, person: &PersonId, brought: Option<&str>) -> Result<(bool, String)> {
    // What we did not make is not kept: a secret is 32 bytes of chance.
    let device = brought.filter(|text| text.len() == 43).map_or_else(secret, str::to_owned);
    let hash = secret_hash(&device);
    let known = tx.opt(&queries::DEVICE, &[person, &hash], |_| Ok(()))?.is_some();
    tx.exec(&queries::DEVICE_SEEN, &[person, &hash, &moment.now])?;
    Ok((known, device))
}

/// Puts a notice to the person into the outbox of the first of their merchants; without mail (`site` is what this installation is called from
/// outside) or merchant there is none.
pub(super) fn tell(tx: &mut Tx, moment: &Moment, person: &Person, site: Option<&str>, subject: &str, text: &str) -> Result<()> {
    let Some(site) = site else { return Ok(()) };
    if let Some(m) = memberships(tx, &person.id)?.first() {
        let ctx = moment.ctx(&m.merchant, person, Rights::NONE);
        let body = format!(
            "Hello {},\n\n{text}\n\nIf this was not you, change your password and end your sessions:\n{site}/account\n\nRegulars\n",
            person.name
        );
        mail::to_staff(tx, &ctx, &person.email, subject, &body)?;
    }
    Ok(())
}
