//! Settings of privacy: the term of legal copies, retention by shop with exact numbers before anything happens, and *Obfuscate enabled* of a customer.

use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{Ctx, CustomerId, Problems, Right, ShopId};
use domain::privacy::{self, retention};

use crate::app::App;
use crate::dashboard::settings::{Item, around};
use crate::dashboard::{PageResult, Typed, refused, see_other, show_with, toasted, tones};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

const HERE: &str = "/settings/privacy";
/// So long somebody waits for numbers.
const PATIENCE: Duration = Duration::from_secs(25);

#[derive(Template)]
#[template(path = "dashboard/privacy/settings.html")]
struct Page {
    frame: Frame,
    entries: Vec<Item>,
    form: Form,
    settings: privacy::Settings,
    /// Each with the field of its days of warning.
    rules: Vec<(retention::Rule, String)>,
    has_rule: bool,
    /// What a run would do; absent while nobody has counted.
    numbers: Option<Numbers>,
    /// Why it could not be counted.
    uncounted: Option<&'static str>,
    may_change: bool,
}

/// What a run would do now.
struct Numbers {
    will: u64,
    words: String,
    /// "3 customers", when any would be.
    warned: Option<String>,
    refused: Vec<(String, String)>,
}

impl Numbers {
    fn of(dry: retention::Outcome) -> Self {
        let customers = |n: u64| if n == 1 { "1 customer".to_owned() } else { format!("{} customers", tones::number(n)) };
        Self {
            will: dry.will,
            words: customers(dry.will),
            warned: (dry.warn > 0).then(|| customers(dry.warn)),
            refused: dry.refused.into_iter().map(|(reason, n)| (tones::number(n), reason)).collect(),
        }
    }
}

/// Counts in short transactions, one after the other.
async fn counted(app: &App, ctx: &Ctx) -> domain::Result<retention::Outcome> {
    let mut counted = retention::Counted::default();
    while !counted.is_over {
        let so_far = counted.clone();
        counted = app.read(ctx, move |tx, ctx| retention::count_on(tx, ctx, so_far.clone())).await?;
    }
    Ok(counted.outcome)
}

/// The numbers, or why there are none: the page stands without them.
async fn numbers(app: &App, ctx: &Ctx) -> (Option<Numbers>, Option<&'static str>) {
    match tokio::time::timeout(PATIENCE, counted(app, ctx)).await {
        Ok(Ok(dry)) => (Some(Numbers::of(dry)), None),
        Ok(Err(error)) => {
            tracing::error!(error = error.logged(), "what retention would do could not be counted");
            (None, Some("The numbers could not be counted. Try again in a moment."))
        }
        Err(_) => (
            None,
            Some("Counting takes too long with so many customers. The daily run goes on by itself; try again when less is going on."),
        ),
    }
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Option<Form>, count: bool) -> PageResult {
    let (settings, rules) = app.read(&who.ctx, |tx, ctx| Ok((privacy::settings(tx, ctx)?, retention::rules(tx, ctx)?))).await?;
    let has_rule = rules.iter().any(|r| r.months.is_some());
    let (numbers, uncounted) = if has_rule && count { numbers(app, &who.ctx).await } else { (None, None) };
    let form = form.unwrap_or_else(|| {
        let months = rules.iter().map(|r| (r.shop.to_string(), r.months.map(|m| m.to_string()).unwrap_or_default()));
        let days = rules.iter().map(|r| (days_of(&r.shop), r.warn_days.map(|d| d.to_string()).unwrap_or_default()));
        Form::of(months.chain(days).chain([("years".to_owned(), settings.own.map(|y| y.to_string()).unwrap_or_default())]))
    });
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let page = Page {
        frame,
        entries,
        form,
        settings,
        rules: rules.into_iter().map(|r| (r.clone(), days_of(&r.shop))).collect(),
        has_rule,
        numbers,
        uncounted,
        may_change: who.ctx.may(Right::Settings),
    };
    Ok(show_with(status, &page))
}

/// The field of a shop's days of warning.
fn days_of(shop: &ShopId) -> String {
    format!("{shop}-days")
}

/// The page; with what a run would do now when its address asks for the numbers, which a script does behind it.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let count = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).any(|(key, _)| key == "numbers");
    render(&app, &who, &uri, &headers, StatusCode::OK, None, count).await
}

/// A whole number, or nothing.
fn number(typed: &Typed, field: &str) -> domain::Result<Option<i64>> {
    let text = typed.get(field).trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Problems::one(field, "invalid", "Type a whole number, or nothing."))
}

/// How long legal copies are kept.
pub async fn years(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let sent = typed.clone();
    match app.write(&who.ctx, move |tx, ctx| privacy::save_settings(tx, ctx, number(&sent, "years")?)).await {
        Ok(()) => Ok(toasted(see_other(HERE), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, status, Some(form), false).await
        }
    }
}

/// The months of each shop.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let sent = typed.clone();
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let mut problems = Problems::default();
            for rule in retention::rules(tx, ctx)? {
                let field = rule.shop.as_str();
                // The verb speaks of months; here each shop has a field of its own.
                let days = days_of(&rule.shop);
                let set = number(&sent, field)
                    .and_then(|months| number(&sent, &days).and_then(|days| retention::set_rule(tx, ctx, &rule.shop, months, days)));
                match set {
                    Err(domain::Error::Invalid(Problems(all))) => all.into_iter().for_each(|p| {
                        let field = if p.field == "warn_days" || p.field == days { days.as_str() } else { field };
                        problems.add(field, p.code, p.message);
                    }),
                    other => other?,
                }
            }
            problems.check()
        })
        .await;
    match done {
        Ok(()) => Ok(toasted(see_other(HERE), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, status, Some(form), false).await
        }
    }
}

/// Begins a run; its page shows how far it is, and stops it.
pub async fn run(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    if !super::is_confirmed(&typed) {
        let mut form = typed.form();
        form.fail("word", super::CONFIRM);
        return render(&app, &who, &uri, &headers, StatusCode::UNPROCESSABLE_ENTITY, Some(form), true).await;
    }
    match app.write(&who.ctx, retention::start).await {
        Ok(job) => Ok(see_other(&format!("/jobs/{job}"))),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, status, Some(form), true).await
        }
    }
}

/// Ticks or unticks *Obfuscate enabled*.
pub async fn obfuscate(State(app): State<App>, who: Who, Path(customer): Path<String>, typed: Typed) -> PageResult {
    let (customer, enabled) = (id::<CustomerId>(&customer, "customer")?, typed.ticked("enabled"));
    let which = customer.clone();
    app.write(&who.ctx, move |tx, ctx| retention::set_enabled(tx, ctx, &which, enabled)).await?;
    let said = if enabled { "The retention rules apply." } else { "Left out of the retention rules." };
    Ok(toasted(see_other(&format!("/customers/{customer}/privacy")), said, None))
}
