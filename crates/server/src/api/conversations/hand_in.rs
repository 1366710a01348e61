//! Mail that a mail server hands in as it came: parsed and filed, once for its Message-ID.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::Error;
use domain::conversations::{self as room, Arrival, LARGEST};
use domain::kit::Right;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::api::asked::Asked;
use crate::api::write::{Write, reply};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

pub fn routes(routes: Routes) -> Routes {
    routes.api(Policy::May(Right::Write), routes!(hand_in))
}

/// Where a mail went.
#[derive(Debug, Serialize, ToSchema)]
struct MailFiled {
    entry: String,
    conversation: String,
    /// Absent: nobody has this address, and it waits in the inbox.
    customer: Option<String>,
    /// False: it had come before.
    new: bool,
}

/// What becomes of it besides.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HandInAsked {
    /// `true`: a mail that begins a conversation opens a ticket, as a mailbox with `makes_tickets` does.
    ticket: Option<bool>,
}

/// Hand in a mail.
///
/// The whole mail as it came over the wire (RFC 5322), at most 25 MB. It is filed under the oldest live customer that has the address in Reply-To, else
/// in From, else it waits in the inbox. A mail of a mailbox, of `mail_from` or of the staff to a customer is the
/// house's own. The same Message-ID again answers 200 with the same entry. Nothing is too broken to be kept; an empty body is no mail (422).
#[utoipa::path(post, path = "/api/v1/mails", operation_id = "handInMail", tag = "Conversations",
    params(HandInAsked), request_body(content((serde_json::Value = "message/rfc822"))),
    responses((status = 201, body = MailFiled), (status = 200, body = MailFiled)))]
async fn hand_in(State(app): State<App>, caller: Caller, Asked(asked): Asked<HandInAsked>, request: Request) -> Result<Response, Problem> {
    let write = Write::file_up_to(request, &["message/rfc822"], LARGEST).await?;
    if write.input.trim_ascii().is_empty() {
        let words = "Send the mail as it came: this body is empty.";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", words));
    }
    let raw = write.input.clone();
    let read = tokio::task::spawn_blocking(move || room::parse(&raw)).await;
    let mail = std::sync::Arc::new(read.map_err(|e| Error::Internal(e.to_string()))?);
    let (ticket, sender) = (asked.ticket.unwrap_or_default(), app.config.sender());
    write
        .with(mail)
        .run(&app, &caller, move |tx, ctx, mail| {
            let filed = room::receive(tx, ctx, mail, Arrival { mailbox: None, ticket, sender: &sender }).map_err(busy)?;
            let body = MailFiled {
                entry: filed.entry.to_string(),
                conversation: filed.conversation.to_string(),
                customer: filed.customer.map(|id| id.to_string()),
                new: filed.new,
            };
            let status = if filed.new { StatusCode::CREATED } else { StatusCode::OK };
            reply(status, &format!("/api/v1/entries/{}", body.entry), &body)
        })
        .await
}

/// The same mail by another door at this moment: 503, so that the server hands it in again and hears where it went.
fn busy(error: Error) -> Error {
    match error {
        Error::Store(store::Error::Unique { .. }) => Error::Store(store::Error::Busy),
        Error::Conflict { code: "moved", .. } => Error::Store(store::Error::Busy),
        other => other,
    }
}
