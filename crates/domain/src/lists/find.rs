//! A page of a list: the ids of its rows, by key.

use store::{Bind, Tx};

use super::Query;
use super::build::{Ask, Built};
use crate::customers::list::{self as people, Indexes, ListQuery, SortBy};
use crate::customers::status::ALL_STATUSES;
use crate::kit::{Ctx, PageKey, Result, Right};
use crate::merchants::{self, Settings};

/// At most so many customers of a search have their rows looked through: those who ordered last.
pub const MOST_CUSTOMERS: usize = 500;

/// A merchant with more rows than this gets its exact total and counts behind the rows, in a second answer.
const LARGE: i64 = 20_000;

/// A page of ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// In the order asked for.
    pub ids: Vec<String>,
    /// `after` of the next page.
    pub after: Option<PageKey>,
    /// `before` of the page before.
    pub before: Option<PageKey>,
    /// More customers match the search than are looked through.
    pub too_many: bool,
}

/// A page. In a read transaction.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`].
pub fn find(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, query: &Query) -> Result<Found> {
    let settings = merchants::settings(tx, ctx)?;
    found(tx, ctx, indexes, query, &settings, query.per)
}

/// Ids that match behind a place, at most `limit`, with the place of the last when there are more: for exports, which stream.
pub fn pick(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, query: &Query, after: Option<PageKey>, limit: usize) -> Result<Found> {
    let settings = merchants::settings(tx, ctx)?;
    found(tx, ctx, indexes, &Query { after, before: None, ..query.clone() }, &settings, limit)
}

fn found(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, query: &Query, settings: &Settings, limit: usize) -> Result<Found> {
    ctx.must(Right::Read)?;
    let (customers, too_many) = customers(tx, ctx, indexes, query)?;
    let ask = Ask::of(ctx, query, settings, &customers);
    let Some(built) = ask.rows(ctx, limit as i64 + 1) else { return Ok(Found::default()) };
    let mut rows: Vec<PageKey> = run(tx, &built, |r| Ok(PageKey { id: r.get(0)?, at: r.get(1)? }))?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let back = query.after.is_none() && query.before.is_some();
    if back {
        rows.reverse();
    }
    let (more_after, more_before) = if back { (true, more) } else { (more, query.after.is_some()) };
    Ok(Found {
        after: rows.last().filter(|_| more_after).cloned(),
        before: rows.first().filter(|_| more_before).cloned(),
        ids: rows.into_iter().map(|key| key.id).collect(),
        too_many,
    })
}

/// The customers whose rows a search means, archived and deleted ones too, and whether there are more than are looked through.
pub(super) fn customers(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, query: &Query) -> Result<(Vec<String>, bool)> {
    // A few digits are a number or the end of a card: every phone that has them in it would only be in the way.
    let digits = query.q.chars().filter(char::is_ascii_digit).count();
    let names_somebody = query.q.chars().any(|c| c.is_alphabetic() || c == '@') || digits >= 6;
    if !names_somebody || !query.list.search.iter().any(|s| s.by == super::By::Customers) {
        return Ok((Vec::new(), false));
    }
    let who =
        ListQuery { q: query.q.clone(), status: ALL_STATUSES.to_vec(), sort: SortBy::LastOrder, descending: true, ..ListQuery::default() };
    let (ids, more) = people::ids(tx, ctx, indexes, &who, None, MOST_CUSTOMERS)?;
    Ok((ids.iter().map(ToString::to_string).collect(), more.is_some()))
}

/// Has the merchant so many rows that counting them is not done on the way?
pub fn is_large(tx: &mut Tx, ctx: &Ctx, query: &Query) -> Result<bool> {
    ctx.must(Right::Read)?;
    let built = Ask::some(query.list, ctx, LARGE + 1);
    let rows: Vec<i64> = run(tx, &built, |r| r.get(0))?;
    Ok(rows.first().is_some_and(|n| *n > LARGE))
}

pub(super) fn run<T>(tx: &mut Tx, built: &Built, f: impl FnMut(&store::Row<'_>) -> std::result::Result<T, store::Error>) -> Result<Vec<T>> {
    let values: Vec<&dyn Bind> = built.values.iter().map(|v| v as &dyn Bind).collect();
    Ok(tx.rows(&built.statement(), &values, f)?)
}
