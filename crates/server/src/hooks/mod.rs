//! The door for providers: `POST /hooks/{address}`. Signature and age are checked before anything is written; what is genuine is stored as it came and
//! answered at once. Reading and applying it is the inbox's work.

mod calls;
mod certificates;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::kit::Micros;
use domain::providers::accounts::{self, Opened};
use domain::providers::{Address, Provider, inbox};
use providers::{Distrust, paypal, stripe};

pub use certificates::Certificates;

use crate::app::App;
use crate::http::{Policy, Routes};

/// The largest webhook that is read.
const LARGEST: usize = 1024 * 1024;

/// The door.
pub fn routes(routes: Routes) -> Routes {
    routes.post("/hooks/{address}", Policy::Public, receive).post("/hooks/calls/{address}", Policy::Public, calls::receive)
}

type Refused = (StatusCode, &'static str);

/// Takes in a webhook.
async fn receive(State(app): State<App>, Path(address): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "This is larger than any event.").into_response();
    };
    match take_in(&app, address, &parts.headers, body).await {
        Ok(Ok(())) => StatusCode::OK.into_response(),
        Ok(Err(refused)) => refused.into_response(),
        Err(error) => crate::http::Problem::from(error).into_response(),
    }
}

async fn take_in(app: &App, address: String, headers: &HeaderMap, body: Bytes) -> domain::Result<Result<(), Refused>> {
    let vault = app.config.vault.clone();
    let address = Address(address);
    let found = app.db.read::<_, domain::Error>(move |tx| accounts::by_address(tx, &vault, &address)).await?;
    let Some(account) = found.filter(|a| a.account.provider.is_outside()) else {
        return Ok(Err((StatusCode::NOT_FOUND, "No account listens here.")));
    };
    let now = app.now();
    if let Err(distrust) = genuine(app, &account, headers, &body, now).await {
        tracing::info!(account = %account.account.id, why = distrust.words(), "a webhook was refused");
        return Ok(Err((StatusCode::BAD_REQUEST, distrust.words())));
    }
    if !inbox::is_event(&account.account, &body) {
        return Ok(Err((StatusCode::BAD_REQUEST, "This is no event.")));
    }
    app.db.write::<_, domain::Error>(move |tx| inbox::receive(tx, &account, &body, now, now)).await?;
    Ok(Ok(()))
}

async fn genuine(app: &App, account: &Opened, headers: &HeaderMap, body: &Bytes, now: Micros) -> Result<(), Distrust> {
    let get = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    match account.account.provider {
        Provider::Stripe => stripe::verify(&account.secrets.webhook, get("stripe-signature").unwrap_or_default(), body, now),
        Provider::Paypal => {
            let sent = paypal::Headers::of(get);
            if !paypal::is_cert_url(&sent.cert_url, app.config.providers.paypal_certificates.as_deref()) {
                return Err(Distrust::Certificate);
            }
            let certificate = app.certificates.get(&sent.cert_url).await.ok_or(Distrust::Certificate)?;
            paypal::verify(&sent, &account.secrets.webhook, body, &certificate, now)
        }
        Provider::Test => Err(Distrust::Signature),
    }
}
