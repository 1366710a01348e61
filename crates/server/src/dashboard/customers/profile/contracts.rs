//! A customer’s contracts, newest first, and the way to a new one: by choosing a shop (SPEC 2.10).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::contracts;
use domain::kit::PageKey;

use super::lines::address;
use super::{Asked, Pane, Shown, Topic, open, pane, param};
use crate::app::App;
use crate::dashboard::contracts::{Line, line};
use crate::dashboard::orders::form::{choices, open_shops};
use crate::dashboard::show;
use crate::http::Who;
use crate::look::{Form, Frame, Page};

const ROWS: i64 = 50;

#[derive(Template)]
#[template(path = "dashboard/customers/profile/contracts.html")]
struct Contracts {
    frame: Frame,
    pane: Pane,
    lines: Vec<Line>,
    form: Form,
    shops: Vec<(String, String)>,
    pages: Page,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let after = param(&uri, "after").parse::<PageKey>().ok();
    let behind = after.clone();
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let (frame, pane, (found, (shops, shop))) = open(asked, &customer, Topic::Contracts, move |tx, ctx, c| {
        Ok((contracts::of_customer(tx, ctx, &c.id, behind.as_ref(), ROWS)?, open_shops(tx, ctx, Some(c))?))
    })
    .await?;
    let here = |key: Option<String>| address(&format!("{}/contracts", pane.at()), &[("after", key), ("from", pane::from(&uri))]);
    let next = found.next.as_ref().map(|key| here(Some(key.to_string())));
    let pages = Page { range: String::new(), previous: after.map(|_| here(None)), next };
    let lines = found.contracts.into_iter().map(|s| line(s, &pane.zone)).collect();
    Ok(show(&Contracts { frame, pane, lines, form: Form::of([("shop", shop)]), shops: choices(&shops), pages }))
}
