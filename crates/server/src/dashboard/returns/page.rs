//! One return: what comes back and why, how far it came, what was given for it, and what may be done.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::events::{self, Entry};
use domain::kit::{Ctx, Discount, Money, ReturnId, Right, Zone};
use domain::payments::refunds::RefundStatus;
use domain::returns::{self, Return, State as Step};
use domain::tasks::On;
use domain::{customers, merchants, payments};
use store::Tx;

use super::shown::{Line, line};
use crate::app::App;
use crate::dashboard::customers::profile::Happened;
use crate::dashboard::discounts;
use crate::dashboard::orders::page::price;
use crate::dashboard::reason::{Asking, ask};
use crate::dashboard::tasks::Section;
use crate::dashboard::{PageResult, Typed, frame, moments, see_other, show, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame, When};

/// What this person may do with it as it stands: no button is shown that would be refused.
#[derive(Clone, Copy, Debug, Default)]
struct May {
    approve: bool,
    receive: bool,
    refund: bool,
    replace: bool,
    close: bool,
    reject: bool,
}

/// A line that comes back, in words.
struct Row {
    title: String,
    sku: String,
    quantity: String,
    price: String,
    /// `10% off`; empty for none.
    off: String,
    reason: &'static str,
}

/// A refund, in words.
struct Gave {
    amount: String,
    tone: &'static str,
    words: &'static str,
    at: When,
}

#[derive(Template)]
#[template(path = "dashboard/returns/page.html")]
struct Page {
    frame: Frame,
    line: Line,
    t: Return,
    rows: Vec<Row>,
    refunds: Vec<Gave>,
    todo: Section,
    happened: Vec<Happened>,
    steps: Vec<(&'static str, When)>,
    may: May,
}

struct Read {
    back: Return,
    /// Money of the order that could be given back.
    refundable: bool,
    todo: Section,
    entries: Vec<Entry>,
    zone: Zone,
}

fn read(tx: &mut Tx, ctx: &Ctx, id: &ReturnId) -> domain::Result<Read> {
    let back = returns::get(tx, ctx, id)?;
    let refundable = payments::of_order(tx, ctx, &back.summary.order)?.iter().any(|p| p.refundable > 0);
    let entries = events::of_subject(tx, ctx, back.summary.customer.as_ref(), id.as_str(), 500)?;
    let active = back.summary.customer.as_ref().map(|c| customers::get(tx, ctx, c)).transpose()?.is_none_or(|c| c.is_active());
    let todo = Section::read(tx, ctx, &On::Return(id.clone()), active, &format!("/returns/{id}"), 50)?;
    Ok(Read { back, refundable, todo, entries, zone: merchants::settings(tx, ctx)?.zone })
}

fn may(ctx: &Ctx, back: &Return, refundable: bool) -> May {
    let (write, s) = (ctx.may(Right::Orders), &back.summary);
    let untouched = back.given() == 0 && s.replacement.is_none();
    May {
        approve: write && s.state == Step::Requested,
        receive: write && s.state == Step::Approved,
        refund: ctx.may(Right::Refund) && refundable && s.state.is_due(),
        replace: write && s.replacement.is_none() && !back.is_paid_back() && s.state.is_due(),
        close: write && s.state.is_due(),
        reject: write && untouched && matches!(s.state, Step::Requested | Step::Approved),
    }
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(back): Path<String>) -> PageResult {
    let back: ReturnId = id(&back, "return")?;
    let Read { back, refundable, todo, entries, zone } = app.read(&who.ctx, move |tx, ctx| read(tx, ctx, &back)).await?;
    let s = &back.summary;
    let row = |l: &returns::ReturnLine| Row {
        title: l.title.clone(),
        sku: l.sku.clone(),
        quantity: l.quantity.clone(),
        price: price(&l.unit_price, s.currency),
        off: discounts::shown(Discount::kept(&l.discount), s.currency),
        reason: l.reason.label(),
    };
    let gave = |g: &returns::Given| Gave {
        amount: Money::new(g.amount, g.currency).to_string(),
        tone: match g.status {
            RefundStatus::Pending => "attention",
            RefundStatus::Done => "good",
            RefundStatus::Failed => "problem",
        },
        words: g.status.label(),
        at: moments::day(&zone, g.at),
    };
    let over = if s.state == Step::Rejected { "Rejected" } else { "Closed" };
    let steps = [(over, s.closed_at), ("Received", s.received_at), ("Approved", s.approved_at), ("Requested", Some(s.created_at))];
    Ok(show(&Page {
        frame: frame(&app, &who, "returns", &uri, &headers).await?,
        line: line(s.clone(), &zone),
        rows: back.lines.iter().map(row).collect(),
        refunds: back.refunds.iter().map(gave).collect(),
        todo,
        happened: Happened::all(&entries, &zone),
        steps: steps.into_iter().filter_map(|(word, at)| at.map(|at| (word, moments::moment(&zone, at)))).collect(),
        may: may(&who.ctx, &back, refundable),
        t: back,
    }))
}

async fn go(
    app: &App,
    who: &Who,
    back: &str,
    said: &str,
    verb: impl Fn(&mut Tx, &Ctx, &ReturnId) -> domain::Result<()> + Send + Sync + 'static,
) -> PageResult {
    let back: ReturnId = id(back, "return")?;
    let which = back.clone();
    app.write(&who.ctx, move |tx, ctx| verb(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&format!("/returns/{back}")), said, None))
}

/// It may come.
pub async fn approve(State(app): State<App>, who: Who, Path(back): Path<String>) -> PageResult {
    go(&app, &who, &back, "Return approved.", returns::approve).await
}

/// It is here.
pub async fn receive(State(app): State<App>, who: Who, Path(back): Path<String>) -> PageResult {
    go(&app, &who, &back, "Return received.", returns::receive).await
}

/// Nothing is expected any more.
pub async fn close(State(app): State<App>, who: Who, Path(back): Path<String>) -> PageResult {
    go(&app, &who, &back, "Return closed.", returns::close).await
}

/// Orders the same goods once more at no charge; leads to that order.
pub async fn replace(State(app): State<App>, who: Who, Path(back): Path<String>) -> PageResult {
    let back: ReturnId = id(&back, "return")?;
    let order = app.write(&who.ctx, move |tx, ctx| returns::replace(tx, ctx, &back)).await?;
    Ok(toasted(see_other(&format!("/orders/{order}")), "Replacement ordered at no charge.", None))
}

async fn asking(app: &App, who: &Who, back: ReturnId) -> domain::Result<Asking> {
    let at = format!("/returns/{back}");
    let number = app.read(&who.ctx, move |tx, ctx| Ok(returns::get(tx, ctx, &back)?.summary.number)).await?;
    Ok(Asking {
        room: "returns",
        title: format!("Reject return {number}?"),
        words: "The goods are not taken back. The return is closed, and its lines may be asked for again.",
        field: ("answer", "Why"),
        button: "Reject return",
        action: format!("{at}/reject"),
        back: (at, format!("Return {number}")),
    })
}

/// Asks why.
pub async fn ask_reject(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(back): Path<String>) -> PageResult {
    let a = asking(&app, &who, id(&back, "return")?).await?;
    ask(&app, &who, &uri, &headers, a, StatusCode::OK, Form::default()).await
}

/// It will not be taken.
pub async fn reject(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(back): Path<String>, typed: Typed) -> PageResult {
    let sent = typed.clone();
    let done = go(&app, &who, &back, "Return rejected.", move |tx, ctx, id| returns::reject(tx, ctx, id, sent.get("answer"))).await;
    match done {
        Err(error) if error.0.status == 422 => {
            let mut form = typed.form();
            form.fail("answer", error.0.errors.first().map_or(error.0.detail.clone(), |e| e.detail.clone()));
            let a = asking(&app, &who, id(&back, "return")?).await?;
            ask(&app, &who, &uri, &headers, a, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
        done => done,
    }
}
