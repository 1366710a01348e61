//! A dialog that says what will happen before something is done that nothing takes back.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, Uri};

use super::{PageResult, frame, show_with};
use crate::app::App;
use crate::http::Who;
use crate::look::Frame;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Sure {
    /// The room of the page.
    pub room: &'static str,
    /// `Withdraw invoice 2026-0007?`
    pub title: String,
    /// What will happen, in numbers.
    pub words: String,
    /// The word of the button that does it.
    pub button: &'static str,
    /// The word of the link that leaves all as it is.
    pub keep: &'static str,
    /// Where the button sends; a part of the address of the thing.
    pub act: &'static str,
    /// The thing's own page: address and name.
    pub at: (String, String),
}

#[derive(Template)]
#[template(path = "dashboard/sure.html")]
struct Page {
    frame: Frame,
    s: Sure,
}

/// The dialog.
///
/// # Errors
/// When the frame cannot be read.
pub async fn sure(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, s: Sure) -> PageResult {
    let frame = frame(app, who, s.room, uri, headers).await?;
    Ok(show_with(StatusCode::OK, &Page { frame, s }))
}
