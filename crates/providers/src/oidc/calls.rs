//! The way to the provider's sign-in, and the two questions behind it: tokens for a code, and more about a person.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::{Claims, Client, Metadata, Trouble};
use crate::json::{some, text};
use crate::wire::{Reply, Request, form};

/// What a sign-in is begun with.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Comes back with the code.
    pub state: &'a str,
    /// Comes back inside of the token.
    pub nonce: &'a str,
    /// What only we know until the code is exchanged (PKCE).
    pub verifier: &'a str,
    /// Where people come back to.
    pub redirect: &'a str,
    /// They are to prove anew who they are, however lately they did.
    pub again: bool,
    /// Who is expected, as far as that is known.
    pub hint: Option<&'a str>,
}

/// Where people go to sign in.
pub fn authorize(client: &Client, at: &Metadata, ask: &Ask<'_>) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, ask.verifier.as_bytes()));
    let mut fields = vec![
        ("response_type", "code"),
        ("scope", "openid email profile"),
        ("client_id", &client.id),
        ("redirect_uri", ask.redirect),
        ("state", ask.state),
        ("nonce", ask.nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    if ask.again {
        fields.extend([("prompt", "login"), ("max_age", "0")]);
    }
    fields.extend(ask.hint.map(|hint| ("login_hint", hint)));
    let query = form(&fields.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect::<Vec<_>>());
    let joint = if at.authorization.contains('?') { '&' } else { '?' };
    format!("{}{joint}{query}", at.authorization)
}

/// Asks for the tokens of a code.
pub fn exchange(client: &Client, at: &Metadata, code: &str, verifier: &str, redirect: &str) -> Request {
    let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect), ("code_verifier", verifier)];
    let mut headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned()), ("accept", "application/json".to_owned())];
    match &client.secret {
        Some(secret) if !at.secret_in_body => {
            // Number and password are form-encoded first (RFC 6749, 2.3.1).
            let coded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = STANDARD.encode(format!("{}:{}", coded(&client.id), coded(secret)));
            headers.push(("authorization", format!("Basic {pair}")));
        }
        Some(secret) => fields.extend([("client_id", client.id.as_str()), ("client_secret", secret)]),
        None => fields.push(("client_id", &client.id)),
    }
    let body = form(&fields.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect::<Vec<_>>());
    Request { method: "POST", url: at.token.clone(), headers, body: body.into_bytes() }
}

/// What a code was exchanged for.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Who it is.
    pub id_token: String,
    /// With it the provider tells more; empty when it gave none.
    pub access: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

/// Reads the tokens.
///
/// # Errors
/// What the provider says instead.
pub fn read_tokens(reply: &Reply) -> Result<Tokens, Trouble> {
    let said = reply.json().unwrap_or(Value::Null);
    if reply.status != 200 {
        let word: String = text(&said, &["error"]).chars().filter(|c| c.is_ascii_graphic()).take(60).collect();
        return Err(match word.as_str() {
            "invalid_grant" => Trouble::Code,
            "invalid_client" | "unauthorized_client" | "invalid_request" | "unsupported_grant_type" => Trouble::Setting(word),
            _ => Trouble::Down(format!("{} where a code is exchanged", reply.status)),
        });
    }
    let id_token = some(&said, &["id_token"]).ok_or_else(|| Trouble::Down("no ID token for a code".to_owned()))?;
    Ok(Tokens { id_token, access: text(&said, &["access_token"]) })
}

/// Asks for more about the person, where a token says no address. `None` when there is nothing to ask.
pub fn more(at: &Metadata, tokens: &Tokens, claims: &Claims) -> Option<Request> {
    let url = at.userinfo.clone().filter(|_| claims.email.is_none() && !tokens.access.is_empty())?;
    let headers = vec![("authorization", format!("Bearer {}", tokens.access)), ("accept", "application/json".to_owned())];
    Some(Request { method: "GET", url, headers, body: Vec::new() })
}

/// Takes what the provider says more, if it is of the same person. What cannot be read tells nothing.
pub fn read_more(claims: &mut Claims, reply: &Reply) {
    if reply.status == 200
        && let Some(said) = reply.json()
        && said["sub"].as_str() == Some(&claims.subject)
    {
        claims.learn(&said);
    }
}
