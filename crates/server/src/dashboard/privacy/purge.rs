//! Prospects who never ordered, deleted for good in one go (SPEC 10.3): says exactly how many, then hands on to the group action.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers::bulk::{self, Action, Selection};
use domain::customers::list::ListQuery;
use domain::merchants;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::{PageResult, frame, show_with, tones};
use crate::http::Who;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/privacy/purge.html")]
struct PurgePage {
    frame: Frame,
    form: Form,
    /// The list of whom it would be.
    list: String,
    /// Its query string.
    query: String,
    will: u64,
    /// `12 prospects`
    many: String,
    /// Why others stay, with how many.
    refused: Vec<(String, String)>,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let (typed, indexes) = (param(&uri, "before"), app.indexes.clone());
    let asked: Option<Date> = typed.parse().ok();
    let (query, preview, day) = app
        .read(&who.ctx, move |tx, ctx| {
            let today = merchants::settings(tx, ctx)?.zone.date(ctx.now);
            let day = asked.unwrap_or_else(|| today.checked_sub(1.year()).unwrap_or(today)).min(today);
            let query = ListQuery::never_bought(day).print();
            let selection = Selection::All { query: query.clone(), except: Vec::new() };
            Ok((query, bulk::preview(tx, ctx, &indexes, &selection, &Action::DeletePermanently)?, day))
        })
        .await?;
    let mut form = Form::of([("before", if asked.is_none() && !typed.is_empty() { typed.clone() } else { day.to_string() })]);
    let mut status = StatusCode::OK;
    if asked.is_none() && !typed.is_empty() {
        form.fail("before", "Choose a day.");
        status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let page = PurgePage {
        frame: frame(&app, &who, "customers", &uri, &headers).await?,
        form,
        list: crate::dashboard::customers::address(&query),
        query,
        will: preview.will,
        many: if preview.will == 1 { "1 prospect".to_owned() } else { format!("{} prospects", tones::number(preview.will)) },
        refused: preview.refused.into_iter().map(|(reason, n)| (tones::number(n), reason)).collect(),
    };
    Ok(show_with(status, &page))
}
