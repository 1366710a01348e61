//! The job: a slice puts the next mails into the outbox and writes the line of each customer, in one transaction. Not faster than the pace, and
//! not when the outbox has not yet sent what was put there before.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::{Bind, Tx, Value};

use super::who::{Recipient, recipients};
use super::{Mailing, Outcome, Skip, State, queries, read};
use crate::conversations;
use crate::customers::bulk::{Ahead, Selection};
use crate::events::Event;
use crate::jobs::{Job, Step, Tools};
use crate::kit::{Ctx, CustomerId, Error, MailId, MailingId, Micros, Result, Right, locks};
use crate::mail::{self, Draft};
use crate::merchants;
use crate::shops::{self, Shop};
use crate::templates::{self, Ready};

/// Customers that are looked at together.
const CHUNK: usize = 100;
/// The pace is kept in windows of five seconds, or of as long as one mail takes.
const WINDOW: Micros = 5_000_000;
const MINUTE: Micros = 60_000_000;
/// While it is paused.
const LONG_TIME: Micros = 365 * crate::kit::DAY;

#[derive(Deserialize)]
struct Input {
    mailing: MailingId,
    selection: Selection,
}

/// How far it came.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    #[serde(flatten)]
    ahead: Ahead,
    /// The window of the pace: when it began, and mails put into the outbox in it.
    window: Micros,
    sent: i64,
    done: u64,
    refused: BTreeMap<String, u64>,
}

fn input(job: &Job) -> Result<Input> {
    serde_json::from_value(job.input.clone()).map_err(|e| Error::Internal(format!("input of a mailing: {e}")))
}

/// Looks before a slice, where it will need more.
pub fn look(tx: &mut Tx, ctx: &Ctx, tools: &Tools, job: &Job) -> Result<Json> {
    let place: Place = serde_json::from_value(job.cursor.clone()).unwrap_or_default();
    place.ahead.look(tx, ctx, &tools.indexes, &input(job)?.selection)
}

/// One slice of a job of kind [`super::KIND`].
pub fn slice(tx: &mut Tx, ctx: &Ctx, tools: &Tools, job: &mut Job) -> Result<Step> {
    ctx.must(Right::BulkMail)?;
    let input = input(job)?;
    let mut place: Place = serde_json::from_value(job.cursor.clone()).unwrap_or_default();
    if !place.ahead.fill(&input.selection, &tools.seen, job.created_at) {
        return Ok(Step::More);
    }
    let pace = Pace::of(&read::load(tx, ctx, &input.mailing)?);
    let some = match pace.room(tx, ctx, &input.mailing, &mut place)? {
        Ok(room) => place.ahead.take(room.min(CHUNK)),
        Err(later) => return keep(job, &place, Step::Later(later)),
    };
    locks::customers(tx, ctx, &some.iter().collect::<Vec<_>>())?;
    locks::mailing(tx, ctx, &input.mailing)?;
    let mailing = read::load(tx, ctx, &input.mailing)?;
    match mailing.state {
        State::Sending => {}
        // Nothing of `place` is kept: the same customers come next when it goes on.
        State::Paused => return Ok(Step::Later(ctx.now + LONG_TIME)),
        State::Done | State::Cancelled => return Ok(Step::Done),
    }
    treat(tx, ctx, &mailing, &some, job, &mut place)?;
    job.total = job.total.max(job.done);
    job.result = json!({ "done": place.done, "refused": place.refused });
    if !place.ahead.is_over() {
        return keep(job, &place, Step::More);
    }
    job.total = job.done;
    tx.exec(&queries::SET_STATE, &[&ctx.merchant, &mailing.id, &State::Done, &ctx.now])?;
    let data = json!({ "done": place.done, "refused": place.refused.values().sum::<u64>() });
    Event::new("mailing.done").on("mailing", mailing.id.as_str()).data(data).record(tx, ctx)?;
    keep(job, &place, Step::Done)
}

fn keep(job: &mut Job, place: &Place, step: Step) -> Result<Step> {
    job.cursor = serde_json::to_value(place).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(step)
}

/// How many a minute.
struct Pace {
    per_minute: i64,
    window: Micros,
    in_window: i64,
}

impl Pace {
    fn of(mailing: &Mailing) -> Self {
        let per_minute = mailing.per_minute.max(1);
        let window = WINDOW.max(MINUTE / per_minute);
        Self { per_minute, window, in_window: (per_minute * window / MINUTE).max(1) }
    }

    /// So many may go now, or when to come again.
    fn room(&self, tx: &mut Tx, ctx: &Ctx, mailing: &MailingId, place: &mut Place) -> Result<std::result::Result<usize, Micros>> {
        if ctx.now >= place.window + self.window {
            (place.window, place.sent) = (ctx.now, 0);
        }
        let left = self.in_window - place.sent;
        if left <= 0 {
            return Ok(Err(place.window + self.window));
        }
        // When the server is down, mail must not pile up and then go all at once.
        let most = self.per_minute.max(10);
        let waiting: i64 = tx.one(&queries::WAITING, &[&ctx.merchant, mailing, &most], |r| r.get(0))?;
        if waiting >= most {
            return Ok(Err(ctx.now + WINDOW));
        }
        Ok(Ok(usize::try_from(left.min(most - waiting)).unwrap_or(1)))
    }
}

/// What the mails of a slice are written with.
struct Desk<'a> {
    mailing: &'a Mailing,
    shop: Shop,
    merchant: String,
    ready: std::result::Result<Ready<'a>, String>,
}

/// Treats some customers: a mail into the outbox, or a reason, and a line for each.
fn treat(tx: &mut Tx, ctx: &Ctx, mailing: &Mailing, some: &[CustomerId], job: &mut Job, place: &mut Place) -> Result<()> {
    let version = templates::version(tx, ctx, &mailing.template, mailing.version)?;
    let (shop, merchant) = (shops::get(tx, ctx, &mailing.shop)?, merchants::settings(tx, ctx)?.name);
    let desk = Desk { mailing, shop, merchant, ready: Ready::try_from(&version) };
    let mut rows = Vec::with_capacity(some.len());
    let mut addressed = HashSet::new();
    for mut one in recipients(tx, ctx, some, mailing.consenting_only)? {
        if one.skip == Some(Skip::Gone) || tx.opt(&queries::LINED, &[&ctx.merchant, &mailing.id, &one.id], |_| Ok(()))?.is_some() {
            // Deleted for good since it was chosen, or met twice because the list moved: there is nothing to write a line for.
            *place.refused.entry(Skip::Gone.label().to_owned()).or_insert(0) += 1;
            continue;
        }
        if one.skip.is_none() {
            let before = tx.opt(&queries::ADDRESSED, &[&ctx.merchant, &mailing.id, &one.email_key], |_| Ok(()))?.is_some();
            one.skip = (before || addressed.contains(&one.email_key)).then_some(Skip::SameAddress);
        }
        job.done += 1;
        let line = desk.line(tx, ctx, &one)?;
        match line.0 {
            Outcome::Queued => {
                place.sent += 1;
                place.done += 1;
                addressed.insert(one.email_key.clone());
            }
            _ => *place.refused.entry(one.skip.map_or("it could not be written", Skip::label).to_owned()).or_insert(0) += 1,
        }
        rows.push(row(ctx, mailing, job.done, &one, line));
    }
    if !rows.is_empty() {
        tx.insert_many("mailing_rows", &COLUMNS, &rows)?;
    }
    Ok(())
}

/// What becomes of one: how it ended so far, its mail, and what is said about it.
type Line = (Outcome, Option<MailId>, String);

impl Desk<'_> {
    fn line(&self, tx: &mut Tx, ctx: &Ctx, one: &Recipient) -> Result<Line> {
        if one.skip.is_some() {
            return Ok((Outcome::Skipped, None, String::new()));
        }
        let written = match &self.ready {
            Ok(ready) => ready.write(&one.values(&self.shop, &self.merchant)),
            Err(words) => Err(words.clone()),
        };
        let written = match written {
            Ok(written) => written,
            Err(words) => return Ok((Outcome::Failed, None, words)),
        };
        let draft = Draft {
            customer: Some(&one.id),
            template: Some(&self.mailing.template),
            ..Draft::new(&one.email, &written.subject, &written.body)
        };
        let mail = mail::put(tx, ctx, &draft)?;
        conversations::file_sent(tx, ctx, &one.id, &mail, (&one.email, &written.subject, &written.body))?;
        Event::new("customer.mailed").of(&one.id).on("mailing", self.mailing.id.as_str()).record(tx, ctx)?;
        Ok((Outcome::Queued, Some(mail), String::new()))
    }
}

const COLUMNS: [&str; 10] =
    ["merchant_id", "mailing_id", "customer_id", "position", "email_key", "mail_id", "outcome", "reason", "detail", "at"];

fn row(ctx: &Ctx, mailing: &Mailing, position: i64, one: &Recipient, (outcome, mail, detail): Line) -> Vec<Value> {
    let written_to = if outcome == Outcome::Queued { one.email_key.as_str() } else { "" };
    vec![
        ctx.merchant.value(),
        mailing.id.value(),
        one.id.value(),
        Value::Int(position),
        written_to.into(),
        mail.map_or(Value::Null, |id| id.value()),
        outcome.value(),
        one.skip.map_or("", Skip::name).into(),
        detail.into(),
        ctx.now.into(),
    ]
}
