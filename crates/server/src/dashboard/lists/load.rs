//! Reads everything a list page shows in one snapshot.

use domain::Result;
use domain::customers::list::{self as people, Indexes};
use domain::kit::{Ctx, CustomerId};
use domain::lists::kept::{self, SavedView};
use domain::lists::{self, Chip, Column, Counts, Found, Kind, Options, Query};
use domain::merchants;
use domain::shops;
use domain::staff;
use store::Tx;

use super::{Desk, RowView};

/// So many filters are tried when nothing matches.
const TRIES: usize = 6;

/// A list and what stands around it.
pub struct Loaded {
    pub query: Query,
    pub found: Found,
    /// Absent where counting takes its time.
    pub counts: Option<Counts>,
    pub rows: Vec<RowView>,
    pub views: Vec<SavedView>,
    pub columns: Vec<&'static Column>,
    /// Ids of shops, customers with their names.
    pub names: Vec<(String, String)>,
    /// What the person used before.
    pub used: String,
    /// When nothing matches: how many would without each filter, where that is known.
    pub without: Vec<(Chip, Option<u64>)>,
}

/// Reads it; `now`: with counts however long they take. A saved view that is gone becomes the plain list.
pub fn load(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, desk: &Desk, asked: &Query, now: bool) -> Result<Loaded> {
    let query = match kept::expand(tx, ctx, asked.clone()) {
        Err(domain::Error::NotFound(_)) => Query { view: Query::bare(desk.list).view, ..asked.clone() },
        other => other?,
    };
    let settings = merchants::settings(tx, ctx)?;
    let found = lists::find(tx, ctx, indexes, &query)?;
    // What a search found is little, and soon counted.
    let counted = now || !query.q.is_empty() || !lists::is_large(tx, ctx, &query)?;
    let counts = if counted { Some(lists::count(tx, ctx, indexes, &query)?) } else { None };
    let mut without = Vec::new();
    if found.ids.is_empty() {
        for chip in query.chips().into_iter().take(TRIES) {
            let rest = Query::parse(desk.list, &chip.without).0;
            let count = if counted && !now { Some(lists::count(tx, ctx, indexes, &rest)?.total) } else { None };
            without.push((chip, count));
        }
    }
    Ok(Loaded {
        rows: (desk.rows)(tx, ctx, &settings, &found.ids)?,
        views: kept::views(tx, ctx, desk.list.name)?,
        columns: kept::columns(tx, ctx, desk.list)?,
        names: names(tx, ctx, &query)?,
        used: kept::last_used(tx, ctx, desk.list.name)?.unwrap_or_default(),
        found,
        counts,
        without,
        query,
    })
}

fn names(tx: &mut Tx, ctx: &Ctx, query: &Query) -> Result<Vec<(String, String)>> {
    let mut names: Vec<(String, String)> = shops::list(tx, ctx)?.into_iter().map(|s| (s.id.to_string(), s.name)).collect();
    let owners = query.list.filters.iter().enumerate().filter(|(_, f)| matches!(f.options, Options::Of(_)));
    let ids: Vec<CustomerId> = owners.flat_map(|(at, _)| query.words(at)).filter_map(|id| id.parse().ok()).collect();
    let staffed = |f: &domain::lists::Filter| matches!(&f.options, Options::Values(v) if v.kind == Kind::Person);
    if query.list.filters.iter().any(staffed) {
        names.extend(staff::colleagues(tx, ctx)?.into_iter().map(|c| (c.id.to_string(), c.name)));
    }
    names.extend(people::of_ids(tx, ctx, &ids)?.into_iter().map(|row| (row.id.to_string(), row.display_name)));
    Ok(names)
}
