//! The door for Twilio: `POST /hooks/calls/{address}`. The signature is checked before anything is written; the end of a call is kept at once, other
//! steps are heard and forgotten.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::conversations::phones;
use providers::twilio;

use super::Refused;
use crate::app::App;

/// The largest form that is read.
const LARGEST: usize = 64 * 1024;
/// How often it is tried while somebody else is faster.
const TRIES: usize = 3;

/// Takes in a status callback.
pub async fn receive(State(app): State<App>, Path(address): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "This is larger than any callback.").into_response();
    };
    let signature = parts.headers.get("x-twilio-signature").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let url = format!("{}/hooks/calls/{address}", app.config.reached_at(&parts.headers));
    match take_in(&app, &address, (&url, signature), &body).await {
        Ok(Ok(())) => StatusCode::NO_CONTENT.into_response(),
        Ok(Err(refused)) => refused.into_response(),
        Err(error) => crate::http::Problem::from(error).into_response(),
    }
}

async fn take_in(app: &App, address: &str, (url, signature): (&str, &str), body: &[u8]) -> domain::Result<Result<(), Refused>> {
    let (vault, wanted) = (app.config.vault.clone(), address.to_owned());
    let found = app.db.read::<_, domain::Error>(move |tx| phones::by_address(tx, &vault, &wanted)).await?;
    let Some(opened) = found else { return Ok(Err((StatusCode::NOT_FOUND, "No account listens here."))) };
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
    if let Err(distrust) = twilio::verify(&opened.token, url, &pairs, signature) {
        tracing::info!(account = %opened.account.id, why = distrust.words(), "a callback was refused");
        return Ok(Err((StatusCode::FORBIDDEN, distrust.words())));
    }
    let call = match twilio::call(&pairs) {
        Ok(Some(call)) => call,
        Ok(None) => return Ok(Ok(())),
        Err(_) => return Ok(Err((StatusCode::BAD_REQUEST, "This tells of no call."))),
    };
    let mut tries = 0;
    loop {
        let (held, call, now) = (opened.clone(), call.clone(), app.now());
        tries += 1;
        match app.db.write::<_, domain::Error>(move |tx| phones::told(tx, &held, &call, now)).await {
            Ok(_) => return Ok(Ok(())),
            Err(domain::Error::Conflict { .. } | domain::Error::Store(store::Error::Unique { .. })) if tries < TRIES => {}
            Err(domain::Error::Invalid(_)) => {
                // A caller who hides the number: nothing that could be filed, and nothing that is better told again.
                tracing::info!(account = %opened.account.id, "a call without a number was passed over");
                return Ok(Ok(()));
            }
            Err(error) => return Err(error),
        }
    }
}
