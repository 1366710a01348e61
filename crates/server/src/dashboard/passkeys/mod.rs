//! Passkeys on pages (SPEC 14.1): `assets/passkey.js` fetches a question from here, has a device answer it, and sends the answer as a form. Without
//! the script the button is not shown and everything else works. The rules are the domain's.

pub mod door;
pub mod own;

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::Error;
use domain::staff::Person;
use domain::staff::passkeys::{ALGORITHMS, Asked, HOLDS, Invited, Party};
use serde_json::{Value, json};

use crate::app::App;

/// The address that passkeys are bound to: the public one of the configuration, else `localhost`. `None` where browsers know none.
pub fn party(app: &App, headers: &HeaderMap) -> Option<Party> {
    Party::of(&app.config.reached_at(headers))
}

/// The same where one is needed.
///
/// # Errors
/// [`Error::Conflict`] `no_passkeys_here`.
pub fn must(app: &App, headers: &HeaderMap) -> Result<Party, Error> {
    party(app, headers).ok_or_else(|| Error::conflict("no_passkeys_here", NOT_HERE))
}

/// What is said where there are none.
pub const NOT_HERE: &str = "Passkeys work where Regulars is reached over HTTPS by its name, or at localhost.";

fn kinds() -> Vec<Value> {
    ALGORITHMS.iter().map(|alg| json!({ "type": "public-key", "alg": alg })).collect()
}

/// Milliseconds that a browser gives its user.
const PATIENCE: i64 = HOLDS / 1_000;

/// What a device is asked to prove.
fn to_use(party: &Party, asked: &Asked) -> Response {
    let question = json!({ "challenge": asked.challenge, "rpId": party.id, "allowCredentials": asked.allowed, "userVerification": "required",
        "timeout": PATIENCE });
    Json(question).into_response()
}

/// What a device is asked to make. Nothing is asked about the make of the device.
fn to_make(party: &Party, invited: &Invited, person: &Person) -> Response {
    let question = json!({ "challenge": invited.challenge, "rp": { "id": party.id, "name": "Regulars" },
        "user": { "id": invited.handle, "name": person.email, "displayName": person.name }, "pubKeyCredParams": kinds(),
        "excludeCredentials": invited.known, "attestation": "none", "timeout": PATIENCE,
        "authenticatorSelection": { "residentKey": "required", "requireResidentKey": true, "userVerification": "required" } });
    Json(question).into_response()
}

/// A refusal that the script shows beside the button.
fn said(status: StatusCode, words: &str) -> Response {
    (status, Json(json!({ "error": words }))).into_response()
}

/// A conflict in words for the script; the rest as a page, at which it loads the page again.
fn said_of(error: Error) -> super::PageResult {
    match error {
        Error::Conflict { message, .. } => Ok(said(StatusCode::CONFLICT, &message)),
        other => Err(other.into()),
    }
}
