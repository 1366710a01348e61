//! The dialogs: each says in words, with dates and amounts, what will happen, and does it once.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::Ctx;
use domain::kit::{Micros, Money, Problems, Right, SubscriptionId, Zone};
use domain::payments::methods;
use domain::replies::Reply;
use domain::subscriptions::{self as room, Course, PeriodState};
use domain::{customers, merchants};
use jiff::civil::Date;
use store::Tx;

use super::act::Act;
use super::start::offered;
use crate::app::App;
use crate::dashboard::customers::profile::provider;
use crate::dashboard::payments::{kinds, manual, moment_of};
use crate::dashboard::{PageResult, Typed, again, frame, moments, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/subscriptions/act.html")]
struct ActPage {
    frame: Frame,
    form: Form,
    act: Act,
    at: String,
    name: String,
    customer: String,
    customer_name: String,
    /// What will happen.
    says: Vec<String>,
    /// The last day of what is paid, when a cancellation can wait for it; else empty.
    paid_until: String,
    /// What goes back of the paid time when it ends now: for the eye, and for the form.
    unused: Option<(String, i64)>,
    has_when: bool,
    has_day: bool,
    has_kind: bool,
    methods: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    once: String,
}

/// The dialog.
pub async fn page(
    act: Act,
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(subscription): Path<String>,
) -> PageResult {
    render(act, &app, &who, &uri, &headers, id(&subscription, "subscription")?, StatusCode::OK, None).await
}

#[allow(clippy::too_many_arguments, reason = "a request and what came of it, as every dialog has them")]
async fn render(
    act: Act,
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    subscription: SubscriptionId,
    status: StatusCode,
    form: Option<Form>,
) -> PageResult {
    let (c, customer_name, methods, unused, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let c = room::course(tx, ctx, &subscription)?;
            let name = customers::get(tx, ctx, &c.subscription.customer)?.display_name;
            let methods = methods::of_customer(tx, ctx, &c.subscription.customer)?;
            let unused = if act == Act::Cancel && ctx.may(Right::Refund) { room::unused(tx, ctx, &subscription)? } else { None };
            Ok((c, name, methods, unused, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let today = zone.date(who.ctx.now);
    let day = match (act, &c.runs) {
        (Act::Resume, Some(runs)) => runs.resumes_on.unwrap_or(today),
        (Act::Move, Some(runs)) => runs.current.as_ref().and_then(room::Period::next).unwrap_or(runs.due).max(today),
        _ => today,
    };
    let s = &c.subscription;
    let until = c.runs.as_ref().map_or_else(|| period_end(&c, who.ctx.now), |r| r.paid_until).filter(|end| *end >= who.ctx.now);
    let form = form.unwrap_or_else(|| {
        let method = s.method.as_ref().map_or_else(String::new, ToString::to_string);
        let when = if until.is_some() { "period_end" } else { "now" };
        Form::of([("day", day.to_string()), ("when", when.to_owned()), ("method", method), ("kind", "transfer".to_owned())])
    });
    let once = once(&form, who);
    let page = ActPage {
        frame: frame(app, who, "subscriptions", uri, headers).await?,
        act,
        at: format!("/subscriptions/{}", s.id),
        name: s.name.clone(),
        customer: s.customer.to_string(),
        customer_name,
        says: says(act, &c, &zone),
        paid_until: until.map_or_else(String::new, |at| format!("It runs until {}.", moments::day(&zone, at).shown)),
        unused: unused.map(|u| (format!("{} go back: {} of {} days are not used.", u.amount, u.days_left, u.days), u.amount.minor)),
        has_when: act == Act::Cancel,
        has_day: matches!(act, Act::Move | Act::Receive) || (act == Act::Resume && c.runs.is_some()),
        has_kind: act == Act::Receive,
        methods: if act == Act::Method { offered(&methods, &zone, who.ctx.now) } else { Vec::new() },
        kinds: if act == Act::Receive { kinds() } else { Vec::new() },
        form,
        once,
    };
    Ok(show_with(status, &page))
}

fn period_end(c: &Course, now: Micros) -> Option<Micros> {
    let s = &c.subscription;
    s.next_payment_at.or(s.trial_until).map(|at| at - 1).filter(|end| *end >= now)
}

/// What will happen, sentence by sentence.
fn says(act: Act, c: &Course, zone: &Zone) -> Vec<String> {
    let s = &c.subscription;
    let price = Money::new(s.amount, s.currency);
    let elsewhere = provider(&s.provider);
    let due = c.runs.as_ref().map(|r| moments::date(r.due)).unwrap_or_default();
    let tried = c.runs.as_ref().and_then(|r| r.current.as_ref()).filter(|p| p.state == PeriodState::Open);
    let ours = c.runs.is_some();
    let mut all = Vec::new();
    match act {
        Act::Cancel => {
            if !ours && s.provider_ref.is_some() {
                all.push(format!(
                    "{elsewhere} runs this subscription and is asked to cancel it. It changes here when {elsewhere} answers."
                ));
            }
            if tried.is_some() {
                all.push(format!(
                    "The payment of {price} due on {due} failed and is not tried again. Nothing of the time since is paid, so it ends now."
                ));
            }
            if tried.is_none() && c.runs.as_ref().is_some_and(|r| r.paid_until.is_none()) {
                all.push("Nothing of the time since the last due day is paid, so it ends now.".to_owned());
            }
            all.push(format!("No further payment of {price} is taken. What was paid stays paid unless it is refunded."));
        }
        Act::Keep if ours => all.push(format!("It goes on: {price} {}, next on {due}.", s.cycle_words())),
        Act::Keep => all.push(format!("{elsewhere} is asked to let it go on.")),
        Act::Pause if !ours => all.push(format!("{elsewhere} is asked to charge nothing until it is resumed.")),
        Act::Pause => {
            all.push(format!("Nothing is charged until it is resumed. The payment of {price} on {due} is not taken."));
            if tried.is_some() {
                all.push("The payment that failed is tried again when it is resumed.".to_owned());
            }
        }
        Act::Resume if !ours => all.push(format!("{elsewhere} is asked to charge it again.")),
        Act::Resume => all.push(match tried {
            Some(_) => format!("The payment of {price} due on {due} is tried again on the day you choose."),
            None => format!(
                "{price} is taken on the day you choose, and {} from then on. Time that is paid already is not charged again.",
                s.cycle_words()
            ),
        }),
        Act::Move => all.push(match tried {
            Some(_) => {
                format!("The payment of {price} due on {due} is tried again on the day you choose. The later payments keep their days.")
            }
            None => format!("{price}, due on {due}, is taken on the day you choose instead, and {} from then on.", s.cycle_words()),
        }),
        Act::Method => {
            all.push(format!("{price} is charged to it from the next payment on."));
            if tried.is_some() {
                all.push(format!("The payment due on {due} is tried with it at once."));
            }
        }
        Act::Retry => {
            all.push(format!("{price} due on {due} is charged once more, now."));
            if tried.is_some_and(|p| p.next_day.is_none()) {
                all.push(
                    "Nobody knows whether the last try went through. Look at the provider first: else the money may be taken twice."
                        .to_owned(),
                );
            }
        }
        Act::Receive => all.push(format!("Writes down that {price}, due on {due}, came. It counts in the lifetime value at once.")),
    }
    if let (true, Some(next)) = (act == Act::Pause && !ours, s.next_payment_at) {
        all.push(format!("The payment of {price} on {} is not taken.", moments::day(zone, next).shown));
    }
    all
}

/// Does it, once.
pub async fn send(
    act: Act,
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(subscription): Path<String>,
    typed: Typed,
) -> PageResult {
    let subscription: SubscriptionId = id(&subscription, "subscription")?;
    if act == Act::Cancel
        && typed.get("when") == "refund"
        && let Some(page) = again::for_unused(&app, &who, &uri, &headers, &typed, &subscription).await?
    {
        return Ok(page);
    }
    let (which, sent) = (subscription.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/subscriptions/{which}/{}", act.end()), |tx| {
                let said = run(act, tx, ctx, &which, &sent)?;
                Ok(Reply::new(303, format!("/subscriptions/{which}"), serde_json::json!(said).to_string()))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), &serde_json::from_str::<String>(&reply.body).unwrap_or_default(), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(act, &app, &who, &uri, &headers, subscription, status, Some(form)).await
        }
    }
}

fn run(act: Act, tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId, t: &Typed) -> domain::Result<String> {
    let asked = |ours: &'static str, wish: &'static str, tx: &mut Tx| {
        let s = room::get(tx, &crate::api::write::seeing(ctx), id)?;
        let elsewhere = !s.own && s.provider_ref.is_some();
        Ok(if elsewhere { format!("{} is asked to {wish} it.", provider(&s.provider)) } else { ours.to_owned() })
    };
    match act {
        Act::Cancel if t.get("when") == "period_end" => {
            room::cancel_at_period_end(tx, ctx, id)?;
            asked("Subscription cancelled.", "cancel", tx)
        }
        Act::Cancel if t.get("when") == "now" => {
            room::cancel_now(tx, ctx, id)?;
            asked("Subscription cancelled.", "cancel", tx)
        }
        Act::Cancel if t.get("when") == "refund" => {
            let shown = t.get("unused").parse().ok();
            room::cancel_with_refund(tx, ctx, id, shown).map(|_| "Subscription cancelled, the unused part refunded.".to_owned())
        }
        Act::Cancel => Err(Problems::one("when", "required", "Say whether it ends now or with the paid time.")),
        Act::Keep => {
            room::take_back(tx, ctx, id)?;
            asked("The subscription goes on.", "keep", tx)
        }
        Act::Pause => {
            room::pause(tx, ctx, id)?;
            asked("Subscription paused.", "pause", tx)
        }
        Act::Resume => {
            let day = if t.get("day").trim().is_empty() { None } else { Some(day(t)?) };
            room::resume(tx, ctx, id, day)?;
            asked("Subscription resumed.", "resume", tx)
        }
        Act::Move => room::move_to(tx, ctx, id, day(t)?).map(|()| "Next payment moved.".to_owned()),
        Act::Method => {
            let unknown = || Problems::one("method", "unknown", "Choose one of the customer’s payment methods.");
            let wanted = Some(t.get("method")).filter(|m| !m.is_empty());
            let method = wanted.map(|m| m.parse().map_err(|()| unknown())).transpose()?;
            room::change_method(tx, ctx, id, method.as_ref()).map(|()| "Payment method changed.".to_owned())
        }
        Act::Retry => room::retry(tx, ctx, id).map(|()| "The payment is tried now.".to_owned()),
        Act::Receive => {
            let paid_at = moment_of(tx, ctx, t.get("day"))?;
            room::receive(tx, ctx, id, manual(t.get("kind"))?, paid_at).map(|_| "Payment recorded.".to_owned())
        }
    }
}

fn day(t: &Typed) -> domain::Result<Date> {
    t.get("day").trim().parse().map_err(|_| Problems::one("day", "invalid", "Choose a day."))
}
