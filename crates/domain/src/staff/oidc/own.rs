//! One's own account at the provider: connected behind a fresh sign-in, and disconnected again. It must have the e-mail address that the person has here, so
//! that nobody opens a back door for an account of their own.

use serde_json::json;
use store::Tx;

use super::super::sessions::{memberships, note};
use super::super::{Moment, SignedIn, account, devices, factor, passkeys, queries as house};
use super::{Known, Taken, Unfit, queries};
use crate::events::Event;
use crate::kit::{Error, Micros, PersonId, Result, email_key};

/// What the account page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The address there, when it was connected.
    pub email: String,
    /// Microseconds UTC.
    pub created_at: Micros,
    /// When it last let them in.
    pub last_used_at: Option<Micros>,
}

/// The person's own, with this provider.
pub fn connection(tx: &mut Tx, who: &SignedIn, issuer: &str) -> Result<Option<Connection>> {
    Ok(tx.opt(&queries::OF_PERSON, &[&who.person.id, &issuer], |r| {
        Ok(Connection { email: r.get("email")?, created_at: r.get("created_at")?, last_used_at: r.get("last_used_at")? })
    })?)
}

/// Is an account connected with this person?
pub(in crate::staff) fn is_connected(tx: &mut Tx, person: &PersonId) -> Result<bool> {
    Ok(tx.one(&queries::HOW_MANY, &[person], |r| r.get::<i64>(0))? > 0)
}

/// Keeps whose account it is; no when it, or another one of theirs, is kept already.
pub(super) fn link(tx: &mut Tx, moment: &Moment, person: &PersonId, known: &Known, email: &str) -> Result<bool> {
    Ok(tx.exec(&queries::INSERT, &[&known.issuer, &known.subject, person, &email, &moment.now])? > 0)
}

/// Connects the account with the person; the session counts as opened by the provider from now on. Twice is once.
pub fn connect(tx: &mut Tx, moment: &Moment, who: &SignedIn, known: &Known, site: Option<&str>) -> Result<Taken<()>> {
    let person = &who.person;
    let Some(email) = known.email.as_deref().filter(|email| email_key(email) == email_key(&person.email)) else {
        return Ok(Err(Unfit::Address));
    };
    if link(tx, moment, &person.id, known, email)? {
        note(
            tx,
            who,
            moment,
            Event::new("person.provider_connected").on("person", person.id.as_str()).data(json!({ "issuer": known.issuer })),
        )?;
        let words = format!("an account of {} was connected with yours. It signs you in from now on.", known.issuer);
        devices::tell(tx, moment, person, site, "Account connected", &words)?;
    } else {
        match tx.opt(&queries::OWNER, &[&known.issuer, &known.subject], |r| Ok(PersonId::from_db(r.get(0)?)))? {
            Some(owner) if owner == person.id => {}
            Some(_) => return Ok(Err(Unfit::OtherPerson)),
            None => return Ok(Err(Unfit::Another)),
        }
    }
    tx.exec(&house::SESSION_MEANS, &[&who.session, &known.means()])?;
    Ok(Ok(()))
}

/// Takes the connection away.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] `only_way_in`, and `provider_required` while one of their merchants wants people to come in by it.
pub fn disconnect(tx: &mut Tx, who: &SignedIn, moment: &Moment, issuer: &str, site: Option<&str>) -> Result<()> {
    let person = &who.person.id;
    factor::lock(tx, person)?;
    if tx.exec(&queries::DELETE, &[person, &issuer])? == 0 {
        return Err(Error::NotFound("connection"));
    }
    if let Some(m) = memberships(tx, person)?.iter().find(|m| m.provider) {
        let words = format!("{} wants everybody with your role to sign in this way.", m.name);
        return Err(Error::conflict("provider_required", words));
    }
    only_way(tx, person)?;
    note(tx, who, moment, Event::new("person.provider_disconnected").on("person", person.as_str()).data(json!({ "issuer": issuer })))?;
    let words = format!("the account of {issuer} was disconnected from yours. It does not sign you in any more.");
    devices::tell(tx, moment, &who.person, site, "Account disconnected", &words)
}

/// Refuses to leave somebody without any way in.
pub(in crate::staff) fn only_way(tx: &mut Tx, person: &PersonId) -> Result<()> {
    let shut = !account::has_password(tx, person)? && passkeys::how_many(tx, person)? == 0 && !is_connected(tx, person)?;
    if shut { Err(Error::conflict("only_way_in", "This is your only way in. Choose a password first.")) } else { Ok(()) }
}
