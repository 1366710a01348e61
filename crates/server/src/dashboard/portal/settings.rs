//! How the portal looks and what customers may do there.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::portal::{self as room, Settings, SettingsEdit};

use crate::app::App;
use crate::dashboard::settings::{Item, around};
use crate::dashboard::{PageResult, Typed, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::look::{Form, Frame};

const HERE: &str = "/settings/portal";

#[derive(Template)]
#[template(path = "dashboard/portal/settings.html")]
struct Page {
    frame: Frame,
    entries: Vec<Item>,
    form: Form,
    /// `https://desk.example.com/portal/`
    before: String,
    /// Where it is, when it is open.
    at: String,
    /// Mail can be sent.
    mail: bool,
}

/// A merchant's name as a word: "Kilde & Co" is `kilde-co`.
fn word_of(name: &str) -> String {
    let lower = name.to_lowercase();
    let parts = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty());
    parts.collect::<Vec<_>>().join("-").chars().take(40).collect::<String>().trim_matches('-').to_owned()
}

fn stored(s: &Settings, name: &str) -> Form {
    let word = if s.word.is_empty() { word_of(name) } else { s.word.clone() };
    let mut form = Form::of([("word", word), ("colour", s.colour.as_str().to_owned())]);
    for (box_, on) in [("enabled", s.enabled), ("may_cancel", s.may_cancel), ("may_ask", s.may_ask), ("may_return", s.may_return)] {
        if on {
            form.set(box_, "on");
        }
    }
    form
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Option<Form>) -> PageResult {
    let (s, name) = app.read(&who.ctx, |tx, ctx| Ok((room::settings(tx, ctx)?, domain::merchants::settings(tx, ctx)?.name))).await?;
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let before = format!("{}/portal/", app.config.origin());
    let page = Page {
        frame,
        entries,
        form: form.unwrap_or_else(|| stored(&s, &name)),
        at: if s.enabled { format!("/portal/{}", s.word) } else { String::new() },
        before,
        mail: app.config.smtp.is_some(),
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&app, &who, &uri, &headers, StatusCode::OK, None).await
}

/// Saves it.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let edit = SettingsEdit {
        enabled: typed.ticked("enabled"),
        word: typed.text("word"),
        colour: typed.text("colour"),
        may_cancel: typed.ticked("may_cancel"),
        may_ask: typed.ticked("may_ask"),
        may_return: typed.ticked("may_return"),
    };
    match app.write(&who.ctx, move |tx, ctx| room::edit(tx, ctx, &edit)).await {
        Ok(_) => Ok(toasted(see_other(HERE), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, status, Some(form)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::word_of;

    #[test]
    fn a_name_becomes_a_word() {
        assert_eq!(["Kilde & Co", "  Rösterei 7 ", "日本"].map(word_of), ["kilde-co", "r-sterei-7", ""]);
    }
}
