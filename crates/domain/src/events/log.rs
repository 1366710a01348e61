//! Reading what happened: the audit log of a merchant (SPEC 14.1) and the timeline of a customer (SPEC 2.14). Both page by key.

use std::ops::Range;

use serde::Serialize;
use store::{Row, Tx};

use super::queries;
use crate::customers::merge;
use crate::kit::{Ctx, CustomerId, EventId, Micros, Result, Right};

/// A field that changed. Absent values were erased, or there was none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The field, as in the API.
    pub field: String,
    /// What it was.
    pub old: Option<String>,
    /// What it became.
    pub new: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// Its id.
    pub id: EventId,
    /// When, microseconds UTC.
    pub at: Micros,
    /// Noun and verb: `customer.edited`.
    pub kind: String,
    /// `staff`, `api_key` or `system`.
    pub actor_kind: String,
    /// Id of the person or key, or a word for the system.
    pub actor_id: String,
    /// Their name at the time.
    pub actor_name: String,
    /// `page`, `api`, `import`, `job`, `cli`, `clock`.
    pub door: String,
    /// The customer it shows under.
    pub customer: Option<CustomerId>,
    /// Its place on the customer's timeline.
    pub version: i64,
    /// What it happened to: `order`.
    pub subject_kind: String,
    /// Id of that.
    pub subject_id: String,
    /// Why, in words.
    pub cause: String,
    /// Ids, codes, amounts.
    pub data: serde_json::Value,
    /// Fields that changed, by name.
    pub values: Vec<Change>,
}

/// A page of entries, newest first.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Page<K> {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<K>,
}

/// What the audit log is to show; empty shows all.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    /// Id of a person or key, or the word of the system; empty is everybody.
    pub actor: String,
    /// A kind (`customer.edited`), or a noun (`customer`) for all of its kinds; empty is everything.
    pub kind: String,
    /// Not before, microseconds UTC.
    pub from: Option<Micros>,
    /// Before, microseconds UTC.
    pub until: Option<Micros>,
    /// Only this customer's.
    pub customer: Option<CustomerId>,
}

/// The place behind which a page of the audit log begins.
pub type LogKey = (Micros, EventId);

/// The audit log, newest first, `limit` entries from behind `after` on. Needs [`Right::Audit`].
pub fn log(tx: &mut Tx, ctx: &Ctx, filter: &LogFilter, after: Option<&LogKey>, limit: usize) -> Result<Page<LogKey>> {
    ctx.must(Right::Audit)?;
    let kinds = kind_range(&filter.kind);
    let from = filter.from.unwrap_or(i64::MIN);
    let until = filter.until.unwrap_or(i64::MAX);
    let (at, id) = after.map_or((i64::MAX, ""), |(at, id)| (*at, id.as_str()));
    let more = limit as i64 + 1;
    let entries = match &filter.customer {
        Some(customer) => collect(
            tx,
            &queries::LOG_OF_CUSTOMER,
            &[&ctx.merchant, &from, &until, &kinds.start, &kinds.end, &filter.actor, &at, &id, &more, customer],
        )?,
        None if is_apart(&filter.kind) => {
            collect(tx, &queries::LOG_APART, &[&ctx.merchant, &from, &until, &kinds.start, &kinds.end, &filter.actor, &at, &id, &more])?
        }
        None => collect(tx, &queries::LOG, &[&ctx.merchant, &from, &until, &kinds.start, &kinds.end, &filter.actor, &at, &id, &more])?,
    };
    Ok(page(entries, limit, |last| (last.at, last.id.clone())))
}

/// The place behind which a page of a timeline begins: a version of the customer, then one of each who was merged into it. As text `12` or
/// `12.40.3`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(Vec<i64>);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.iter().map(i64::to_string).collect::<Vec<_>>().join("."))
    }
}

impl std::str::FromStr for Place {
    type Err = ();
    fn from_str(text: &str) -> std::result::Result<Self, ()> {
        text.split('.').map(|v| v.parse().map_err(drop)).collect::<std::result::Result<_, ()>>().map(Self)
    }
}

/// The timeline of a customer, newest first, `limit` entries from behind `after` on, with what happened to those who were merged into it
/// (SPEC 10.1). `kind` as in [`LogFilter::kind`]. Needs [`Right::Read`].
pub fn timeline(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, kind: &str, after: Option<&Place>, limit: usize) -> Result<Page<Place>> {
    ctx.must(Right::Read)?;
    let kinds = kind_range(kind);
    let mut whose = vec![customer.clone()];
    whose.extend(merge::sources(tx, ctx, customer)?);
    let mut place = after.map_or_else(Vec::new, |p| p.0.clone());
    place.resize(whose.len(), i64::MAX);
    let more = limit as i64 + 1;
    let mut rows = Vec::with_capacity(whose.len());
    for (id, below) in whose.iter().zip(&place) {
        let found = collect(tx, &queries::TIMELINE, &[&ctx.merchant, id, &kinds.start, &kinds.end, below, &more])?;
        rows.push(found.into_iter().peekable());
    }
    // Each keeps its own order; of what is next of each, the latest comes first.
    let mut entries = Vec::with_capacity(limit);
    while entries.len() < limit {
        let heads = rows.iter_mut().enumerate().filter_map(|(at, row)| row.peek().map(|e| (e.at, at)));
        let Some((_, at)) = heads.max_by_key(|(when, at)| (*when, std::cmp::Reverse(*at))) else { break };
        if let Some(entry) = rows[at].next() {
            place[at] = entry.version;
            entries.push(entry);
        }
    }
    let next = rows.iter_mut().any(|row| row.peek().is_some()).then_some(Place(place));
    Ok(Page { entries, next })
}

/// What happened to one thing, newest first, at most `limit`: while it was nobody's (a guest's order), and as that of this customer and of those who
/// were merged into it. Needs [`Right::Read`].
pub fn of_subject(tx: &mut Tx, ctx: &Ctx, customer: Option<&CustomerId>, subject: &str, limit: i64) -> Result<Vec<Entry>> {
    ctx.must(Right::Read)?;
    let mut entries = collect(tx, &queries::OF_SUBJECT_APART, &[&ctx.merchant, &subject, &limit])?;
    if let Some(customer) = customer {
        for id in std::iter::once(customer.clone()).chain(merge::sources(tx, ctx, customer)?) {
            entries.extend(collect(tx, &queries::OF_SUBJECT, &[&ctx.merchant, &id, &subject, &limit])?);
        }
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(entries)
}

/// One event; `None` when there is none. For those who have the right to what they make of it.
pub(crate) fn find(tx: &mut Tx, ctx: &Ctx, id: &EventId) -> Result<Option<Entry>> {
    Ok(collect(tx, &queries::ONE, &[&ctx.merchant, id])?.pop())
}

/// What never shows on a customer's timeline; found by an index of its own among millions of changes of customers.
const APART: [&str; 15] = [
    "merchant",
    "shop",
    "provider",
    "group",
    "tag",
    "rate",
    "staff",
    "session",
    "person",
    "api_key",
    "affiliate",
    "payout",
    "template",
    "mailing",
    "webhook",
];

fn is_apart(kind: &str) -> bool {
    APART.contains(&kind.split('.').next().unwrap_or_default())
}

/// A noun stands for all of its kinds: `customer` is everything from `customer.` up to, not including, `customer/`.
fn kind_range(kind: &str) -> Range<String> {
    match kind {
        "" => String::new()..char::MAX.to_string(),
        exact if exact.contains('.') => exact.to_owned()..format!("{exact}\u{1}"),
        noun => format!("{noun}.")..format!("{noun}/"),
    }
}

fn page<K>(mut entries: Vec<Entry>, limit: usize, key: impl Fn(&Entry) -> K) -> Page<K> {
    let more = entries.len() > limit;
    entries.truncate(limit);
    let next = entries.last().filter(|_| more).map(key);
    Page { entries, next }
}

/// Rows come once per changed field; those of one event stand together.
fn collect(tx: &mut Tx, statement: &store::Stmt, params: &[&dyn store::Bind]) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    tx.each(statement, params, |r| {
        let id = EventId::from_db(r.get("id")?);
        if entries.last().is_none_or(|last| last.id != id) {
            entries.push(entry(r, id)?);
        }
        if let (Some(field), Some(last)) = (r.get::<Option<String>>("field")?, entries.last_mut()) {
            last.values.push(Change { field, old: r.get("old")?, new: r.get("new")? });
        }
        Ok(())
    })?;
    Ok(entries)
}

fn entry(r: &Row, id: EventId) -> std::result::Result<Entry, store::Error> {
    let data: String = r.get("data")?;
    Ok(Entry {
        id,
        at: r.get("at")?,
        kind: r.get("kind")?,
        actor_kind: r.get("actor_kind")?,
        actor_id: r.get("actor_id")?,
        actor_name: r.get("actor_name")?,
        door: r.get("door")?,
        customer: r.get::<Option<String>>("customer_id")?.map(CustomerId::from_db),
        version: r.get("version")?,
        subject_kind: r.get("subject_kind")?,
        subject_id: r.get("subject_id")?,
        cause: r.get("cause")?,
        data: serde_json::from_str(&data).unwrap_or_default(),
        values: Vec::new(),
    })
}
