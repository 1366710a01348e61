//! The customer list (SPEC 1): one page whose whole state is its address. A swap gets the same page without the frame around it.

mod columns;
mod filters;
mod load;
mod rows;
mod view;
mod views;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use domain::customers::list::{self, Column, ListQuery};
use domain::kit::Right;

pub use load::address;
use view::{Empty, ListView};

use crate::app::App;
use crate::dashboard::{PageResult, frame, see_other, show};
use crate::http::{Policy, Routes, Who};
use crate::look::Frame;

/// The list, its columns and its views.
pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    let routes = routes.get("/customers", read, page).post("/customers/columns", read, columns::keep);
    let paths = ["/customers/views/new", "/customers/views", "/customers/views/{id}", "/customers/views/{id}/delete"];
    crate::dashboard::lists::views::routes(routes, &views::PLACE, paths)
}

#[derive(Template)]
#[template(path = "dashboard/customers/list/page.html")]
struct ListPage {
    frame: Frame,
    list: ListView,
}

#[derive(Template)]
#[template(path = "dashboard/customers/list/part.html")]
struct ListPart {
    list: ListView,
}

/// The list of this address. The bare one goes to what the person last used (SPEC 1.6).
async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let text = uri.query().unwrap_or_default();
    let swap = headers.contains_key("hx-request") && !headers.contains_key("hx-history-restore-request");
    if text.is_empty()
        && !swap
        && let Some(used) = app.read(&who.ctx, list::last_used).await?
    {
        return Ok(see_other(&format!("/customers?{used}")));
    }
    let (asked, problems) = ListQuery::parse(text);
    let indexes = app.indexes.clone();
    let loaded = app.read(&who.ctx, move |tx, ctx| load::load(tx, ctx, &indexes, &asked)).await?;
    keep(&app, &who, &loaded, swap).await?;
    let list = view::build(&who, loaded, problems);
    let answer = if swap {
        show(&ListPart { list })
    } else {
        show(&ListPage { frame: frame(&app, &who, "customers", &uri, &headers).await?, list })
    };
    Ok(varied(answer))
}

/// Keeps what the person uses now. While typing nobody waits for it.
async fn keep(app: &App, who: &Who, loaded: &load::Loaded, swap: bool) -> domain::Result<()> {
    if loaded.used == loaded.query.first_page().print() {
        return Ok(());
    }
    let (app, ctx, query) = (app.clone(), who.ctx.clone(), loaded.query.clone());
    let write = async move { app.write(&ctx, move |tx, ctx| list::keep_used(tx, ctx, &query)).await };
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

/// The same address answers a page and a part of it.
fn varied(mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("hx-request"));
    response
}
