//! What is asked of a device: 32 bytes of chance that it signs. They are kept here as a hash, for one answer, for five minutes, and for the visit they
//! were given to; whoever carries them elsewhere finds no door.

use store::Tx;

use super::super::{Moment, sign_in};
use super::queries;
use crate::kit::{Micros, PersonId, Result, SessionId, secret, secret_hash};

/// How long a device may take.
pub const HOLDS: Micros = 300_000_000;
/// Questions at the sign-in page from one network address in fifteen minutes.
pub const PER_ADDRESS: i64 = 300;

/// Who is asked, and where.
#[derive(Clone, Debug)]
pub enum Visit {
    /// Somebody at the sign-in page, by the secret of a cookie.
    Door(String),
    /// Somebody between password and second step, by the secret of its cookie.
    Half(String),
    /// Somebody signed in who proves who they are again.
    Again(SessionId),
    /// Somebody signed in who adds a passkey.
    Adding(SessionId),
}

impl Visit {
    fn hash(&self) -> String {
        secret_hash(&match self {
            Self::Door(secret) => format!("passkey at the door {secret}"),
            Self::Half(secret) => format!("passkey behind the password {secret}"),
            Self::Again(session) => format!("passkey again {session}"),
            Self::Adding(session) => format!("passkey to add {session}"),
        })
    }
}

/// What a device is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// What it signs, in base64 for addresses.
    pub challenge: String,
    /// The passkeys that may answer; any that the device has for this site when it is empty.
    pub allowed: Vec<String>,
}

/// What asking at the sign-in page gives.
#[derive(Debug)]
pub enum AskedAnybody {
    /// The question, and the secret of the visit for its cookie.
    Asked(Asked, String),
    /// Too many from this network address, until this moment.
    Wait(Micros),
}

/// Keeps a new question for this visit.
pub(super) fn begin(tx: &mut Tx, moment: &Moment, visit: &Visit) -> Result<String> {
    let challenge = secret();
    tx.exec(&queries::CHALLENGE_INSERT, &[&secret_hash(&challenge), &visit.hash(), &moment.now, &(moment.now + HOLDS)])?;
    Ok(challenge)
}

/// Uses a question up; no when it was not put to this visit, was answered, or is too old.
pub(super) fn take(tx: &mut Tx, now: Micros, visit: &Visit, challenge: &str) -> Result<bool> {
    Ok(tx.exec(&queries::CHALLENGE_TAKE, &[&secret_hash(challenge), &visit.hash(), &now])? > 0)
}

/// Asks whoever stands at the sign-in page, known to nobody yet. `brought` is the secret of the visit's cookie, from `address`.
pub fn ask_anybody(tx: &mut Tx, moment: &Moment, brought: Option<&str>, address: &str) -> Result<AskedAnybody> {
    if let Some(until) = sign_in::slowed(tx, moment.now, &[(secret_hash(&format!("passkey from {address}")), PER_ADDRESS)])? {
        return Ok(AskedAnybody::Wait(until));
    }
    // What we did not make is not kept: a secret is 32 bytes of chance.
    let cookie = brought.filter(|text| text.len() == 43).map_or_else(secret, str::to_owned);
    let challenge = begin(tx, moment, &Visit::Door(cookie.clone()))?;
    Ok(AskedAnybody::Asked(Asked { challenge, allowed: Vec::new() }, cookie))
}

/// Asks a person for one of theirs.
pub fn ask(tx: &mut Tx, moment: &Moment, visit: &Visit, person: &PersonId) -> Result<Asked> {
    let allowed = tx.rows(&queries::OF_PERSON, &[person], |r| r.get("credential_id"))?;
    Ok(Asked { challenge: begin(tx, moment, visit)?, allowed })
}
