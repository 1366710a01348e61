//! The merchant itself: name, currency, time zone, country, and how long a customer stays Active.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::customers::merge;
use domain::merchants::{self, MerchantEdit, Settings};

use super::{Item, around};
use crate::app::App;
use crate::dashboard::choices::Choices;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, anew, see_other, show_with, toasted};
use crate::http::Who;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/settings/merchant.html")]
struct MerchantPage {
    frame: Frame,
    entries: Vec<Item>,
    form: Form,
    choices: Choices,
    /// What is said while statuses are worked out under changed settings.
    anew: Option<String>,
}

fn stored(s: &Settings, undo_days: i64) -> Form {
    Form::of([
        ("name", s.name.clone()),
        ("currency", s.currency.code().to_owned()),
        ("time_zone", s.zone_name.clone()),
        ("country", s.country.clone()),
        ("active_days", s.active_days.to_string()),
        ("merge_undo_days", undo_days.to_string()),
    ])
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Form) -> Result<Response, PageError> {
    let (frame, entries) = around(app, who, uri, headers, "/settings/merchant").await?;
    let anew = app.read(&who.ctx, merchants::anew).await?.as_ref().map(anew::words);
    Ok(show_with(status, &MerchantPage { frame, entries, form, choices: Choices::default(), anew }))
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let (settings, days) = app.read(&who.ctx, |tx, ctx| Ok((merchants::settings(tx, ctx)?, merge::undo_days(tx, ctx)?))).await?;
    render(&app, &who, &uri, &headers, StatusCode::OK, stored(&settings, days)).await
}

/// Saves it.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let edit = MerchantEdit {
        name: typed.text("name"),
        currency: typed.text("currency"),
        time_zone: typed.text("time_zone"),
        country: typed.text("country"),
        active_days: typed.get("active_days").trim().parse().unwrap_or(0),
    };
    let days = typed.ticked("merge_undo_days").then(|| typed.get("merge_undo_days").trim().parse().unwrap_or(-1));
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            if let Some(days) = days {
                merge::set_undo_days(tx, ctx, days)?;
            }
            let before = merchants::settings(tx, ctx)?.rule_version;
            Ok((before, merchants::edit(tx, ctx, &edit)?.rule_version))
        })
        .await;
    match done {
        Ok((before, now)) if before != now => {
            Ok(toasted(see_other("/settings/merchant"), "Saved. Statuses and totals are being worked out anew.", None))
        }
        Ok(_) => Ok(toasted(see_other("/settings/merchant"), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, status, form).await
        }
    }
}
