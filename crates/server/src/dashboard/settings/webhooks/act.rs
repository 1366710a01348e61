//! Buttons of an endpoint and of a message.

use axum::extract::{Path, State};
use domain::kit::{EventId, WebhookId};
use domain::webhooks::{OffReason, endpoints, replay};

use super::HERE;
use crate::app::App;
use crate::dashboard::settings::reveal;
use crate::dashboard::{PageResult, see_other, toasted};
use crate::http::Who;
use crate::http::guard::id;

fn endpoint(text: &str) -> domain::Result<WebhookId> {
    id(text, "webhook endpoint")
}

/// Sends a test and shows its message.
pub(super) async fn test(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which = endpoint(&which)?;
    let here = format!("{HERE}/{which}");
    match app.write(&who.ctx, move |tx, ctx| replay::test(tx, ctx, &which)).await {
        Ok(event) => Ok(toasted(
            see_other(&format!("{here}/messages/{event}")),
            "A test is on its way. Load the page again to see the answer.",
            None,
        )),
        Err(domain::Error::Conflict { message, .. }) => Ok(toasted(see_other(&here), &message, None)),
        Err(other) => Err(other.into()),
    }
}

/// Makes a new secret and shows it once, on the list.
pub(super) async fn rotate(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let (which, vault) = (endpoint(&which)?, app.config.vault.clone());
    let made = app.write(&who.ctx, move |tx, ctx| endpoints::rotate(tx, ctx, &vault, &which)).await?;
    Ok(reveal::hand_on(&app, HERE, &made.secret))
}

/// Switches it off.
pub(super) async fn off(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which = endpoint(&which)?;
    let here = format!("{HERE}/{which}");
    app.write(&who.ctx, move |tx, ctx| endpoints::switch_off(tx, ctx, &which, OffReason::Hand)).await?;
    Ok(toasted(see_other(&here), "Switched off.", None))
}

/// Switches it on.
pub(super) async fn on(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which = endpoint(&which)?;
    let here = format!("{HERE}/{which}");
    let words = match app.write(&who.ctx, move |tx, ctx| endpoints::switch_on(tx, ctx, &which)).await {
        Ok(_) => "Switched on. What it missed can be sent again.".to_owned(),
        Err(domain::Error::Invalid(problems)) => problems.0.into_iter().next().map(|p| p.message).unwrap_or_default(),
        Err(other) => return Err(other.into()),
    };
    Ok(toasted(see_other(&here), &words, None))
}

/// Removes it.
pub(super) async fn remove(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which = endpoint(&which)?;
    app.write(&who.ctx, move |tx, ctx| endpoints::remove(tx, ctx, &which)).await?;
    Ok(toasted(see_other(HERE), "Endpoint removed.", None))
}

/// Sends a message again.
pub(super) async fn again(State(app): State<App>, who: Who, Path((which, event)): Path<(String, String)>) -> PageResult {
    let (which, event) = (endpoint(&which)?, id::<EventId>(&event, "message")?);
    let here = format!("{HERE}/{which}/messages/{event}");
    let words = match app.write(&who.ctx, move |tx, ctx| replay::one(tx, ctx, &which, &event)).await {
        Ok(_) => "It is sent again. Load the page again to see the answer.".to_owned(),
        Err(domain::Error::Conflict { message, .. }) => message,
        Err(other) => return Err(other.into()),
    };
    Ok(toasted(see_other(&here), &words, None))
}
