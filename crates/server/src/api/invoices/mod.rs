//! Invoices and credit notes: list, draft, issue, credit, pay, send, and their papers.

pub mod body;
mod logo;
mod made;
mod money;
mod settings;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::customers;
use domain::invoices as room;
use domain::kit::{Ctx, CustomerId, InvoiceId, Right};
use store::Tx;
use utoipa_axum::routes;

use self::body::{Invoice, InvoiceCreate, InvoicePatch, InvoiceRow};
use super::asked::{Asked, At, NewestAsked, after, limit};
use super::lists;
use super::types::Page;
use super::write::{Write, done, reply, seeing};
use crate::app::App;
use crate::http::guard::{Caller, id};
use crate::http::{Policy, Problem, Routes};

type Answer<T> = Result<axum::Json<T>, Problem>;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    let (read, orders) = (Policy::May(Right::Read), Policy::May(Right::Orders));
    let routes = routes
        .api(read, routes!(list))
        .api(orders, routes!(create))
        .api(read, routes!(get))
        .api(orders, routes!(edit))
        .api(orders, routes!(discard))
        .api(read, routes!(pdf))
        .api(read, routes!(xml))
        .api(read, routes!(of_customer));
    logo::routes(settings::routes(money::routes(made::routes(routes))))
}

fn page(page: room::Page) -> Page<InvoiceRow> {
    Page { data: page.invoices.into_iter().map(Into::into).collect(), next: page.next.map(|key| key.to_string()), prev: None, total: None }
}

/// List invoices and credit notes.
///
/// Of all customers and guests, drafts too, newest first unless another order is asked for.
#[utoipa::path(get, path = "/api/v1/invoices", operation_id = "listInvoices", tag = "Invoices", params(lists::InvoicesAsked),
    responses((status = 200, body = Page<InvoiceRow>)))]
async fn list(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Answer<Page<InvoiceRow>> {
    let rows = |tx: &mut Tx, ctx: &Ctx, ids: &[String]| Ok(room::listed::rows(tx, ctx, ids)?.into_iter().map(|row| row.invoice).collect());
    lists::page(&app, &ctx, &room::listed::LIST, raw.as_deref(), rows).await
}

/// List the invoices of a customer.
///
/// Newest first, credit notes and drafts too.
#[utoipa::path(get, path = "/api/v1/customers/{id}/invoices", operation_id = "listCustomerInvoices", tag = "Invoices",
    params(("id" = String, Path), NewestAsked), responses((status = 200, body = Page<InvoiceRow>)))]
async fn of_customer(
    State(app): State<App>,
    Caller(ctx): Caller,
    At(text): At<String>,
    Asked(asked): Asked<NewestAsked>,
) -> Answer<Page<InvoiceRow>> {
    let customer: CustomerId = id(&text, "customer")?;
    let (limit, after) = (limit(asked.limit)?, after(asked.after.as_deref())?);
    let found = app
        .read(&ctx, move |tx, ctx| {
            let customer = customers::get(tx, ctx, &customer)?.id;
            room::of_customer(tx, ctx, &customer, after.as_ref(), limit)
        })
        .await?;
    Ok(axum::Json(page(found)))
}

/// Create a draft by hand.
///
/// For a customer. It gets its number when it is issued.
#[utoipa::path(post, path = "/api/v1/invoices", operation_id = "createInvoice", tag = "Invoices", request_body = InvoiceCreate,
    responses((status = 201, body = Invoice)))]
async fn create(State(app): State<App>, caller: Caller, write: Write<InvoiceCreate>) -> Result<Response, Problem> {
    write
        .run(&app, &caller, |tx, ctx, body| {
            let id = room::create(tx, ctx, &body.input())?;
            reply(StatusCode::CREATED, &format!("/api/v1/invoices/{id}"), &whole(tx, ctx, &id)?)
        })
        .await
}

/// What a write answers with, also to those who may write and not read.
fn whole(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> domain::Result<Invoice> {
    room::get(tx, &seeing(ctx), id).map(Into::into)
}

/// Read an invoice.
#[utoipa::path(get, path = "/api/v1/invoices/{id}", operation_id = "getInvoice", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 200, body = Invoice)))]
async fn get(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Answer<Invoice> {
    let id: InvoiceId = id(&text, "invoice")?;
    Ok(axum::Json(app.read(&ctx, move |tx, ctx| room::get(tx, ctx, &id)).await?.into()))
}

/// Change a draft.
///
/// Answers 409 `issued` once it has a number.
#[utoipa::path(patch, path = "/api/v1/invoices/{id}", operation_id = "editInvoice", tag = "Invoices", params(("id" = String, Path)),
    request_body = InvoicePatch, responses((status = 200, body = Invoice)))]
async fn edit(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<InvoicePatch>) -> Result<Response, Problem> {
    step(&app, &caller, &text, write, |tx, ctx, id, body| room::edit(tx, ctx, id, &body.edit())).await
}

/// Discard a draft.
#[utoipa::path(delete, path = "/api/v1/invoices/{id}", operation_id = "discardInvoice", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 204)))]
async fn discard(State(app): State<App>, caller: Caller, At(text): At<String>, write: Write<()>) -> Result<Response, Problem> {
    let id: InvoiceId = id(&text, "invoice")?;
    write.run(&app, &caller, move |tx, ctx, ()| room::discard(tx, ctx, &id).map(|()| done())).await
}

/// Download an invoice as PDF.
///
/// PDF/A-3 with the EN 16931 data inside (Factur-X). Answers 409 `draft` before it is issued.
#[utoipa::path(get, path = "/api/v1/invoices/{id}/pdf", operation_id = "getInvoicePdf", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), (status = 409, description = "A draft has no paper yet")))]
async fn pdf(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<Response, Problem> {
    let id: InvoiceId = id(&text, "invoice")?;
    let paper = app.read(&ctx, move |tx, ctx| room::paper(tx, ctx, &id)).await?;
    let name = paper.file_name.clone();
    let bytes = tokio::task::spawn_blocking(move || paper.pdf()).await.map_err(|e| domain::Error::Internal(e.to_string()))??;
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))], bytes)
        .into_response())
}

/// Download the data of an invoice.
///
/// EN 16931 as UN/CEFACT CII. Answers 409 `not_in_norm` for what the norm cannot say, such as a currency with three decimals.
#[utoipa::path(get, path = "/api/v1/invoices/{id}/xml", operation_id = "getInvoiceXml", tag = "Invoices", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "application/xml"), (status = 409, description = "A draft has no paper yet")))]
async fn xml(State(app): State<App>, Caller(ctx): Caller, At(text): At<String>) -> Result<Response, Problem> {
    let id: InvoiceId = id(&text, "invoice")?;
    let paper = app.read(&ctx, move |tx, ctx| room::paper(tx, ctx, &id)).await?;
    Ok(([(CONTENT_TYPE, "application/xml")], paper.xml()?).into_response())
}

/// One verb on one invoice, answered with the invoice as it is then.
async fn step<T: Clone + Send + Sync + 'static>(
    app: &App,
    caller: &Caller,
    text: &str,
    write: Write<T>,
    verb: impl Fn(&mut Tx, &Ctx, &InvoiceId, &T) -> domain::Result<()> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let id: InvoiceId = id(text, "invoice")?;
    write
        .run(app, caller, move |tx, ctx, body| {
            verb(tx, ctx, &id, body)?;
            reply(StatusCode::OK, "", &whole(tx, ctx, &id)?)
        })
        .await
}
