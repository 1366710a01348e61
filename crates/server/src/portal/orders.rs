//! Orders, one of them with its lines, and asking for a return of some of it.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use domain::kit::{Money, OrderId};
use domain::orders::{Order, OrderSummary};
use domain::portal::{self as room, Visitor};
use domain::replies::Reply;
use domain::returns::{Left, LineBack, NewReturn, Reason, Summary};

use super::{Shell, Shown, after, once, read, show, show_with, write};
use crate::app::App;
use crate::dashboard::customers::profile::{bought, order_tone, postal};
use crate::dashboard::orders::page as sold;
use crate::dashboard::{Typed, moments, refused, see_other};
use crate::http::guard::id;
use crate::look::{Form, When};

/// An order in a list.
pub struct Row {
    pub href: String,
    pub number: String,
    pub at: When,
    pub tone: &'static str,
    pub state: &'static str,
    pub bought: String,
    pub total: String,
}

/// Makes one.
pub fn row(v: &Visitor, o: &OrderSummary) -> Row {
    Row {
        href: format!("{}/orders/{}", v.portal.at(), o.id),
        number: o.number.clone(),
        at: moments::day(&v.portal.zone, o.ordered_at),
        tone: order_tone(o.state),
        state: o.state.label(),
        bought: bought(o),
        total: Money::new(o.total, o.currency).to_string(),
    }
}

#[derive(Template)]
#[template(path = "portal/orders.html")]
struct List {
    shell: Shell,
    orders: Vec<Row>,
    next: Option<String>,
}

/// All of them.
pub async fn list(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, RawQuery(query): RawQuery) -> Shown {
    let key = after(query.as_deref());
    let page = read(&app, &v, move |tx, v| room::orders(tx, v, key.as_ref())).await?;
    Ok(show(&List {
        shell: Shell::on(&v, &uri, "/orders"),
        orders: page.orders.iter().map(|o| row(&v, o)).collect(),
        next: page.next.map(|key| format!("{}/orders?after={key}", v.portal.at())),
    }))
}

/// A line that may come back.
struct Back {
    line: i64,
    title: String,
    left: String,
}

/// A return that was asked for.
struct Asked {
    number: String,
    at: When,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "portal/order.html")]
struct Page {
    shell: Shell,
    here: String,
    row: Row,
    shop: String,
    lines: Vec<sold::Line>,
    extras: Vec<(&'static str, String)>,
    total: String,
    delivery: Vec<String>,
    back: Vec<Back>,
    asked: Vec<Asked>,
    reasons: Vec<(&'static str, &'static str)>,
    form: Form,
    once: String,
}

type Found = (Order, Vec<Left>, Vec<Summary>);

async fn found(app: &App, v: &Visitor, order: &OrderId) -> domain::Result<Found> {
    let order = order.clone();
    read(app, v, move |tx, v| Ok((room::order(tx, v, &order)?, room::returnable(tx, v, &order)?, room::returns(tx, v, &order)?))).await
}

fn render(v: &Visitor, uri: &Uri, (o, left, asked): Found, status: StatusCode, form: Form) -> Response {
    let s = &o.summary;
    let name = |l: &Left| if l.bought.title.is_empty() { l.bought.sku.clone() } else { l.bought.title.clone() };
    let asked =
        asked.iter().map(|r| Asked { number: r.number.clone(), at: moments::day(&v.portal.zone, r.created_at), state: r.state.label() });
    let page = Page {
        shell: Shell::on(v, uri, "/orders"),
        here: format!("{}/orders/{}", v.portal.at(), s.id),
        row: row(v, s),
        shop: s.shop_name.clone(),
        lines: sold::lines(&o.lines, s.currency),
        extras: sold::extras([o.discount, o.shipping, o.tax], s.currency),
        total: Money::new(s.total, s.currency).to_string(),
        delivery: postal(&o.delivery),
        back: left.iter().map(|l| Back { line: l.line, title: name(l), left: l.left.normalize().to_string() }).collect(),
        asked: asked.collect(),
        reasons: Reason::ALL.iter().map(|r| (r.name(), r.label())).collect(),
        once: once(&form, v),
        form,
    };
    show_with(status, &page)
}

/// One of them.
pub async fn page(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, Path((_, order)): Path<(String, String)>) -> Shown {
    let found = found(&app, &v, &id(&order, "order")?).await?;
    Ok(render(&v, &uri, found, StatusCode::OK, Form::default()))
}

fn asked(typed: &Typed, left: &[Left]) -> NewReturn {
    let reason = typed.get("reason").parse().unwrap_or(Reason::Other);
    let lines = left.iter().filter_map(|l| {
        let quantity = typed.get(&format!("quantity.{}", l.line)).trim().replace(',', ".");
        (!quantity.is_empty() && quantity != "0").then_some(LineBack { line: l.line, quantity, reason })
    });
    NewReturn { lines: lines.collect(), note: typed.text("note") }
}

/// Asks for a return.
pub async fn give_back(
    State(app): State<App>,
    Extension(v): Extension<Visitor>,
    uri: Uri,
    Path((_, order)): Path<(String, String)>,
    typed: Typed,
) -> Shown {
    let order: OrderId = id(&order, "order")?;
    let (sent, which) = (typed.clone(), order.clone());
    let here = format!("{}/orders/{order}", v.portal.at());
    let to = here.clone();
    let done = write(&app, &v, move |tx, v| {
        let new = asked(&sent, &room::returnable(tx, v, &which)?);
        sent.once(tx, v.ctx(), &to, |tx| {
            room::ask_return(tx, v, &which, &new)?;
            Ok(Reply::new(303, format!("{to}?done=return"), ""))
        })
    })
    .await;
    match done {
        Ok(reply) => Ok(see_other(&reply.location)),
        Err(error) => {
            let found = found(&app, &v, &order).await?;
            let places: Vec<i64> = asked(&typed, &found.1).lines.iter().map(|l| l.line).collect();
            let (mut form, mut plain) = (typed.form(), Form::default());
            let status = refused(&mut plain, error)?;
            for fault in plain.errors {
                // A line is named by its place among those that were sent; the form names it by its place in the order.
                let at = fault.field.strip_prefix("lines.").and_then(|f| f.split('.').next()?.parse::<usize>().ok());
                let field = at.and_then(|at| places.get(at)).map_or(fault.field.clone(), |line| format!("quantity.{line}"));
                form.fail(if field == "lines" { String::new() } else { field }, fault.message);
            }
            Ok(render(&v, &uri, found, status, form))
        }
    }
}
