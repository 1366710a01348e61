//! Signing in, in three steps because hashing must not hold a transaction: [`attempt`] (a write: counts the try and fetches the hash),
//! [`Credentials::verify`] (slow, outside), [`succeed`] (a write: forgets the count and opens the session).
//!
//! A try is counted before it is checked, so that many at once do not slip through. Counts are in the database: every process sees them.

use store::Tx;

use super::password::{Hashed, fits};
use super::sessions::{Device, Opened, open};
use super::{Moment, queries};
use crate::kit::{DAY, Micros, PersonId, Result, email_key, secret_hash};

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

/// Counts a try of this e-mail from this network address and fetches what to check it against.
pub fn attempt(tx: &mut Tx, moment: &Moment, email: &str, address: &str) -> Result<Attempt> {
    let mail = email_key(email);
    let limits = [
        (pair(&mail, address), PER_PAIR),
        (secret_hash(&format!("mail {mail}")), PER_EMAIL),
        (secret_hash(&format!("from {address}")), PER_ADDRESS),
    ];
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

/// Opens the session of a person whose password was verified, and forgets the failed tries of this pair.
pub fn succeed(tx: &mut Tx, moment: &Moment, person: &PersonId, email: &str, device: &Device) -> Result<Opened> {
    forgiven(tx, moment.now, &pair(&email_key(email), &device.address))?;
    open(tx, moment, person, device)
}

fn pair(mail: &str, address: &str) -> String {
    secret_hash(&format!("pair {mail} {address}"))
}
