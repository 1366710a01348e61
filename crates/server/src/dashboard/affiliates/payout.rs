//! What is due for a time, marked as paid.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::affiliates::{self, PayoutInput};
use domain::kit::{AffiliateId, Currency, Money, Problems};
use domain::replies::Reply;
use domain::{Error, merchants};

use super::span::Span;
use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::{PageError, PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/affiliates/payout.html")]
struct Payout {
    frame: Frame,
    form: Form,
    name: String,
    at: String,
    due: Money,
    words: String,
    once: String,
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    which: AffiliateId,
    status: StatusCode,
    form: Form,
) -> Result<Response, PageError> {
    let span = Span::of(|name| form.value(name).to_owned());
    let currency = Currency::of(form.value("currency")).ok_or(Error::NotFound("currency"))?;
    let (a, due) = app
        .read(&who.ctx, move |tx, ctx| {
            let zone = merchants::settings(tx, ctx)?.zone;
            let totals = affiliates::totals_of(tx, ctx, &which, span.period(&zone))?;
            let due = totals.iter().find(|t| t.currency == currency).map_or(0, affiliates::Total::due);
            Ok((affiliates::get(tx, ctx, &which)?, due))
        })
        .await?;
    let once = once(&form, who);
    let page = Payout {
        frame: frame(app, who, "affiliates", uri, headers).await?,
        at: format!("/affiliates/{}", a.id),
        name: a.name,
        due: Money::new(due, currency),
        words: span.words(),
        form,
        once,
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    let which = id(&which, "affiliate")?;
    let form = Form::of(["currency", "from", "until"].map(|name| (name, param(&uri, name))));
    render(&app, &who, &uri, &headers, which, StatusCode::OK, form).await
}

/// Marks it, once.
pub async fn pay(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>, typed: Typed) -> PageResult {
    let which: AffiliateId = id(&which, "affiliate")?;
    let (affiliate, sent) = (which.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/affiliates/{affiliate}/payout"), |tx| {
                let zone = merchants::settings(tx, ctx)?.zone;
                let currency = Currency::of(sent.get("currency"));
                let currency = currency.ok_or_else(|| Problems::one("currency", "unknown", "Choose a currency."))?;
                let expected = Money::parse(sent.get("expected"), currency);
                let expected = expected.ok_or_else(|| Problems::one("expected", "required", "Say what you saw to be due."))?;
                let period = Span::of(|name| sent.text(name)).period(&zone);
                let input =
                    PayoutInput { affiliate: affiliate.clone(), currency, period, expected: Some(expected.minor), note: sent.text("note") };
                affiliates::pay_out(tx, ctx, &input)?;
                let said = format!("{expected} marked as paid.");
                Ok(Reply::new(303, format!("/affiliates/{affiliate}"), serde_json::json!(said).to_string()))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), &serde_json::from_str::<String>(&reply.body).unwrap_or_default(), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, which, status, form).await
        }
    }
}
