//! The second factor: codes of an authenticator app, or a passkey ([`passkeys`]), and recovery codes for when both are lost (SPEC 14.1). People manage their own on pages; no API
//! key may. The app's secret is sealed with the key of the configuration, each code is taken once, and tries are counted before they are checked.

use store::Tx;

use super::sessions::{Device, note};
use super::sign_in::{self, WINDOW};
use super::{Moment, Person, SignedIn, devices, halves, members, passkeys, person_row, queries, recovery, resets, totp};
use crate::events::Event;
use crate::kit::{Ctx, Error, Micros, PersonId, Problems, Result, secret_hash};
use crate::providers::Vault;

pub use recovery::HOW_MANY;
#[cfg(any(test, feature = "testing"))]
pub use totp::code;

/// Wrong codes from one network address, or from one known browser, in fifteen minutes.
pub const PER_PAIR: i64 = 5;
/// Codes of one person from unknown browsers anywhere.
pub const PER_PERSON: i64 = 20;
/// A secret that was shown and not confirmed is shown again for so long.
const SHOWN: Micros = 3_600_000_000;

/// How far somebody is with their second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// There is none.
    None,
    /// Begun: the secret in base32, and what its QR code says.
    Begun {
        /// For typing.
        secret: String,
        /// For scanning.
        address: String,
    },
    /// There is one, since when, with so many recovery codes left.
    On(Micros, i64),
}

/// What a code gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It fits.
    Good,
    /// It does not, or was used before.
    Wrong,
    /// Too many tries: refused until this moment, whatever the code is.
    Wait(Micros),
}

struct Factor {
    sealed: String,
    last_step: i64,
    created_at: Micros,
    confirmed_at: Option<Micros>,
}

fn find(tx: &mut Tx, person: &PersonId) -> Result<Option<Factor>> {
    Ok(tx.opt(&queries::FACTOR, &[person], |r| {
        Ok(Factor { sealed: r.get(0)?, last_step: r.get(1)?, created_at: r.get(2)?, confirmed_at: r.get(3)? })
    })?)
}

fn owner(person: &PersonId) -> String {
    seal_name(person.as_str())
}

/// Under this name the secret of a person's app is sealed.
pub(crate) fn seal_name(person: &str) -> String {
    format!("second factor {person}")
}

/// How far the person is.
pub fn state(tx: &mut Tx, vault: &Vault, who: &SignedIn, now: Micros) -> Result<State> {
    let person = &who.person;
    let Some(factor) = find(tx, &person.id)? else { return Ok(State::None) };
    if let Some(since) = factor.confirmed_at {
        return Ok(State::On(since, recovery::left(tx, &person.id)?));
    }
    let secret = vault.open(&owner(&person.id), &factor.sealed).filter(|_| now - factor.created_at < SHOWN);
    Ok(secret.map_or(State::None, |secret| State::Begun { address: totp::address(&secret, &person.email), secret }))
}

/// Begins: from now on [`state`] shows a secret. What was begun shortly before stays, so that two tabs show the same one.
///
/// # Errors
/// [`Error::Conflict`] `second_factor_on`.
pub fn begin(tx: &mut Tx, vault: &Vault, who: &SignedIn, moment: &Moment) -> Result<()> {
    match state(tx, vault, who, moment.now)? {
        State::On(..) => Err(on()),
        State::Begun { .. } => Ok(()),
        State::None => {
            let id = &who.person.id;
            let sealed = vault.seal(&owner(id), &totp::new_secret())?;
            tx.exec(&queries::FACTOR_BEGIN, &[id, &sealed, &moment.now])?;
            Ok(())
        }
    }
}

fn on() -> Error {
    Error::conflict("second_factor_on", "You have a second factor already.")
}

/// Confirms with the first code of the app; from now on signing in asks for one. Gives the recovery codes, shown once. All other sessions end.
///
/// # Errors
/// A field error for `code`; [`Error::Conflict`] `second_factor_on`, `not_begun`.
pub fn confirm(tx: &mut Tx, vault: &Vault, who: &SignedIn, moment: &Moment, code: &str) -> Result<Vec<String>> {
    let id = &who.person.id;
    let secret = match state(tx, vault, who, moment.now)? {
        State::On(..) => return Err(on()),
        State::None => return Err(Error::conflict("not_begun", "Begin again: what was shown is too old.")),
        State::Begun { secret, .. } => secret,
    };
    let Some(factor) = find(tx, id)? else { return Err(on()) };
    let Some(step) = totp::step_of(&secret, &digits(code), moment.now, 0) else {
        return Err(Problems::one("code", "invalid", "This code does not fit. Wait for the next one, and check the clock of your phone."));
    };
    if tx.exec(&queries::FACTOR_CONFIRM, &[id, &factor.sealed, &moment.now, &step])? == 0 {
        return Err(on());
    }
    note(tx, who, moment, Event::new("person.second_factor_on").on("person", id.as_str()))?;
    super::sessions::revoke_others(tx, who, moment)?;
    recovery::renew(tx, id, moment.now)
}

/// Makes new recovery codes; the old ones stop working.
///
/// # Errors
/// [`Error::Conflict`] `second_factor_off`.
pub fn renew_codes(tx: &mut Tx, who: &SignedIn, moment: &Moment) -> Result<Vec<String>> {
    lock(tx, &who.person.id)?;
    if !is_on(tx, &who.person.id)? {
        return Err(off());
    }
    note(tx, who, moment, Event::new("person.recovery_codes_made").on("person", who.person.id.as_str()))?;
    recovery::renew(tx, &who.person.id, moment.now)
}

fn off() -> Error {
    Error::conflict("second_factor_off", "There is no second factor.")
}

/// How many recovery codes the person has left.
pub fn codes_left(tx: &mut Tx, who: &SignedIn) -> Result<i64> {
    recovery::left(tx, &who.person.id)
}

/// Turns the app of the person off; twice is once. With the last second factor the recovery codes go.
///
/// # Errors
/// [`Error::Conflict`] `second_factor_required` while one of their merchants wants it and they have no passkey.
pub fn turn_off(tx: &mut Tx, who: &SignedIn, moment: &Moment, site: Option<&str>) -> Result<()> {
    let person = &who.person.id;
    lock(tx, person)?;
    let was = tx.exec(&queries::FACTOR_DELETE, &[person])? > 0;
    if !is_on(tx, person)? {
        wanted(tx, person)?;
        forget_codes(tx, person)?;
    }
    if was {
        halves::forget(tx, person)?;
        note(tx, who, moment, Event::new("person.second_factor_off").on("person", who.person.id.as_str()))?;
        devices::tell(tx, moment, &who.person, site, "Second factor turned off", "the second factor of your account was turned off.")?;
    }
    Ok(())
}

/// Takes it, passkeys too, from somebody of the staff who lost it; all their sessions end. Owners alone, and only for who works for their merchants alone.
///
/// # Errors
/// [`Error::Conflict`] `owners_only`, `yourself`, `other_merchants`, `second_factor_off`.
pub fn reset(tx: &mut Tx, ctx: &Ctx, person: &PersonId, site: Option<&str>) -> Result<members::Member> {
    let found = resets::of_staff(tx, ctx, person)?;
    if !remove(tx, person)? {
        return Err(off());
    }
    tx.exec(&queries::SESSIONS_REVOKE_ALL, &[person, &ctx.now])?;
    Event::new("staff.second_factor_reset").on("person", person.as_str()).record(tx, ctx)?;
    let text = format!("{} took the second factor off your account, because it was lost.", ctx.actor.name);
    devices::tell(tx, &Moment::of(ctx), &found, site, "Second factor taken off", &text)?;
    members::get(tx, ctx, person)
}

/// Takes it, passkeys too, from somebody, as the operator of the installation does; all their sessions end. Gives the person.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] `second_factor_off`.
pub fn reset_by_operator(tx: &mut Tx, moment: &Moment, email: &str, site: Option<&str>) -> Result<Person> {
    let person = tx.opt(&queries::PERSON_BY_EMAIL, &[&crate::kit::email_key(email)], person_row)?.ok_or(Error::NotFound("person"))?;
    if !remove(tx, &person.id)? {
        return Err(off());
    }
    tx.exec(&queries::SESSIONS_REVOKE_ALL, &[&person.id, &moment.now])?;
    resets::note_everywhere(tx, moment, &person, "staff.second_factor_reset")?;
    devices::tell(tx, moment, &person, site, "Second factor taken off", "the operator took the second factor off your account.")?;
    Ok(person)
}

/// App, passkeys and recovery codes; gives whether there was one.
fn remove(tx: &mut Tx, person: &PersonId) -> Result<bool> {
    let app = tx.exec(&queries::FACTOR_DELETE, &[person])? > 0;
    let passkeys = passkeys::forget_all(tx, person)?;
    forget_codes(tx, person)?;
    halves::forget(tx, person)?;
    Ok(app || passkeys)
}

/// The recovery codes stop working: there is nothing left that they stand for.
pub(super) fn forget_codes(tx: &mut Tx, person: &PersonId) -> Result<()> {
    tx.exec(&queries::CODES_DELETE, &[person])?;
    Ok(())
}

/// Holds all second factors of a person until the end of the transaction: of two who take the last one away one waits.
pub(super) fn lock(tx: &mut Tx, person: &PersonId) -> Result<()> {
    passkeys::lock(tx, person)?;
    tx.exec(&queries::FACTOR_LOCK, &[person])?;
    Ok(())
}

/// Refuses to be without one while a merchant of the person wants one.
pub(super) fn wanted(tx: &mut Tx, person: &PersonId) -> Result<()> {
    match super::sessions::memberships(tx, person)?.iter().find(|m| m.strong) {
        Some(m) => Err(Error::conflict("second_factor_required", format!("{} wants a second factor of everybody with your role.", m.name))),
        None => Ok(()),
    }
}

/// What the person can prove themselves with: an app, passkeys.
pub fn kinds(tx: &mut Tx, person: &PersonId) -> Result<(bool, bool)> {
    Ok((find(tx, person)?.is_some_and(|f| f.confirmed_at.is_some()), passkeys::how_many(tx, person)? > 0))
}

/// Has the person a second factor?
pub(super) fn is_on(tx: &mut Tx, person: &PersonId) -> Result<bool> {
    Ok(matches!(kinds(tx, person)?, (true, _) | (_, true)))
}

/// Counts a try and takes a code of the app or a recovery code, each once. A write, also when the code is wrong.
pub(super) fn take(tx: &mut Tx, vault: &Vault, moment: &Moment, person: &Person, device: &Device, code: &str) -> Result<Taken> {
    let id = &person.id;
    let known = devices::is_known(tx, &crate::kit::email_key(&person.email), device.known.as_deref())?;
    let place = match &device.known {
        Some(secret) if known => secret_hash(&format!("code of {id} by {secret}")),
        _ => secret_hash(&format!("code of {id} from {}", device.address)),
    };
    let mut limits = vec![(place.clone(), PER_PAIR)];
    if !known {
        limits.push((secret_hash(&format!("code of {id}")), PER_PERSON));
    }
    if let Some(until) = sign_in::slowed(tx, moment.now, &limits)? {
        return Ok(Taken::Wait(until));
    }
    if !fits(tx, vault, moment.now, id, code)? {
        return Ok(Taken::Wrong);
    }
    tx.exec(&queries::ATTEMPT_FORGET, &[&place])?;
    Ok(Taken::Good)
}

fn fits(tx: &mut Tx, vault: &Vault, now: Micros, id: &PersonId, code: &str) -> Result<bool> {
    if let Some(code) = recovery::plain(code) {
        return recovery::take(tx, id, &code, now);
    }
    let Some(factor) = find(tx, id)?.filter(|f| f.confirmed_at.is_some()) else { return Ok(false) };
    let secret = vault.open(&owner(id), &factor.sealed);
    match secret.and_then(|secret| totp::step_of(&secret, &digits(code), now, factor.last_step)) {
        Some(step) => Ok(tx.exec(&queries::FACTOR_STEP, &[id, &step])? > 0),
        None => Ok(false),
    }
}

/// What was typed without the spaces that apps show.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).take(20).collect()
}

/// How long tries count, in whole minutes from `now`.
pub fn minutes(until: Micros, now: Micros) -> i64 {
    (until - now).clamp(0, WINDOW) / 60_000_000 + 1
}
