//! A dialog that asks why before something is done: a reason in words, and the button that does it.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, Uri};

use super::{PageResult, frame, show_with};
use crate::app::App;
use crate::http::Who;
use crate::look::{Form, Frame};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The room of the page.
    pub room: &'static str,
    /// `Decline offer 1001?`
    pub title: String,
    /// What will happen.
    pub words: &'static str,
    /// The field: its name and label.
    pub field: (&'static str, &'static str),
    /// The word of the button.
    pub button: &'static str,
    /// Where it is sent.
    pub action: String,
    /// Where one came from: address and name.
    pub back: (String, String),
}

#[derive(Template)]
#[template(path = "dashboard/reason.html")]
struct Page {
    frame: Frame,
    form: Form,
    a: Asking,
}

/// The dialog.
///
/// # Errors
/// When the frame cannot be read.
pub async fn ask(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, a: Asking, status: StatusCode, form: Form) -> PageResult {
    let frame = frame(app, who, a.room, uri, headers).await?;
    Ok(show_with(status, &Page { frame, form, a }))
}
