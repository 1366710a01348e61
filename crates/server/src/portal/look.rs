//! The merchant's colour as a sheet of its own (nothing stands inline), and its logo.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::{Oops, portal};
use crate::app::App;

fn kept(mut response: Response, kind: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    response
}

/// The sheet: the colour, and the ink that can be read on it.
pub async fn sheet(State(app): State<App>, Path(word): Path<String>) -> Result<Response, Oops> {
    let colour = portal(&app, &word).await?.settings.colour;
    let text = format!(
        ":root {{ --shop: {}; --shop-ink: {}; }}
.bare.wide {{ grid-template-columns: minmax(0, 840px); place-content: start center; }}
.bare > header {{ background: var(--shop); color: var(--shop-ink); padding: var(--s4); border-radius: 8px; }}
.bare > header img {{ inline-size: auto; block-size: 32px; background: #fff; border-radius: 4px; }}
.bare > header .avatar {{ background: var(--shop-ink); color: var(--shop); }}
.button.main, .button.main:hover, .button.main:active {{ background: var(--shop); border-color: var(--edge); color: var(--shop-ink); }}
",
        colour.as_str(),
        colour.ink()
    );
    Ok(kept(text.into_response(), "text/css; charset=utf-8"))
}

/// The logo.
pub async fn logo(State(app): State<App>, Path(word): Path<String>) -> Result<Response, Oops> {
    let (found, now) = (portal(&app, &word).await?, app.now());
    let bytes = app.db.read::<_, domain::Error>(move |tx| domain::portal::logo(tx, &found, now)).await?;
    Ok(kept(bytes.into_response(), "image/png"))
}
