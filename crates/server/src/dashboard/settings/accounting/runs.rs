//! Runs: begin one, see what became of each row, try again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::accounting::log::{self, Entry};
use domain::accounting::run::{self, Run};
use domain::accounting::{Kind, Outcome, connections};
use domain::jobs::State as JobState;
use domain::kit::{CustomerId, JobId, PageKey, Zone};
use domain::merchants;

use super::{HERE, Line, connection};
use crate::app::App;
use crate::dashboard::moments::moment;
use crate::dashboard::settings::{Item, around};
use crate::dashboard::typed::Typed;
use crate::dashboard::{PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Frame, Page, When};

const PER_PAGE: i64 = 50;

/// A run as a line.
pub(super) struct RunLine {
    pub(super) id: String,
    pub(super) at: When,
    pub(super) by: String,
    pub(super) tone: &'static str,
    pub(super) state: &'static str,
    /// "12 of 40", "40".
    pub(super) count: String,
    pub(super) refused: i64,
    pub(super) error: String,
    pub(super) goes_on: bool,
}

impl RunLine {
    pub(super) fn of(r: Run, zone: &Zone) -> Self {
        let (tone, state) = match r.state {
            JobState::Queued | JobState::Running if r.cancel_asked => ("attention", "Stopping"),
            JobState::Queued | JobState::Running => ("attention", "Running"),
            JobState::Done if r.refused > 0 => ("attention", "Done, not all"),
            JobState::Done => ("good", "Done"),
            JobState::Failed => ("problem", "Failed"),
            JobState::Cancelled => ("quiet", "Cancelled"),
        };
        let count = if r.state.is_over() { r.exported.to_string() } else { format!("{} of {}", r.done, r.total) };
        Self {
            id: r.id.to_string(),
            at: moment(zone, r.created_at),
            by: r.created_by,
            tone,
            state,
            count,
            refused: r.refused,
            error: r.error,
            goes_on: !r.state.is_over(),
        }
    }
}

/// A line of the log.
pub(in crate::dashboard) struct LogLine {
    pub(in crate::dashboard) at: When,
    pub(in crate::dashboard) what: String,
    /// The page of what was exported.
    pub(in crate::dashboard) href: String,
    pub(in crate::dashboard) action: String,
    pub(in crate::dashboard) tone: &'static str,
    pub(in crate::dashboard) result: &'static str,
    pub(in crate::dashboard) number: String,
    pub(in crate::dashboard) words: String,
    /// Where it is tried again, when it can be.
    pub(in crate::dashboard) retry: Option<String>,
    /// Whose page a press comes back to; empty goes to the run.
    pub(in crate::dashboard) customer: String,
}

impl LogLine {
    pub(in crate::dashboard) fn of(e: Entry, zone: &Zone, may: bool) -> Self {
        let tone = match e.outcome {
            Outcome::Done => "good",
            Outcome::Refused => "problem",
            Outcome::Later | Outcome::Unknown => "attention",
        };
        let (what, href) = match e.kind {
            Kind::Customer => (format!("Customer {}", e.reference), format!("/customers/{}", e.subject)),
            Kind::Invoice => (e.reference.clone(), format!("/invoices/{}", e.subject)),
        };
        let retry = (may && e.may_retry()).then(|| format!("{HERE}/{}/exports/{}/retry", e.connection, e.subject));
        Self {
            at: moment(zone, e.created_at),
            what,
            href,
            action: format!("{} to {}", e.action.label(), e.service.label()),
            tone,
            result: e.outcome.label(),
            number: e.remote_number,
            words: e.words,
            retry,
            customer: String::new(),
        }
    }
}

#[derive(Template)]
#[template(path = "dashboard/settings/accounting_run.html")]
struct RunPage {
    frame: Frame,
    entries: Vec<Item>,
    line: Line,
    run: RunLine,
    log: Vec<LogLine>,
    pages: Page,
    may_retry: bool,
}

/// One run with its log.
pub(super) async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    let id: JobId = id(&which, "run")?;
    let after = crate::dashboard::customers::profile::param(&uri, "after").parse::<PageKey>().ok();
    let behind = after.clone();
    let (own, found, c, log) = app
        .read(&who.ctx, move |tx, ctx| {
            let (found, connection) = run::one(tx, ctx, &id)?;
            let log = log::of_run(tx, ctx, &id, behind.as_ref(), PER_PAGE)?;
            Ok((merchants::settings(tx, ctx)?, found, connections::get(tx, ctx, &connection)?, log))
        })
        .await?;
    let (frame, entries) = around(&app, &who, &uri, &headers, HERE).await?;
    let here = format!("{HERE}/runs/{which}");
    let next = log.next.as_ref().map(|key| format!("{here}?after={key}"));
    let page = RunPage {
        frame,
        entries,
        line: Line::of(c, &own.zone, who.ctx.now),
        may_retry: found.state.is_over() && found.refused > 0,
        run: RunLine::of(found, &own.zone),
        log: log.entries.into_iter().map(|e| LogLine::of(e, &own.zone, true)).collect(),
        pages: Page { range: String::new(), previous: after.map(|_| here), next },
    };
    Ok(show_with(StatusCode::OK, &page))
}

/// Where somebody goes behind a press: to the run, or back with why not.
fn went(begun: domain::Result<JobId>, back: &str, to: Option<&str>, words: &str) -> PageResult {
    match begun {
        Ok(run) => Ok(toasted(see_other(&to.map_or_else(|| format!("{HERE}/runs/{run}"), str::to_owned)), words, None)),
        Err(domain::Error::Conflict { message, .. }) => Ok(toasted(see_other(back), &message, None)),
        Err(other) => Err(other.into()),
    }
}

/// Begins one.
pub(super) async fn start(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let id = connection(&which)?;
    let begun = app.write(&who.ctx, move |tx, ctx| run::start(tx, ctx, &id)).await;
    went(begun, &format!("{HERE}/{which}"), None, "The export runs. Load the page again to see how far it is.")
}

/// Tries what was refused in a run once more.
pub(super) async fn again(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let id: JobId = id(&which, "run")?;
    let begun = app.write(&who.ctx, move |tx, ctx| run::again(tx, ctx, &id)).await;
    went(begun, &format!("{HERE}/runs/{which}"), None, "What was refused is tried again.")
}

/// Tries one row once more; from a customer's page back to it.
pub(super) async fn again_one(
    State(app): State<App>,
    who: Who,
    Path((which, subject)): Path<(String, String)>,
    typed: Typed,
) -> PageResult {
    let id = connection(&which)?;
    let customer = typed.get("customer").parse::<CustomerId>().ok().map(|c| format!("/customers/{c}/accounting"));
    let back = customer.clone().unwrap_or_else(|| format!("{HERE}/{which}"));
    let begun = app.write(&who.ctx, move |tx, ctx| run::again_one(tx, ctx, &id, &subject)).await;
    went(begun, &back, customer.as_deref(), "It is tried again. Load the page again to see what came of it.")
}
