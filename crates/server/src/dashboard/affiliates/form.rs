//! An affiliate made and changed.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::affiliates::{self, Affiliate, AffiliateInput, Terms, parse_percent, percent};
use domain::kit::{AffiliateId, Currency, Money, Problems};
use domain::merchants;

use crate::app::App;
use crate::dashboard::choices::Choices;
use crate::dashboard::{PageError, PageResult, Typed, frame, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/affiliates/form.html")]
struct FormPage {
    frame: Frame,
    form: Form,
    /// The one that is changed; nobody for a new one.
    a: Option<Affiliate>,
    /// Where the form goes.
    action: String,
    back: String,
    choices: Choices,
}

/// What is filled in to begin with.
fn filled(a: &Affiliate) -> Form {
    let amount = a.currency.map_or_else(String::new, |c| Money::new(a.rate, c).plain());
    let share = if a.terms == Terms::Percent { percent(a.rate) } else { String::new() };
    let currency = a.currency.map_or("", Currency::code).to_owned();
    let terms = a.terms.name().to_owned();
    Form::of([
        ("name", a.name.clone()),
        ("code", a.code.clone()),
        ("terms", terms),
        ("percent", share),
        ("amount", amount),
        ("currency", currency),
    ])
}

/// What the form says. The rate is the percentage or the amount, by what is chosen.
fn input(t: &Typed) -> domain::Result<AffiliateInput> {
    let terms: Terms = t.get("terms").parse().map_err(|()| Problems::one("terms", "invalid", "Choose one of the two."))?;
    let currency = Currency::of(t.get("currency"));
    let rate = match (terms, currency) {
        (Terms::Percent, _) => parse_percent(t.get("percent"))
            .ok_or_else(|| Problems::one("percent", "invalid", "Type a share from 0 to 100, such as 7.5."))?,
        (Terms::Amount, Some(currency)) => {
            Money::typed(t.get("amount"), currency)
                .filter(|m| m.minor >= 0)
                .ok_or_else(|| Problems::one("amount", "invalid", "Type an amount such as 5.00."))?
                .minor
        }
        (Terms::Amount, None) => return Err(Problems::one("currency", "required", "Choose the currency of the amount.")),
    };
    Ok(AffiliateInput { name: t.text("name"), code: t.text("code"), terms, rate, currency })
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    which: Option<AffiliateId>,
    status: StatusCode,
    form: Option<Form>,
) -> Result<Response, PageError> {
    let (a, own) = app
        .read(&who.ctx, move |tx, ctx| {
            let a = match &which {
                Some(id) => Some(affiliates::get(tx, ctx, id)?),
                None => None,
            };
            Ok((a, merchants::settings(tx, ctx)?.currency))
        })
        .await?;
    let form = form.unwrap_or_else(|| match &a {
        Some(a) => filled(a),
        None => Form::of([("terms", Terms::Percent.name()), ("percent", "10"), ("currency", own.code())]),
    });
    let back = a.as_ref().map_or_else(|| "/affiliates".to_owned(), |a| format!("/affiliates/{}", a.id));
    let action = a.as_ref().map_or_else(|| "/affiliates/new".to_owned(), |a| format!("/affiliates/{}/edit", a.id));
    let frame = frame(app, who, "affiliates", uri, headers).await?;
    Ok(show_with(status, &FormPage { frame, form, a, action, back, choices: Choices::default() }))
}

/// An empty form.
pub async fn new(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&app, &who, &uri, &headers, None, StatusCode::OK, None).await
}

/// Makes one.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let sent = typed.clone();
    match app.write(&who.ctx, move |tx, ctx| affiliates::create(tx, ctx, &input(&sent)?)).await {
        Ok(a) => Ok(toasted(see_other(&format!("/affiliates/{}", a.id)), &format!("“{}” added.", a.name), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, None, status, Some(form)).await
        }
    }
}

/// The form of one.
pub async fn edit_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, Some(id(&which, "affiliate")?), StatusCode::OK, None).await
}

/// Changes it.
pub async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>, typed: Typed) -> PageResult {
    let which: AffiliateId = id(&which, "affiliate")?;
    let (same, sent) = (which.clone(), typed.clone());
    match app.write(&who.ctx, move |tx, ctx| affiliates::edit(tx, ctx, &same, &input(&sent)?)).await {
        Ok(a) => Ok(toasted(see_other(&format!("/affiliates/{}", a.id)), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, Some(which), status, Some(form)).await
        }
    }
}
