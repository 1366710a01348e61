//! "Mark as paid": records by hand what is still due of an order.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{Money, OrderId};
use domain::payments::{self, PaymentStatus};
use domain::replies::Reply;
use domain::{merchants, orders};

use crate::app::App;
use crate::dashboard::payments::{kinds, manual, moment_of};
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/orders/pay.html")]
struct Pay {
    frame: Frame,
    form: Form,
    at: String,
    number: String,
    due: Money,
    kinds: Vec<(&'static str, &'static str)>,
    today: String,
    once: String,
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
    let (order, paid, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            Ok((orders::get(tx, ctx, &order)?, payments::of_order(tx, ctx, &order)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let currency = order.summary.currency;
    let settled: i64 = paid.iter().filter(|p| p.status == PaymentStatus::Settled && p.currency == currency).map(|p| p.amount).sum();
    let today = zone.date(who.ctx.now).to_string();
    let form = form.unwrap_or_else(|| Form::of([("kind", "transfer".to_owned()), ("day", today.clone())]));
    let once = once(&form, who);
    let page = Pay {
        frame: frame(app, who, "orders", uri, headers).await?,
        form,
        at,
        number: order.summary.number,
        due: Money::new((order.summary.total - settled).max(0), currency),
        kinds: kinds(),
        today,
        once,
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&order, "order")?, StatusCode::OK, None).await
}

/// Records it, once.
pub async fn record(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>, typed: Typed) -> PageResult {
    let order: OrderId = id(&order, "order")?;
    let (which, sent) = (order.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/orders/{which}/pay"), |tx| {
                let at = moment_of(tx, ctx, sent.get("day"))?;
                orders::mark_paid(tx, ctx, &which, manual(sent.get("kind"))?, at, sent.get("note"))?;
                Ok(Reply::new(303, format!("/orders/{which}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Payment recorded.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, order, status, Some(form)).await
        }
    }
}
