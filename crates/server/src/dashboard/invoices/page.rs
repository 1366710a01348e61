//! One invoice: what is on it, what paid it, its credit notes, its mail and its link; and what may be done with it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use domain::credit::PROVIDER;
use domain::invoices::{self, Invoice, Kind, State as Step, Summary};
use domain::kit::{Ctx, InvoiceId, Money, OrderId, PaymentId, Right, Zone};
use domain::mail::{self, Mail};
use domain::tasks::On;
use domain::{customers, merchants};
use store::Tx;

use super::shown::{Line, line};
use crate::app::App;
use crate::dashboard::conversations::again;
use crate::dashboard::customers::profile::{postal, provider};
use crate::dashboard::discounts;
use crate::dashboard::slow::slow;
use crate::dashboard::sure::{Sure, sure};
use crate::dashboard::tasks::Section;
use crate::dashboard::{PageError, PageResult, frame, moments, see_other, show, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Frame, When};

/// What this person may do with the invoice as it stands: no button is shown that would be refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct May {
    pub edit: bool,
    pub send: bool,
    pub pay: bool,
    /// Ask the customer for what is left: by a link, from a card that is kept.
    pub ask: bool,
    pub charge: bool,
    /// There is store credit to use, and somebody owns it.
    pub use_credit: bool,
    pub credit: bool,
    pub void: bool,
}

impl May {
    pub fn of(ctx: &Ctx, s: &Summary, store_credit: i64) -> Self {
        let (write, issued) = (ctx.may(Right::Orders), s.state.is_issued());
        Self {
            edit: write && !issued,
            send: write && issued,
            pay: ctx.may(Right::Payments) && s.rest() > 0,
            ask: write && s.rest() > 0 && s.customer.is_some(),
            charge: ctx.may(Right::Payments) && s.rest() > 0 && s.customer.is_some(),
            use_credit: ctx.may(Right::Payments) && store_credit > 0,
            credit: ctx.may(Right::Refund) && s.creditable() > 0,
            void: ctx.may(Right::Refund) && s.kind == Kind::Invoice && s.state == Step::Open,
        }
    }
}

/// A line of the paper, in words.
pub struct Row {
    pub title: String,
    pub sku: String,
    pub quantity: String,
    pub price: String,
    /// `10% off`; empty for none.
    pub off: String,
    pub rate: String,
    pub sum: String,
}

/// A mail of the outbox, in words.
pub struct Sent {
    pub id: String,
    pub tone: &'static str,
    pub words: String,
    pub more: String,
    /// The button that sends it once more, where there is one.
    pub again: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "dashboard/invoices/page.html")]
struct Page {
    frame: Frame,
    line: Line,
    rows: Vec<Row>,
    taxes: Vec<(String, String, String)>,
    sums: Vec<(&'static str, String)>,
    rest: Option<String>,
    /// When, how much, by what; and where store credit is taken off again.
    paid_by: Vec<(When, String, String, String)>,
    credits: Vec<Line>,
    mails: Vec<Sent>,
    todo: Section,
    customer: Option<(String, String)>,
    billing: Vec<String>,
    link: Option<When>,
    /// The address of a link that was opened a moment ago: shown once.
    fresh: String,
    may: May,
}

struct Read {
    invoice: Invoice,
    /// What of it could be paid with store credit, minor units.
    store_credit: i64,
    mails: Vec<Mail>,
    todo: Section,
    customer: Option<(String, String)>,
    zone: Zone,
}

fn read(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> domain::Result<Read> {
    let invoice = invoices::get(tx, ctx, id)?;
    let customer = invoice.summary.customer.as_ref().map(|c| customers::get(tx, ctx, c)).transpose()?;
    let active = customer.as_ref().is_none_or(customers::Customer::is_active);
    let todo = Section::read(tx, ctx, &On::Invoice(id.clone()), active, &format!("/invoices/{id}"), 50)?;
    let customer = customer.map(|c| (format!("/customers/{}", c.id), c.display_name));
    let store_credit = invoices::credit_for(tx, ctx, &invoice.summary)?;
    Ok(Read { mails: mail::of_invoice(tx, ctx, id)?, invoice, store_credit, todo, customer, zone: merchants::settings(tx, ctx)?.zone })
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, invoice: InvoiceId, fresh: String) -> PageResult {
    let r = app.read(&who.ctx, move |tx, ctx| read(tx, ctx, &invoice)).await?;
    let frame = frame(app, who, "invoices", uri, headers).await?;
    let today = i64::from(r.zone.day(who.ctx.now));
    let s = &r.invoice.summary;
    let money = |minor: i64| Money::new(minor, s.currency).to_string();
    let may_undo = who.ctx.may(Right::Payments);
    let paid_by = r.invoice.paid_by.iter().map(|p| {
        let by = [provider(&p.provider), p.kind.replace('_', " ")].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
        let undo =
            if may_undo && p.provider == PROVIDER { format!("/invoices/{}/store-credit/{}/undo", s.id, p.payment) } else { String::new() };
        (moments::day(&r.zone, p.paid_at), money(p.amount), by, undo)
    });
    let mut sums = vec![("Net", money(s.net)), ("Tax", money(s.tax)), ("Total", money(s.total))];
    for (name, minor) in [("Paid", s.paid), ("Credited", s.credited)] {
        if minor != 0 && s.kind == Kind::Invoice {
            sums.push((name, money(-minor)));
        }
    }
    let taxes = r.invoice.taxes.iter().map(|t| (rate(t.category, t.rate), money(t.net), money(t.tax)));
    Ok(show(&Page {
        frame,
        rows: rows(&r.invoice),
        taxes: taxes.collect(),
        sums,
        rest: (s.rest() > 0).then(|| money(s.rest())),
        paid_by: paid_by.collect(),
        credits: r.invoice.credits.iter().map(|c| line(c.clone(), today)).collect(),
        mails: r.mails.iter().map(|m| sent(m, &r.zone)).collect(),
        todo: r.todo,
        customer: r.customer,
        billing: postal(&s.buyer.address),
        link: s.link_at.map(|at| moments::moment(&r.zone, at)),
        fresh,
        may: May::of(&who.ctx, s, r.store_credit),
        line: line(s.clone(), today),
    }))
}

/// The lines of an invoice, in words.
pub fn rows(invoice: &Invoice) -> Vec<Row> {
    let currency = invoice.summary.currency;
    let price = |l: &invoices::Line| {
        let exact = l.unit_price.normalize().to_string();
        Money::parse(&exact, currency).map_or_else(|| format!("{}{exact}", currency.sign()), |m| m.to_string())
    };
    let row = |l: &invoices::Line| Row {
        title: l.title.clone(),
        sku: l.sku.clone(),
        quantity: l.quantity.normalize().to_string(),
        price: price(l),
        off: discounts::shown(l.discount, currency),
        rate: rate(l.category, l.rate),
        sum: Money::new(l.shown, currency).to_string(),
    };
    invoice.lines.iter().map(row).collect()
}

fn rate(category: invoices::Category, rate: impl std::fmt::Display) -> String {
    if category == invoices::Category::Standard { format!("{rate} %") } else { category.label().to_owned() }
}

/// A mail of the outbox, in words.
pub fn sent(m: &Mail, zone: &Zone) -> Sent {
    let at = |at| moments::moment(zone, at).shown;
    let (tone, words) = match m.state {
        mail::State::Queued if m.attempts > 0 => ("attention", "Waits for another try"),
        mail::State::Queued => ("quiet", "Queued"),
        mail::State::Sending => ("quiet", "On its way"),
        mail::State::Sent => ("good", "Sent"),
        mail::State::Failed => ("problem", "Failed"),
        mail::State::Unknown => ("attention", "Perhaps sent"),
    };
    let when = match (m.sent_at, m.next_at.filter(|_| m.attempts > 0)) {
        (Some(sent), _) => format!("to {} at {}", m.recipient, at(sent)),
        (None, Some(next)) => format!("to {}, next try {}", m.recipient, at(next)),
        (None, None) => format!("to {}, asked for {} by {}", m.recipient, at(m.queued_at), m.queued_by),
    };
    let more = if m.error.is_empty() { when } else { format!("{when}: {}", m.error) };
    Sent { id: m.id.to_string(), tone, words: words.to_owned(), more, again: m.state.may_go_again().then(|| again(m.state)) }
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(invoice): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&invoice, "invoice")?, String::new()).await
}

/// A file to keep.
pub fn file(bytes: impl IntoResponse, kind: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// The paper.
pub async fn pdf(State(app): State<App>, who: Who, Path(invoice): Path<String>) -> PageResult {
    let invoice: InvoiceId = id(&invoice, "invoice")?;
    let paper = app.read(&who.ctx, move |tx, ctx| invoices::paper(tx, ctx, &invoice)).await?;
    let name = paper.file_name.clone();
    Ok(file(slow(move || paper.pdf()).await?, "application/pdf", &name))
}

/// The data.
pub async fn xml(State(app): State<App>, who: Who, Path(invoice): Path<String>) -> PageResult {
    let invoice: InvoiceId = id(&invoice, "invoice")?;
    let paper = app.read(&who.ctx, move |tx, ctx| invoices::paper(tx, ctx, &invoice)).await?;
    let name = paper.file_name.replace(".pdf", ".xml");
    Ok(file(paper.xml()?, "application/xml", &name))
}

async fn go(
    app: &App,
    who: &Who,
    invoice: &str,
    said: &str,
    verb: impl Fn(&mut Tx, &Ctx, &InvoiceId) -> domain::Result<()> + Send + Sync + 'static,
) -> PageResult {
    let invoice: InvoiceId = id(invoice, "invoice")?;
    let which = invoice.clone();
    app.write(&who.ctx, move |tx, ctx| verb(tx, ctx, &which)).await?;
    Ok(toasted(see_other(&format!("/invoices/{invoice}")), said, None))
}

/// A draft becomes an invoice.
pub async fn issue(State(app): State<App>, who: Who, Path(invoice): Path<String>) -> PageResult {
    let done = go(&app, &who, &invoice, "Invoice issued.", |tx, ctx, id| invoices::issue(tx, ctx, id).map(drop)).await;
    match done {
        // What is missing is filled in on the form of the draft.
        Err(error) if error.0.status == 422 => Ok(see_other(&format!("/invoices/{invoice}/edit?check=1"))),
        done => done,
    }
}

/// Says what taking it back means.
pub async fn ask_void(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(invoice): Path<String>) -> PageResult {
    let invoice: InvoiceId = id(&invoice, "invoice")?;
    let at = format!("/invoices/{invoice}");
    let s = app.read(&who.ctx, move |tx, ctx| invoices::get(tx, ctx, &invoice)).await?.summary;
    let name = s.number.clone().unwrap_or_else(|| "Invoice".to_owned());
    let rest = Money::new(s.rest(), s.currency).to_string();
    let ask = Sure {
        room: "invoices",
        title: format!("Withdraw invoice {name}?"),
        words: format!(
            "{rest} is not asked for any more, and the buyer’s link says so. The number stays used. This is final: a new invoice gets a new number."
        ),
        button: "Withdraw invoice",
        keep: "Keep it",
        act: "void",
        at: (at, name),
    };
    sure(&app, &who, &uri, &headers, ask).await
}

/// It was issued by mistake.
pub async fn void(State(app): State<App>, who: Who, Path(invoice): Path<String>) -> PageResult {
    go(&app, &who, &invoice, "Invoice withdrawn.", invoices::void).await
}

/// Throws a draft away.
pub async fn discard(State(app): State<App>, who: Who, Path(invoice): Path<String>) -> PageResult {
    let invoice: InvoiceId = id(&invoice, "invoice")?;
    let back = app
        .write(&who.ctx, move |tx, ctx| {
            let customer = invoices::get(tx, ctx, &invoice)?.summary.customer;
            invoices::discard(tx, ctx, &invoice)?;
            Ok(customer.map_or_else(|| "/invoices".to_owned(), |c| format!("/customers/{c}/invoices")))
        })
        .await?;
    Ok(toasted(see_other(&back), "Draft discarded.", None))
}

/// A draft of an order, or the one there is.
pub async fn of_order(State(app): State<App>, who: Who, Path(order): Path<String>) -> PageResult {
    let order: OrderId = id(&order, "order")?;
    made(app.write(&who.ctx, move |tx, ctx| invoices::of_order_draft(tx, ctx, &order)).await)
}

/// A draft of a payment, or the one there is.
pub async fn of_payment(State(app): State<App>, who: Who, Path(payment): Path<String>) -> PageResult {
    let payment: PaymentId = id(&payment, "payment")?;
    made(app.write(&who.ctx, move |tx, ctx| invoices::of_payment_draft(tx, ctx, &payment)).await)
}

/// To the draft, or to the invoice that stands already.
fn made(done: domain::Result<InvoiceId>) -> PageResult {
    match done {
        Ok(invoice) => Ok(see_other(&format!("/invoices/{invoice}"))),
        Err(domain::Error::Conflict { code: "invoiced", links, .. }) if !links.is_empty() => {
            Ok(see_other(&format!("/invoices/{}", links[0].id)))
        }
        Err(error) => Err(PageError::from(error)),
    }
}

/// Opens the buyer's link and shows its address, this once.
pub async fn open_link(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(invoice): Path<String>) -> PageResult {
    let invoice: InvoiceId = id(&invoice, "invoice")?;
    let which = invoice.clone();
    let secret = app.write(&who.ctx, move |tx, ctx| invoices::open_link(tx, ctx, &which)).await?;
    render(&app, &who, &uri, &headers, invoice, format!("{}/i/{secret}", app.config.origin())).await
}

/// Closes it.
pub async fn close_link(State(app): State<App>, who: Who, Path(invoice): Path<String>) -> PageResult {
    go(&app, &who, &invoice, "Link closed.", invoices::revoke_link).await
}
