//! A subscription's own page: how it stands in words, what can be done, and each of its periods with its payment.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{Money, SubscriptionId, Zone};
use domain::payments::PaymentView;
use domain::payments::methods;
use domain::subscriptions::{self as room, Course, Period, PeriodState};
use domain::{customers, merchants, shops};

use super::act::{Act, acts};
use super::words::{Says, says};
use crate::app::App;
use crate::dashboard::customers::profile::{method, provider};
use crate::dashboard::{PageResult, frame, moments, show_with};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Frame, When};

/// Periods shown.
const SHOWN: i64 = 100;

struct Line {
    due: String,
    amount: String,
    tone: &'static str,
    state: String,
    /// Why it failed, how often it was tried.
    more: String,
    paid: Option<When>,
}

#[derive(Template)]
#[template(path = "dashboard/subscriptions/page.html")]
struct SubscriptionPage {
    frame: Frame,
    c: Course,
    says: Says,
    acts: Vec<Act>,
    at: String,
    customer: String,
    facts: Vec<(&'static str, String)>,
    lines: Vec<Line>,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(subscription): Path<String>) -> PageResult {
    let subscription: SubscriptionId = id(&subscription, "subscription")?;
    let (c, customer, shop, used, periods, plan, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let c = room::course(tx, ctx, &subscription)?;
            let customer = customers::get(tx, ctx, &c.subscription.customer)?.display_name;
            let shop = shops::get(tx, ctx, &c.subscription.shop)?.name;
            let all = methods::of_customer(tx, ctx, &c.subscription.customer)?;
            let used = all.into_iter().find(|m| Some(&m.id) == c.subscription.method.as_ref());
            let periods = if c.runs.is_some() { room::periods(tx, ctx, &subscription, None, SHOWN)? } else { Vec::new() };
            let plan = match c.runs.as_ref().and_then(|r| r.plan.clone()) {
                Some(plan) => room::plan(tx, ctx, &plan)?.name,
                None => String::new(),
            };
            Ok((c, customer, shop, used, periods, plan, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let charged = used.as_ref().map_or_else(String::new, |m| method(m.kind.name(), &m.brand, &m.last4));
    let facts = facts(&c, &shop, &charged, &plan, &zone);
    let page = SubscriptionPage {
        frame: frame(&app, &who, "subscriptions", &uri, &headers).await?,
        says: says(&c, &charged, &zone, who.ctx.now),
        acts: acts(&c, &who.ctx),
        at: format!("/subscriptions/{}", c.subscription.id),
        customer,
        facts,
        lines: periods.into_iter().map(|(p, payment)| line(p, payment, c.subscription.currency, &zone)).collect(),
        c,
    };
    Ok(show_with(StatusCode::OK, &page))
}

fn facts(c: &Course, shop: &str, charged: &str, plan: &str, zone: &Zone) -> Vec<(&'static str, String)> {
    let s = &c.subscription;
    let by_hand = if s.own { "Recorded by hand" } else { "" };
    let mut all = vec![
        ("Total", Money::new(s.amount, s.currency).to_string()),
        ("Cycle", s.cycle_words()),
        ("Plan", plan.to_owned()),
        ("Quantity", c.runs.as_ref().filter(|r| r.quantity > 1).map_or_else(String::new, |r| r.quantity.to_string())),
        ("Start date", moments::day(zone, s.started_at).shown),
        ("Free until", s.trial_until.map_or_else(String::new, |at| moments::day(zone, at).shown)),
        ("Next payment", s.next_payment_at.map_or_else(String::new, |at| moments::day(zone, at).shown)),
        ("Paid with", if charged.is_empty() { by_hand.to_owned() } else { charged.to_owned() }),
        ("Runs at", if s.own { "Regulars".to_owned() } else { provider(&s.provider) }),
        ("Number there", s.provider_ref.clone().unwrap_or_default()),
        ("Shop", shop.to_owned()),
    ];
    if let Some(runs) = &c.runs {
        all.push(("Failed payments", format!("tried again {}", runs.retries.words())));
    }
    all.retain(|(_, value)| !value.is_empty());
    all
}

fn line(p: Period, payment: Option<PaymentView>, currency: domain::kit::Currency, zone: &Zone) -> Line {
    let tone = match p.state {
        PeriodState::Paid | PeriodState::Free => "good",
        PeriodState::Open => "problem",
        PeriodState::Asked => "attention",
        PeriodState::Unpaid | PeriodState::Waived => "quiet",
    };
    let tries = if p.attempts > 1 { format!("{} tries", p.attempts) } else { String::new() };
    let more: Vec<String> = [tries, p.failure.clone()].into_iter().filter(|t| !t.is_empty()).collect();
    Line {
        due: moments::date(p.due()),
        amount: Money::new(p.amount, currency).to_string(),
        tone,
        state: p.state.label().to_owned(),
        more: more.join(": "),
        paid: payment.filter(|_| p.state == PeriodState::Paid).map(|v| moments::day(zone, v.paid_at)),
    }
}
