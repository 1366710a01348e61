//! One person's data as a file.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use domain::kit::CustomerId;
use domain::privacy::data::{self, Format};

use crate::app::App;
use crate::dashboard::files::{sent_as, spooled};
use crate::dashboard::{PageResult, Typed};
use crate::http::Who;
use crate::http::guard::id;

/// The file. That it was taken, and by whom, stands on the timeline.
pub async fn file(State(app): State<App>, who: Who, Path(customer): Path<String>, typed: Typed) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let format = typed.get("format").parse::<Format>().unwrap_or(Format::Html);
    let name = format!("data-{customer}.{}", format.name());
    let (at_work, ctx) = (app.clone(), who.ctx.clone());
    let written =
        tokio::task::spawn_blocking(move || spooled(|out| data::write(&at_work.db, &ctx, &customer, format, out).map(drop))).await;
    let file = written.map_err(|error| domain::Error::Internal(error.to_string()))??;
    let mut answer = sent_as(file, format.media_type(), &name);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(answer)
}
