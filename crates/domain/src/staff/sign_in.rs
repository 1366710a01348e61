//! Signing in, in three steps because hashing must not hold a transaction: [`attempt`] (a write: counts the try and fetches the hash),
//! [`Credentials::verify`] (slow, outside), [`succeed`] (a write: forgets the count and opens the session).
//!
//! A try is counted before it is checked, so that many at once do not slip through. Counts are in the database: every process sees them.

use store::Tx;

use super::password::{Hashed, fits};
use super::sessions::{Device, Opened, Opening, open_as};
use super::{Means, Moment, Person, devices, factor, halves, person_row, queries};
use crate::kit::{DAY, Error, Micros, PersonId, Result, email_key, rfc3339, secret_hash};

/// Counts begin anew after this.
pub const WINDOW: Micros = 15 * 60_000_000;
/// Tries on one e-mail address from one network address.
pub const PER_PAIR: i64 = 10;
/// Tries on one e-mail address from anywhere.
pub const PER_EMAIL: i64 = 50;
/// Tries from one network address on anybody.
pub const PER_ADDRESS: i64 = 100;

/// What a try gives.
#[derive(Debug)]
pub enum Attempt {
    /// Check the password now.
    Check(Credentials),
    /// Too many tries: refused until this moment, whatever the password is.
    Wait(Micros),
}

/// Whose password to check; unknown people have one that never fits.
#[derive(Debug)]
pub struct Credentials {
    who: Option<(PersonId, Hashed)>,
}

impl Credentials {
    /// The person, when the password fits. Slow; takes the same time when there is no such person.
    pub fn verify(&self, password: &str) -> Option<PersonId> {
        let fits = fits(password, self.who.as_ref().map(|(_, hashed)| hashed));
        self.who.as_ref().filter(|_| fits).map(|(id, _)| id.clone())
    }
}

/// Counts a try of this e-mail from this browser and network address, and fetches what to check it against. A browser that this person came in
/// with before has a count of its own: strangers who guess do not lock them out.
pub fn attempt(tx: &mut Tx, moment: &Moment, email: &str, device: &Device) -> Result<Attempt> {
    let (mail, address) = (email_key(email), &device.address);
    let limits = match &device.known {
        Some(secret) if devices::is_known(tx, &mail, Some(secret))? => vec![(known(&mail, secret), PER_PAIR)],
        _ => vec![
            (pair(&mail, address), PER_PAIR),
            (secret_hash(&format!("mail {mail}")), PER_EMAIL),
            (secret_hash(&format!("from {address}")), PER_ADDRESS),
        ],
    };
    if let Some(until) = slowed(tx, moment.now, &limits)? {
        return Ok(Attempt::Wait(until));
    }
    let who =
        tx.opt(&queries::PERSON_BY_EMAIL, &[&mail], |r| Ok((PersonId::from_db(r.get("id")?), Hashed::from_db(r.get("password_hash")?))))?;
    Ok(Attempt::Check(Credentials { who }))
}

/// Counts a try at a door under each of these keys; gives until when it is refused when one of them is above its limit.
pub(crate) fn slowed(tx: &mut Tx, now: Micros, limits: &[(String, i64)]) -> Result<Option<Micros>> {
    let mut wait = None;
    for (key, limit) in limits {
        let (count, since) = tx.one(&queries::ATTEMPT, &[key, &now, &(now - WINDOW)], |r| Ok((r.get::<i64>(0)?, r.get::<i64>(1)?)))?;
        if count > *limit {
            wait = wait.max(Some(since + WINDOW));
        }
    }
    Ok(wait)
}

/// Forgets the tries under a key, and all that are old: whoever came in was no guesser.
pub(crate) fn forgiven(tx: &mut Tx, now: Micros, key: &str) -> Result<()> {
    tx.exec(&queries::ATTEMPT_FORGET, &[&key])?;
    tx.exec(&queries::ATTEMPTS_OLD, &[&(now - DAY)])?;
    Ok(())
}

/// What the right password gives.
#[derive(Debug)]
pub enum Entered {
    /// They are in.
    In(Opened),
    /// A code is asked for too: the secret of the cookie between the steps.
    Half(String),
}

/// The password was verified: opens the session, or asks for the code of who has a second factor, and forgets the failed tries of this browser.
/// `site` is what this installation is called from outside, when it sends mail.
pub fn succeed(tx: &mut Tx, moment: &Moment, person: &PersonId, email: &str, device: &Device, site: Option<&str>) -> Result<Entered> {
    forget(tx, email, device)?;
    tx.exec(&queries::ATTEMPTS_OLD, &[&(moment.now - DAY)])?;
    if factor::is_on(tx, person)? {
        return halves::begin(tx, moment, person, Means::Password).map(Entered::Half);
    }
    let person = tx.opt(&queries::PERSON, &[person], person_row)?.ok_or(Error::NotFound("person"))?;
    come_in(tx, moment, &person, device, site, Opening::by(Means::Password, moment)).map(Entered::In)
}

/// Forgets the failed tries of a browser whose person has given the right password.
pub fn forget(tx: &mut Tx, email: &str, device: &Device) -> Result<()> {
    let mail = email_key(email);
    tx.exec(&queries::ATTEMPT_FORGET, &[&pair(&mail, &device.address)])?;
    if let Some(secret) = &device.known {
        tx.exec(&queries::ATTEMPT_FORGET, &[&known(&mail, secret)])?;
    }
    Ok(())
}

/// Opens the session, and tells the person of a browser that is new.
pub(super) fn come_in(tx: &mut Tx, moment: &Moment, person: &Person, device: &Device, site: Option<&str>, how: Opening) -> Result<Opened> {
    let opened = open_as(tx, moment, &person.id, device, how)?;
    if opened.new_device {
        let agent: String = device.user_agent.chars().filter(|c| !c.is_control()).take(200).collect();
        let text = format!(
            "somebody signed in to your account with a browser that was not used for it before.\n\nWhen: {}\nBrowser: {agent}\nNetwork address: {}",
            jiff::Timestamp::from_microsecond(moment.now)
                .map_or_else(|_| rfc3339(moment.now), |at| at.strftime("%-d %B %Y, %H:%M UTC").to_string()),
            device.address
        );
        devices::tell(tx, moment, person, site, "Signed in with a new browser", &text)?;
    }
    Ok(opened)
}

fn pair(mail: &str, address: &str) -> String {
    secret_hash(&format!("pair {mail} {address}"))
}

fn known(mail: &str, secret: &str) -> String {
    secret_hash(&format!("known {mail} {secret}"))
}
