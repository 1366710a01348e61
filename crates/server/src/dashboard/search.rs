//! One search for everything (top bar, Ctrl-K): customers as the list finds them, orders, payments and tickets as their lists find them.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use domain::customers::list::{self, ListQuery};
use domain::kit::{Money, Right};
use domain::lists::{self, Query};
use domain::{merchants, orders, payments, tickets};
use serde::Deserialize;

use super::customers::address;
use super::{PageResult, frame, moments, show, tones};
use crate::app::App;
use crate::http::{Policy, Routes, Who};
use crate::look::Frame;

/// Customers that are named; the list has the rest.
const CUSTOMERS: usize = 8;
/// Orders that are named, payments, and tickets.
const ORDERS: usize = 5;

/// The page and its swap.
pub fn routes(routes: Routes) -> Routes {
    routes.get("/search", Policy::May(Right::Read), page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
}

/// What was found.
struct Found {
    q: String,
    customers: Vec<Hit>,
    /// The list of all, with how many they are.
    all: Option<(String, String)>,
    orders: Vec<Hit>,
    payments: Vec<Hit>,
    tickets: Vec<Hit>,
}

struct Hit {
    href: String,
    name: String,
    more: String,
}

#[derive(Template)]
#[template(path = "dashboard/search/page.html")]
struct SearchPage {
    frame: Frame,
    found: Found,
}

#[derive(Template)]
#[template(path = "dashboard/search/part.html")]
struct SearchPart {
    found: Found,
}

async fn page(
    State(app): State<App>,
    who: Who,
    axum::extract::Query(asked): axum::extract::Query<Asked>,
    uri: Uri,
    headers: HeaderMap,
) -> PageResult {
    let q: String = asked.q.trim().chars().take(200).collect();
    let found = if q.is_empty() {
        Found { q, customers: Vec::new(), all: None, orders: Vec::new(), payments: Vec::new(), tickets: Vec::new() }
    } else {
        find(&app, &who, q).await?
    };
    if headers.contains_key("hx-request") {
        return Ok(show(&SearchPart { found }));
    }
    Ok(show(&SearchPage { frame: frame(&app, &who, "", &uri, &headers).await?, found }))
}

async fn find(app: &App, who: &Who, q: String) -> domain::Result<Found> {
    let indexes = app.indexes.clone();
    let of_orders = Query { q: q.clone(), ..Query::bare(&orders::listed::LIST) };
    let of_payments = Query { q: q.clone(), ..Query::everything(&payments::listed::LIST) };
    let of_tickets = Query { q: q.clone(), ..Query::everything(&tickets::listed::LIST) };
    let query = ListQuery { q: q.clone(), per: 25, ..ListQuery::default() };
    let q_of_payments = q.clone();
    let list_of_all = address(&ListQuery { per: 50, ..query.clone() }.print());
    let (page, orders, paid, tickets, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let page = list::page_only(tx, ctx, &indexes, &query)?;
            let found = lists::pick(tx, ctx, &indexes, &of_orders, None, ORDERS)?;
            let orders = orders::listed::rows(tx, ctx, &found.ids)?;
            // Of a customer's or an order's payments the customer and the order stand above them already.
            let found = lists::pick(tx, ctx, &indexes, &of_payments, None, ORDERS)?;
            let mut paid = payments::listed::rows(tx, ctx, &found.ids)?;
            paid.retain(|p| is_named(&p.payment, &q_of_payments));
            let found = lists::pick(tx, ctx, &indexes, &of_tickets, None, ORDERS)?;
            Ok((page, orders, paid, tickets::listed::rows(tx, ctx, &found.ids)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let customer = |row: list::ListRow| Hit { href: format!("/customers/{}", row.id), name: row.display_name, more: row.email };
    let order = |order: orders::OrderSummary| Hit {
        href: format!("/orders/{}", order.id),
        name: format!("Order {}", order.number),
        more: format!("{}, {}", Money::new(order.total, order.currency), moments::day(&zone, order.ordered_at).shown),
    };
    let payment = |p: payments::listed::Listed| Hit {
        href: format!("/payments?{}", Query { q: mark(&p.payment), ..Query::everything(&payments::listed::LIST) }.print()),
        name: format!("Payment {}", Money::new(p.payment.amount, p.payment.currency)),
        more: format!("{}, {}", mark(&p.payment), moments::day(&zone, p.payment.paid_at).shown),
    };
    let ticket =
        |t: tickets::Ticket| Hit { href: format!("/tickets/{}", t.id), name: format!("Ticket {}", t.number), more: t.title().to_owned() };
    let all = (page.total > CUSTOMERS as u64).then(|| (list_of_all, tones::number(page.total)));
    Ok(Found {
        q,
        customers: page.rows.into_iter().take(CUSTOMERS).map(customer).collect(),
        all,
        orders: orders.into_iter().map(order).collect(),
        payments: paid.into_iter().map(payment).collect(),
        tickets: tickets.into_iter().map(ticket).collect(),
    })
}

/// By what a payment is named on paper: the remark it was recorded with (the reference of a transfer), else its id with the provider.
fn mark(p: &payments::PaymentView) -> String {
    if p.note.is_empty() { p.provider_ref.clone().unwrap_or_default() } else { p.note.clone() }
}

/// Whether it was found by that, and not by whom it is of.
fn is_named(p: &payments::PaymentView, q: &str) -> bool {
    let (mark, q) = (mark(p).to_lowercase(), q.to_lowercase());
    !mark.is_empty() && mark.starts_with(&q)
}
