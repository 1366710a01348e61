//! A customer's subscriptions, in the columns of SPEC 2.7, with what can be done with each.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::Ctx;
use domain::kit::Money;
use domain::subscriptions::{self, Course, SubscriptionStatus};

use super::{Asked, Pane, Shown, Topic, open};
use crate::app::App;
use crate::dashboard::subscriptions::{Act, acts, says};
use crate::dashboard::{moments, show};
use crate::http::Who;
use crate::look::{Frame, When, band};

struct Line {
    id: String,
    name: String,
    tone: &'static str,
    status: String,
    /// "Being cancelled at Stripe."
    note: String,
    total: String,
    cycle: String,
    started: When,
    next: Option<When>,
    acts: Vec<Act>,
}

#[derive(Template)]
#[template(path = "dashboard/customers/profile/subscriptions.html")]
struct Subscriptions {
    frame: Frame,
    pane: Pane,
    lines: Vec<Line>,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let read = |tx: &mut store::Tx, ctx: &Ctx, c: &domain::customers::Customer| {
        let all = subscriptions::of_customer(tx, ctx, &c.id)?;
        all.iter().map(|s| subscriptions::course(tx, ctx, &s.id)).collect::<domain::Result<Vec<Course>>>()
    };
    let (frame, pane, found) = open(asked, &customer, Topic::Subscriptions, read).await?;
    let frame = frame.under(band(found.iter().filter(|c| !c.subscription.live).count(), found.len()));
    let lines = found.iter().map(|c| line(c, &pane, &who.ctx)).collect();
    Ok(show(&Subscriptions { frame, pane, lines }))
}

/// The tone of a subscription.
pub fn tone(status: SubscriptionStatus) -> &'static str {
    match status {
        SubscriptionStatus::Trialing | SubscriptionStatus::Active => "good",
        SubscriptionStatus::PastDue => "problem",
        SubscriptionStatus::Paused | SubscriptionStatus::Cancelled => "attention",
        SubscriptionStatus::Ended => "quiet",
    }
}

fn line(c: &Course, pane: &Pane, ctx: &Ctx) -> Line {
    let s = &c.subscription;
    let status = s.status_at(ctx.now);
    let says = says(c, "", &pane.zone, ctx.now);
    let end = s.ends_at.filter(|_| matches!(status, SubscriptionStatus::Cancelled | SubscriptionStatus::Ended));
    let end = end
        .map(|at| format!(", {} {}", if status == SubscriptionStatus::Ended { "on" } else { "until" }, moments::day(&pane.zone, at).shown));
    let runs = !matches!(status, SubscriptionStatus::Cancelled | SubscriptionStatus::Ended | SubscriptionStatus::Paused);
    Line {
        id: s.id.to_string(),
        name: s.name.clone(),
        tone: says.tone,
        status: format!("{}{}", says.status, end.unwrap_or_default()),
        note: says.asked.map_or_else(String::new, |(_, words)| words),
        total: Money::new(s.amount, s.currency).to_string(),
        cycle: s.cycle_words(),
        started: moments::day(&pane.zone, s.started_at),
        next: s.next_payment_at.filter(|_| runs).map(|at| moments::day(&pane.zone, at)),
        acts: acts(c, ctx),
    }
}
