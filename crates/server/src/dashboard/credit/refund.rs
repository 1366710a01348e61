//! A refund as store credit: the money stays, and what is left to refund shrinks all the same (SPEC 5.4).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::credit::{self, CreditRefund};
use domain::kit::{Money, PaymentId};
use domain::replies::Reply;
use domain::{merchants, payments};

use crate::app::App;
use crate::dashboard::customers::profile::PaymentLine;
use crate::dashboard::{PageError, PageResult, Typed, again, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/credit/refund.html")]
struct Refund {
    frame: Frame,
    form: Form,
    line: PaymentLine,
    left: Money,
    /// What the owner has already, in this currency.
    has: Option<Money>,
    at: String,
    back: String,
    once: String,
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    payment: PaymentId,
    status: StatusCode,
    form: Option<Form>,
) -> Result<Response, PageError> {
    let (p, has, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let p = payments::get(tx, ctx, &payment)?;
            let has = match &p.customer {
                Some(customer) => credit::balances(tx, ctx, customer)?.into_iter().find(|b| b.currency == p.currency),
                None => None,
            };
            Ok((p, has, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let left = Money::new(p.refundable, p.currency);
    let form = form.unwrap_or_else(|| Form::of([("amount", left.plain())]));
    let once = once(&form, who);
    let page = Refund {
        frame: frame(app, who, "customers", uri, headers).await?,
        form,
        left,
        has: has.filter(|b| b.minor > 0),
        at: format!("/payments/{}/refund/credit", p.id),
        back: crate::dashboard::payments::back(&p),
        line: PaymentLine::of(p, &zone),
        once,
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(payment): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&payment, "payment")?, StatusCode::OK, None).await
}

/// Gives the credit, once.
pub async fn refund(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(payment): Path<String>,
    typed: Typed,
) -> PageResult {
    let payment: PaymentId = id(&payment, "payment")?;
    if let Some(page) = again::for_refund(&app, &who, &uri, &headers, &typed, &payment).await? {
        return Ok(page);
    }
    let (which, sent) = (payment.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/payments/{which}/refund/credit"), |tx| {
                let p = payments::get(tx, ctx, &which)?;
                let amount = sent.amount(Money::new(p.refundable, p.currency))?;
                credit::refund_as_credit(
                    tx,
                    ctx,
                    &CreditRefund { payment: which.clone(), amount: amount.minor, reason: sent.text("reason") },
                )?;
                let said = format!("{amount} given as store credit.");
                Ok(Reply::new(303, crate::dashboard::payments::back(&p), serde_json::json!(said).to_string()))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), &serde_json::from_str::<String>(&reply.body).unwrap_or_default(), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, payment, status, Some(form)).await
        }
    }
}
