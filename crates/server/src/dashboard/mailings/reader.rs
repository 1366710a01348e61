//! What a reader of a mailing opens by the link in it: a question, and one press. A program of the reader's sends the same press by itself
//! (RFC 8058). Nothing of the reader is shown.

use askama::Template;
use axum::extract::{Path, State};
use domain::mailings;

use crate::app::App;
use crate::dashboard::{PageResult, hidden, show};

#[derive(Template)]
#[template(path = "dashboard/mailings/reader.html")]
struct Page {
    shop: String,
    at: String,
    done: bool,
}

/// Asks.
pub async fn page(State(app): State<App>, Path(token): Path<String>) -> PageResult {
    let (now, end) = (app.now(), token.clone());
    let asked = app.db.read::<_, domain::Error>(move |tx| mailings::asked(tx, &end, now)).await?;
    Ok(hidden(show(&Page { shop: asked.shop, at: format!("/u/{token}"), done: false })))
}

/// Does it; twice is once.
pub async fn unsubscribe(State(app): State<App>, Path(token): Path<String>) -> PageResult {
    let (now, end) = (app.now(), token.clone());
    let shop = app
        .db
        .write::<_, domain::Error>(move |tx| {
            let asked = mailings::asked(tx, &end, now)?;
            mailings::unsubscribe(tx, &asked)?;
            Ok(asked.shop)
        })
        .await?;
    Ok(hidden(show(&Page { shop, at: format!("/u/{token}"), done: true })))
}
