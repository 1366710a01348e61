//! The page of a list, the same for payments, disputes, subscriptions, orders and invoices (SPEC 1.3 to 1.7, 8.1, 9.1): a room says with a [`Desk`] which list it
//! is, where it stands and how its rows are drawn. The whole state of the page is its address; a swap gets the page without the frame.
//!
//! Rows come at once. Where there are so many that counting takes its time, total, sums and the counts of options come in a second swap;
//! without JavaScript the page asks for itself again with `counts=now`.

mod acts;
mod export;
mod load;
mod row;
mod view;
pub mod views;
mod words;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use domain::kit::{Ctx, Right};
use domain::lists::{List, Query, kept};
use domain::merchants::Settings;
use store::Tx;

pub use acts::chosen;
pub use row::{Cell, RowView, Tick};
use view::ListView;
pub use views::Place;

use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, see_other, show};
use crate::http::{Policy, Routes, Who};
use crate::look::Frame;

/// A list as a room shows it.
#[derive(Debug)]
pub struct Desk {
    /// What it is.
    pub list: &'static List,
    /// Where it stands.
    pub place: Place,
    /// The icon of the empty list.
    pub icon: &'static str,
    /// What is said when there is nothing at all: a title, and where rows come from.
    pub empty: (&'static str, &'static str),
    /// What may be made here: the right, the address, the words of the button.
    pub create: Option<(Right, &'static str, &'static str)>,
    /// The rows with these ids, drawn, in their order.
    pub rows: fn(&mut Tx, &Ctx, &Settings, &[String]) -> domain::Result<Vec<RowView>>,
}

/// The paths of a list, from its word.
#[macro_export]
macro_rules! list_paths {
    ($at:literal) => {
        [
            $at,
            concat!($at, "/columns"),
            concat!($at, "/bulk"),
            concat!($at, "/export"),
            concat!($at, "/views/new"),
            concat!($at, "/views"),
            concat!($at, "/views/{id}"),
            concat!($at, "/views/{id}/delete"),
        ]
    };
}

/// All routes of a list.
pub fn routes(routes: Routes, desk: &'static Desk, paths: [&'static str; 8]) -> Routes {
    let (read, take) = (Policy::May(Right::Read), Policy::May(Right::Export));
    let [at, columns, bulk, export, new, views, one, delete] = paths;
    let routes = routes
        .get(at, read, move |app, who, uri, headers| page(desk, app, who, uri, headers))
        .post(columns, read, move |app, who, typed| keep_columns(desk, app, who, typed))
        .post(bulk, take, move |uri, typed| export::bulk(desk, uri, typed))
        .get_fresh(export, take, move |app, who, uri, headers| export::page(desk, app, who, uri, headers))
        .post_fresh(export, take, move |app, who, typed| export::file(desk, app, who, typed));
    views::routes(routes, &desk.place, [new, views, one, delete])
}

#[derive(Template)]
#[template(path = "dashboard/lists/page.html")]
struct ListPage {
    frame: Frame,
    list: ListView,
}

#[derive(Template)]
#[template(path = "dashboard/lists/swap.html")]
struct ListPart {
    list: ListView,
}

/// The list of this address. The bare one goes to what the person last used (SPEC 1.6).
async fn page(desk: &'static Desk, State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let text = uri.query().unwrap_or_default();
    let swap = headers.contains_key("hx-request") && !headers.contains_key("hx-history-restore-request");
    if text.is_empty()
        && !swap
        && let Some(used) = app.read(&who.ctx, |tx, ctx| kept::last_used(tx, ctx, desk.list.name)).await?
    {
        return Ok(see_other(&desk.place.address(&used)));
    }
    let (asked, problems) = Query::parse(desk.list, text);
    let now = url::form_urlencoded::parse(text.as_bytes()).any(|(key, value)| key == "counts" && value == "now");
    let indexes = app.indexes.clone();
    let loaded = app.read(&who.ctx, move |tx, ctx| load::load(tx, ctx, &indexes, desk, &asked, now)).await?;
    if !(swap && now) {
        keep(&app, &who, &loaded, swap).await?;
    }
    let list = view::build(desk, &who, loaded, problems);
    let mut answer = if swap {
        show(&ListPart { list })
    } else {
        show(&ListPage { frame: frame(&app, &who, desk.place.room, &uri, &headers).await?.under(list.band), list })
    };
    // The same address answers a page and a part of it.
    answer.headers_mut().append(header::VARY, HeaderValue::from_static("hx-request"));
    Ok(answer)
}

/// Keeps what the person uses now. While typing nobody waits for it.
async fn keep(app: &App, who: &Who, loaded: &load::Loaded, swap: bool) -> domain::Result<()> {
    let (list, text) = (loaded.query.list.name, loaded.query.first_page().print());
    if loaded.used == text {
        return Ok(());
    }
    let (app, ctx) = (app.clone(), who.ctx.clone());
    let write = async move { app.write(&ctx, move |tx, ctx| kept::keep_used(tx, ctx, list, &text)).await };
    if !swap {
        return write.await;
    }
    tokio::spawn(async move {
        if let Err(error) = write.await {
            tracing::warn!(error = error.logged(), "the state of a list was not kept");
        }
    });
    Ok(())
}

/// Keeps the ticked columns with the person and goes back to the list one came from.
async fn keep_columns(desk: &'static Desk, State(app): State<App>, who: Who, typed: Typed) -> PageResult {
    let chosen: Vec<String> = typed.all("column").map(str::to_owned).collect();
    app.write(&who.ctx, move |tx, ctx| kept::keep_columns(tx, ctx, desk.list, chosen.iter().map(String::as_str))).await?;
    Ok(see_other(&desk.place.address(&Query::parse(desk.list, typed.get("query")).0.print())))
}
