//! What a buyer opens by a link: the invoice and its file, nothing else; not for search engines.

use askama::Template;
use axum::extract::{Path, State};
use domain::invoices::{self, Invoice};
use domain::kit::Ctx;

use super::page::{Row, file, rows};
use super::shown::{Line, line};
use crate::app::App;
use crate::dashboard::buyer::House;
use crate::dashboard::hidden;
use crate::dashboard::slow::slow;
use crate::portal::{Shown, show};

#[derive(Template)]
#[template(path = "dashboard/invoices/public.html")]
struct Page {
    house: House,
    line: Line,
    rows: Vec<Row>,
    rest: Option<String>,
    seller: String,
    at: String,
}

async fn found(app: &App, secret: &str) -> domain::Result<(Ctx, Invoice)> {
    let (secret, now) = (secret.to_owned(), app.now());
    app.db.read::<_, domain::Error>(move |tx| invoices::by_link(tx, &secret, now)).await
}

/// The page.
pub async fn page(State(app): State<App>, Path(secret): Path<String>) -> Shown {
    let (ctx, invoice) = found(&app, &secret).await?;
    let s = invoice.summary.clone();
    let seller = s.seller_name().to_owned();
    let (zone, house) =
        app.read(&ctx, move |tx, ctx| Ok((domain::merchants::settings(tx, ctx)?.zone, House::of(tx, ctx, &seller)?))).await?;
    let rest = (s.rest() > 0).then(|| domain::kit::Money::new(s.rest(), s.currency).to_string());
    let page = Page {
        house,
        rows: rows(&invoice),
        rest,
        seller: s.seller_name().to_owned(),
        at: format!("/i/{secret}"),
        line: line(s, i64::from(zone.day(ctx.now))),
    };
    Ok(show(&page))
}

/// The paper.
pub async fn pdf(State(app): State<App>, Path(secret): Path<String>) -> Shown {
    let (ctx, invoice) = found(&app, &secret).await?;
    let id = invoice.summary.id;
    let paper = app.read(&ctx, move |tx, ctx| invoices::paper(tx, ctx, &id)).await?;
    let name = paper.file_name.clone();
    Ok(hidden(file(slow(move || paper.pdf()).await?, "application/pdf", &name)))
}
