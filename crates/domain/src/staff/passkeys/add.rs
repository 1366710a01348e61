//! Adding a passkey to one's own account: behind a fresh sign-in, on pages alone. The first second factor brings recovery codes and ends the other
//! sessions, as an authenticator app does.

use serde_json::json;
use store::Tx;

use super::super::sessions::{self, note};
use super::super::{Moment, SignedIn, devices, factor, halves, recovery};
use super::asked::{Visit, begin, take};
use super::wire::{Answer, Wanted};
use super::{MOST, NAME_MAX, Party, Taken, Unfit, manage, queries};
use crate::events::Event;
use crate::kit::{Error, PasskeyId, PersonId, Result, secret};

/// What a device is asked to make.
#[derive(Clone, Debug)]
pub struct Invited {
    /// What it answers, in base64 for addresses.
    pub challenge: String,
    /// The number by which devices know the person: chance, in base64 for addresses.
    pub handle: String,
    /// Passkeys of the person: a device that has one makes no second.
    pub known: Vec<String>,
}

/// A passkey that was added.
#[derive(Clone, Debug)]
pub struct Added {
    /// Its id.
    pub id: PasskeyId,
    /// Recovery codes, shown once, when it is the person's first second factor.
    pub codes: Vec<String>,
}

/// Asks for a new passkey.
///
/// # Errors
/// [`Error::Conflict`] `too_many_passkeys`.
pub fn invite(tx: &mut Tx, who: &SignedIn, moment: &Moment) -> Result<Invited> {
    let person = &who.person.id;
    let known: Vec<String> = tx.rows(&queries::OF_PERSON, &[person], |r| r.get("credential_id"))?;
    room(known.len())?;
    Ok(Invited { challenge: begin(tx, moment, &Visit::Adding(who.session.clone()))?, handle: handle(tx, person)?, known })
}

fn room(had: usize) -> Result<()> {
    match had < MOST {
        true => Ok(()),
        false => Err(Error::conflict("too_many_passkeys", format!("You have {MOST} passkeys. Remove one that you don’t use."))),
    }
}

/// The person's number for devices; made once.
fn handle(tx: &mut Tx, person: &PersonId) -> Result<String> {
    tx.exec(&queries::HANDLE_INSERT, &[person, &secret()])?;
    Ok(tx.one(&queries::HANDLE, &[person], |r| r.get(0))?)
}

/// Takes what the device made and keeps its public key under this name. `site` is what this installation is called from outside, when it sends mail.
///
/// # Errors
/// [`Error::Conflict`] `too_many_passkeys`.
pub fn add(
    tx: &mut Tx,
    moment: &Moment,
    party: &Party,
    who: &SignedIn,
    answer: &str,
    name: &str,
    site: Option<&str>,
) -> Result<Taken<Added>> {
    let person = &who.person.id;
    let answer = match Answer::read(answer, Wanted::Create) {
        Ok(answer) => answer,
        Err(unfit) => return Ok(Err(unfit)),
    };
    if !take(tx, moment.now, &Visit::Adding(who.session.clone()), &answer.challenge)? {
        return Ok(Err(Unfit::Challenge));
    }
    let fresh = match answer.check(Wanted::Create, party).and_then(|()| answer.fresh()) {
        Ok(fresh) => fresh,
        Err(unfit) => return Ok(Err(unfit)),
    };
    manage::lock(tx, person)?;
    let had = manage::how_many(tx, person)?;
    room(usize::try_from(had).unwrap_or(MOST))?;
    let first = !factor::is_on(tx, person)?;
    let (id, name) = (moment.id::<PasskeyId>(), called(name));
    if tx.exec(&queries::INSERT, &[&id, person, &answer.id, &fresh.public_key, &fresh.count, &name, &moment.now])? == 0 {
        return Ok(Err(Unfit::Registered));
    }
    let event = Event::new("person.passkey_added").on("person", person.as_str()).data(json!({ "passkey": id, "name": name }));
    note(tx, who, moment, event)?;
    devices::tell(tx, moment, &who.person, site, "Passkey added", &format!("a passkey was added to your account: {name}."))?;
    if !first {
        return Ok(Ok(Added { id, codes: Vec::new() }));
    }
    halves::forget(tx, person)?;
    sessions::revoke_others(tx, who, moment)?;
    Ok(Ok(Added { id, codes: recovery::renew(tx, person, moment.now)? }))
}

/// A name without control characters and not too long; never none.
fn called(name: &str) -> String {
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    if name.trim().is_empty() { "Passkey".to_owned() } else { name }
}
