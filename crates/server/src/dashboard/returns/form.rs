//! A return is written down on its order: how many of each line come back, and why.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{OrderId, Problems};
use domain::orders;
use domain::replies::Reply;
use domain::returns::{self, LineBack, NewReturn, Reason};
use domain::{Error, Result};

use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

/// A line of the order that may come back.
struct Row {
    line: i64,
    title: String,
    bought: String,
    left: String,
}

#[derive(Template)]
#[template(path = "dashboard/returns/form.html")]
struct Page {
    frame: Frame,
    form: Form,
    number: String,
    at: String,
    rows: Vec<Row>,
    reasons: Vec<(&'static str, &'static str)>,
    once: String,
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, order: OrderId, status: StatusCode, form: Form) -> PageResult {
    let at = format!("/orders/{order}");
    let (number, left) =
        app.read(&who.ctx, move |tx, ctx| Ok((orders::get(tx, ctx, &order)?.summary.number, returns::left(tx, ctx, &order)?))).await?;
    let row = |l: returns::Left| Row {
        line: l.line,
        title: if l.bought.title.is_empty() { l.bought.sku } else { l.bought.title },
        bought: l.bought.quantity,
        left: l.left.normalize().to_string(),
    };
    let page = Page {
        frame: frame(app, who, "orders", uri, headers).await?,
        once: once(&form, who),
        form,
        number,
        at,
        rows: left.into_iter().filter(|l| !l.left.is_zero()).map(row).collect(),
        reasons: Reason::ALL.iter().map(|r| (r.name(), r.label())).collect(),
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn new(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&order, "order")?, StatusCode::OK, Form::default()).await
}

/// The lines of which something comes back.
fn lines(t: &Typed) -> Result<Vec<LineBack>> {
    let mut all = Vec::new();
    for (name, quantity) in t.0.iter().filter(|(_, quantity)| !quantity.trim().is_empty()) {
        let Some(line) = name.strip_prefix("quantity.").and_then(|n| n.parse::<i64>().ok()) else { continue };
        let reason = t.get(&format!("reason.{line}")).parse::<Reason>();
        let reason = reason.map_err(|()| Problems::one(format!("reason.{line}"), "unknown", "Choose why."))?;
        let quantity = if quantity.contains('.') { quantity.clone() } else { quantity.replacen(',', ".", 1) };
        all.push(LineBack { line, quantity, reason });
    }
    Ok(all)
}

/// Problems of the verb speak of the lines that were sent; the form names them by their place in the order.
fn placed(error: Error, lines: &[LineBack]) -> Error {
    let Error::Invalid(mut problems) = error else { return error };
    for problem in &mut problems.0 {
        let at = problem.field.strip_prefix("lines.").and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
        match at.and_then(|i| lines.get(i)) {
            Some(line) => problem.field = format!("quantity.{}", line.line),
            None if problem.field == "lines" => problem.field = String::new(),
            None => {}
        }
    }
    Error::Invalid(problems)
}

/// Writes it down, once.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>, typed: Typed) -> PageResult {
    let order: OrderId = id(&order, "order")?;
    let (which, sent) = (order.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/orders/{which}/returns/new"), |tx| {
                let lines = lines(&sent)?;
                let new = NewReturn { lines: lines.clone(), note: sent.text("note") };
                let id = returns::request(tx, ctx, &which, &new).map_err(|e| placed(e, &lines))?;
                Ok(Reply::new(303, format!("/returns/{id}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Return written down.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, order, status, form).await
        }
    }
}
