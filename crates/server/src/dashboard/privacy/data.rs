//! One person's data: the file, and what they asked about it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use domain::invoices::due_days;
use domain::kit::CustomerId;
use domain::privacy::data::{self, Format};
use domain::privacy::requests;
use domain::{customers, merchants};

use super::list::standing;
use crate::app::App;
use crate::dashboard::files::{sent_as, spooled};
use crate::dashboard::{PageResult, Typed, frame, moments, show_with};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/privacy/data.html")]
struct DataPage {
    frame: Frame,
    form: Form,
    at: String,
    name: String,
    /// The customer's id, for a new request.
    id: String,
    /// Address, what is asked, tone, status, due.
    requests: Vec<(String, &'static str, &'static str, &'static str, String)>,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let (c, found, today) = app
        .read(&who.ctx, move |tx, ctx| {
            let c = customers::get(tx, ctx, &customer)?;
            let found = requests::of_customer(tx, ctx, &c.id)?;
            Ok((c, found, i64::from(merchants::settings(tx, ctx)?.zone.day(ctx.now))))
        })
        .await?;
    let line = |q: &requests::Request| {
        let (tone, word) = standing(q, today);
        (format!("/customers/requests/{}", q.id), q.kind.label(), tone, word, moments::date(due_days(q.due_on)))
    };
    let page = DataPage {
        frame: frame(&app, &who, "customers", &uri, &headers).await?,
        form: Form::of([("format", "html")]),
        at: format!("/customers/{}", c.id),
        name: c.display_name,
        id: c.id.to_string(),
        requests: found.iter().map(line).collect(),
    };
    Ok(show_with(StatusCode::OK, &page))
}

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
