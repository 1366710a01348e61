//! Money that came by hand for an invoice: all that is left, or a part.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::invoices::{self, Pay};
use domain::kit::{InvoiceId, Money};
use domain::merchants;
use domain::replies::Reply;

use crate::app::App;
use crate::dashboard::payments::{kinds, manual, moment_of};
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/invoices/pay.html")]
struct Page {
    frame: Frame,
    form: Form,
    at: String,
    number: String,
    left: Money,
    kinds: Vec<(&'static str, &'static str)>,
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
    let (i, zone) =
        app.read(&who.ctx, move |tx, ctx| Ok((invoices::get(tx, ctx, &invoice)?.summary, merchants::settings(tx, ctx)?.zone))).await?;
    let left = Money::new(i.rest(), i.currency);
    let usual = [("amount", left.plain()), ("kind", "transfer".to_owned()), ("day", zone.date(who.ctx.now).to_string())];
    let form = form.unwrap_or_else(|| Form::of(usual));
    let page = Page {
        frame: frame(app, who, "invoices", uri, headers).await?,
        once: once(&form, who),
        form,
        at,
        number: i.number.unwrap_or_default(),
        left,
        kinds: kinds(),
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(invoice): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&invoice, "invoice")?, StatusCode::OK, None).await
}

/// Records it, once.
pub async fn record(
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
            sent.once(tx, ctx, &format!("/invoices/{which}/pay"), |tx| {
                let i = invoices::get(tx, ctx, &which)?.summary;
                let amount = sent.amount(Money::new(i.rest(), i.currency))?;
                let paid_at = moment_of(tx, ctx, sent.get("day"))?;
                let pay = Pay { amount: amount.minor, kind: manual(sent.get("kind"))?, paid_at, note: sent.text("note") };
                invoices::record(tx, ctx, &which, &pay)?;
                Ok(Reply::new(303, format!("/invoices/{which}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Payment recorded.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, invoice, status, Some(form)).await
        }
    }
}
