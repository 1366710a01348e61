//! The affiliate and the commission of one payment, with what they were before (SPEC 2.5).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::affiliates::{self, Change, Commission};
use domain::events::{self, Entry};
use domain::kit::{AffiliateId, Money, PaymentId, Problems};
use domain::{merchants, payments};

use crate::app::App;
use crate::dashboard::customers::profile::{Happened, PaymentLine};
use crate::dashboard::{PageError, PageResult, Typed, frame, payments as pages, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

/// Changes of commissions that are looked through for this payment's.
const HISTORY: usize = 200;

#[derive(Template)]
#[template(path = "dashboard/affiliates/payment.html")]
struct Dialog {
    frame: Frame,
    form: Form,
    line: PaymentLine,
    left: Money,
    now: Option<Commission>,
    choices: Vec<(String, String)>,
    history: Vec<Happened>,
    at: String,
    back: String,
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
    let (p, now, all, entries, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let p = payments::get(tx, ctx, &payment)?;
            let entries: Vec<Entry> = match &p.customer {
                Some(customer) => events::timeline(tx, ctx, customer, "commission", None, HISTORY)?.entries,
                None => Vec::new(),
            };
            let own = entries.into_iter().filter(|e| e.subject_id == payment.as_str()).collect::<Vec<_>>();
            let now = affiliates::commission_of(tx, ctx, &payment)?;
            Ok((p, now, affiliates::list(tx, ctx)?, own, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let form = form.unwrap_or_else(|| {
        let (affiliate, amount) = now.as_ref().map_or_else(Default::default, |c| (c.affiliate.to_string(), c.money(c.amount).plain()));
        Form::of([("affiliate", affiliate), ("amount", amount)])
    });
    let offered = all.into_iter().filter(|a| a.archived_at.is_none() || now.as_ref().is_some_and(|c| c.affiliate == a.id));
    let page = Dialog {
        frame: frame(app, who, "customers", uri, headers).await?,
        form,
        left: Money::new(p.amount - p.refunded - p.lost, p.currency),
        choices: offered.map(|a| (a.id.to_string(), format!("{} ({}, {})", a.name, a.code, a.terms_words()))).collect(),
        history: Happened::all(&entries, &zone),
        at: format!("/payments/{}/affiliate", p.id),
        back: pages::back(&p),
        line: PaymentLine::of(p, &zone),
        now,
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(payment): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&payment, "payment")?, StatusCode::OK, None).await
}

/// Says it.
pub async fn set(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(payment): Path<String>, typed: Typed) -> PageResult {
    let payment: PaymentId = id(&payment, "payment")?;
    let (which, sent) = (payment.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let p = payments::get(tx, ctx, &which)?;
            affiliates::set(tx, ctx, &which, &read(&sent, &p)?)?;
            Ok(pages::back(&p))
        })
        .await;
    match done {
        Ok(back) => Ok(toasted(see_other(&back), "Affiliate and commission saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, payment, status, Some(form)).await
        }
    }
}

fn read(t: &Typed, p: &payments::PaymentView) -> domain::Result<Change> {
    if t.get("affiliate").is_empty() {
        return Ok(Change::default());
    }
    let affiliate: AffiliateId =
        t.get("affiliate").parse().map_err(|()| Problems::one("affiliate", "unknown", "Choose one of the affiliates."))?;
    if t.get("amount").trim().is_empty() {
        return Ok(Change { affiliate: Some(affiliate), amount: None });
    }
    let amount = t.amount(Money::new(250, p.currency))?;
    Ok(Change { affiliate: Some(affiliate), amount: Some(amount.minor) })
}
