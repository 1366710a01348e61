//! Money back for a return: of which payment of the order, all that is left of it or a part (SPEC 2.10, 5.4).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{Money, PaymentId, Problems, ReturnId};
use domain::payments::{self, PaymentView};
use domain::replies::Reply;
use domain::returns::{self, RefundFor, Return};

use crate::app::App;
use crate::dashboard::customers::profile::provider;
use crate::dashboard::{PageResult, Typed, again, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/returns/refund.html")]
struct Page {
    frame: Frame,
    form: Form,
    number: String,
    value: String,
    given: Option<String>,
    /// The goods were sent once more.
    replaced: bool,
    payments: Vec<(String, String)>,
    currency: &'static str,
    at: String,
    once: String,
}

fn shown(p: &PaymentView) -> (String, String) {
    let left = Money::new(p.refundable, p.currency);
    (p.id.to_string(), format!("{}, {}: {left} left", Money::new(p.amount, p.currency), provider(&p.provider)))
}

/// What the form offers, as far as the payment has it: `usual`, in the order's currency. Nothing for goods that were replaced: what is given for the
/// trouble somebody has to say.
fn offered(back: &Return, usual: i64, payments: &[PaymentView]) -> String {
    let s = &back.summary;
    let first = payments.iter().find(|p| p.currency == s.currency).or(payments.first());
    let open = |p: &PaymentView| if p.currency == s.currency || usual == 0 { usual } else { p.refundable };
    first.filter(|p| open(p) > 0).map_or_else(String::new, |p| Money::new(open(p).min(p.refundable), p.currency).plain())
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    back: ReturnId,
    status: StatusCode,
    form: Option<Form>,
) -> PageResult {
    let at = format!("/returns/{back}");
    let (back, mut paid, usual) = app
        .read(&who.ctx, move |tx, ctx| {
            let back = returns::get(tx, ctx, &back)?;
            let paid = payments::of_order(tx, ctx, &back.summary.order)?;
            let usual = returns::usual(tx, ctx, &back)?;
            Ok((back, paid, usual))
        })
        .await?;
    paid.retain(|p| p.refundable > 0);
    let form = form.unwrap_or_else(|| Form::of([("amount", offered(&back, usual, &paid))]));
    let s = &back.summary;
    let page = Page {
        frame: frame(app, who, "returns", uri, headers).await?,
        once: once(&form, who),
        form,
        number: s.number.clone(),
        value: Money::new(s.value, s.currency).to_string(),
        given: (back.given() > 0).then(|| Money::new(back.given(), s.currency).to_string()),
        currency: paid.first().map_or(s.currency, |p| p.currency).code(),
        replaced: usual == 0 && !back.is_paid_back() && s.replacement.is_some(),
        payments: paid.iter().map(shown).collect(),
        at,
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(back): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&back, "return")?, StatusCode::OK, None).await
}

/// Gives it back, once.
pub async fn refund(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(back): Path<String>, typed: Typed) -> PageResult {
    let back: ReturnId = id(&back, "return")?;
    if let Ok(payment) = typed.get("payment").parse::<PaymentId>()
        && let Some(page) = again::for_refund(&app, &who, &uri, &headers, &typed, &payment).await?
    {
        return Ok(page);
    }
    let (which, sent) = (back.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/returns/{which}/refund"), |tx| {
                let unknown = || Problems::one("payment", "unknown", "Choose a payment of the order.");
                let payment: PaymentId = sent.get("payment").parse().map_err(|()| unknown())?;
                let p = payments::get(tx, ctx, &payment)?;
                let amount = sent.amount(Money::new(p.refundable, p.currency))?.minor;
                let refund = returns::refund(tx, ctx, &which, &RefundFor { payment, amount, reason: sent.text("reason") })?;
                if sent.ticked("tell_customer") {
                    payments::refunds::tell_payer(tx, ctx, &refund)?;
                }
                Ok(Reply::new(303, format!("/returns/{which}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Refund given for the return.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, back, status, Some(form)).await
        }
    }
}
