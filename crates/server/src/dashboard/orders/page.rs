//! One order: what was bought, by whom, how far it came, what was paid, what happened.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::{Ctx, Discount, Money, OrderId, Right, Zone};
use domain::orders::{self, Order, State as Step};
use domain::payments::{self, PaymentStatus, PaymentView};
use domain::tasks::On;
use domain::{customers, events, merchants};
use store::Tx;

use crate::app::App;
use crate::dashboard::customers::profile::{Happened, PaymentLine, order_tone, postal};
use crate::dashboard::sure::{Sure, sure};
use crate::dashboard::tasks::Section;
use crate::dashboard::{PageResult, discounts, frame, moments, see_other, show, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Frame, When, band};

/// What can be done with it now by this person.
#[derive(Clone, Copy, Debug, Default)]
struct May {
    place: bool,
    edit: bool,
    /// Write or change the remark.
    note: bool,
    readdress: bool,
    pay: bool,
    /// Ask a customer for what is due: by a link, from a card that is kept.
    ask: bool,
    charge: bool,
    fulfil: bool,
    close: bool,
    cancel: bool,
    refund: bool,
    commission: bool,
    bill: bool,
    give_back: bool,
}

/// A line with its own sum.
pub struct Line {
    pub sku: String,
    pub title: String,
    pub quantity: String,
    pub price: String,
    /// `10% off`; empty for none.
    pub off: String,
    pub sum: String,
}

#[derive(Template)]
#[template(path = "dashboard/orders/page.html")]
struct Page {
    frame: Frame,
    o: Order,
    tone: &'static str,
    word: &'static str,
    ordered: When,
    lines: Vec<Line>,
    payments: Vec<PaymentLine>,
    invoices: Vec<crate::dashboard::invoices::Line>,
    returns: Vec<crate::dashboard::returns::Line>,
    /// The offer it came from: address and number.
    offer: Option<(String, String)>,
    todo: Section,
    /// Who bought: address (empty for a guest) and name.
    buyer: (String, String),
    billing: Vec<String>,
    delivery: Vec<String>,
    total: String,
    due: Option<String>,
    extras: Vec<(&'static str, String)>,
    happened: Vec<Happened>,
    steps: Vec<(&'static str, When)>,
    may: May,
    flag: Option<&'static str>,
}

struct Read {
    order: Order,
    payments: Vec<PaymentView>,
    invoices: Vec<domain::invoices::Summary>,
    returns: Vec<domain::returns::Summary>,
    /// Something of it may still come back.
    left: bool,
    offer: Option<domain::offers::Summary>,
    customer: Option<(String, String)>,
    entries: Vec<events::Entry>,
    todo: Section,
    zone: Zone,
}

fn read(tx: &mut Tx, ctx: &Ctx, id: &OrderId) -> domain::Result<Read> {
    let order = orders::get(tx, ctx, id)?;
    let payments = payments::of_order(tx, ctx, id)?;
    let customer = order.summary.customer.as_ref().map(|c| customers::get(tx, ctx, c)).transpose()?;
    let entries = events::of_subject(tx, ctx, customer.as_ref().map(|c| &c.id), id.as_str(), 500)?;
    let active = customer.as_ref().is_none_or(customers::Customer::is_active);
    let todo = Section::read(tx, ctx, &On::Order(id.clone()), active, &format!("/orders/{id}"), 50)?;
    let customer = customer.map(|c| (format!("/customers/{}", c.id), c.display_name));
    let invoices = domain::invoices::of_order(tx, ctx, id)?;
    let (returns, offer) = (domain::returns::of_order(tx, ctx, id)?, domain::offers::of_order(tx, ctx, id)?);
    let left = domain::returns::left(tx, ctx, id)?.iter().any(|l| !l.left.is_zero());
    Ok(Read { order, payments, invoices, returns, left, offer, customer, entries, todo, zone: merchants::settings(tx, ctx)?.zone })
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>) -> PageResult {
    let order: OrderId = id(&order, "order")?;
    let r = app.read(&who.ctx, move |tx, ctx| read(tx, ctx, &order)).await?;
    let tests = r.payments.iter().filter(|p| !p.live).count();
    let frame = frame(&app, &who, "orders", &uri, &headers).await?.under(band(tests, r.payments.len()));
    Ok(show(&view(frame, &who, r)))
}

fn view(frame: Frame, who: &Who, r: Read) -> Page {
    let (o, zone) = (r.order, r.zone);
    let money = |minor: i64| Money::new(minor, o.summary.currency).to_string();
    let live = |p: &&PaymentView| p.status == PaymentStatus::Settled && p.currency == o.summary.currency;
    let settled: i64 = r.payments.iter().filter(live).map(|p| p.amount).sum();
    // Store credit goes back by itself when an order is cancelled.
    let money_of = |p: &&PaymentView| live(p) && p.provider != domain::credit::PROVIDER;
    let held: i64 = r.payments.iter().filter(money_of).map(|p| p.amount - p.refunded - p.lost).sum();
    let abandoned = o.summary.abandoned_at.is_some();
    let open = o.summary.paid_at.is_none() && matches!(o.summary.state, Step::Open | Step::Fulfilled);
    let due = (o.summary.total - settled).max(0);
    let steps = [("Paid", o.summary.paid_at), ("Fulfilled", o.fulfilled_at), ("Closed", o.closed_at), ("Cancelled", o.cancelled_at)];
    Page {
        frame,
        tone: if abandoned { "quiet" } else { order_tone(o.summary.state) },
        word: if abandoned { "Abandoned" } else { o.summary.state.label() },
        ordered: moments::moment(&zone, o.summary.ordered_at),
        lines: lines(&o.lines, o.summary.currency),
        buyer: r.customer.unwrap_or_else(|| (String::new(), o.summary.name.clone())),
        billing: postal(&o.billing),
        delivery: postal(&o.delivery),
        total: money(o.summary.total),
        due: (open && due > 0).then(|| money(due)),
        extras: extras([o.discount, o.shipping, o.tax], o.summary.currency),
        returns: r.returns.into_iter().map(|t| crate::dashboard::returns::line(t, &zone)).collect(),
        offer: r.offer.map(|f| (format!("/offers/{}", f.id), f.number)),
        happened: Happened::all(&r.entries, &zone),
        steps: steps.into_iter().filter_map(|(word, at)| at.map(|at| (word, moments::moment(&zone, at)))).collect(),
        may: may(
            &who.ctx,
            &o,
            open,
            held,
            r.left,
            r.invoices.iter().any(|i| {
                i.kind == domain::invoices::Kind::Invoice
                    && !matches!(i.state, domain::invoices::State::Void | domain::invoices::State::Credited)
            }),
        ),
        flag: flag_words(&o.summary.flag),
        todo: r.todo,
        invoices: {
            let today = i64::from(zone.day(who.ctx.now));
            r.invoices.into_iter().map(|i| crate::dashboard::invoices::line(i, today)).collect()
        },
        payments: r.payments.into_iter().map(|p| PaymentLine::of(p, &zone)).collect(),
        o,
    }
}

/// No button that would be refused.
fn may(ctx: &Ctx, o: &Order, open: bool, held: i64, left: bool, billed: bool) -> May {
    let (orders, state) = (ctx.may(Right::Orders), o.summary.state);
    May {
        place: orders && state == Step::Draft && !o.lines.is_empty(),
        edit: orders && state == Step::Draft,
        note: orders,
        readdress: orders && state.may_be_readdressed(),
        pay: orders && ctx.may(Right::Payments) && open,
        ask: orders && open && o.summary.customer.is_some(),
        charge: ctx.may(Right::Payments) && open && o.summary.customer.is_some(),
        fulfil: orders && matches!(state, Step::Open | Step::Paid),
        close: orders && !open && matches!(state, Step::Paid | Step::Fulfilled),
        cancel: orders && held <= 0 && matches!(state, Step::Draft | Step::Open | Step::Paid),
        refund: ctx.may(Right::Refund),
        commission: ctx.may(Right::Payments),
        give_back: orders && left,
        bill: orders && !billed && !matches!(state, Step::Draft | Step::Cancelled),
    }
}

/// What an order is flagged with, in words.
fn flag_words(flag: &str) -> Option<&'static str> {
    match flag {
        "customer_inactive" => Some("Customer was not active"),
        domain::blocks::FLAG => Some("Buyer is blocked"),
        orders::GONE => Some("Customer was erased before"),
        "credit_missing" => Some("Store credit did not suffice"),
        orders::AMOUNT_DIFFERS => Some("Another amount was paid"),
        _ => None,
    }
}

/// The lines of an order or an offer, in words.
pub fn lines(lines: &[orders::OrderLine], currency: domain::kit::Currency) -> Vec<Line> {
    lines.iter().map(|l| line(l, currency)).collect()
}

/// Discount, shipping and tax where there is some; minor units.
pub fn extras([discount, shipping, tax]: [i64; 3], currency: domain::kit::Currency) -> Vec<(&'static str, String)> {
    let all = [("Discount", -discount), ("Shipping", shipping), ("Tax", tax)];
    all.into_iter().filter(|(_, m)| *m != 0).map(|(n, m)| (n, Money::new(m, currency).to_string())).collect()
}

fn line(l: &orders::OrderLine, currency: domain::kit::Currency) -> Line {
    Line {
        sku: l.sku.clone(),
        title: l.title.clone(),
        quantity: l.quantity.clone(),
        price: price(&l.unit_price, currency),
        off: discounts::shown(Discount::kept(&l.discount), currency),
        sum: orders::line_total(l, currency).map_or_else(String::new, |m| m.to_string()),
    }
}

/// Exact, with at least the decimals of its currency: `£13.90`, `£0.003`.
pub fn price(exact: &str, currency: domain::kit::Currency) -> String {
    Money::parse(exact, currency).map_or_else(|| format!("{}{exact}", currency.sign()), |m| m.to_string())
}

async fn go(
    app: &App,
    who: &Who,
    order: &str,
    said: &str,
    verb: impl Fn(&mut Tx, &Ctx, &OrderId) -> domain::Result<()> + Send + Sync + 'static,
) -> PageResult {
    let order: OrderId = id(order, "order")?;
    let which = order.clone();
    app.write(&who.ctx, move |tx, ctx| verb(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&format!("/orders/{order}")), said, None))
}

/// A draft becomes an order.
pub async fn place(State(app): State<App>, who: Who, Path(order): Path<String>) -> PageResult {
    go(&app, &who, &order, "Order placed.", |tx, ctx, id| orders::place(tx, ctx, id)).await
}

/// It went out.
pub async fn fulfil(State(app): State<App>, who: Who, Path(order): Path<String>) -> PageResult {
    go(&app, &who, &order, "Order fulfilled.", |tx, ctx, id| orders::fulfil(tx, ctx, id)).await
}

/// It is done.
pub async fn close(State(app): State<App>, who: Who, Path(order): Path<String>) -> PageResult {
    go(&app, &who, &order, "Order closed.", |tx, ctx, id| orders::close(tx, ctx, id)).await
}

/// Says what cancelling means.
pub async fn ask_cancel(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>) -> PageResult {
    let order: OrderId = id(&order, "order")?;
    let at = format!("/orders/{order}");
    let s = app.read(&who.ctx, move |tx, ctx| orders::get(tx, ctx, &order)).await?.summary;
    let total = Money::new(s.total, s.currency);
    let ask = Sure {
        room: "orders",
        title: format!("Cancel order {}?", s.number),
        words: format!("Nothing of it is sent, and its {total} are not asked for any more. This is final."),
        button: "Cancel order",
        keep: "Keep order",
        act: "cancel",
        at: (at, s.number),
    };
    sure(&app, &who, &uri, &headers, ask).await
}

/// It will not happen.
pub async fn cancel(State(app): State<App>, who: Who, Path(order): Path<String>) -> PageResult {
    go(&app, &who, &order, "Order cancelled.", |tx, ctx, id| orders::cancel(tx, ctx, id)).await
}
