//! A refund: what is left, all of it or a part, and why (SPEC 2.5, 5.4). The button repeats the verb and the amount.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{Money, PaymentId};
use domain::merchants;
use domain::payments::{self, refunds};
use domain::providers::{self, Way};
use domain::replies::Reply;

use crate::app::App;
use crate::dashboard::customers::profile::PaymentLine;
use crate::dashboard::{PageResult, Typed, again, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, band};

#[derive(Template)]
#[template(path = "dashboard/payments/refund.html")]
struct Refund {
    frame: Frame,
    form: Form,
    line: PaymentLine,
    left: Money,
    given: Option<String>,
    pending: Option<String>,
    /// The provider it goes through; empty when it is only written down.
    through: &'static str,
    at: String,
    back: String,
    once: String,
}

/// Where one goes afterwards: the customer's payments, the order of a guest, or the payment itself.
pub fn back(p: &payments::PaymentView) -> String {
    match (&p.customer, &p.order) {
        (Some(customer), _) => format!("/customers/{customer}/payments"),
        (None, Some(order)) => format!("/orders/{order}"),
        (None, None) => format!("/payments/{}", p.id),
    }
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    payment: PaymentId,
    status: StatusCode,
    form: Option<Form>,
) -> PageResult {
    let (p, way, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let p = payments::get(tx, ctx, &payment)?;
            Ok((p.clone(), providers::way(tx, ctx, &p)?, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let left = Money::new(p.refundable, p.currency);
    let form = form.unwrap_or_else(|| Form::of([("amount", left.plain())]));
    let once = once(&form, who);
    let page = Refund {
        frame: frame(app, who, "customers", uri, headers).await?.under(band(usize::from(!p.live), 1)),
        form,
        left,
        through: if let Way::Provider(account) = &way { account.provider.label() } else { "" },
        pending: (p.refund_pending > 0).then(|| Money::new(p.refund_pending, p.currency).to_string()),
        given: (p.refunded > 0).then(|| Money::new(p.refunded, p.currency).to_string()),
        at: format!("/payments/{}/refund", p.id),
        back: back(&p),
        line: PaymentLine::of(p, &zone),
        once,
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(payment): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&payment, "payment")?, StatusCode::OK, None).await
}

/// Gives it back, once.
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
            sent.once(tx, ctx, &format!("/payments/{which}/refund"), |tx| {
                let p = payments::get(tx, ctx, &which)?;
                let amount = sent.amount(Money::new(p.refundable, p.currency))?;
                let done = match providers::way(tx, ctx, &p)? {
                    Way::Provider(account) => format!("{amount} asked back from {}.", account.provider.label()),
                    Way::Recorded => format!("{amount} refunded."),
                };
                let refund = providers::refund(tx, ctx, &which, amount.minor, sent.get("reason"))?;
                if sent.ticked("tell_customer") {
                    refunds::tell_payer(tx, ctx, &refund)?;
                }
                Ok(Reply::new(303, back(&p), serde_json::json!({ "done": done }).to_string()))
            })
        })
        .await;
    match done {
        Ok(reply) => {
            let body: serde_json::Value = serde_json::from_str(&reply.body).unwrap_or_default();
            Ok(toasted(see_other(&reply.location), body["done"].as_str().unwrap_or_default(), None))
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, payment, status, Some(form)).await
        }
    }
}
