//! Answering a chat: from its own page, and from the stream of its customer.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::conversations::{self, Direction, MessageInput};
use domain::kit::{ConversationId, CustomerId};
use domain::replies::Reply;

use super::page::{Asked, render};
use crate::app::App;
use crate::dashboard::{PageResult, Typed, refused, see_other, toasted};
use crate::http::Who;
use crate::http::guard::id;

/// Says it, once for one press; goes back to the stream it was written in, or to the chat.
pub async fn say(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(chat): Path<String>, typed: Typed) -> PageResult {
    let chat: ConversationId = id(&chat, "conversation")?;
    let back = match typed.get("customer").parse::<CustomerId>() {
        Ok(customer) => format!("/customers/{customer}/conversations"),
        Err(()) => format!("/conversations/{chat}"),
    };
    let (which, sent, path) = (chat.clone(), typed.clone(), uri.path().to_owned());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &path, |tx| {
                let message = MessageInput { direction: Direction::Out, author: String::new(), body: sent.text("body"), at: None };
                conversations::say(tx, ctx, &which, &message)?;
                Ok(Reply::new(303, back.clone(), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Message sent.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, chat, status, Some(form)).await
        }
    }
}
