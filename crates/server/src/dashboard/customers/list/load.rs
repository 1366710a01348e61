//! Reads everything a list page shows in one snapshot.

use domain::Result;
use domain::customers::list::{self, Chip, Column, Indexes, ListPage, ListQuery, SavedView, View};
use domain::kit::Ctx;
use domain::merchants::{self, Settings};
use store::Tx;

/// So many filters are tried when nothing matches.
const TRIES: usize = 6;

/// A list and what stands around it.
pub struct Loaded {
    pub query: ListQuery,
    pub page: ListPage,
    pub views: Vec<SavedView>,
    pub columns: Vec<Column>,
    pub settings: Settings,
    /// What the person used before.
    pub used: String,
    /// When nothing matches: how many would without each filter.
    pub without: Vec<(Chip, u64)>,
}

/// Reads it. A saved view that is gone becomes the plain list.
pub fn load(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, asked: &ListQuery) -> Result<Loaded> {
    let query = match list::expand(tx, ctx, asked.clone()) {
        Err(domain::Error::NotFound(_)) => ListQuery { view: asked.base.clone(), base: View::All, ..asked.clone() },
        other => other?,
    };
    let page = list::page(tx, ctx, indexes, &query)?;
    let mut without = Vec::new();
    if page.total == 0 {
        for chip in query.chips().into_iter().take(TRIES) {
            let count = list::count(tx, ctx, indexes, &ListQuery::parse(&chip.without).0)?;
            without.push((chip, count));
        }
    }
    Ok(Loaded {
        page,
        views: list::views(tx, ctx)?,
        columns: list::columns(tx, ctx)?,
        settings: merchants::settings(tx, ctx)?,
        used: list::last_used(tx, ctx)?.unwrap_or_default(),
        without,
        query,
    })
}

/// The address of a list: never the bare one, which means "what I last used".
pub fn address(query: &str) -> String {
    super::views::PLACE.address(query)
}
