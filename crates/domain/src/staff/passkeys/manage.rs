//! One's own passkeys: the list, and taking one away.

use serde_json::json;
use store::Tx;

use super::super::sessions::note;
use super::super::{Moment, SignedIn, devices, factor, oidc};
use super::{Passkey, queries};
use crate::events::Event;
use crate::kit::{Error, PasskeyId, PersonId, Result};

/// The person's own, oldest first.
pub fn list(tx: &mut Tx, who: &SignedIn) -> Result<Vec<Passkey>> {
    Ok(tx.rows(&queries::OF_PERSON, &[&who.person.id], |r| {
        Ok(Passkey {
            id: PasskeyId::from_db(r.get("id")?),
            name: r.get("name")?,
            created_at: r.get("created_at")?,
            last_used_at: r.get("last_used_at")?,
        })
    })?)
}

/// How many a person has.
pub(in crate::staff) fn how_many(tx: &mut Tx, person: &PersonId) -> Result<i64> {
    Ok(tx.one(&queries::HOW_MANY, &[person], |r| r.get(0))?)
}

/// Holds the person's passkeys until the end of the transaction: of two who take the last proof away one waits.
pub(in crate::staff) fn lock(tx: &mut Tx, person: &PersonId) -> Result<()> {
    tx.exec(&queries::LOCK, &[person])?;
    Ok(())
}

/// Takes one of the person's own away. With the last second factor the recovery codes go.
///
/// # Errors
/// [`Error::NotFound`] when it is not theirs, or gone; [`Error::Conflict`] `second_factor_required` when one of their merchants wants a second factor
/// and there is no other, `only_way_in` for who has no password.
pub fn remove(tx: &mut Tx, who: &SignedIn, moment: &Moment, passkey: &PasskeyId, site: Option<&str>) -> Result<()> {
    let person = &who.person.id;
    factor::lock(tx, person)?;
    let name = tx.opt(&queries::DELETE, &[person, passkey], |r| r.get::<String>(0))?.ok_or(Error::NotFound("passkey"))?;
    if !factor::is_on(tx, person)? {
        factor::wanted(tx, person)?;
        factor::forget_codes(tx, person)?;
    }
    oidc::only_way(tx, person)?;
    let event = Event::new("person.passkey_removed").on("person", person.as_str()).data(json!({ "passkey": passkey, "name": name }));
    note(tx, who, moment, event)?;
    devices::tell(tx, moment, &who.person, site, "Passkey removed", &format!("a passkey was removed from your account: {name}."))
}

/// Takes all of a person away; gives whether there was one.
pub(in crate::staff) fn forget_all(tx: &mut Tx, person: &PersonId) -> Result<bool> {
    Ok(tx.exec(&queries::DELETE_ALL, &[person])? > 0)
}
