//! The way to the provider and back: begun in one browser, good for one return, for ten minutes. What the database holds of it are hashes; what a token must
//! carry is worked out from the secret of the cookie, so whoever reads the database can finish no sign-in.

use store::Tx;

use super::super::{Moment, sign_in};
use super::queries;
use crate::kit::{Micros, Result, SessionId, secret, secret_hash};

/// How long it may take.
pub const HOLDS: Micros = 600_000_000;
/// Sign-ins begun from one network address in fifteen minutes.
pub const PER_ADDRESS: i64 = 300;

/// What somebody wants of the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To come in.
    SignIn,
    /// To use an invitation, by the hash of its secret.
    Join(String),
    /// To connect the account with theirs.
    Connect(SessionId),
    /// To prove again who they are.
    Again(SessionId),
}

impl Purpose {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::SignIn => ("sign_in", ""),
            Self::Join(hash) => ("join", hash),
            Self::Connect(session) => ("connect", session.as_str()),
            Self::Again(session) => ("again", session.as_str()),
        }
    }

    fn of(word: &str, about: String) -> Option<Self> {
        match word {
            "sign_in" => Some(Self::SignIn),
            "join" => Some(Self::Join(about)),
            "connect" => Some(Self::Connect(SessionId::from_db(about))),
            "again" => Some(Self::Again(SessionId::from_db(about))),
            _ => None,
        }
    }
}

/// A sign-in that was begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// For the cookie of this browser.
    pub cookie: String,
    /// Goes to the provider and comes back.
    pub state: String,
    /// Comes back inside of the token.
    pub nonce: String,
    /// Proves that who exchanges the code is who began.
    pub verifier: String,
}

fn hash(issuer: &str, cookie: &str) -> String {
    secret_hash(&format!("visit of {issuer} {cookie}"))
}

fn nonce(cookie: &str, state: &str) -> String {
    secret_hash(&format!("nonce {cookie} {state}"))
}

fn verifier(cookie: &str, state: &str) -> String {
    secret_hash(&format!("verifier {cookie} {state}"))
}

/// Begins; `brought` is the secret of the cookie that this browser has already.
pub fn begin(tx: &mut Tx, moment: &Moment, issuer: &str, purpose: &Purpose, brought: Option<&str>) -> Result<Begun> {
    // What we did not make is not kept: a secret is 32 bytes of chance.
    let cookie = brought.filter(|text| text.len() == 43).map_or_else(secret, str::to_owned);
    let state = secret();
    let (word, about) = purpose.parts();
    tx.exec(&queries::VISIT_INSERT, &[&secret_hash(&state), &hash(issuer, &cookie), &word, &about, &moment.now, &(moment.now + HOLDS)])?;
    Ok(Begun { nonce: nonce(&cookie, &state), verifier: verifier(&cookie, &state), cookie, state })
}

/// Begins for whoever is not signed in, from a network address; else until when it is refused, when there were too many.
pub fn begin_for_anybody(
    tx: &mut Tx,
    moment: &Moment,
    issuer: &str,
    purpose: &Purpose,
    brought: Option<&str>,
    address: &str,
) -> Result<std::result::Result<Begun, Micros>> {
    match sign_in::slowed(tx, moment.now, &[(secret_hash(&format!("provider from {address}")), PER_ADDRESS)])? {
        Some(until) => Ok(Err(until)),
        None => begin(tx, moment, issuer, purpose, brought).map(Ok),
    }
}

/// Somebody who came back.
#[derive(Clone, Debug)]
pub struct Back {
    /// What for.
    pub purpose: Purpose,
    /// When it was begun.
    pub begun_at: Micros,
    /// What the token must carry.
    pub nonce: String,
    /// What the code is exchanged with.
    pub verifier: String,
}

/// Uses a sign-in up; `None` when it was not begun in this browser and with this provider, is too old, or came back before. A write.
pub fn come_back(tx: &mut Tx, now: Micros, issuer: &str, cookie: &str, state: &str) -> Result<Option<Back>> {
    let taken = tx.opt(&queries::VISIT_TAKE, &[&secret_hash(state), &hash(issuer, cookie), &now], |r| {
        Ok((r.get::<String>(0)?, r.get::<String>(1)?, r.get::<i64>(2)?))
    })?;
    Ok(taken.and_then(|(word, about, begun_at)| {
        Purpose::of(&word, about).map(|purpose| Back { purpose, begun_at, nonce: nonce(cookie, state), verifier: verifier(cookie, state) })
    }))
}
