//! Asks the identity provider over the network: what it says of itself, its keys, tokens for a code. Blocking. What it says of itself and its keys are kept
//! for an hour; a token with a key that is not known makes the keys be asked for again, once a minute at most, so that nobody makes this installation ask
//! without end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::kit::Micros;
use domain::staff::oidc::Back;
use providers::oidc::{self, Claims, Client, Expected, Keys, Metadata, Trouble, Unfit};
use providers::wire::{Reply, Request};

use crate::outside;

/// So long what the provider says of itself counts.
const KEPT: Micros = 3_600_000_000;
/// Keys are asked for again because of a key that is not known no more often.
const PAUSE: Micros = 60_000_000;
/// The largest answer that is read.
const LARGEST: usize = 256 * 1024;

/// What the provider said. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Said(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    metadata: Option<(Metadata, Micros)>,
    keys: Option<(Keys, Micros)>,
    asked_again: Option<Micros>,
}

/// Why nobody is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The provider, or what it was asked with.
    Trouble(Trouble),
    /// Its token.
    Unfit(Unfit),
}

impl Refusal {
    /// For the log: no name, no token, no secret.
    pub fn reason(&self) -> String {
        match self {
            Self::Trouble(Trouble::Down(words)) => format!("it cannot be asked: {words}"),
            Self::Trouble(Trouble::Setting(word)) => format!("it refuses this installation: {word}"),
            Self::Trouble(Trouble::Code) => "it does not take the code".to_owned(),
            Self::Unfit(unfit) => unfit.words().to_owned(),
        }
    }

    /// What the person is told.
    pub fn words(&self, name: &str) -> String {
        match self {
            Self::Trouble(Trouble::Down(_)) => {
                format!("{name} can’t be reached right now. Sign in with your password, or try again in a moment.")
            }
            Self::Trouble(Trouble::Setting(_)) => {
                format!(
                    "{name} does not know this installation as it is set up. Whoever runs it finds the reason in its log. Sign in with your password."
                )
            }
            Self::Trouble(Trouble::Code) => format!("{name} did not take this sign-in: it took too long, or was used already. Try again."),
            Self::Unfit(_) => {
                format!("What {name} answered can’t be trusted, so nobody was signed in. Try again, or sign in with your password.")
            }
        }
    }
}

fn ask(request: &Request) -> Result<Reply, Trouble> {
    let reply = outside::send(request).map_err(|refusal| Trouble::Down(refusal.message().to_owned()))?;
    if reply.body.len() > LARGEST { Err(Trouble::Down("its answer is too large".to_owned())) } else { Ok(reply) }
}

impl Said {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the provider says of itself.
    ///
    /// # Errors
    /// That it cannot be asked, or says what cannot be.
    pub fn metadata(&self, client: &Client, now: Micros) -> Result<Metadata, Trouble> {
        if let Some((known, at)) = &self.inner().metadata
            && now - at < KEPT
        {
            return Ok(known.clone());
        }
        let fresh = Metadata::read(client, &ask(&Metadata::request(client))?).map_err(Trouble::Down)?;
        self.inner().metadata = Some((fresh.clone(), now));
        Ok(fresh)
    }

    /// Its keys.
    ///
    /// # Errors
    /// That it cannot be asked, or shows none.
    pub fn keys(&self, at: &Metadata, now: Micros) -> Result<Keys, Trouble> {
        if let Some((known, since)) = &self.inner().keys
            && now - since < KEPT
        {
            return Ok(known.clone());
        }
        self.fetch_keys(at, now)
    }

    fn fetch_keys(&self, at: &Metadata, now: Micros) -> Result<Keys, Trouble> {
        let request =
            Request { method: "GET", url: at.keys.clone(), headers: vec![("accept", "application/json".to_owned())], body: Vec::new() };
        let fresh = Keys::read(&ask(&request)?).map_err(Trouble::Down)?;
        self.inner().keys = Some((fresh.clone(), now));
        Ok(fresh)
    }

    /// May the keys be asked for again? Who asks first within a minute may.
    fn may_ask_again(&self, now: Micros) -> bool {
        let mut inner = self.inner();
        let may = inner.asked_again.is_none_or(|at| now - at >= PAUSE);
        if may {
            inner.asked_again = Some(now);
        }
        may
    }

    /// Exchanges a code, believes the token or not, and asks for the address when the token says none.
    ///
    /// # Errors
    /// The reason.
    pub fn finish(&self, client: &Client, back: &Back, code: &str, redirect: &str, now: Micros) -> Result<Claims, Refusal> {
        let at = self.metadata(client, now).map_err(Refusal::Trouble)?;
        let request = oidc::exchange(client, &at, code, &back.verifier, redirect);
        let tokens = ask(&request).and_then(|reply| oidc::read_tokens(&reply)).map_err(Refusal::Trouble)?;
        let expected = Expected { issuer: &at.issuer, client: &client.id, nonce: &back.nonce, now: now / 1_000_000 };
        let keys = self.keys(&at, now).map_err(Refusal::Trouble)?;
        let mut claims = match oidc::verify(&tokens.id_token, &keys, &expected) {
            Err(Unfit::Key) if self.may_ask_again(now) => {
                let keys = self.fetch_keys(&at, now).map_err(Refusal::Trouble)?;
                oidc::verify(&tokens.id_token, &keys, &expected)
            }
            other => other,
        }
        .map_err(Refusal::Unfit)?;
        // Who it is, is known by the token; without more there is only no address.
        if let Some(request) = oidc::more(&at, &tokens, &claims)
            && let Ok(reply) = ask(&request)
        {
            oidc::read_more(&mut claims, &reply);
        }
        Ok(claims)
    }
}
