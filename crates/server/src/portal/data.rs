//! Asking for one's data, or for it to be erased or put right (SPEC 11.4), where the merchant takes it here.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use domain::invoices::due_days;
use domain::portal::{self as room, Visitor};
use domain::privacy::requests::{Kind, State as Step};

use super::{Shell, Shown, read, show_with, write};
use crate::app::App;
use crate::dashboard::{Typed, moments, refused, see_other};
use crate::look::Form;

struct Asked {
    kind: &'static str,
    on: String,
    state: &'static str,
    due: String,
}

#[derive(Template)]
#[template(path = "portal/data.html")]
struct Page {
    shell: Shell,
    asked: Vec<Asked>,
    kinds: Vec<(&'static str, &'static str)>,
    form: Form,
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Access => "See the data you keep about me",
        Kind::Erasure => "Erase the data you keep about me",
        Kind::Correction => "Correct the data you keep about me",
    }
}

async fn render(app: &App, v: &Visitor, uri: &Uri, status: StatusCode, form: Form) -> domain::Result<Response> {
    if !v.portal.settings.may_ask {
        return Err(domain::Error::NotFound("page"));
    }
    let found = read(app, v, room::requests).await?;
    let day = |n: i64| moments::date(due_days(n));
    let asked = found.iter().map(|q| Asked {
        kind: words(q.kind),
        on: day(q.received_on),
        state: q.state.label(),
        due: if q.state == Step::Open { day(q.due_on) } else { String::new() },
    });
    let kinds = Kind::ALL.iter().map(|k| (k.name(), words(*k))).collect();
    Ok(show_with(status, &Page { shell: Shell::on(v, uri, "/data"), asked: asked.collect(), kinds, form }))
}

/// The page.
pub async fn page(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri) -> Shown {
    Ok(render(&app, &v, &uri, StatusCode::OK, Form::of([("kind", Kind::Access.name())])).await?)
}

/// Asks.
pub async fn ask(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, typed: Typed) -> Shown {
    let sent = typed.clone();
    let done = write(&app, &v, move |tx, v| {
        let wrong = |()| domain::kit::Problems::one("kind", "required", "Choose what you ask for.");
        room::ask_data(tx, v, sent.get("kind").parse().map_err(wrong)?, sent.get("note"))
    })
    .await;
    match done {
        Ok(_) => Ok(see_other(&format!("{}/data?done=asked", v.portal.at()))),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            Ok(render(&app, &v, &uri, status, form).await?)
        }
    }
}
