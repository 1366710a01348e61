//! Store credit spent on an invoice: all that is left and there is, or a part; and taken off again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{InvoiceId, Money, PaymentId};
use domain::replies::Reply;
use domain::{credit, customers, invoices};

use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/invoices/use_credit.html")]
struct Page {
    frame: Frame,
    form: Form,
    at: String,
    number: String,
    /// Whose credit it is.
    name: String,
    rest: Money,
    there: Money,
    /// The lower of the two.
    most: Money,
    once: String,
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    invoice: InvoiceId,
    status: StatusCode,
    form: Option<Form>,
) -> PageResult {
    let at = format!("/invoices/{invoice}");
    let (i, name, there, most) = app
        .read(&who.ctx, move |tx, ctx| {
            let i = invoices::get(tx, ctx, &invoice)?.summary;
            let most = invoices::credit_for(tx, ctx, &i)?;
            let (mut name, mut there) = (String::new(), 0);
            if let Some(customer) = &i.customer {
                name = customers::get(tx, ctx, customer)?.display_name;
                there = credit::balances(tx, ctx, customer)?.into_iter().find(|b| b.currency == i.currency).map_or(0, |b| b.minor);
            }
            Ok((i, name, there, most))
        })
        .await?;
    let money = |minor| Money::new(minor, i.currency);
    let form = form.unwrap_or_else(|| Form::of([("amount", money(most).plain())]));
    let page = Page {
        frame: frame(app, who, "invoices", uri, headers).await?,
        once: once(&form, who),
        form,
        at,
        name,
        rest: money(i.rest()),
        there: money(there),
        most: money(most),
        number: i.number.unwrap_or_default(),
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(invoice): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&invoice, "invoice")?, StatusCode::OK, None).await
}

/// Uses it, once.
pub async fn spend(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(invoice): Path<String>,
    typed: Typed,
) -> PageResult {
    let invoice: InvoiceId = id(&invoice, "invoice")?;
    let (which, sent) = (invoice.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/invoices/{which}/store-credit"), |tx| {
                let i = invoices::get(tx, ctx, &which)?.summary;
                let amount = sent.amount(Money::new(i.rest(), i.currency))?;
                let payment = invoices::use_credit(tx, ctx, &which, amount.minor)?;
                let said = (format!("{amount} of store credit used."), format!("/invoices/{which}/store-credit/{payment}/undo"));
                Ok(Reply::new(303, format!("/invoices/{which}"), serde_json::json!(said).to_string()))
            })
        })
        .await;
    match done {
        Ok(reply) => {
            let (said, undo) = serde_json::from_str::<(String, String)>(&reply.body).unwrap_or_default();
            Ok(toasted(see_other(&reply.location), &said, Some(&undo)))
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, invoice, status, Some(form)).await
        }
    }
}

/// Takes it off again.
pub async fn undo(State(app): State<App>, who: Who, Path((invoice, payment)): Path<(String, String)>) -> PageResult {
    let (invoice, payment): (InvoiceId, PaymentId) = (id(&invoice, "invoice")?, id(&payment, "payment")?);
    let which = invoice.clone();
    app.write(&who.ctx, move |tx, ctx| invoices::undo_credit(tx, ctx, &which, &payment)).await?;
    Ok(toasted(see_other(&format!("/invoices/{invoice}")), "Store credit taken off the invoice: it is back in the ledger.", None))
}
