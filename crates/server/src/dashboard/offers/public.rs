//! What a buyer opens by a link: the offer, its paper, and the two buttons that answer it; nothing else, and not for search engines. Looking changes nothing, so
//! that a program that opens links in mails accepts nothing.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::kit::{Ctx, Micros, Zone};
use domain::offers::{self, Offer, State as Step};
use domain::{Error, Result, merchants};
use store::Tx;

use super::shown::{Line, line};
use crate::app::App;
use crate::dashboard::buyer::House;
use crate::dashboard::invoices::file;
use crate::dashboard::orders::page as sold;
use crate::dashboard::slow::slow;
use crate::dashboard::{Typed, hidden, refused, see_other};
use crate::look::Form;
use crate::portal::{Shown, show_with};

const GONE: &str = "This offer cannot be accepted any more. Please ask for a new one.";

#[derive(Template)]
#[template(path = "dashboard/offers/public.html")]
struct Page {
    house: House,
    line: Line,
    lines: Vec<sold::Line>,
    extras: Vec<(&'static str, String)>,
    total: String,
    note: String,
    seller: String,
    form: Form,
    /// It waits for an answer.
    open: bool,
    can_accept: bool,
    /// What became of it, in words for the buyer.
    words: &'static str,
    at: String,
}

async fn found(app: &App, secret: &str) -> Result<(Ctx, Offer)> {
    let (secret, now) = (secret.to_owned(), app.now());
    app.db.read::<_, Error>(move |tx| offers::by_link(tx, &secret, now)).await
}

/// The offer, where its merchant lives, whether it can be accepted now, and what stands around it.
async fn standing(app: &App, secret: &str) -> Result<(Offer, Zone, bool, House)> {
    let (secret, now) = (secret.to_owned(), app.now());
    app.db
        .read::<_, Error>(move |tx| {
            let (ctx, offer) = offers::by_link(tx, &secret, now)?;
            let can = offers::can_be_accepted(tx, &ctx, &offer)?;
            let house = House::of(tx, &ctx, &offer.seller().0)?;
            Ok((offer, merchants::settings(tx, &ctx)?.zone, can, house))
        })
        .await
}

async fn render(app: &App, secret: &str, status: StatusCode, form: Form) -> Shown {
    let (offer, zone, can_accept, house) = standing(app, secret).await?;
    let currency = offer.summary.currency;
    let line = line(offer.summary.clone(), &zone);
    let page = Page {
        house,
        lines: sold::lines(&offer.lines, currency),
        extras: sold::extras([offer.discount, offer.shipping, offer.tax], currency),
        total: line.total.clone(),
        seller: offer.seller().0,
        note: offer.note,
        open: line.s.state == Step::Sent,
        can_accept,
        words: match line.s.state {
            // Whether a customer is archived is nothing a buyer is told.
            Step::Sent if !can_accept && !form.has_errors() => GONE,
            Step::Sent | Step::Draft => "",
            Step::Accepted => "You accepted this offer. Thank you: it is ordered.",
            Step::Declined => "You declined this offer.",
            Step::Expired => "This offer has expired. Ask for a new one.",
            Step::Withdrawn => "This offer was withdrawn.",
        },
        at: format!("/o/{secret}"),
        form,
        line,
    };
    Ok(show_with(status, &page))
}

/// The page.
pub async fn page(State(app): State<App>, Path(secret): Path<String>) -> Shown {
    render(&app, &secret, StatusCode::OK, Form::default()).await
}

/// The paper.
pub async fn pdf(State(app): State<App>, Path(secret): Path<String>) -> Shown {
    let (ctx, offer) = found(&app, &secret).await?;
    let paper = app.read(&ctx, move |tx, ctx| offers::paper(tx, ctx, &offer.summary.id)).await?;
    let name = paper.file_name.clone();
    Ok(hidden(file(slow(move || paper.pdf()).await?, "application/pdf", &name)))
}

/// The buyer says yes.
pub async fn accept(State(app): State<App>, Path(secret): Path<String>) -> Shown {
    answer(&app, secret, Typed::default(), |tx, secret, _, now| offers::accept_by_link(tx, secret, now)).await
}

/// The buyer says no.
pub async fn decline(State(app): State<App>, Path(secret): Path<String>, typed: Typed) -> Shown {
    answer(&app, secret, typed, |tx, secret, typed, now| offers::decline_by_link(tx, secret, typed.get("reason"), now)).await
}

async fn answer(app: &App, secret: String, typed: Typed, verb: fn(&mut Tx, &str, &Typed, Micros) -> Result<()>) -> Shown {
    let (key, sent, now) = (secret.clone(), typed.clone(), app.now());
    match app.db.write::<_, Error>(move |tx| verb(tx, &key, &sent, now)).await {
        Ok(()) => Ok(thanked(&secret)),
        // Whether a customer is archived is nothing a buyer is told.
        Err(Error::Conflict { code: "customer_inactive", .. }) => {
            let mut form = Form::default();
            form.fail("", GONE);
            render(app, &secret, StatusCode::CONFLICT, form).await
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(app, &secret, status, form).await
        }
    }
}

fn thanked(secret: &str) -> Response {
    hidden(see_other(&format!("/o/{secret}")))
}
