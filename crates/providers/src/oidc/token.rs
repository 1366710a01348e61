//! What an ID token must be to be believed (OpenID Connect Core 1.0, 3.1.3.7): signed by a key of the provider in a way that is read here, made by it, for
//! us, now, and for the sign-in that was begun.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::keys::{Algorithm, Keys};
use crate::json::{int, list, some, text};

/// So far two clocks may be apart, seconds.
pub(super) const APART: i64 = 60;
/// A token is made when the code is exchanged; one that was made longer ago is not of this sign-in. Seconds.
const OLDEST: i64 = 3600;
/// The longest that is read, and the longest name of a person in it.
const LONGEST: usize = 64 * 1024;
const SUBJECT: usize = 255;

/// What is asked of a token.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The provider, to the letter.
    pub issuer: &'a str,
    /// Our number there.
    pub client: &'a str,
    /// What was sent along when the sign-in was begun.
    pub nonce: &'a str,
    /// Now, seconds UTC.
    pub now: i64,
}

/// What a token says that is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The person's number at the provider; never given to another.
    pub subject: String,
    /// Their address, as far as the provider says it.
    pub email: Option<String>,
    /// The provider has made sure that it is theirs.
    pub email_verified: bool,
    /// What they are called.
    pub name: String,
    /// When they proved there who they are, seconds UTC.
    pub auth_time: Option<i64>,
    /// By which means (RFC 8176).
    pub methods: Vec<String>,
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is no token.
    Form,
    /// It is signed in a way that is not read here, or not at all.
    Algorithm,
    /// It names a key that the provider does not show: perhaps a new one.
    Key,
    /// The signature is not the provider's.
    Signature,
    /// Another provider made it.
    Issuer,
    /// It was made for another application.
    Audience,
    /// It is over, or was made too long ago.
    Expired,
    /// It is dated in the future.
    Early,
    /// It belongs to another sign-in.
    Nonce,
    /// It names nobody.
    Subject,
}

impl Unfit {
    /// For the log.
    pub fn words(self) -> &'static str {
        match self {
            Self::Form => "the ID token cannot be read",
            Self::Algorithm => "the ID token is not signed with RS256 or ES256",
            Self::Key => "the ID token names a key that the provider does not show",
            Self::Signature => "the signature of the ID token does not fit",
            Self::Issuer => "the ID token names another issuer",
            Self::Audience => "the ID token is for another client",
            Self::Expired => "the ID token is too old: compare the clocks",
            Self::Early => "the ID token is dated in the future: compare the clocks",
            Self::Nonce => "the ID token belongs to another sign-in",
            Self::Subject => "the ID token names nobody",
        }
    }
}

fn part(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Believes a token, or says why not. Nothing in it is looked at before its signature fits, but for the name of its key.
///
/// # Errors
/// The reason.
pub fn verify(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims, Unfit> {
    let parts: Vec<&str> = token.split('.').collect();
    let ([head, body, signature], true) = (parts.as_slice(), token.len() <= LONGEST) else { return Err(Unfit::Form) };
    let header: Value = part(head).and_then(|b| serde_json::from_slice(&b).ok()).ok_or(Unfit::Form)?;
    let algorithm = Algorithm::of(&text(&header, &["alg"])).ok_or(Unfit::Algorithm)?;
    if header.get("crit").is_some() {
        return Err(Unfit::Algorithm);
    }
    let kid = some(&header, &["kid"]);
    let key = keys.find(algorithm, kid.as_deref()).ok_or(Unfit::Key)?;
    let signed = format!("{head}.{body}");
    if !part(signature).is_some_and(|s| key.fits(signed.as_bytes(), &s)) {
        return Err(Unfit::Signature);
    }
    let said: Value = part(body).and_then(|b| serde_json::from_slice(&b).ok()).ok_or(Unfit::Form)?;
    believed(&said, expected)
}

fn believed(said: &Value, expected: &Expected<'_>) -> Result<Claims, Unfit> {
    if said["iss"].as_str() != Some(expected.issuer) {
        return Err(Unfit::Issuer);
    }
    let audience = match &said["aud"] {
        Value::String(one) => vec![one.as_str()],
        _ => list(said, &["aud"]).iter().filter_map(Value::as_str).collect(),
    };
    let party = said["azp"].as_str();
    let ours = audience.contains(&expected.client) && (party.is_some() || audience.len() == 1);
    if !ours || party.is_some_and(|p| p != expected.client) {
        return Err(Unfit::Audience);
    }
    let when = |name: &str| int(said, &[name]);
    let (Some(ends), Some(made)) = (when("exp"), when("iat")) else { return Err(Unfit::Form) };
    if ends <= expected.now.saturating_sub(APART) || made < expected.now.saturating_sub(OLDEST) {
        return Err(Unfit::Expired);
    }
    let soon = expected.now.saturating_add(APART);
    if made > soon || when("nbf").is_some_and(|from| from > soon) {
        return Err(Unfit::Early);
    }
    if expected.nonce.is_empty() || said["nonce"].as_str() != Some(expected.nonce) {
        return Err(Unfit::Nonce);
    }
    let subject = said["sub"].as_str().unwrap_or_default();
    if subject.is_empty() || subject.len() > SUBJECT || subject.contains('\0') {
        return Err(Unfit::Subject);
    }
    let mut claims = Claims { subject: subject.to_owned(), auth_time: when("auth_time"), ..Claims::default() };
    claims.methods = list(said, &["amr"]).iter().filter_map(|m| m.as_str().map(str::to_owned)).collect();
    claims.learn(said);
    Ok(claims)
}

impl Claims {
    /// Takes what is said of the person, as far as it was not known.
    pub(super) fn learn(&mut self, said: &Value) {
        if self.email.is_none() {
            self.email = some(said, &["email"]).filter(|e| e.len() <= 320);
            // Some write the word, not the value.
            self.email_verified = said["email_verified"].as_bool() == Some(true) || said["email_verified"].as_str() == Some("true");
        }
        if self.name.is_empty() {
            self.name = text(said, &["name"]);
        }
    }
}
