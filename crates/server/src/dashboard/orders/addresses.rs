//! The addresses of an order, put right before it is sent.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::OrderId;
use domain::orders::{self, Order};

use crate::app::App;
use crate::dashboard::choices::Choices;
use crate::dashboard::{PageResult, Typed, address, frame, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/orders/addresses.html")]
struct Addresses {
    frame: Frame,
    form: Form,
    at: String,
    number: String,
    choices: Choices,
    /// What was issued of it keeps the old ones.
    billed: bool,
}

fn stored(order: &Order) -> Form {
    let mut form = Form::of([("version", order.version.to_string())]);
    let delivery = (order.delivery != order.billing).then_some(("delivery", &order.delivery));
    for (at, a) in [Some(("billing", &order.billing)), delivery].into_iter().flatten() {
        address::parts(at, a).into_iter().for_each(|(name, value)| form.set(name, value));
    }
    form
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
    let (order, billed) = app
        .read(&who.ctx, move |tx, ctx| {
            let found = orders::get(tx, ctx, &order)?;
            Ok((found, !domain::invoices::of_order(tx, ctx, &order)?.is_empty()))
        })
        .await?;
    let page = Addresses {
        frame: frame(app, who, "orders", uri, headers).await?,
        form: form.unwrap_or_else(|| stored(&order)),
        at,
        number: order.summary.number,
        choices: Choices::default(),
        billed,
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&order, "order")?, StatusCode::OK, None).await
}

/// Keeps them.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>, typed: Typed) -> PageResult {
    let order: OrderId = id(&order, "order")?;
    let (which, sent) = (order.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let (billing, delivery) = (address::typed(&sent, "billing"), address::typed_or_none(&sent, "delivery"));
            orders::set_addresses(tx, ctx, &which, &billing, delivery.as_ref(), sent.get("version").parse().ok())
        })
        .await;
    match done {
        Ok(()) => Ok(toasted(see_other(&format!("/orders/{order}")), "Addresses saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, order, status, Some(form)).await
        }
    }
}
