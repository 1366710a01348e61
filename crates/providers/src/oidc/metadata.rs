//! What a provider says of itself (OpenID Connect Discovery 1.0).

use serde_json::Value;

use super::Client;
use crate::json::{flag, list, some, text};
use crate::wire::{Reply, Request};

/// Where a provider is asked for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Its name for itself, to the letter: what its tokens say.
    pub issuer: String,
    /// Where people sign in.
    pub authorization: String,
    /// Where a code is exchanged.
    pub token: String,
    /// Where its keys are.
    pub keys: String,
    /// Where it tells more of a person.
    pub userinfo: Option<String>,
    /// Our password goes into the body, because it takes it nowhere else.
    pub secret_in_body: bool,
    /// It says with every answer who it is (RFC 9207).
    pub names_itself: bool,
    /// It signs in a way that is read here, as far as it says.
    pub signs: bool,
    /// It says that it knows PKCE.
    pub proof_keys: bool,
}

/// What is wrong with what a provider says of itself.
pub type Missing = String;

impl Metadata {
    /// Asks for it.
    pub fn request(client: &Client) -> Request {
        let url = format!("{}/.well-known/openid-configuration", client.issuer);
        Request { method: "GET", url, headers: vec![("accept", "application/json".to_owned())], body: Vec::new() }
    }

    /// Reads it.
    ///
    /// # Errors
    /// In words: what is missing or not to be believed.
    pub fn read(client: &Client, reply: &Reply) -> Result<Self, Missing> {
        if reply.status != 200 {
            return Err(format!("It answers {} where its description should be.", reply.status));
        }
        let said: Value = reply.json().ok_or("What it says of itself is no JSON.")?;
        let issuer = text(&said, &["issuer"]);
        if issuer.trim_end_matches('/') != client.issuer {
            return Err(format!("It calls itself {issuer}, not {}.", client.issuer));
        }
        let place = |name: &str| match some(&said, &[name]) {
            Some(at) if client.may_ask(&at) => Ok(at),
            Some(at) => Err(format!("Its {name} is {at}, which is not HTTPS.")),
            None => Err(format!("It names no {name}.")),
        };
        let names = |name: &str| list(&said, &[name]).iter().filter_map(Value::as_str).collect::<Vec<_>>();
        let ways = names("token_endpoint_auth_methods_supported");
        let signs = names("id_token_signing_alg_values_supported");
        Ok(Self {
            authorization: place("authorization_endpoint")?,
            token: place("token_endpoint")?,
            keys: place("jwks_uri")?,
            userinfo: some(&said, &["userinfo_endpoint"]).filter(|at| client.may_ask(at)),
            secret_in_body: !ways.is_empty() && !ways.contains(&"client_secret_basic") && ways.contains(&"client_secret_post"),
            names_itself: flag(&said, &["authorization_response_iss_parameter_supported"]),
            signs: signs.is_empty() || signs.iter().any(|a| matches!(*a, "RS256" | "ES256")),
            proof_keys: names("code_challenge_methods_supported").contains(&"S256"),
            issuer,
        })
    }
}
