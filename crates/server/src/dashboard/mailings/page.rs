//! One mailing: how far it is, what became of each customer's mail, pause, resume, cancel.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use domain::jobs;
use domain::kit::{Ctx, MailingId, Right, Zone};
use domain::mailings::{self as room, Counts, Line, Mailing, Outcome, State as Stage};
use domain::merchants;
use serde::Deserialize;
use store::Tx;

use super::list::tone;
use crate::app::App;
use crate::dashboard::{PageResult, frame, moments, see_other, show, toasted, tones};
use crate::http::{Who, guard};
use crate::look::{Frame, Tab, When};

/// Lines of a page.
const PER: i64 = 100;

#[derive(Template)]
#[template(path = "dashboard/mailings/page.html")]
struct Page {
    frame: Frame,
    m: Mailing,
    tone: &'static str,
    begun: When,
    ended: Option<When>,
    /// Figures with their words.
    figures: Vec<(&'static str, String)>,
    skipped: Vec<(String, &'static str)>,
    done: i64,
    progress: String,
    open: bool,
    paused: bool,
    may: bool,
    /// Nothing takes mail.
    no_server: bool,
    /// Why the job stands still.
    fault: String,
    tabs: Vec<Tab>,
    lines: Vec<Shown>,
    next: Option<String>,
}

struct Shown {
    name: String,
    href: String,
    tone: &'static str,
    word: &'static str,
    why: String,
    at: When,
}

/// Which lines.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Which {
    outcome: String,
    after: i64,
}

/// The page.
pub async fn page(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Query(which): Query<Which>,
    uri: Uri,
    headers: HeaderMap,
) -> PageResult {
    let id: MailingId = guard::id(&id, "mailing")?;
    let (outcome, after) = (which.outcome.parse::<Outcome>().ok(), which.after.max(0));
    let (m, counts, mut lines, fault, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let m = room::get(tx, ctx, &id)?;
            let fault = jobs::load(tx, ctx, &m.job)?.error;
            let counts = room::counts(tx, ctx, &id)?;
            let lines = room::rows(tx, ctx, &id, outcome, after, PER + 1)?;
            Ok((m, counts, lines, fault, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let more = lines.len() > PER as usize;
    lines.truncate(PER as usize);
    let next = lines.last().filter(|_| more).map(|last| address(&m.id, outcome, last.position));
    let open = matches!(m.state, Stage::Sending | Stage::Paused);
    let page = Page {
        frame: frame(&app, &who, "mailings", &uri, &headers).await?,
        tone: tone(m.state),
        begun: moments::moment(&zone, m.created_at),
        ended: m.ended_at.map(|at| moments::moment(&zone, at)),
        figures: figures(&m, &counts),
        skipped: counts.skipped.iter().map(|(reason, n)| (number(*n), reason.label())).collect(),
        done: counts.lines(),
        progress: format!("{} of {}", number(counts.lines()), number(m.total)),
        paused: m.state == Stage::Paused,
        may: open && who.ctx.may(Right::BulkMail),
        no_server: app.config.smtp.is_none() && counts.of(Outcome::Queued) > 0,
        tabs: tabs(&m, &counts, outcome),
        lines: lines.into_iter().map(|line| shown(line, &zone)).collect(),
        open,
        fault,
        next,
        m,
    };
    Ok(show(&page))
}

fn number(n: i64) -> String {
    tones::number(n.unsigned_abs())
}

fn figures(m: &Mailing, counts: &Counts) -> Vec<(&'static str, String)> {
    let mut all = vec![("Chosen", number(m.total))];
    all.extend(Outcome::ALL.iter().map(|outcome| (outcome.label(), number(counts.of(*outcome)))));
    all.extend([("Came back", number(counts.bounced)), ("Wanted no more", number(counts.unsubscribed))]);
    all
}

fn address(id: &MailingId, outcome: Option<Outcome>, after: i64) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    if let Some(outcome) = outcome {
        pairs.append_pair("outcome", outcome.name());
    }
    if after > 0 {
        pairs.append_pair("after", &after.to_string());
    }
    let query = pairs.finish();
    if query.is_empty() { format!("/mailings/{id}") } else { format!("/mailings/{id}?{query}") }
}

fn tabs(m: &Mailing, counts: &Counts, on: Option<Outcome>) -> Vec<Tab> {
    let tab = |name: &str, outcome: Option<Outcome>, n: i64| Tab {
        name: name.to_owned(),
        href: address(&m.id, outcome, 0),
        on: outcome == on,
        count: Some(number(n)),
    };
    let some = counts.outcomes.iter().map(|(outcome, n)| tab(outcome.label(), Some(*outcome), *n));
    std::iter::once(tab("All", None, counts.lines())).chain(some).collect()
}

fn shown(line: Line, zone: &Zone) -> Shown {
    let tone = match line.outcome {
        Outcome::Queued => "attention",
        Outcome::Sent => "good",
        Outcome::Failed => "problem",
        Outcome::Unknown => "attention",
        Outcome::Skipped => "quiet",
    };
    let mut why: Vec<String> = line.reason.map(|r| r.label().to_owned()).into_iter().collect();
    why.extend(Some(line.detail).filter(|words| !words.is_empty()));
    why.extend(line.bounced_at.map(|_| "came back".to_owned()));
    why.extend(line.unsubscribed_at.map(|_| "wanted no more".to_owned()));
    Shown {
        name: line.customer_name,
        href: format!("/customers/{}", line.customer),
        tone,
        word: line.outcome.label(),
        why: why.join("; "),
        at: moments::moment(zone, line.at),
    }
}

type Verb = fn(&mut Tx, &Ctx, &MailingId) -> domain::Result<()>;

async fn steer(app: &App, who: &Who, id: &str, verb: Verb, words: &str) -> PageResult {
    let id: MailingId = guard::id(id, "mailing")?;
    let back = format!("/mailings/{id}");
    app.write(&who.ctx, move |tx, ctx| verb(tx, ctx, &id)).await?;
    Ok(toasted(see_other(&back), words, None))
}

/// Stops it for a while.
pub async fn pause(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    steer(&app, &who, &id, room::pause, "Paused. What a server already has is on its way.").await
}

/// Goes on.
pub async fn resume(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    steer(&app, &who, &id, room::resume, "It goes on.").await
}

/// Ends it.
pub async fn cancel(State(app): State<App>, who: Who, Path(id): Path<String>) -> PageResult {
    steer(&app, &who, &id, room::cancel, "Cancelled. What was sent stays sent.").await
}
