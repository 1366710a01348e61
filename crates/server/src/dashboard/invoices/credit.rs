//! A credit note: how much of which line is taken back. Everything that is left stands in the form.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::Error;
use domain::invoices::{self, CreditLine, NewCredit};
use domain::kit::{InvoiceId, Money, Problems};
use domain::replies::Reply;

use super::page::{Row, rows};
use crate::app::App;
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/invoices/credit.html")]
struct Page {
    frame: Frame,
    form: Form,
    at: String,
    number: String,
    left: String,
    /// Line, what it is, what is left of it.
    rows: Vec<(i64, Row, String)>,
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
    let (i, left) = app
        .read(&who.ctx, move |tx, ctx| {
            let i = invoices::get(tx, ctx, &invoice)?;
            let left = invoices::left_of(tx, ctx, &i)?;
            Ok((i, left))
        })
        .await?;
    let rows: Vec<_> = rows(&i).into_iter().zip(left).filter(|(_, (_, q))| q != "0").map(|(row, (line, q))| (line, row, q)).collect();
    let form = form.unwrap_or_else(|| Form::of(rows.iter().map(|(line, _, q)| (format!("quantity.{line}"), q.clone()))));
    let page = Page {
        frame: frame(app, who, "invoices", uri, headers).await?,
        once: once(&form, who),
        form,
        at,
        number: i.summary.number.clone().unwrap_or_default(),
        left: Money::new(i.summary.creditable(), i.summary.currency).to_string(),
        rows,
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(invoice): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&invoice, "invoice")?, StatusCode::OK, None).await
}

/// The lines with a quantity; zero or nothing leaves a line out.
fn chosen(t: &Typed) -> Vec<CreditLine> {
    let read = |(name, value): &(String, String)| {
        let line = name.strip_prefix("quantity.")?.parse().ok()?;
        let quantity = value.trim();
        (!quantity.is_empty() && quantity != "0").then(|| CreditLine { line, quantity: Some(quantity.to_owned()) })
    };
    t.0.iter().filter_map(read).collect()
}

/// Issues it, once.
pub async fn credit(
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
            sent.once(tx, ctx, &format!("/invoices/{which}/credit"), |tx| {
                let lines = chosen(&sent);
                if lines.is_empty() {
                    return Err(Problems::one("lines", "required", "Say how much of at least one line is taken back."));
                }
                let made = invoices::credit(tx, ctx, &which, &NewCredit { lines: Some(lines), reason: sent.text("reason") })?;
                Ok(Reply::new(303, format!("/invoices/{made}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Credit note issued.", None)),
        Err(error) => {
            let lines = chosen(&typed);
            let place = |field: String| {
                let index = field.strip_prefix("lines.").and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
                index.and_then(|i| lines.get(i)).map_or(field, |l| format!("quantity.{}", l.line))
            };
            let error = match error {
                Error::Invalid(problems) => Error::Invalid(Problems(
                    problems
                        .0
                        .into_iter()
                        .map(|mut p| {
                            p.field = place(p.field);
                            p
                        })
                        .collect(),
                )),
                other => other,
            };
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, invoice, status, Some(form)).await
        }
    }
}
