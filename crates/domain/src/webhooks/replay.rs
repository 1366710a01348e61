//! Sending again: a test, one message, or all of a span of time (SPEC 13.2). Always with the id of the event, so that a receiver knows what it has had.

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;

use super::{Delivery, Endpoint, KEPT, State, endpoints, fan_out, queries, read};
use crate::events::Event;
use crate::jobs::{self, Job, Step, Tools};
use crate::kit::{Ctx, Error, EventId, JobId, Micros, Problems, Result, WebhookId};

/// The kind of job that replays a span.
pub const KIND: &str = "webhook_replay";
/// Events that a slice walks over.
const SLICE: i64 = 200;

/// Which events are sent again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Span {
    /// To which endpoint.
    pub endpoint: WebhookId,
    /// Not before, microseconds UTC.
    pub from: Micros,
    /// Before.
    pub until: Micros,
    /// Also those that arrived.
    pub all: bool,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    at: Micros,
    id: String,
    replayed: i64,
}

/// Sends the message `webhook.test`, whatever the filter says. Gives its event. Needs [`crate::kit::Right::Settings`].
///
/// # Errors
/// A conflict `switched_off`.
pub fn test(tx: &mut Tx, ctx: &Ctx, id: &WebhookId) -> Result<EventId> {
    on(tx, ctx, id)?;
    let event = Event::new("webhook.test").on("webhook_endpoint", id.as_str()).record(tx, ctx)?;
    tx.exec(&queries::ASK, &[&ctx.merchant, id, &event, &ctx.now])?;
    tx.exec(&queries::HURRY, &[&ctx.merchant, id])?;
    Ok(event)
}

/// Sends one message again, or at once when it waits. Needs [`crate::kit::Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`]; a conflict `switched_off`.
pub fn one(tx: &mut Tx, ctx: &Ctx, id: &WebhookId, event: &EventId) -> Result<Delivery> {
    on(tx, ctx, id)?;
    read::delivery(tx, ctx, id, event)?;
    tx.exec(&queries::ASK, &[&ctx.merchant, id, event, &ctx.now])?;
    tx.exec(&queries::HURRY, &[&ctx.merchant, id])?;
    Event::new("webhook.replayed").on("webhook_endpoint", id.as_str()).data(json!({ "event": event })).record(tx, ctx)?;
    read::delivery(tx, ctx, id, event)
}

/// Sends the events of a span again, as a job: those that the filter wants and that did not arrive, also what happened while the endpoint was off.
/// Needs [`crate::kit::Right::Settings`].
///
/// # Errors
/// Field errors for `from` and `until`: the last 30 days; a conflict `switched_off`.
pub fn span(tx: &mut Tx, ctx: &Ctx, span: &Span) -> Result<JobId> {
    on(tx, ctx, &span.endpoint)?;
    let mut problems = Problems::default();
    if span.from < ctx.now - KEPT {
        problems.add("from", "invalid", "Go back at most 30 days.");
    }
    if span.until <= span.from {
        problems.add("until", "invalid", "The end must lie behind the beginning.");
    }
    problems.check()?;
    // What happened at this very moment is in it.
    let until = span.until.min(ctx.now + 1);
    let job = jobs::enqueue(tx, ctx, KIND, &json!(Span { until, ..span.clone() }), 0)?;
    let what = json!({ "from": span.from, "until": until, "all": span.all });
    Event::new("webhook.replayed").on("webhook_endpoint", span.endpoint.as_str()).data(what).record(tx, ctx)?;
    Ok(job)
}

/// One slice of a job of kind [`KIND`].
pub fn slice(tx: &mut Tx, ctx: &Ctx, _: &Tools, job: &mut Job) -> Result<Step> {
    let span: Span = serde_json::from_value(job.input.clone()).map_err(|e| Error::Internal(e.to_string()))?;
    let first = Place { at: span.from - 1, id: String::new(), replayed: 0 };
    let mut place: Place = serde_json::from_value(job.cursor.clone()).ok().filter(|p: &Place| p.at != 0).unwrap_or(first);
    let endpoint = on(tx, ctx, &span.endpoint)?;
    let params: [&dyn store::Bind; 5] = [&ctx.merchant, &place.at, &place.id, &span.until, &SLICE];
    let events = tx.rows(&queries::SPAN, &params, |r| Ok((r.get::<EventId>(0)?, r.get::<String>(1)?, r.get::<Micros>(2)?)))?;
    let ask = if span.all { &queries::ASK } else { &queries::ASK_UNDELIVERED };
    for (event, _, _) in events.iter().filter(|(_, kind, _)| endpoint.wants.has(kind) && !fan_out::is_own(kind)) {
        place.replayed += tx.exec(ask, &[&ctx.merchant, &span.endpoint, event, &ctx.now])? as i64;
    }
    if let Some((id, _, at)) = events.last() {
        (place.at, place.id) = (*at, id.to_string());
    }
    job.done += events.len() as i64;
    job.result = json!({ "done": place.replayed });
    job.cursor = json!(place);
    Ok(if (events.len() as i64) < SLICE { Step::Done } else { Step::More })
}

fn on(tx: &mut Tx, ctx: &Ctx, id: &WebhookId) -> Result<Endpoint> {
    let endpoint = endpoints::get(tx, ctx, id)?;
    match endpoint.state {
        State::On => Ok(endpoint),
        _ => Err(Error::conflict("switched_off", "This endpoint is switched off. Switch it on first.")),
    }
}
