//! How a subscription stands, in a sentence with dates and amounts.

use domain::kit::{Micros, Money, Zone};
use domain::providers::{CallKind, CallState};
use domain::subscriptions::{Course, EndReason, Period, PeriodState, Runs, Subscription, SubscriptionStatus};

use crate::dashboard::customers::profile::{provider, subscription_tone};
use crate::dashboard::moments;

/// A status with what it means.
#[derive(Clone, Debug)]
pub struct Says {
    pub tone: &'static str,
    /// "Past due".
    pub status: String,
    /// "€19.00 due on 31 Jan 2027 was refused: …". May be empty.
    pub why: String,
    /// What its provider is being asked, or refused: tone and words.
    pub asked: Option<(&'static str, String)>,
    /// The same wish can be sent once more: the end of its address.
    pub again: &'static str,
}

/// Says it. `method` is what is charged, in words; empty when somebody brings the money.
pub fn says(c: &Course, method: &str, zone: &Zone, now: Micros) -> Says {
    let s = &c.subscription;
    let status = s.status_at(now);
    let why = match &c.runs {
        Some(runs) => ours(s, runs, method, status, zone),
        None => elsewhere(s, status, zone),
    };
    let (asked, again) = if is_so(c, status) { (None, "") } else { wish(c) };
    let test = if s.live { "" } else { " (test)" };
    Says { tone: subscription_tone(status), status: format!("{}{test}", status.label()), why, asked, again }
}

fn on(zone: &Zone, at: Micros) -> String {
    moments::day(zone, at).shown
}

fn elsewhere(s: &Subscription, status: SubscriptionStatus, zone: &Zone) -> String {
    match (status, s.ends_at) {
        (SubscriptionStatus::Cancelled, Some(end)) => format!("Runs until {}, then it ends.", on(zone, end)),
        (SubscriptionStatus::Ended, Some(end)) => format!("Ended on {}.", on(zone, end)),
        _ => s.next_payment_at.map_or_else(String::new, |at| format!("{} charges it on {}.", provider(&s.provider), on(zone, at))),
    }
}

fn ours(s: &Subscription, runs: &Runs, method: &str, status: SubscriptionStatus, zone: &Zone) -> String {
    let price = Money::new(s.amount, s.currency);
    let due = moments::date(runs.due);
    match status {
        SubscriptionStatus::Ended => {
            let why = match runs.end_reason {
                Some(EndReason::Unpaid) => ", because it was not paid",
                _ => "",
            };
            s.ends_at.map_or_else(String::new, |end| format!("Ended on {}{why}.", on(zone, end)))
        }
        SubscriptionStatus::Cancelled => {
            s.ends_at.map_or_else(String::new, |end| format!("Runs until {}, then it ends. Nothing more is charged.", on(zone, end)))
        }
        SubscriptionStatus::Paused => {
            let since = runs.paused_at.map_or_else(String::new, |at| format!(" since {}", on(zone, at)));
            format!("Paused{since}. Nothing is charged until it is resumed.")
        }
        SubscriptionStatus::Trialing => {
            format!("Free until then: {price} {} {due}.", if method.is_empty() { "is expected on" } else { "is charged on" })
        }
        _ => match &runs.current {
            Some(p) if p.state == PeriodState::Asked => under_way(p, price, method, &due),
            Some(p) => failed(p, price, &due),
            None if s.amount == 0 => format!("Free of charge; it renews on {due}."),
            None if method.is_empty() => format!("{price} is expected on {due}."),
            None => format!("{price} is charged to {method} on {due}."),
        },
    }
}

fn under_way(p: &Period, price: Money, method: &str, due: &str) -> String {
    match (method.is_empty(), p.next()) {
        (true, Some(late)) => format!("{price} was due on {due} and is expected by {}.", moments::date(late)),
        (true, None) => format!("{price} was due on {due} and has not come."),
        (false, _) => format!("{price} due on {due} was asked for; the answer is not there yet."),
    }
}

fn failed(p: &Period, price: Money, due: &str) -> String {
    let why = if p.failure.is_empty() { String::new() } else { format!(": {}", p.failure.trim_end_matches('.')) };
    let then = match p.next().map(moments::date) {
        Some(day) if p.hard => format!("It is not tried again with this method; without another one it ends on {day}."),
        Some(day) => format!("It is tried again on {day}."),
        None => "Look at the provider whether it was paid before you try again.".to_owned(),
    };
    let tries = if p.attempts == 1 { String::new() } else { format!(" {} times", p.attempts) };
    format!("{price} due on {due} failed{tries}{why}. {then}")
}

/// What its provider was asked has come about, by whatever way.
fn is_so(c: &Course, status: SubscriptionStatus) -> bool {
    match c.asked.as_ref().map(|call| call.kind) {
        _ if status == SubscriptionStatus::Ended => true,
        Some(CallKind::Cancel) => status == SubscriptionStatus::Cancelled,
        Some(CallKind::Keep) => status != SubscriptionStatus::Cancelled,
        Some(CallKind::Pause) => status == SubscriptionStatus::Paused,
        Some(CallKind::Resume) => status != SubscriptionStatus::Paused,
        _ => true,
    }
}

fn wish(c: &Course) -> (Option<(&'static str, String)>, &'static str) {
    let Some(call) = &c.asked else { return (None, "") };
    let at = provider(&c.subscription.provider);
    let (being, not, again) = match call.kind {
        CallKind::Cancel => (format!("Being cancelled at {at}."), format!("{at} did not cancel it"), "cancel"),
        CallKind::Keep => {
            (format!("The cancellation is being taken back at {at}."), format!("{at} did not take the cancellation back"), "keep")
        }
        CallKind::Pause => (format!("Being paused at {at}."), format!("{at} did not pause it"), "pause"),
        CallKind::Resume => (format!("Being resumed at {at}."), format!("{at} did not resume it"), "resume"),
        _ => return (None, ""),
    };
    match call.state {
        CallState::Waiting if call.error.is_empty() => (Some(("attention", being)), ""),
        CallState::Waiting => (Some(("attention", format!("{being} The last try failed: {}", call.error))), again),
        _ => (Some(("problem", format!("{not}: {}", call.error))), again),
    }
}
