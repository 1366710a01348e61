//! Coming in by the provider: with an account that is connected, by an invitation, and as the proof of a fresh sign-in.

use store::Tx;

use super::super::sessions::{Device, Opened, Opening, open_as};
use super::super::sign_in::{Entered, come_in};
use super::super::{Moment, Person, SignedIn, factor, fresh, halves, invitations, person_row};
use super::own::link;
use super::{Known, Taken, Unfit, queries};
use crate::kit::{Error, MerchantId, Micros, Result, email_key};

/// So far the provider's clock may be behind ours.
const APART: Micros = 60_000_000;

fn whose(tx: &mut Tx, known: &Known) -> Result<Option<Person>> {
    Ok(tx.opt(&queries::PERSON, &[&known.issuer, &known.subject], person_row)?)
}

/// When the proof there was given: a session that the provider opened hours ago is no fresh one here.
fn proven(moment: &Moment, known: &Known) -> Micros {
    known.proven_at.unwrap_or(0).clamp(0, moment.now)
}

/// Lets in whose account it is; whoever has a second factor is asked for it, unless the provider did.
pub fn sign_in(tx: &mut Tx, moment: &Moment, known: &Known, device: &Device, site: Option<&str>) -> Result<Taken<Entered>> {
    let Some(person) = whose(tx, known)? else { return Ok(Err(Unfit::NotConnected)) };
    tx.exec(&queries::USED, &[&known.issuer, &known.subject, &moment.now])?;
    if !known.strong && factor::is_on(tx, &person.id)? {
        return halves::begin(tx, moment, &person.id, known.means()).map(Entered::Half).map(Ok);
    }
    let opening = Opening { means: known.means(), joins: false, fresh_at: proven(moment, known) };
    come_in(tx, moment, &person, device, site, opening).map(Entered::In).map(Ok)
}

/// Uses an invitation, by the hash of its secret: somebody new joins without a password. The provider must answer for the address that was invited.
///
/// # Errors
/// As [`invitations::accept`]; [`Error::Conflict`] `connected`.
pub fn join(tx: &mut Tx, moment: &Moment, invitation: &str, known: &Known, device: &Device) -> Result<Taken<(MerchantId, Opened)>> {
    let (invited, _) = invitations::look_hashed(tx, invitation, moment.now)?;
    let Some(email) = known.email.as_deref().filter(|email| email_key(email) == email_key(&invited.email)) else {
        return Ok(Err(Unfit::Address));
    };
    if tx.opt(&queries::OWNER, &[&known.issuer, &known.subject], |_| Ok(()))?.is_some() {
        return Ok(Err(Unfit::OtherPerson));
    }
    let comer = invitations::Comer::New(invitations::NewPerson::of_provider(&known.name, email));
    let (merchant, person) = invitations::accept_hashed(tx, moment, invitation, &comer)?;
    if !link(tx, moment, &person, known, email)? {
        // Connected by another meanwhile: nothing of the joining may stay.
        return Err(Error::conflict("connected", "This account was connected with somebody else just now. Try again."));
    }
    let opening = Opening { means: known.means(), joins: true, fresh_at: proven(moment, known) };
    open_as(tx, moment, &person, device, opening).map(|opened| Ok((merchant, opened)))
}

/// The proof of a fresh sign-in: the provider asked them anew, after it was begun here. Whoever has a second factor proves that one, unless the provider
/// asked for two.
pub fn again(tx: &mut Tx, moment: &Moment, who: &SignedIn, known: &Known, begun_at: Micros) -> Result<Taken<()>> {
    if whose(tx, known)?.is_none_or(|person| person.id != who.person.id) {
        return Ok(Err(Unfit::OtherPerson));
    }
    if known.proven_at.is_none_or(|at| at < begun_at - APART) {
        return Ok(Err(Unfit::NotNow));
    }
    if who.second_factor && !known.strong {
        return Ok(Err(Unfit::OneFactor));
    }
    tx.exec(&queries::USED, &[&known.issuer, &known.subject, &moment.now])?;
    fresh::renew(tx, who, moment).map(Ok)
}
