//! Blocked buyers: the list among the settings, and the dialogs that block the card of a payment or a customer.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::blocks::{self, Block, BlockInput, Target};
use domain::kit::{BlockId, CustomerId, PaymentId, Right};
use domain::{customers, merchants, payments};

use super::settings::{Item, around};
use super::{PageError, PageResult, Typed, frame, moments, refused, see_other, show_with, toasted};
use crate::app::App;
use crate::dashboard::customers::profile::PaymentLine;
use crate::http::guard::id;
use crate::http::{Policy, Routes, Who};
use crate::look::{Form, Frame, When};

const HERE: &str = "/settings/blocks";
/// Blocks that are listed.
const MOST: i64 = 500;

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let payments = Policy::May(Right::Payments);
    routes
        .get(HERE, payments, page)
        .post(HERE, payments, block_email)
        .post("/blocks/{id}/lift", payments, lift)
        .get("/payments/{id}/block", payments, card_page)
        .post("/payments/{id}/block", payments, block_card)
        .get("/customers/{id}/block", payments, customer_page)
        .post("/customers/{id}/block", payments, block_customer)
}

struct Line {
    b: Block,
    at: When,
    lifted: Option<When>,
}

#[derive(Template)]
#[template(path = "dashboard/blocks/list.html")]
struct List {
    frame: Frame,
    entries: Vec<Item>,
    form: Form,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "dashboard/blocks/ask.html")]
struct Ask {
    frame: Frame,
    form: Form,
    /// "the card Visa •••• 4242", "Ana Ruiz".
    what: String,
    button: &'static str,
    at: String,
    back: String,
}

async fn list(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Form) -> Result<Response, PageError> {
    let (all, zone) = app.read(&who.ctx, |tx, ctx| Ok((blocks::list(tx, ctx, MOST)?, merchants::settings(tx, ctx)?.zone))).await?;
    let line = |b: Block| Line { at: moments::day(&zone, b.created_at), lifted: b.lifted_at.map(|at| moments::day(&zone, at)), b };
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    Ok(show_with(status, &List { frame, entries, form, lines: all.into_iter().map(line).collect() }))
}

/// The list.
async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    list(&app, &who, &uri, &headers, StatusCode::OK, Form::default()).await
}

/// An e-mail address.
async fn block_email(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let input = BlockInput { target: Target::Email(typed.text("email")), reason: typed.text("reason") };
    match app.write(&who.ctx, move |tx, ctx| blocks::block(tx, ctx, &input)).await {
        Ok(block) => {
            let said = format!("{} blocked.", typed.get("email").trim());
            Ok(toasted(see_other(HERE), &said, Some(&format!("/blocks/{block}/lift"))))
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            list(&app, &who, &uri, &headers, status, form).await
        }
    }
}

/// May check out again. Goes back to where it was pressed.
async fn lift(State(app): State<App>, who: Who, Path(block): Path<String>, typed: Typed) -> PageResult {
    let block: BlockId = id(&block, "block")?;
    let lifted = app.write(&who.ctx, move |tx, ctx| blocks::lift(tx, ctx, &block)).await?;
    let back = match typed.get("back").strip_prefix("/customers/").and_then(|id| id.parse::<CustomerId>().ok()) {
        Some(customer) => format!("/customers/{customer}"),
        None => HERE.to_owned(),
    };
    Ok(toasted(see_other(&back), &format!("{} may check out again.", lifted.shown), None))
}

async fn ask_card(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    payment: PaymentId,
    status: StatusCode,
    form: Form,
) -> Result<Response, PageError> {
    let (p, zone) = app.read(&who.ctx, move |tx, ctx| Ok((payments::get(tx, ctx, &payment)?, merchants::settings(tx, ctx)?.zone))).await?;
    let (at, back) = (format!("/payments/{}/block", p.id), super::payments::back(&p));
    let line = PaymentLine::of(p, &zone);
    let what = if line.method.is_empty() { "the card of this payment".to_owned() } else { format!("the card {}", line.method) };
    let frame = frame(app, who, "customers", uri, headers).await?;
    Ok(show_with(status, &Ask { frame, form, what, button: "Block this card", at, back }))
}

/// The dialog of a card.
async fn card_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(payment): Path<String>) -> PageResult {
    ask_card(&app, &who, &uri, &headers, id(&payment, "payment")?, StatusCode::OK, Form::default()).await
}

/// Blocks the card.
async fn block_card(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(payment): Path<String>,
    typed: Typed,
) -> PageResult {
    let payment: PaymentId = id(&payment, "payment")?;
    let (which, input) = (payment.clone(), BlockInput { target: Target::CardOf(payment.clone()), reason: typed.text("reason") });
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let block = blocks::block(tx, ctx, &input)?;
            Ok((block, super::payments::back(&payments::get(tx, ctx, &which)?)))
        })
        .await;
    match done {
        Ok((block, back)) => Ok(toasted(see_other(&back), "Card blocked from further checkouts.", Some(&format!("/blocks/{block}/lift")))),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            ask_card(&app, &who, &uri, &headers, payment, status, form).await
        }
    }
}

async fn ask_customer(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    customer: CustomerId,
    status: StatusCode,
    form: Form,
) -> Result<Response, PageError> {
    let c = app.read(&who.ctx, move |tx, ctx| customers::get(tx, ctx, &customer)).await?;
    let frame = frame(app, who, "customers", uri, headers).await?;
    let back = format!("/customers/{}", c.id);
    Ok(show_with(status, &Ask { frame, form, what: c.display_name, button: "Block customer", at: format!("{back}/block"), back }))
}

/// The dialog of a customer.
async fn customer_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    ask_customer(&app, &who, &uri, &headers, id(&customer, "customer")?, StatusCode::OK, Form::default()).await
}

/// Blocks the customer.
async fn block_customer(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    typed: Typed,
) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let input = BlockInput { target: Target::Customer(customer.clone()), reason: typed.text("reason") };
    match app.write(&who.ctx, move |tx, ctx| blocks::block(tx, ctx, &input)).await {
        Ok(block) => {
            let undo = format!("/blocks/{block}/lift");
            Ok(toasted(see_other(&format!("/customers/{customer}")), "Blocked from further checkouts.", Some(&undo)))
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            ask_customer(&app, &who, &uri, &headers, customer, status, form).await
        }
    }
}
