//! Articles while one types: the part of the form that lists them, by itself.

use askama::Template;
use axum::extract::State;
use axum::http::Uri;

use super::form::{Found, found};
use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::{PageResult, show};
use crate::http::Who;

#[derive(Template)]
#[template(path = "dashboard/orders/look.html")]
struct Look {
    find: String,
    found: Vec<Found>,
}

/// What was sold before in the shop of the form and begins as is typed.
pub async fn articles(State(app): State<App>, who: Who, uri: Uri) -> PageResult {
    let (shop, find) = (param(&uri, "shop"), param(&uri, "find"));
    let looked = find.clone();
    let found = app.read(&who.ctx, move |tx, ctx| found(tx, ctx, &shop, &looked)).await?;
    Ok(show(&Look { find, found }))
}
