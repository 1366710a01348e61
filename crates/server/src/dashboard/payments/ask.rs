//! A dialog that says what will happen and asks whether it is meant.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, Uri};

use crate::app::App;
use crate::dashboard::{PageResult, frame, show_with};
use crate::http::Who;
use crate::look::{Form, Frame};

/// What it says and asks.
#[derive(Default)]
pub struct Question {
    pub title: String,
    pub says: Vec<String>,
    /// How a dispute was decided is chosen.
    pub decides: bool,
    /// A reason may be given.
    pub reasons: bool,
    pub button: &'static str,
    pub danger: bool,
    pub at: String,
    pub back: String,
}

#[derive(Template)]
#[template(path = "dashboard/payments/ask.html")]
struct Ask {
    frame: Frame,
    form: Form,
    title: String,
    says: Vec<String>,
    decides: bool,
    reasons: bool,
    button: &'static str,
    danger: bool,
    at: String,
    back: String,
}

/// Shows it.
pub async fn show(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, q: Question, status: StatusCode, form: Form) -> PageResult {
    let frame = frame(app, who, "customers", uri, headers).await?;
    let Question { title, says, decides, reasons, button, danger, at, back } = q;
    Ok(show_with(status, &Ask { frame, form, title, says, decides, reasons, button, danger, at, back }))
}
