//! Starts a subscription from the customer's page: a plan or an amount of its own, free days, a day, a payment method.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::Ctx;
use domain::kit::{CustomerId, Micros, Money, Problems, ShopId, Zone};
use domain::payments::Outcome;
use domain::payments::methods::{self, Method};
use domain::replies::Reply;
use domain::subscriptions::{self as room, Plan, StartInput, Unit};
use domain::{customers, merchants, shops};
use store::Tx;

use crate::app::App;
use crate::dashboard::customers::profile::method;
use crate::dashboard::{PageResult, Typed, frame, moments, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/subscriptions/start.html")]
struct StartPage {
    frame: Frame,
    form: Form,
    at: String,
    name: String,
    plans: Vec<(String, String)>,
    shops: Vec<(String, String)>,
    units: Vec<(&'static str, String)>,
    methods: Vec<(String, String)>,
    once: String,
}

/// The units of a cycle, for a select list.
pub fn units() -> Vec<(&'static str, String)> {
    Unit::ALL.iter().map(|u| (u.name(), format!("{}s", u.label()))).collect()
}

/// Methods that may be charged again, in words; whether their provider can is the verb's to say.
pub fn offered(all: &[Method], zone: &Zone, now: Micros) -> Vec<(String, String)> {
    let fits = |m: &&Method| {
        let known = matches!(m.provider.as_str(), "test" | "stripe");
        known && m.detached_at.is_none() && !m.kind.is_manual() && m.last_outcome != Outcome::Invalid && !m.is_expired(zone, now)
    };
    let words = |m: &Method| {
        let test = if m.provider == "test" { " (test, no real money)" } else { "" };
        format!("{}{test}", method(m.kind.name(), &m.brand, &m.last4))
    };
    all.iter().filter(fits).map(|m| (m.id.to_string(), words(m))).collect()
}

fn plan_words(p: &Plan) -> String {
    let free = if p.trial_days > 0 { format!(", {} days free", p.trial_days) } else { String::new() };
    format!("{} · {} {}{free}", p.name, p.price(), p.cycle_words())
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    customer: CustomerId,
    status: StatusCode,
    form: Option<Form>,
) -> PageResult {
    let (c, plans, shops, methods, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let c = customers::get(tx, ctx, &customer)?;
            let methods = methods::of_customer(tx, ctx, &c.id)?;
            Ok((c, room::plans(tx, ctx)?, shops::list(tx, ctx)?, methods, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let shops: Vec<_> = shops.into_iter().filter(|s| s.archived_at.is_none()).collect();
    let plans: Vec<_> = plans.iter().filter(|p| p.archived_at.is_none()).map(|p| (p.id.to_string(), plan_words(p))).collect();
    let methods = offered(&methods, &zone, who.ctx.now);
    let form = form.unwrap_or_else(|| {
        let default = c.default_method.as_ref().map(|m| m.id.to_string()).filter(|m| methods.iter().any(|(id, _)| id == m));
        let own = c.shop.as_ref().map(|s| s.id.to_string()).filter(|own| shops.iter().any(|s| s.id.to_string() == *own));
        Form::of([
            ("plan", plans.first().map(|(id, _)| id.clone()).unwrap_or_default()),
            ("shop", own.or_else(|| shops.first().map(|s| s.id.to_string())).unwrap_or_default()),
            ("quantity", "1".to_owned()),
            ("cycle_unit", Unit::Month.name().to_owned()),
            ("start", zone.date(who.ctx.now).to_string()),
            ("method", default.unwrap_or_default()),
        ])
    });
    let once = once(&form, who);
    let page = StartPage {
        frame: frame(app, who, "customers", uri, headers).await?,
        form,
        at: format!("/customers/{}", c.id),
        name: c.display_name,
        plans,
        shops: shops.iter().map(|s| (s.id.to_string(), format!("{} ({})", s.name, s.currency))).collect(),
        units: units(),
        methods,
        once,
    };
    Ok(show_with(status, &page))
}

/// The dialog.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, id(&customer, "customer")?, StatusCode::OK, None).await
}

/// Starts it, once.
pub async fn start(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    typed: Typed,
) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let (whose, sent) = (customer.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/customers/{whose}/subscriptions/new"), |tx| {
                let input = read(tx, ctx, &whose, &sent)?;
                let id = room::start(tx, ctx, &input)?;
                let s = room::get(tx, &crate::api::write::seeing(ctx), &id)?;
                let zone = merchants::settings(tx, ctx)?.zone;
                let first = s.next_payment_at.map_or_else(String::new, |at| moments::day(&zone, at).shown);
                let said = format!("{} started. The first payment of {} is due on {first}.", s.name, Money::new(s.amount, s.currency));
                Ok(Reply::new(303, format!("/customers/{whose}/subscriptions"), serde_json::json!(said).to_string()))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), &serde_json::from_str::<String>(&reply.body).unwrap_or_default(), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, customer, status, Some(form)).await
        }
    }
}

/// A whole number, when something was typed.
pub fn number(t: &Typed, field: &'static str) -> domain::Result<Option<i64>> {
    match t.get(field).trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Problems::one(field, "invalid", "Use a whole number.")),
    }
}

fn read(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, t: &Typed) -> domain::Result<StartInput> {
    let mut input = StartInput::of(customer.clone());
    let chosen = |name: &str| Some(t.text(name)).filter(|v| !v.is_empty());
    let unknown = |field: &'static str, words: &str| Problems::one(field, "unknown", words);
    if let Some(plan) = chosen("plan") {
        input.plan = Some(plan.parse().map_err(|()| unknown("plan", "Choose one of the plans that are open."))?);
    }
    if let Some(method) = chosen("method") {
        input.method = Some(method.parse().map_err(|()| unknown("method", "Choose one of the customer’s payment methods."))?);
    }
    let start = chosen("start").map(|d| d.parse().map_err(|_| Problems::one("start", "invalid", "Choose a day.")));
    input.start = start.transpose()?;
    input.quantity = number(t, "quantity")?.unwrap_or(1);
    input.trial_days = number(t, "trial_days")?;
    input.name = t.text("name");
    if input.plan.is_none() {
        let shop: ShopId = t.get("shop").parse().map_err(|()| unknown("shop", "Choose one of your open shops."))?;
        let currency = shops::get(tx, ctx, &shop).map_err(|_| unknown("shop", "Choose one of your open shops."))?.currency;
        input.shop = Some(shop);
        input.amount = Some(t.amount(Money::new(1900, currency))?.minor);
        let unit = t.get("cycle_unit").parse().map_err(|()| unknown("cycle_unit", "Choose days, weeks, months or years."))?;
        input.cycle = Some((number(t, "cycle_count")?.unwrap_or(1), unit));
    }
    Ok(input)
}
