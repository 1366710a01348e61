//! One offer: what is on it, for whom, until when, its mail and links, and what may be done with it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::events::{self, Entry};
use domain::kit::{Ctx, OfferId, Right, Zone};
use domain::mail::{self, Mail};
use domain::offers::{self, Offer, State as Step};
use domain::tasks::On;
use domain::{customers, merchants};
use store::Tx;

use super::shown::{Line, line};
use crate::app::App;
use crate::dashboard::customers::profile::{Happened, postal};
use crate::dashboard::invoices::{Sent, file, sent};
use crate::dashboard::orders::page as sold;
use crate::dashboard::reason::{Asking, ask};
use crate::dashboard::slow::slow;
use crate::dashboard::sure::{Sure, sure};
use crate::dashboard::tasks::Section;
use crate::dashboard::{PageResult, Typed, frame, moments, see_other, show, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

/// What this person may do with the offer as it stands: no button is shown that would be refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct May {
    pub edit: bool,
    pub send: bool,
    pub answer: bool,
    pub withdraw: bool,
}

impl May {
    fn of(ctx: &Ctx, offer: &Offer) -> Self {
        let (write, state) = (ctx.may(Right::Orders), offer.summary.state);
        Self {
            edit: write && state == Step::Draft,
            send: write && state.is_open() && !offer.lines.is_empty(),
            answer: write && state == Step::Sent,
            withdraw: write && state.is_open(),
        }
    }
}

#[derive(Template)]
#[template(path = "dashboard/offers/page.html")]
struct Page {
    frame: Frame,
    line: Line,
    f: Offer,
    lines: Vec<sold::Line>,
    extras: Vec<(&'static str, String)>,
    total: String,
    billing: Vec<String>,
    mails: Vec<Sent>,
    todo: Section,
    happened: Vec<Happened>,
    link: Option<When>,
    /// The address of a link that was opened a moment ago: shown once.
    fresh: String,
    may: May,
}

struct Read {
    offer: Offer,
    mails: Vec<Mail>,
    todo: Section,
    entries: Vec<Entry>,
    zone: Zone,
}

fn read(tx: &mut Tx, ctx: &Ctx, id: &OfferId) -> domain::Result<Read> {
    let offer = offers::get(tx, ctx, id)?;
    let entries = events::timeline(tx, ctx, &offer.summary.customer, "offer", None, 500)?.entries;
    let entries = entries.into_iter().filter(|e| e.subject_id == id.as_str()).collect();
    let active = customers::get(tx, ctx, &offer.summary.customer)?.is_active();
    let todo = Section::read(tx, ctx, &On::Offer(id.clone()), active, &format!("/offers/{id}"), 50)?;
    Ok(Read { todo, mails: mail::of_offer(tx, ctx, id)?, offer, entries, zone: merchants::settings(tx, ctx)?.zone })
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, offer: OfferId, fresh: String) -> PageResult {
    let Read { offer, mails, todo, entries, zone } = app.read(&who.ctx, move |tx, ctx| read(tx, ctx, &offer)).await?;
    let currency = offer.summary.currency;
    let line = line(offer.summary.clone(), &zone);
    Ok(show(&Page {
        frame: frame(app, who, "offers", uri, headers).await?,
        lines: sold::lines(&offer.lines, currency),
        extras: sold::extras([offer.discount, offer.shipping, offer.tax], currency),
        total: line.total.clone(),
        billing: postal(&offer.buyer.address),
        mails: mails.iter().map(|m| sent(m, &zone)).collect(),
        todo,
        happened: Happened::all(&entries, &zone),
        link: offer.link_at.map(|at| moments::moment(&zone, at)),
        fresh,
        may: May::of(&who.ctx, &offer),
        line,
        f: offer,
    }))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(offer): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&offer, "offer")?, String::new()).await
}

/// The paper.
pub async fn pdf(State(app): State<App>, who: Who, Path(offer): Path<String>) -> PageResult {
    let offer: OfferId = id(&offer, "offer")?;
    let paper = app.read(&who.ctx, move |tx, ctx| offers::paper(tx, ctx, &offer)).await?;
    let name = paper.file_name.clone();
    Ok(file(slow(move || paper.pdf()).await?, "application/pdf", &name))
}

async fn go(
    app: &App,
    who: &Who,
    offer: &str,
    said: &str,
    verb: impl Fn(&mut Tx, &Ctx, &OfferId) -> domain::Result<()> + Send + Sync + 'static,
) -> PageResult {
    let offer: OfferId = id(offer, "offer")?;
    let which = offer.clone();
    app.write(&who.ctx, move |tx, ctx| verb(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&format!("/offers/{offer}")), said, None))
}

/// The buyer said yes by another way: to the order.
pub async fn accept(State(app): State<App>, who: Who, Path(offer): Path<String>) -> PageResult {
    let offer: OfferId = id(&offer, "offer")?;
    let order = app.write(&who.ctx, move |tx, ctx| offers::accept(tx, ctx, &offer)).await?;
    Ok(toasted(see_other(&format!("/orders/{order}")), "Offer accepted: this is its order.", None))
}

/// Says what withdrawing means.
pub async fn ask_withdraw(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(offer): Path<String>) -> PageResult {
    let offer: OfferId = id(&offer, "offer")?;
    let at = format!("/offers/{offer}");
    let s = app.read(&who.ctx, move |tx, ctx| offers::get(tx, ctx, &offer)).await?.summary;
    let ask = Sure {
        room: "offers",
        title: format!("Withdraw offer {}?", s.number),
        words: "It can no longer be accepted, and every link to it says so. This is final: make a new offer instead.".to_owned(),
        button: "Withdraw offer",
        keep: "Keep it",
        act: "withdraw",
        at: (at, s.number),
    };
    sure(&app, &who, &uri, &headers, ask).await
}

/// Takes it back.
pub async fn withdraw(State(app): State<App>, who: Who, Path(offer): Path<String>) -> PageResult {
    go(&app, &who, &offer, "Offer withdrawn.", offers::withdraw).await
}

/// Closes all links.
pub async fn close_links(State(app): State<App>, who: Who, Path(offer): Path<String>) -> PageResult {
    go(&app, &who, &offer, "Links closed.", offers::close_links).await
}

/// Opens a link for the buyer and shows its address, this once; a draft is sent by it.
pub async fn open_link(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(offer): Path<String>) -> PageResult {
    let offer: OfferId = id(&offer, "offer")?;
    let which = offer.clone();
    let secret = app.write(&who.ctx, move |tx, ctx| offers::open_link(tx, ctx, &which)).await?;
    render(&app, &who, &uri, &headers, offer, format!("{}/o/{secret}", app.config.origin())).await
}

async fn asking(app: &App, who: &Who, offer: OfferId) -> domain::Result<Asking> {
    let at = format!("/offers/{offer}");
    let number = app.read(&who.ctx, move |tx, ctx| Ok(offers::get(tx, ctx, &offer)?.summary.number)).await?;
    Ok(Asking {
        room: "offers",
        title: format!("Decline offer {number}?"),
        words: "The buyer said no. The offer is closed, and nothing is ordered.",
        field: ("reason", "What the buyer said"),
        button: "Mark as declined",
        action: format!("{at}/decline"),
        back: (at, format!("Offer {number}")),
    })
}

/// Asks what the buyer said.
pub async fn ask_decline(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(offer): Path<String>) -> PageResult {
    let a = asking(&app, &who, id(&offer, "offer")?).await?;
    ask(&app, &who, &uri, &headers, a, StatusCode::OK, Form::default()).await
}

/// The buyer said no.
pub async fn decline(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(offer): Path<String>,
    typed: Typed,
) -> PageResult {
    let sent = typed.clone();
    let done = go(&app, &who, &offer, "Offer declined.", move |tx, ctx, id| offers::decline(tx, ctx, id, sent.get("reason"))).await;
    match done {
        Err(error) if error.0.status == 422 => {
            let mut form = typed.form();
            form.fail("reason", error.0.errors.first().map_or(error.0.detail.clone(), |e| e.detail.clone()));
            let a = asking(&app, &who, id(&offer, "offer")?).await?;
            ask(&app, &who, &uri, &headers, a, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
        done => done,
    }
}
