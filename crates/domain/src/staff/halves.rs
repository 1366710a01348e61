//! Between password (or identity provider) and code, or passkey. The first alone opens nothing: what is kept here is no session, has a cookie of its own, lasts ten minutes and
//! leads to the page of the code alone.

use store::Tx;

use super::factor::{self, Taken};
use super::sessions::{Device, Opened, Opening};
use super::{Means, Moment, Person, person_row, queries, sign_in};
use crate::kit::{Error, Micros, PersonId, Result, secret, secret_hash};
use crate::providers::Vault;

/// How long the code may take.
pub const HOLDS: Micros = 600_000_000;

/// Begins the second step behind a first; gives the secret for its cookie.
pub(super) fn begin(tx: &mut Tx, moment: &Moment, person: &PersonId, first: Means) -> Result<String> {
    let secret = secret();
    tx.exec(&queries::HALF_INSERT, &[&secret_hash(&secret), person, &moment.now, &(moment.now + HOLDS), &first])?;
    Ok(secret)
}

/// Whose code is waited for. A read.
///
/// # Errors
/// [`Error::NotFound`] when the time is over.
pub fn look(tx: &mut Tx, secret: &str, now: Micros) -> Result<Person> {
    tx.opt(&queries::HALF, &[&secret_hash(secret), &now], person_row)?.ok_or(Error::NotFound("sign-in"))
}

/// What a code gives.
#[derive(Debug)]
pub enum Finished {
    /// They are in.
    In(Opened),
    /// It does not fit, or was used before.
    Wrong,
    /// Too many tries, until this moment.
    Wait(Micros),
}

/// Takes the code and opens the session. `site` is what this installation is called from outside, when it sends mail.
///
/// # Errors
/// [`Error::NotFound`] when the time is over, or another tab finished it.
pub fn finish(
    tx: &mut Tx,
    vault: &Vault,
    moment: &Moment,
    secret: &str,
    code: &str,
    device: &Device,
    site: Option<&str>,
) -> Result<Finished> {
    let person = look(tx, secret, moment.now)?;
    match factor::take(tx, vault, moment, &person, device, code)? {
        Taken::Wrong => Ok(Finished::Wrong),
        Taken::Wait(until) => Ok(Finished::Wait(until)),
        Taken::Good => {
            let means = end(tx, secret)?.and_code();
            sign_in::come_in(tx, moment, &person, device, site, Opening::by(means, moment)).map(Finished::In)
        }
    }
}

/// Uses the first step up; gives by which means it was taken.
///
/// # Errors
/// [`Error::NotFound`] when another tab did.
pub(super) fn end(tx: &mut Tx, secret: &str) -> Result<Means> {
    let first = tx.opt(&queries::HALF_DELETE, &[&secret_hash(secret)], |r| r.get::<String>(0))?.ok_or(Error::NotFound("sign-in"))?;
    Ok(first.parse().unwrap_or(Means::Password))
}

/// Whoever is between the steps begins again.
pub(super) fn forget(tx: &mut Tx, person: &PersonId) -> Result<()> {
    tx.exec(&queries::HALVES_DELETE, &[person])?;
    Ok(())
}
