//! A customer's subscriptions, in the columns of SPEC 2.7.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::{Micros, Money};
use domain::subscriptions::{self, Subscription, SubscriptionStatus};

use super::{Asked, Pane, Shown, Topic, open};
use crate::app::App;
use crate::dashboard::{moments, show};
use crate::http::Who;
use crate::look::{Frame, When, band};

struct Line {
    name: String,
    tone: &'static str,
    status: String,
    total: String,
    cycle: String,
    started: When,
    next: Option<When>,
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
    let (frame, pane, found) =
        open(asked, &customer, Topic::Subscriptions, |tx, ctx, c| subscriptions::of_customer(tx, ctx, &c.id)).await?;
    let frame = frame.under(band(found.iter().filter(|s| !s.live).count(), found.len()));
    let lines = found.iter().map(|s| line(s, &pane, who.ctx.now)).collect();
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

fn line(s: &Subscription, pane: &Pane, now: Micros) -> Line {
    let status = s.status_at(now);
    let end = s.ends_at.filter(|_| matches!(status, SubscriptionStatus::Cancelled | SubscriptionStatus::Ended));
    let end = end
        .map(|at| format!(", {} {}", if status == SubscriptionStatus::Ended { "on" } else { "until" }, moments::day(&pane.zone, at).shown));
    let runs = !matches!(status, SubscriptionStatus::Cancelled | SubscriptionStatus::Ended | SubscriptionStatus::Paused);
    Line {
        name: s.name.clone(),
        tone: tone(status),
        status: format!("{}{}{}", status.label(), end.unwrap_or_default(), if s.live { "" } else { " (test)" }),
        total: Money::new(s.amount, s.currency).to_string(),
        cycle: s.cycle_words(),
        started: moments::day(&pane.zone, s.started_at),
        next: s.next_payment_at.filter(|_| runs).map(|at| moments::day(&pane.zone, at)),
    }
}
