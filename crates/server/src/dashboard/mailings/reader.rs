//! What a reader of a mailing opens by the link in it: a question, and one press. A program of the reader's sends the same press by itself
//! (RFC 8058). Nothing of the reader is shown.

use askama::Template;
use axum::extract::{Path, State};
use domain::mailings;

use crate::app::App;
use crate::dashboard::buyer::House;
use crate::portal::{Shown, show};

#[derive(Template)]
#[template(path = "dashboard/mailings/reader.html")]
struct Page {
    house: House,
    shop: String,
    at: String,
    done: bool,
}

/// Asks.
pub async fn page(State(app): State<App>, Path(token): Path<String>) -> Shown {
    let (now, end) = (app.now(), token.clone());
    let read = move |tx: &mut store::Tx| {
        let asked = mailings::asked(tx, &end, now)?;
        Ok((House::of(tx, &asked.ctx, &asked.shop)?, asked.shop))
    };
    let (house, shop) = app.db.read::<_, domain::Error>(read).await?;
    Ok(show(&Page { house, shop, at: format!("/u/{token}"), done: false }))
}

/// Does it; twice is once.
pub async fn unsubscribe(State(app): State<App>, Path(token): Path<String>) -> Shown {
    let (now, end) = (app.now(), token.clone());
    let (house, shop) = app
        .db
        .write::<_, domain::Error>(move |tx| {
            let asked = mailings::asked(tx, &end, now)?;
            mailings::unsubscribe(tx, &asked)?;
            Ok((House::of(tx, &asked.ctx, &asked.shop)?, asked.shop))
        })
        .await?;
    Ok(show(&Page { house, shop, at: format!("/u/{token}"), done: true }))
}
