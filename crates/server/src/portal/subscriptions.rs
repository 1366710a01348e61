//! Subscriptions, and cancelling one where the merchant allows it.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use domain::kit::{Money, SubscriptionId};
use domain::portal::{self as room, Visitor};
use domain::subscriptions::{Subscription, SubscriptionStatus};

use super::{Shell, Shown, read, show, show_with, write};
use crate::app::App;
use crate::dashboard::customers::profile::subscription_tone;
use crate::dashboard::{moments, refused, see_other};
use crate::http::guard::id;
use crate::look::{Form, When};

/// One in a list.
pub struct Line {
    pub id: SubscriptionId,
    pub name: String,
    pub tone: &'static str,
    pub status: &'static str,
    /// "€12.00 every month"
    pub price: String,
    pub next: Option<When>,
    /// Its last day, when that is known.
    pub until: Option<When>,
    /// That day is behind us.
    pub over: bool,
    /// Where it is cancelled; empty where it cannot be.
    pub cancel: String,
}

/// Makes one.
pub fn line(v: &Visitor, s: &Subscription) -> Line {
    let status = s.status_at(v.ctx().now);
    let runs = !matches!(status, SubscriptionStatus::Cancelled | SubscriptionStatus::Ended);
    let (at, zone) = (v.portal.at(), &v.portal.zone);
    Line {
        id: s.id.clone(),
        name: s.name.clone(),
        tone: subscription_tone(status),
        status: status.label(),
        price: format!("{} {}", Money::new(s.amount, s.currency), s.cycle_words()),
        next: s.next_payment_at.filter(|_| runs && status != SubscriptionStatus::Paused).map(|at| moments::day(zone, at)),
        until: s.ends_at.map(|at| moments::day(zone, at)),
        over: status == SubscriptionStatus::Ended,
        cancel: if runs && v.portal.settings.may_cancel { format!("{at}/subscriptions/{}/cancel", s.id) } else { String::new() },
    }
}

#[derive(Template)]
#[template(path = "portal/subscriptions.html")]
struct Page {
    shell: Shell,
    lines: Vec<Line>,
}

/// All of them.
pub async fn list(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri) -> Shown {
    let found = read(&app, &v, room::subscriptions).await?;
    Ok(show(&Page { shell: Shell::on(&v, &uri, "/subscriptions"), lines: found.iter().map(|s| line(&v, s)).collect() }))
}

#[derive(Template)]
#[template(path = "portal/cancel.html")]
struct Cancel {
    shell: Shell,
    line: Line,
    form: Form,
}

async fn render(app: &App, v: &Visitor, uri: &Uri, which: &SubscriptionId, status: StatusCode, form: Form) -> domain::Result<Response> {
    let all = read(app, v, room::subscriptions).await?;
    let found = all.iter().find(|s| s.id == *which).map(|s| line(v, s));
    let line = found.filter(|l| !l.cancel.is_empty() || form.has_errors()).ok_or(domain::Error::NotFound("subscription"))?;
    Ok(show_with(status, &Cancel { shell: Shell::on(v, uri, "/subscriptions"), line, form }))
}

/// Asks whether it is meant.
pub async fn ask(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, Path((_, which)): Path<(String, String)>) -> Shown {
    Ok(render(&app, &v, &uri, &id(&which, "subscription")?, StatusCode::OK, Form::default()).await?)
}

/// Cancels it, to the end of what is paid.
pub async fn cancel(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, Path((_, which)): Path<(String, String)>) -> Shown {
    let which: SubscriptionId = id(&which, "subscription")?;
    let id = which.clone();
    match write(&app, &v, move |tx, v| room::cancel_subscription(tx, v, &id)).await {
        Ok(()) => Ok(see_other(&format!("{}/subscriptions?done=cancelled", v.portal.at()))),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            Ok(render(&app, &v, &uri, &which, status, form).await?)
        }
    }
}
