//! How the staff signs in: which roles need a second factor, which come in through the identity provider, and above which amount a refund needs a fresh
//! sign-in (SPEC 14.1).

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::{ALL_ROLES, Currency, Money, Problems, Role};
use domain::merchants;
use domain::staff::rules::{self, Rules};

use super::staff::is_owner;
use super::{Item, around};
use crate::app::App;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, oidc, see_other, show_with, toasted};
use crate::http::Who;
use crate::look::{Form, Frame};

const HERE: &str = "/settings/sign-in";

#[derive(Template)]
#[template(path = "dashboard/settings/sign_in.html")]
struct SignInRules {
    frame: Frame,
    entries: Vec<Item>,
    form: Form,
    roles: Vec<(&'static str, &'static str)>,
    currency: &'static str,
    /// Owners alone change it.
    owner: bool,
    /// What is asked about the identity provider, where there is one.
    provider: Option<String>,
}

fn stored(rules: &Rules) -> Form {
    let required = rules.required.iter().map(|role| ("required", role.name()));
    let mut form = Form::of(required.chain(rules.provider.iter().map(|role| ("provider", role.name()))));
    if let Some(limit) = rules.refund_limit {
        form.set("refund_limit", limit.plain());
    }
    form
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    status: StatusCode,
    form: Option<Form>,
) -> Result<Response, PageError> {
    let (rules, own) = app.read(&who.ctx, |tx, ctx| Ok((rules::get(tx, ctx)?, merchants::settings(tx, ctx)?.currency))).await?;
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let page = SignInRules {
        frame,
        entries,
        form: form.unwrap_or_else(|| stored(&rules)),
        roles: ALL_ROLES.into_iter().map(|role| (role.name(), role.label())).collect(),
        currency: currency(&rules, own).code(),
        owner: is_owner(who),
        provider: oidc::name(app).map(|name| format!("Must sign in with {name}")),
    };
    Ok(show_with(status, &page))
}

/// A limit keeps the currency it was set in.
fn currency(rules: &Rules, own: Currency) -> Currency {
    rules.refund_limit.map_or(own, |limit| limit.currency)
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&app, &who, &uri, &headers, StatusCode::OK, None).await
}

/// Saves it.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let roles = |field: &str| typed.all(field).filter_map(|name| name.parse().ok()).collect::<Vec<Role>>();
    let (required, provider, limit) = (roles("required"), roles("provider"), typed.text("refund_limit"));
    // Where there is no provider, nothing is asked about it, and what was set stays.
    let has_provider = app.config.oidc.is_some();
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let old = rules::get(tx, ctx)?;
            let currency = currency(&old, merchants::settings(tx, ctx)?.currency);
            let refund_limit = match limit.trim() {
                "" => None,
                text => Some(Money::typed(text, currency).filter(|m| m.minor >= 0).ok_or_else(|| {
                    let example = Money::new(50_000, currency).plain();
                    Problems::one("refund_limit", "invalid", format!("Type an amount such as {example}, or nothing."))
                })?),
            };
            let provider = if has_provider { provider.clone() } else { old.provider };
            rules::set(tx, ctx, &Rules { required: required.clone(), provider, refund_limit })
        })
        .await;
    match done {
        Ok(()) => Ok(toasted(see_other(HERE), "Saved. It holds from the next click of everybody.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, status, Some(form)).await
        }
    }
}
