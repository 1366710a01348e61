//! Orders of all customers and guests, newest first, by shop, state, number or e-mail.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use domain::kit::{Money, PageKey};
use domain::orders::{self, OrderFilter, OrderSummary};
use domain::{merchants, shops};

use crate::app::App;
use crate::dashboard::customers::profile::{address, order_tone, param};
use crate::dashboard::{PageResult, frame, moments, show};
use crate::http::Who;
use crate::look::{Form, Frame, Page, When};

const ROWS: i64 = 50;

struct Line {
    o: OrderSummary,
    at: When,
    total: String,
    tone: &'static str,
    /// Who bought, as they are called.
    buyer: String,
}

#[derive(Template)]
#[template(path = "dashboard/orders/list.html")]
struct List {
    frame: Frame,
    form: Form,
    shops: Vec<(String, String)>,
    states: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    pages: Page,
    is_filtered: bool,
    may_order: bool,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let asked = |name: &str| param(&uri, name);
    let (q, state, shop, after) = (asked("q"), asked("state"), asked("shop"), asked("after").parse::<PageKey>().ok());
    let filter = OrderFilter { shop: shop.parse().ok(), state: state.parse().ok(), q: q.clone(), after: after.clone(), limit: ROWS };
    let (found, zone, shops) = app
        .read(&who.ctx, move |tx, ctx| Ok((orders::list(tx, ctx, &filter)?, merchants::settings(tx, ctx)?.zone, shops::list(tx, ctx)?)))
        .await?;
    let here = |key: Option<String>| {
        address("/orders", &[("q", Some(q.clone())), ("state", Some(state.clone())), ("shop", Some(shop.clone())), ("after", key)])
    };
    let pages = Page {
        range: String::new(),
        previous: after.map(|_| here(None)),
        next: found.next.as_ref().map(|key| here(Some(key.to_string()))),
    };
    let lines = found.orders.into_iter().map(|o| Line {
        at: moments::day(&zone, o.ordered_at),
        total: Money::new(o.total, o.currency).to_string(),
        tone: if o.abandoned_at.is_some() { "quiet" } else { order_tone(o.state) },
        buyer: buyer(&o),
        o,
    });
    let page = List {
        lines: lines.collect(),
        frame: frame(&app, &who, "orders", &uri, &headers).await?,
        is_filtered: ![&q, &state, &shop].iter().all(|t| t.is_empty()),
        form: Form::of([("q", q), ("state", state), ("shop", shop)]),
        shops: shops.into_iter().map(|s| (s.id.to_string(), s.name)).collect(),
        states: orders::State::ALL.iter().map(|s| (s.name(), s.label())).collect(),
        pages,
        may_order: who.ctx.may(domain::kit::Right::Orders),
    };
    Ok(show(&page))
}

/// Name, company or e-mail address, whichever there is.
fn buyer(o: &OrderSummary) -> String {
    [&o.name, &o.company, &o.email].into_iter().find(|t| !t.is_empty()).cloned().unwrap_or_default()
}
