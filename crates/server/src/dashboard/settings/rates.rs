//! Exchange rates by day: typed by hand, or from the file of the European Central Bank (SPEC 5.2).

use askama::Template;
use axum::extract::{Multipart, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::Currency;
use domain::rates::{self, Rate};
use domain::{jobs, merchants};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde::Deserialize;

use super::{Item, around};
use crate::app::App;
use crate::dashboard::choices::Choices;
use crate::dashboard::moments;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::look::{Form, Frame};

const HERE: &str = "/settings/rates";

struct Line {
    currency: &'static str,
    name: String,
    day: String,
    rate: String,
    source: &'static str,
    days: i64,
}

/// Which currency's days are shown below the list.
#[derive(Debug, Default, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    currency: String,
}

#[derive(Template)]
#[template(path = "dashboard/settings/rates.html")]
struct RatesPage {
    frame: Frame,
    entries: Vec<Item>,
    own: &'static str,
    lines: Vec<Line>,
    chosen: &'static str,
    days: Vec<Line>,
    form: Form,
    file: Form,
    choices: Choices,
}

fn line(rate: Rate, days: i64) -> Line {
    let day = date(1970, 1, 1).checked_add(i64::from(rate.day).days()).map(moments::date).unwrap_or_default();
    let source = if rate.source == "ecb" { "ECB" } else { "By hand" };
    Line { currency: rate.currency.code(), name: rate.currency.name().to_owned(), day, rate: rate.per_euro, source, days }
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    chosen: Option<Currency>,
    status: StatusCode,
    forms: (Option<Form>, Form),
) -> Result<Response, PageError> {
    let (own, newest, days) = app
        .read(&who.ctx, move |tx, ctx| {
            let days = match chosen {
                Some(currency) => rates::list(tx, ctx, currency, 30)?,
                None => Vec::new(),
            };
            Ok((merchants::settings(tx, ctx)?, rates::newest(tx, ctx)?, days))
        })
        .await?;
    let form = forms.0.unwrap_or_else(|| {
        let currency = chosen.map_or("", Currency::code);
        Form::of([("currency", currency.to_owned()), ("day", own.zone.date(who.ctx.now).to_string())])
    });
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let page = RatesPage {
        frame,
        entries,
        own: own.currency.code(),
        lines: newest.into_iter().map(|(rate, days)| line(rate, days)).collect(),
        chosen: chosen.map_or("", Currency::code),
        days: days.into_iter().map(|rate| line(rate, 0)).collect(),
        form,
        file: forms.1,
        choices: Choices::default(),
    };
    Ok(show_with(status, &page))
}

/// The newest rate of each currency, and the days of one.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Query(chosen): Query<Chosen>) -> PageResult {
    let chosen = Currency::of(&chosen.currency);
    render(&app, &who, &uri, &headers, chosen, StatusCode::OK, (None, Form::default())).await
}

/// A rate by hand.
pub async fn put(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let (currency, day, rate) = (Currency::of(typed.get("currency")), typed.get("day").parse::<Date>().ok(), typed.text("rate"));
    let (Some(currency), Some(day)) = (currency, day) else {
        let mut form = typed.form();
        if currency.is_none() {
            form.fail("currency", "Choose a currency.");
        }
        if day.is_none() {
            form.fail("day", "Choose a day.");
        }
        return render(&app, &who, &uri, &headers, None, StatusCode::UNPROCESSABLE_ENTITY, (Some(form), Form::default())).await;
    };
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            if let Some(after) = rates::put_rate(tx, ctx, currency, day, &rate)? {
                let job = jobs::enqueue(tx, ctx, merchants::REVALUE, &serde_json::json!({ "after": after }), 0)?;
                tracing::debug!(%job, "values are worked out anew");
            }
            Ok(())
        })
        .await;
    match done {
        Ok(()) => Ok(toasted(see_other(&format!("{HERE}?currency={currency}")), "Rate saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, Some(currency), status, (Some(form), Form::default())).await
        }
    }
}

/// The bank's file.
pub async fn file(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, mut parts: Multipart) -> PageResult {
    let mut file = Vec::new();
    let mut fault = None;
    while let Ok(Some(part)) = parts.next_field().await {
        if part.name() == Some("file") {
            match part.bytes().await {
                Ok(bytes) => file = bytes.to_vec(),
                Err(_) => fault = Some("The file is larger than 16 MB or broke off."),
            }
        }
    }
    let done = match fault {
        Some(fault) => Err(domain::kit::Problems::one("file", "invalid", fault)),
        None if file.is_empty() => Err(domain::kit::Problems::one("file", "required", "Choose the bank’s file.")),
        None => match rates::text_of(&file) {
            Err(error) => Err(error),
            Ok(text) => {
                app.write(&who.ctx, move |tx, ctx| {
                    let done = rates::import_ecb(tx, ctx, &text)?;
                    if done.added + done.changed > 0 {
                        jobs::enqueue(tx, ctx, merchants::REVALUE, &serde_json::json!({}), 0)?;
                    }
                    Ok(done)
                })
                .await
            }
        },
    };
    match done {
        Ok(done) => {
            let text = format!("{} rates added, {} changed, {} as before.", done.added, done.changed, done.unchanged);
            Ok(toasted(see_other(HERE), &text, None))
        }
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, None, status, (None, form)).await
        }
    }
}
