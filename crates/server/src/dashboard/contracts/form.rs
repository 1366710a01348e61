//! The form of a contract: with whom, from which shop, what was agreed.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::contracts::{self, Contract, Edit, Input, NewContract, Span};
use domain::kit::{ContractId, Ctx, Currency, CustomerId, Money, Problems};
use domain::replies::Reply;
use domain::shops::Shop;
use domain::staff::{Colleague, colleagues};
use domain::{Result, customers, merchants};
use jiff::civil::Date;
use store::Tx;

use super::shown::{each, renewal};
use crate::app::App;
use crate::dashboard::customers::profile::{capital, param};
use crate::dashboard::orders::form as sold;
use crate::dashboard::tickets::{assignee, people};
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

type Options = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "dashboard/contracts/form.html")]
struct Page {
    frame: Frame,
    form: Form,
    shops: Options,
    currency: &'static str,
    cycles: Options,
    renewals: Options,
    notices: Options,
    people: Options,
    /// With whom, when that is settled: address and name.
    customer: Option<(String, String)>,
    /// The number of the contract that is edited.
    number: Option<String>,
    once: String,
    action: String,
    back: String,
}

/// What the form is about.
#[derive(Clone, Debug)]
enum About {
    Anybody,
    Customer(CustomerId),
    Contract(ContractId),
}

struct Read {
    shops: Vec<Shop>,
    shop: String,
    customer: Option<(String, String)>,
    contract: Option<Contract>,
    people: Vec<Colleague>,
    today: Date,
}

fn read(tx: &mut Tx, ctx: &Ctx, about: &About) -> Result<Read> {
    let contract = if let About::Contract(id) = about { Some(contracts::get(tx, ctx, id)?) } else { None };
    let of = match about {
        About::Customer(customer) => Some(customer.clone()),
        _ => contract.as_ref().map(|c| c.summary.customer.clone()),
    };
    let customer = of.map(|c| customers::get(tx, ctx, &c)).transpose()?;
    if let (Some(c), About::Customer(_)) = (&customer, about) {
        customers::ensure_active(c)?;
    }
    let (shops, shop) = sold::open_shops(tx, ctx, customer.as_ref())?;
    let today = merchants::settings(tx, ctx)?.zone.date(ctx.now);
    let people = colleagues(tx, ctx)?;
    Ok(Read { shops, shop, customer: customer.map(|c| (format!("/customers/{}", c.id), c.display_name)), contract, people, today })
}

/// A period as the form says it: `3 month`.
fn said(span: Option<Span>) -> String {
    span.map(|s| format!("{} {}", s.count, s.unit.name())).unwrap_or_default()
}

/// The values of a new form, or of the contract.
fn values(r: &Read, shop: &str, me: &str) -> Form {
    let Some(c) = &r.contract else {
        let shop = if r.shops.iter().any(|s| s.id.as_str() == shop) { shop } else { &r.shop };
        return Form::of([("shop", shop), ("starts_on", &r.today.to_string()), ("cycle", "1 month"), ("assignee", me)]);
    };
    let (i, s) = (c.input(), &c.summary);
    Form::of([
        ("title", i.title),
        ("note", i.note),
        ("shop", s.shop.to_string()),
        ("version", s.version.to_string()),
        ("amount", Money::new(i.amount, s.currency).plain()),
        ("cycle", said(i.cycle)),
        ("starts_on", i.starts_on.to_string()),
        ("ends_on", i.ends_on.map(|d| d.to_string()).unwrap_or_default()),
        ("renew_months", if i.renew_months == 0 { String::new() } else { i.renew_months.to_string() }),
        ("notice", said(i.notice)),
        ("remind_days", i.remind_days.map(|d| d.to_string()).unwrap_or_default()),
        ("assignee", i.assignee.map(|p| p.to_string()).unwrap_or_default()),
    ])
}

/// Periods to choose from, with the one that is chosen when it is another.
fn spans(usual: &[&str], now: &str, words: impl Fn(Span) -> String) -> Options {
    let mut all: Vec<&str> = usual.to_vec();
    if !all.contains(&now) {
        all.push(now);
    }
    all.into_iter().filter_map(|text| span(text).map(|s| (text.to_owned(), words(s)))).collect()
}

fn span(text: &str) -> Option<Span> {
    let (count, unit) = text.split_once(' ')?;
    Some(Span { count: count.parse().ok()?, unit: unit.parse().ok()? })
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

async fn render(asked: &Asked<'_>, about: About, status: StatusCode, form: Option<Form>) -> PageResult {
    let Asked { app, who, uri, headers } = *asked;
    let which = about.clone();
    let r = app.read(&who.ctx, move |tx, ctx| read(tx, ctx, &which)).await?;
    let form = form.unwrap_or_else(|| values(&r, &param(uri, "shop"), &who.ctx.actor.id));
    let chosen = r.shops.iter().find(|s| s.id.as_str() == form.value("shop")).or_else(|| sold::oldest(&r.shops));
    let (action, back) = match (&about, &r.customer) {
        (About::Contract(c), _) => (format!("/contracts/{c}/edit"), format!("/contracts/{c}")),
        (About::Customer(c), _) => (format!("/customers/{c}/contracts/new"), format!("/customers/{c}/contracts")),
        (About::Anybody, _) => ("/contracts/new".to_owned(), "/contracts".to_owned()),
    };
    let months = ["1", "3", "6", "12", "24"];
    let now = form.value("renew_months").to_owned();
    let other = Some(now.as_str()).filter(|n| !n.is_empty() && !months.contains(n));
    let page = Page {
        frame: frame(app, who, "contracts", uri, headers).await?,
        shops: sold::choices(&r.shops),
        currency: r.contract.as_ref().map(|c| c.summary.currency).or(chosen.map(|s| s.currency)).map_or("", Currency::code),
        cycles: spans(&["1 week", "1 month", "3 month", "6 month", "1 year"], form.value("cycle"), |s| capital(each(Some(s)).trim())),
        renewals: months
            .into_iter()
            .chain(other)
            .filter_map(|m| Some((m.to_owned(), capital(&renewal(m.parse::<i64>().ok().filter(|m| *m > 0)?)))))
            .collect(),
        notices: spans(&["2 week", "1 month", "2 month", "3 month", "6 month", "1 year"], form.value("notice"), Span::words),
        people: people(&r.people, r.contract.as_ref().and_then(|c| c.assignee.as_ref())),
        customer: r.customer,
        number: r.contract.map(|c| c.summary.number),
        once: once(&form, who),
        form,
        action,
        back,
    };
    Ok(show_with(status, &page))
}

/// The empty form for anybody.
pub async fn new(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, About::Anybody, StatusCode::OK, None).await
}

/// The empty form for a customer; `shop` in the address chooses the shop.
pub async fn new_of(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let about = About::Customer(id(&customer, "customer")?);
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, about, StatusCode::OK, None).await
}

/// The form of one that may still be changed.
pub async fn edit_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(contract): Path<String>) -> PageResult {
    let about = About::Contract(id(&contract, "contract")?);
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, about, StatusCode::OK, None).await
}

/// Makes it with whom the form names.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    submit(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, About::Anybody, typed).await
}

/// Makes it with this customer.
pub async fn create_of(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    typed: Typed,
) -> PageResult {
    let about = About::Customer(id(&customer, "customer")?);
    submit(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, about, typed).await
}

/// Saves what was changed.
pub async fn edit(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(contract): Path<String>,
    typed: Typed,
) -> PageResult {
    let about = About::Contract(id(&contract, "contract")?);
    submit(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, about, typed).await
}

async fn submit(asked: &Asked<'_>, about: About, typed: Typed) -> PageResult {
    let (which, sent) = (about.clone(), typed.clone());
    let done = asked
        .app
        .write(&asked.who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/contracts/new {which:?}"), |tx| {
                let contract = match &which {
                    About::Contract(contract) => save(tx, ctx, contract, &sent)?,
                    About::Customer(customer) => make(tx, ctx, customer, &sent)?,
                    About::Anybody => {
                        let customer = sold::customer(tx, ctx, &sent)?;
                        make(tx, ctx, &customer, &sent)?
                    }
                };
                Ok(Reply::new(303, format!("/contracts/{contract}"), ""))
            })
        })
        .await;
    let words = match (&about, typed.get("do")) {
        (About::Contract(_), _) => "Contract saved.",
        (_, "draft") => "Draft saved.",
        _ => "Contract started.",
    };
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), words, None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(asked, about, status, Some(form)).await
        }
    }
}

/// A day of the form; nothing for an empty one.
///
/// # Errors
/// A field error for what is no day.
pub fn date(t: &Typed, field: &'static str) -> Result<Option<Date>> {
    let text = t.get(field).trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Problems::one(field, "invalid", "Choose a day."))
}

/// What is agreed, as it is typed.
fn input(t: &Typed, currency: Currency) -> Result<Input> {
    let mut problems = Problems::default();
    let amount = sold::amount(t, "amount", currency, &mut problems);
    let mut number = |field: &'static str| {
        let text = t.get(field).trim();
        let number = text.parse::<i64>();
        if !text.is_empty() && number.is_err() {
            problems.add(field, "invalid", "Type a number of days.");
        }
        number.ok()
    };
    let (renew_months, remind_days) = (number("renew_months").unwrap_or(0), number("remind_days"));
    problems.check()?;
    Ok(Input {
        title: t.text("title"),
        note: t.text("note"),
        amount,
        cycle: span(t.get("cycle")),
        starts_on: date(t, "starts_on")?.ok_or_else(|| Problems::one("starts_on", "required", "Choose the first day."))?,
        ends_on: date(t, "ends_on")?,
        renew_months,
        notice: span(t.get("notice")),
        remind_days,
        assignee: assignee(t)?,
    })
}

fn make(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, t: &Typed) -> Result<ContractId> {
    let shop = sold::shop(tx, ctx, t)?;
    let input = input(t, shop.currency)?;
    let new = NewContract { customer: customer.clone(), shop: shop.id, currency: Some(shop.currency), input };
    let contract = contracts::create(tx, ctx, &new)?;
    if t.get("do") != "draft" {
        contracts::start(tx, ctx, &contract)?;
    }
    Ok(contract)
}

fn save(tx: &mut Tx, ctx: &Ctx, contract: &ContractId, t: &Typed) -> Result<ContractId> {
    let currency = contracts::get(tx, ctx, contract)?.summary.currency;
    let edit = Edit { expected_version: t.get("version").parse().ok(), input: input(t, currency)? };
    contracts::edit(tx, ctx, contract, &edit)?;
    Ok(contract.clone())
}
