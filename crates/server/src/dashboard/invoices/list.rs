//! Invoices and credit notes of all customers and guests, newest first, by state or number.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use domain::invoices::{self, Filter};
use domain::kit::PageKey;
use domain::merchants;

use super::shown::{Line, line};
use crate::app::App;
use crate::dashboard::customers::profile::{address, param};
use crate::dashboard::{PageResult, frame, show};
use crate::http::Who;
use crate::look::{Form, Frame, Page};

const ROWS: i64 = 50;
/// What is chosen beside the states: issued, not paid, and its day is over.
const OVERDUE: &str = "overdue";

#[derive(Template)]
#[template(path = "dashboard/invoices/list.html")]
struct List {
    frame: Frame,
    form: Form,
    states: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    pages: Page,
    is_filtered: bool,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let asked = |name: &str| param(&uri, name);
    let (q, state, after) = (asked("q"), asked("state"), asked("after").parse::<PageKey>().ok());
    let (number, chosen, behind) = (q.clone(), state.clone(), after.clone());
    let (found, today) = app
        .read(&who.ctx, move |tx, ctx| {
            let today = i64::from(merchants::settings(tx, ctx)?.zone.day(ctx.now));
            let filter = Filter {
                state: chosen.parse().ok(),
                number: number.clone(),
                due_before: (chosen == OVERDUE).then_some(today),
                after: behind.clone(),
                limit: ROWS,
                ..Filter::default()
            };
            Ok((invoices::list(tx, ctx, &filter)?, today))
        })
        .await?;
    let here = |key: Option<String>| address("/invoices", &[("q", Some(q.clone())), ("state", Some(state.clone())), ("after", key)]);
    let pages = Page {
        range: String::new(),
        previous: after.map(|_| here(None)),
        next: found.next.as_ref().map(|key| here(Some(key.to_string()))),
    };
    let mut states: Vec<_> = invoices::State::ALL.iter().map(|s| (s.name(), s.label())).collect();
    states.insert(3, (OVERDUE, "Overdue"));
    let page = List {
        frame: frame(&app, &who, "invoices", &uri, &headers).await?,
        lines: found.invoices.into_iter().map(|s| line(s, today)).collect(),
        is_filtered: !q.is_empty() || !state.is_empty(),
        form: Form::of([("q", q), ("state", state)]),
        states,
        pages,
    };
    Ok(show(&page))
}
