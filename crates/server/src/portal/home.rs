//! The first page: what is to be paid, the newest orders, what runs.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::Uri;
use domain::portal::{self as room, Visitor};

use super::money::{Bill, bill};
use super::orders::{Row, row};
use super::subscriptions::{Line, line};
use super::{Shell, Shown, read, show};
use crate::app::App;

#[derive(Template)]
#[template(path = "portal/home.html")]
struct Page {
    shell: Shell,
    orders: Vec<Row>,
    due: Vec<Bill>,
    subscriptions: Vec<Line>,
}

/// The page.
pub async fn page(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri) -> Shown {
    let home = read(&app, &v, room::home).await?;
    Ok(show(&Page {
        shell: Shell::on(&v, &uri, ""),
        orders: home.orders.orders.iter().map(|o| row(&v, o)).collect(),
        due: home.due.into_iter().map(|i| bill(&v, i)).collect(),
        subscriptions: home.subscriptions.iter().map(|s| line(&v, s)).collect(),
    }))
}
