//! One affiliate: sums of a time, the payments behind them, and what was paid out.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::affiliates::{self, Affiliate, Commission, Payout, Total};
use domain::kit::{AffiliateId, Money, PageKey, Right};
use domain::merchants;

use super::span::{Choice, Span, between};
use crate::app::App;
use crate::dashboard::customers::profile::{address, param};
use crate::dashboard::{PageResult, frame, moments, see_other, show, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, Page, When};

const ROWS: usize = 50;
/// Payouts that are shown.
const PAYOUTS: i64 = 50;

struct Line {
    c: Commission,
    at: When,
}

struct Paid {
    p: Payout,
    amount: Money,
    at: When,
    what: String,
}

#[derive(Template)]
#[template(path = "dashboard/affiliates/page.html")]
struct One {
    frame: Frame,
    form: Form,
    a: Affiliate,
    terms: String,
    path: String,
    choices: Vec<Choice>,
    words: String,
    totals: Vec<Total>,
    lines: Vec<Line>,
    pages: Page,
    payouts: Vec<Paid>,
    may_edit: bool,
    may_pay: bool,
    may_export: bool,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    let which: AffiliateId = id(&which, "affiliate")?;
    let (span, after) = (Span::of(|name| param(&uri, name)), param(&uri, "after").parse::<PageKey>().ok());
    let (behind, path) = (after.clone(), format!("/affiliates/{which}"));
    let (a, totals, mut found, payouts, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let zone = merchants::settings(tx, ctx)?.zone;
            let period = span.period(&zone);
            Ok((
                affiliates::get(tx, ctx, &which)?,
                affiliates::totals_of(tx, ctx, &which, period)?,
                affiliates::commissions(tx, ctx, Some(&which), period, behind.as_ref(), ROWS as i64 + 1)?,
                affiliates::payouts(tx, ctx, &which, PAYOUTS)?,
                zone,
            ))
        })
        .await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|c| PageKey { at: c.paid_at, id: c.payment.to_string() }.to_string());
    let here = |key: Option<String>| {
        let [from, until] = span.values();
        address(&path, &[from, until, ("after", key)])
    };
    let paid = |p: Payout| Paid {
        amount: Money::new(p.amount, p.currency),
        at: moments::day(&zone, p.paid_at),
        what: between(&zone, p.from, p.until),
        p,
    };
    let page = One {
        frame: frame(&app, &who, "affiliates", &uri, &headers).await?,
        form: Form::of(span.values().map(|(name, value)| (name, value.unwrap_or_default()))),
        terms: a.terms_words(),
        a,
        choices: span.choices(&path, zone.date(who.ctx.now)),
        words: span.words(),
        totals,
        pages: Page { range: String::new(), previous: after.map(|_| here(None)), next: next.map(|key| here(Some(key))) },
        lines: found.into_iter().map(|c| Line { at: moments::day(&zone, c.paid_at), c }).collect(),
        payouts: payouts.into_iter().map(paid).collect(),
        may_edit: who.ctx.may(Right::Settings),
        may_pay: who.ctx.may(Right::Refund),
        may_export: who.ctx.may(Right::Export),
        path,
    };
    Ok(show(&page))
}

/// Earns nothing new any more.
pub async fn archive(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which: AffiliateId = id(&which, "affiliate")?;
    let (back, undo) = (format!("/affiliates/{which}"), format!("/affiliates/{which}/unarchive"));
    let a = app.write(&who.ctx, move |tx, ctx| affiliates::archive(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&back), &format!("“{}” archived.", a.name), Some(&undo)))
}

/// Earns again.
pub async fn unarchive(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let which: AffiliateId = id(&which, "affiliate")?;
    let back = format!("/affiliates/{which}");
    let a = app.write(&who.ctx, move |tx, ctx| affiliates::unarchive(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&back), &format!("“{}” earns again.", a.name), None))
}
