//! The note on an order, written and changed in whatever state it is.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::OrderId;
use domain::orders;

use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/orders/note.html")]
struct Note {
    frame: Frame,
    form: Form,
    at: String,
    number: String,
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    order: OrderId,
    status: StatusCode,
    form: Option<Form>,
) -> PageResult {
    let at = format!("/orders/{order}");
    let order = app.read(&who.ctx, move |tx, ctx| orders::get(tx, ctx, &order)).await?;
    let form = form.unwrap_or_else(|| Form::of([("note", order.note.clone()), ("version", order.version.to_string())]));
    let page = Note { frame: frame(app, who, "orders", uri, headers).await?, form, at, number: order.summary.number };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&order, "order")?, StatusCode::OK, None).await
}

/// Keeps it.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>, typed: Typed) -> PageResult {
    let order: OrderId = id(&order, "order")?;
    let (which, sent) = (order.clone(), typed.clone());
    let done =
        app.write(&who.ctx, move |tx, ctx| orders::set_note(tx, ctx, &which, sent.get("note"), sent.get("version").parse().ok())).await;
    match done {
        Ok(()) => Ok(toasted(see_other(&format!("/orders/{order}")), "Note saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, order, status, Some(form)).await
        }
    }
}
