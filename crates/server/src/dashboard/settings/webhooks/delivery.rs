//! The page of a message: its body, and every try with its answer.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{EventId, WebhookId};
use domain::merchants;
use domain::webhooks::{State as EndpointState, endpoints, read};

use super::HERE;
use super::one::Message;
use crate::app::App;
use crate::dashboard::moments::moment;
use crate::dashboard::settings::{Item, around};
use crate::dashboard::{PageResult, show_with};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Frame, When};

/// A try.
struct Try {
    at: When,
    url: String,
    /// "200", "None".
    status: String,
    good: bool,
    milliseconds: i64,
    words: String,
    answer: String,
    timestamp: i64,
    signature: String,
}

#[derive(Template)]
#[template(path = "dashboard/settings/webhook_message.html")]
struct MessagePage {
    frame: Frame,
    entries: Vec<Item>,
    endpoint: WebhookId,
    url: String,
    on: bool,
    message: Message,
    body: String,
    tries: Vec<Try>,
}

/// The page.
pub(super) async fn page(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path((which, event)): Path<(String, String)>,
) -> PageResult {
    let (endpoint, event) = (id::<WebhookId>(&which, "webhook endpoint")?, id::<EventId>(&event, "message")?);
    let which = endpoint.clone();
    let (zone, of, full) = app
        .read(&who.ctx, move |tx, ctx| {
            Ok((merchants::settings(tx, ctx)?.zone, endpoints::get(tx, ctx, &which)?, read::get(tx, ctx, &which, &event)?))
        })
        .await?;
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    let tries = full.attempts.into_iter().map(|a| Try {
        at: moment(&zone, a.created_at),
        url: a.url,
        status: if a.status == 0 { "None".to_owned() } else { a.status.to_string() },
        good: a.error.is_empty(),
        milliseconds: a.duration / 1000,
        words: a.error,
        answer: a.answer,
        timestamp: a.timestamp,
        signature: a.signature,
    });
    let pretty = serde_json::from_str::<serde_json::Value>(&full.body).and_then(|body| serde_json::to_string_pretty(&body));
    let page = MessagePage {
        frame,
        entries,
        endpoint,
        url: of.url,
        on: of.state == EndpointState::On,
        message: Message::of(full.delivery, &zone),
        body: pretty.unwrap_or_default(),
        tries: tries.collect(),
    };
    Ok(show_with(StatusCode::OK, &page))
}
