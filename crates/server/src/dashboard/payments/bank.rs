//! What the bank said of money that no provider watches: a payment that came back, a dispute that was decided.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{DisputeId, Money, PaymentId};
use domain::payments::disputes::{self, DisputeStatus};
use domain::payments::{self, PaymentView};
use domain::{Error, merchants};

use super::ask::{Question, show};
use super::back;
use crate::app::App;
use crate::dashboard::customers::profile::PaymentLine;
use crate::dashboard::{PageResult, Typed, refused, see_other, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::Form;

async fn ask_bounce(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    payment: PaymentId,
    status: StatusCode,
    form: Form,
) -> PageResult {
    let (p, zone) = app.read(&who.ctx, move |tx, ctx| Ok((payments::get(tx, ctx, &payment)?, merchants::settings(tx, ctx)?.zone))).await?;
    let (at, back) = (format!("/payments/{}/bounce", p.id), back(&p));
    let mut says = vec![
        "A returned cheque, a debit that was called back: the payment stops counting, for the status and for the lifetime value."
            .to_owned(),
    ];
    if let Some(number) = &p.order_number {
        says.push(format!("Order {number} is unpaid again."));
    }
    says.push("Invoices that it paid are unpaid again. This cannot be undone: record a new payment when the money comes.".to_owned());
    let line = PaymentLine::of(p, &zone);
    let title = format!("The bank took back {} of {}?", line.amount, line.at.shown);
    let question = Question { title, says, reasons: true, button: "Mark as bounced", danger: true, at, back, ..Question::default() };
    show(app, who, uri, headers, question, status, form).await
}

/// Asks whether it is meant.
pub async fn bounce_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(payment): Path<String>) -> PageResult {
    ask_bounce(&app, &who, &uri, &headers, id(&payment, "payment")?, StatusCode::OK, Form::default()).await
}

/// Marks it.
pub async fn bounce(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(payment): Path<String>,
    typed: Typed,
) -> PageResult {
    let payment: PaymentId = id(&payment, "payment")?;
    let (which, reason) = (payment.clone(), typed.text("reason"));
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            payments::bounce(tx, ctx, &which, &reason)?;
            payments::get(tx, ctx, &which)
        })
        .await;
    match done {
        Ok(p) => Ok(toasted(see_other(&back(&p)), "Payment marked as bounced.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            ask_bounce(&app, &who, &uri, &headers, payment, status, form).await
        }
    }
}

async fn ask_decide(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    dispute: DisputeId,
    status: StatusCode,
    form: Form,
) -> PageResult {
    let (d, p): (_, PaymentView) = app
        .read(&who.ctx, move |tx, ctx| {
            let d = disputes::get(tx, ctx, &dispute)?;
            let p = payments::get(tx, ctx, &d.payment)?;
            Ok((d, p))
        })
        .await?;
    if d.status != DisputeStatus::Open {
        let words = format!("This dispute is decided: it was {}.", d.status.label().to_lowercase());
        return Err(Error::conflict("dispute_state", words).into());
    }
    let amount = Money::new(d.amount, d.currency);
    let says = vec![format!(
        "Won: nothing changes. Lost: {amount} leaves the lifetime value, and the payment stops counting for the status. It cannot be undone."
    )];
    let title = format!("How was the dispute of {amount} decided?");
    let at = format!("/disputes/{}/decide", d.id);
    let question = Question { title, says, decides: true, button: "Note the decision", at, back: back(&p), ..Question::default() };
    show(app, who, uri, headers, question, status, form).await
}

/// Asks how.
pub async fn decide_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(dispute): Path<String>) -> PageResult {
    ask_decide(&app, &who, &uri, &headers, id(&dispute, "dispute")?, StatusCode::OK, Form::default()).await
}

/// Notes how.
pub async fn decide(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(dispute): Path<String>,
    typed: Typed,
) -> PageResult {
    let dispute: DisputeId = id(&dispute, "dispute")?;
    let (which, won) = (dispute.clone(), typed.text("won"));
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let won = match won.as_str() {
                "yes" => true,
                "no" => false,
                _ => return Err(domain::kit::Problems::one("won", "required", "Choose how it was decided.")),
            };
            disputes::close(tx, ctx, &which, won)?;
            let payment = disputes::get(tx, ctx, &which)?.payment;
            Ok((won, payments::get(tx, ctx, &payment)?))
        })
        .await;
    match done {
        Ok((won, p)) => Ok(toasted(see_other(&back(&p)), if won { "Dispute won." } else { "Dispute lost." }, None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            ask_decide(&app, &who, &uri, &headers, dispute, status, form).await
        }
    }
}
