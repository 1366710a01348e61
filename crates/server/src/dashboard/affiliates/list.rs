//! All affiliates with what they earned, were paid and are owed for a time, by currency.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use domain::affiliates::{self, Affiliate, Total};
use domain::kit::Right;
use domain::merchants;

use super::span::{Choice, Span};
use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::{PageResult, frame, show};
use crate::http::Who;
use crate::look::{Form, Frame};

struct Line {
    a: Affiliate,
    terms: String,
    totals: Vec<Total>,
}

#[derive(Template)]
#[template(path = "dashboard/affiliates/list.html")]
struct List {
    frame: Frame,
    form: Form,
    lines: Vec<Line>,
    choices: Vec<Choice>,
    words: String,
    query: String,
    may_edit: bool,
    may_export: bool,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let span = Span::of(|name| param(&uri, name));
    let (all, totals, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let zone = merchants::settings(tx, ctx)?.zone;
            Ok((affiliates::list(tx, ctx)?, affiliates::totals(tx, ctx, span.period(&zone))?, zone))
        })
        .await?;
    let line = |a: Affiliate| {
        let totals = totals.iter().filter(|t| t.affiliate == a.id).cloned().collect();
        Line { terms: a.terms_words(), totals, a }
    };
    let page = List {
        frame: frame(&app, &who, "affiliates", &uri, &headers).await?,
        form: Form::of(span.values().map(|(name, value)| (name, value.unwrap_or_default()))),
        lines: all.into_iter().map(line).collect(),
        choices: span.choices("/affiliates", zone.date(who.ctx.now)),
        words: span.words(),
        query: span.at(""),
        may_edit: who.ctx.may(Right::Settings),
        may_export: who.ctx.may(Right::Export),
    };
    Ok(show(&page))
}
