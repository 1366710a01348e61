//! The use of a passkey: at the sign-in page in the place of everything, behind the password in the place of a code, and as the proof of a fresh
//! sign-in. Each is a write, also when it is refused: the question is used up.

use serde_json::json;
use store::Tx;

use super::super::sessions::{Device, Opened, Opening, memberships};
use super::super::{Means, Moment, Person, SignedIn, devices, fresh, halves, person_row, sign_in as door};
use super::asked::{Visit, take};
use super::wire::{Answer, Wanted, kept};
use super::{Party, Taken, Unfit, queries};
use crate::events::Event;
use crate::kit::{Actor, Ctx, PasskeyId, Result, Rights};

/// A passkey as it was kept, and whose it is.
struct Kept {
    id: PasskeyId,
    name: String,
    public_key: String,
    handle: String,
    person: Person,
}

/// Takes an answer of one of `whose` passkeys, or of anybody's that names the person itself.
fn check(
    tx: &mut Tx,
    moment: &Moment,
    party: &Party,
    visit: &Visit,
    whose: Option<&Person>,
    answer: &str,
    site: Option<&str>,
) -> Result<Taken<Person>> {
    let answer = match Answer::read(answer, Wanted::Get) {
        Ok(answer) => answer,
        Err(unfit) => return Ok(Err(unfit)),
    };
    if !take(tx, moment.now, visit, &answer.challenge)? {
        return Ok(Err(Unfit::Challenge));
    }
    if let Err(unfit) = answer.check(Wanted::Get, party) {
        return Ok(Err(unfit));
    }
    let found = tx.opt(&queries::BY_CREDENTIAL, &[&answer.id], |r| {
        Ok(Kept {
            id: PasskeyId::from_db(r.get("passkey")?),
            name: r.get("passkey_name")?,
            public_key: r.get("public_key")?,
            handle: r.get("handle")?,
            person: person_row(r)?,
        })
    })?;
    let Some(passkey) = found else { return Ok(Err(Unfit::Unknown)) };
    let named = answer.user.as_ref().map(|user| *user == passkey.handle);
    let theirs = match whose {
        Some(person) => person.id == passkey.person.id && named != Some(false),
        None => named == Some(true),
    };
    if !theirs {
        return Ok(Err(Unfit::NotTheirs));
    }
    if !kept(&passkey.public_key).is_some_and(|key| answer.is_signed(&key)) {
        return Ok(Err(Unfit::Signature));
    }
    if tx.exec(&queries::USED, &[&passkey.id, &answer.count(), &moment.now])? == 0 {
        copied(tx, moment, &passkey, site)?;
        return Ok(Err(Unfit::Copied));
    }
    Ok(Ok(passkey.person))
}

/// The signature is right and the count went back: the owner of the account is told, in the audit log and by mail.
fn copied(tx: &mut Tx, moment: &Moment, passkey: &Kept, site: Option<&str>) -> Result<()> {
    let (person, data) = (&passkey.person, json!({ "passkey": passkey.id, "name": passkey.name }));
    for m in memberships(tx, &person.id)? {
        let ctx = Ctx { actor: Actor::system("sign-in").into(), ..moment.ctx(&m.merchant, person, Rights::NONE) };
        Event::new("person.passkey_refused").on("person", person.id.as_str()).data(data.clone()).record(tx, &ctx)?;
    }
    let text = format!(
        "your passkey “{}” was refused. Its device counts how often it is used, and the count went back: somebody may have made a copy of it. \
         Nobody came in with it. Remove this passkey in your account and add a new one.",
        passkey.name
    );
    devices::tell(tx, moment, person, site, "Passkey refused", &text)
}

/// Signs in with a passkey alone; `cookie` is the secret of the visit.
pub fn sign_in(
    tx: &mut Tx,
    moment: &Moment,
    party: &Party,
    cookie: &str,
    answer: &str,
    device: &Device,
    site: Option<&str>,
) -> Result<Taken<Opened>> {
    let visit = Visit::Door(cookie.to_owned());
    match check(tx, moment, party, &visit, None, answer, site)? {
        Ok(person) => door::come_in(tx, moment, &person, device, site, Opening::by(Means::Passkey, moment)).map(Ok),
        Err(unfit) => Ok(Err(unfit)),
    }
}

/// Takes a passkey in the place of the code behind the password, and opens the session; `secret` is that of the step between.
///
/// # Errors
/// [`crate::kit::Error::NotFound`] when the time is over, or another tab finished it.
pub fn second_step(
    tx: &mut Tx,
    moment: &Moment,
    party: &Party,
    secret: &str,
    answer: &str,
    device: &Device,
    site: Option<&str>,
) -> Result<Taken<Opened>> {
    let person = halves::look(tx, secret, moment.now)?;
    match check(tx, moment, party, &Visit::Half(secret.to_owned()), Some(&person), answer, site)? {
        Ok(person) => {
            let means = halves::end(tx, secret)?.and_passkey();
            door::come_in(tx, moment, &person, device, site, Opening::by(means, moment)).map(Ok)
        }
        Err(unfit) => Ok(Err(unfit)),
    }
}

/// The proof of a fresh sign-in by one of the person's own; it counts from now on.
pub fn again(tx: &mut Tx, moment: &Moment, party: &Party, who: &SignedIn, answer: &str, site: Option<&str>) -> Result<Taken<()>> {
    match check(tx, moment, party, &Visit::Again(who.session.clone()), Some(&who.person), answer, site)? {
        Ok(_) => fresh::renew(tx, who, moment).map(Ok),
        Err(unfit) => Ok(Err(unfit)),
    }
}
