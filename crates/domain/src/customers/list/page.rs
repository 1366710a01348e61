//! One page of the list: which rows the image says, what they hold the database says.

use std::collections::HashMap;

use serde::Serialize;
use store::{Row, Tx};

use super::filters::{ListQuery, View};
use super::memory::Indexes;
use super::queries::{self as q, MANY};
use super::{ask, counts, cursor, load};
use crate::customers::index::{Found, Key, Query, Sort};
use crate::customers::model::{MethodLine, Named, display_name};
use crate::customers::status::{MethodStatus, Status};
use crate::kit::{AvatarId, Ctx, Currency, CustomerId, GroupId, Micros, Money, Result, Right, ShopId, TagId};
use crate::merchants::{self, Settings};

pub use super::counts::ListCounts;

/// A row: what every column of SPEC 1.1 shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListRow {
    /// Its id.
    pub id: CustomerId,
    /// Customer number.
    pub number: String,
    /// What pages call it.
    pub display_name: String,
    /// Primary e-mail address.
    pub email: String,
    /// Primary phone.
    pub phone: String,
    /// Organisation.
    pub company: String,
    /// Billing country, two letters.
    pub country: String,
    /// Its picture.
    pub avatar: Option<AvatarId>,
    /// When it was created.
    pub created_at: Micros,
    /// Last order.
    pub last_order_at: Option<Micros>,
    /// Orders but drafts and abandoned ones.
    pub order_count: i64,
    /// Lifetime value in minor units of `currency`.
    pub lifetime: i64,
    /// The merchant's currency.
    pub currency: Currency,
    /// A rate is missing, so a part of the value is left out.
    pub lifetime_missing: bool,
    /// At the moment of reading.
    pub status: Status,
    /// At the moment of reading.
    pub method_status: MethodStatus,
    /// The oldest method still attached (SPEC 1.8).
    pub oldest_method: Option<MethodLine>,
    /// The method that the status speaks of.
    pub default_method: Option<MethodLine>,
    /// Whom it was merged into.
    pub merged_into: Option<CustomerId>,
    /// Its group.
    pub group: Option<Named<GroupId>>,
    /// The shop where it was created.
    pub shop: Option<Named<ShopId>>,
    /// Its tags, by name.
    pub tags: Vec<Named<TagId>>,
    /// Its version.
    pub version: i64,
}

impl ListRow {
    /// Lifetime value as money.
    pub fn lifetime_money(&self) -> Money {
        Money::new(self.lifetime, self.currency)
    }
}

/// A page.
#[derive(Clone, Debug, Serialize)]
pub struct ListPage {
    /// Its rows, in order.
    pub rows: Vec<ListRow>,
    /// Exactly how many match (SPEC 1.3).
    pub total: u64,
    /// Place of the first row, from 1.
    pub position: u64,
    /// How many each option of each filter would give; only [`page`] counts.
    pub counts: Option<ListCounts>,
    /// `after` of the next page.
    pub after: Option<String>,
    /// `before` of the page before.
    pub before: Option<String>,
}

/// A page with the counts of all options. In a read transaction.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`].
pub fn page(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, query: &ListQuery) -> Result<ListPage> {
    build(tx, ctx, indexes, query, true)
}

/// The same without counts: for the API and for what only pages on.
pub fn page_only(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, query: &ListQuery) -> Result<ListPage> {
    build(tx, ctx, indexes, query, false)
}

fn build(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, query: &ListQuery, want_counts: bool) -> Result<ListPage> {
    ctx.must(Right::Read)?;
    let settings = merchants::settings(tx, ctx)?;
    let (found, codes) = find(tx, ctx, indexes, query, &settings, |asked| asked.want_counts = want_counts)?;
    let counts = found.counts.as_ref().map(|c| counts::named(tx, ctx, c, &codes)).transpose()?;
    Ok(ListPage {
        rows: rows(tx, ctx, &settings, &found.keys)?,
        total: found.total,
        position: found.position,
        counts,
        after: found.last.filter(|_| found.more_after).map(|place| cursor::print(&place)),
        before: found.first.filter(|_| found.more_before).map(|place| cursor::print(&place)),
    })
}

/// Asks the image, with a last word on the question.
fn find(
    tx: &mut Tx,
    ctx: &Ctx,
    indexes: &Indexes,
    query: &ListQuery,
    settings: &Settings,
    last_word: impl FnOnce(&mut Query),
) -> Result<(Found, counts::Ids)> {
    let restrict = ask::restrict(tx, ctx, query)?;
    indexes.ask(tx, ctx, |held| {
        let mut asked = ask::question(query, held, settings, restrict);
        last_word(&mut asked);
        let mut found = held.image.find(&asked, ctx.now, settings.zone.day(ctx.now));
        if let (View::CardExpiring, Some(counts)) = (query.built_in(), &mut found.counts) {
            ask::only_expiring(counts);
        }
        let ids = found.counts.as_ref().map(|c| counts::Ids::of(c, held)).unwrap_or_default();
        (found, ids)
    })
}

/// The ids of all that match behind a place, at most `limit`, in the order of the list, with the place of the last when there are more: for
/// group actions and exports, which stream. In a read transaction.
pub fn ids(
    tx: &mut Tx,
    ctx: &Ctx,
    indexes: &Indexes,
    query: &ListQuery,
    after: Option<&str>,
    limit: usize,
) -> Result<(Vec<CustomerId>, Option<String>)> {
    ctx.must(Right::Read)?;
    let settings = merchants::settings(tx, ctx)?;
    let after = after.and_then(cursor::read);
    let (found, _) = find(tx, ctx, indexes, query, &settings, |asked| (asked.after, asked.before, asked.limit) = (after, None, limit))?;
    let more = found.last.filter(|_| found.more_after).map(|place| cursor::print(&place));
    Ok((found.keys.iter().map(CustomerId::of).collect(), more))
}

/// How many match.
pub fn count(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, query: &ListQuery) -> Result<u64> {
    ctx.must(Right::Read)?;
    let settings = merchants::settings(tx, ctx)?;
    Ok(find(tx, ctx, indexes, query, &settings, |asked| asked.limit = 0)?.0.total)
}

/// A customer's place in the list one came from (SPEC 2.15).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Neighbours {
    /// The one before.
    pub previous: Option<CustomerId>,
    /// The one behind.
    pub next: Option<CustomerId>,
    /// Its place, from 1; `None` when it is no longer in the list.
    pub position: Option<u64>,
    /// How many are in the list.
    pub total: u64,
}

/// Who stands before and behind a customer in a list.
pub fn neighbours(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, query: &ListQuery, id: &CustomerId) -> Result<Neighbours> {
    ctx.must(Right::Read)?;
    let settings = merchants::settings(tx, ctx)?;
    let (restrict, key, sort) = (ask::restrict(tx, ctx, query)?, id.bytes(), ask::sort(query));
    indexes.ask(tx, ctx, |held| {
        let Some(place) = held.image.cursor(&key, sort) else { return Neighbours::default() };
        let today = settings.zone.day(ctx.now);
        let asked = Query { after: None, before: None, limit: 1, ..ask::question(query, held, &settings, restrict) };
        let behind = held.image.find(&Query { after: Some(place.clone()), ..asked.clone() }, ctx.now, today);
        let before = held.image.find(&Query { before: Some(place), ..asked }, ctx.now, today);
        let first = |keys: &[Key]| keys.first().map(CustomerId::of);
        let ahead = if before.keys.is_empty() { 0 } else { before.position };
        // Between the two there is either nobody or the customer itself.
        let is_in = behind.position - 1 > ahead;
        Neighbours { previous: first(&before.keys), next: first(&behind.keys), position: is_in.then_some(ahead + 1), total: behind.total }
    })
}

/// Candidates by name for [`crate::customers::likely_duplicates`]: at most 50 whose folded name has all words of this one.
pub fn named_like(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, name: &str) -> Result<Vec<CustomerId>> {
    if name.trim().is_empty() {
        return Ok(Vec::new());
    }
    let query = ListQuery { q: name.to_owned(), per: 50, ..ListQuery::default() };
    Ok(ids(tx, ctx, indexes, &query, None, 50)?.0)
}

/// The rows of some customers, in this order; who is gone or another merchant's is left out.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`].
pub fn of_ids(tx: &mut Tx, ctx: &Ctx, ids: &[CustomerId]) -> Result<Vec<ListRow>> {
    ctx.must(Right::Read)?;
    let settings = merchants::settings(tx, ctx)?;
    rows(tx, ctx, &settings, &ids.iter().map(CustomerId::bytes).collect::<Vec<_>>())
}

/// The rows of these customers, in this order; who is gone meanwhile is left out.
fn rows(tx: &mut Tx, ctx: &Ctx, settings: &Settings, keys: &[Key]) -> Result<Vec<ListRow>> {
    let ids: Vec<String> = keys.iter().map(|k| CustomerId::of(k).to_string()).collect();
    let mut found: HashMap<String, ListRow> = HashMap::new();
    let mut tags: HashMap<String, Vec<Named<TagId>>> = HashMap::new();
    for some in ids.chunks(MANY) {
        load::of(tx, ctx, &q::ROWS, some, |r| {
            found.insert(r.get(0)?, read(r, settings, ctx.now)?);
            Ok(())
        })?;
        load::of(tx, ctx, &q::TAG_NAMES_OF, some, |r| {
            tags.entry(r.get(0)?).or_default().push(Named { id: r.get(1)?, name: r.get(2)? });
            Ok(())
        })?;
    }
    let row = |id: &String| found.remove(id).map(|row| ListRow { tags: tags.remove(id).unwrap_or_default(), ..row });
    Ok(ids.iter().filter_map(row).collect())
}

fn read(r: &Row, settings: &Settings, now: Micros) -> std::result::Result<ListRow, store::Error> {
    let status = Status::of(r.get("status")?).ok_or(store::Error::Decode { column: "status".into(), want: "a status" })?;
    let method = MethodStatus::of(r.get("method_status")?)
        .ok_or(store::Error::Decode { column: "method_status".into(), want: "a method status" })?;
    Ok(ListRow {
        id: r.get(0)?,
        number: r.get(1)?,
        display_name: display_name(r.str(2)?, r.str(3)?, r.str(4)?, r.str(7)?, r.str(5)?, r.str(1)?),
        email: r.get(5)?,
        phone: r.get(6)?,
        company: r.get(7)?,
        country: r.get(8)?,
        avatar: r.get(9)?,
        created_at: r.get(10)?,
        last_order_at: r.get(11)?,
        order_count: r.get(12)?,
        lifetime: r.get(13)?,
        currency: settings.currency,
        lifetime_missing: r.get(14)?,
        status: status.at(r.get(16)?, now),
        method_status: method.on(r.get(18)?, settings.zone.day(now)),
        oldest_method: method_line(r, 25)?,
        default_method: method_line(r, 31)?,
        merged_into: r.get(19)?,
        group: r.get::<Option<_>>(21)?.map(|id| Ok::<_, store::Error>(Named { id, name: r.get(22)? })).transpose()?,
        shop: r.get::<Option<_>>(23)?.map(|id| Ok::<_, store::Error>(Named { id, name: r.get(24)? })).transpose()?,
        tags: Vec::new(),
        version: r.get(20)?,
    })
}

fn method_line(r: &Row, at: usize) -> std::result::Result<Option<MethodLine>, store::Error> {
    let Some(id) = r.get::<Option<_>>(at)? else { return Ok(None) };
    Ok(Some(MethodLine {
        id,
        kind: r.get(at + 1)?,
        brand: r.get(at + 2)?,
        last4: r.get(at + 3)?,
        expires_year: r.get(at + 4)?,
        expires_month: r.get(at + 5)?,
    }))
}

/// The sort in force, for the heads of the columns.
pub fn sort_in_force(query: &ListQuery) -> Sort {
    ask::sort(query)
}
