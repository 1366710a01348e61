//! Reads everything a list page shows in one snapshot.

use std::collections::HashMap;

use domain::Result;
use domain::customers;
use domain::customers::list::{self, Chip, Column, Indexes, ListPage, ListQuery, SavedView, View};
use domain::kit::{Ctx, CustomerId};
use domain::merchants::{self, Anew, Settings};
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
    /// The settings changed, and not every status follows them yet.
    pub anew: Option<Anew>,
    /// What the person used before.
    pub used: String,
    /// Who was merged into whom, by name.
    pub survivors: HashMap<CustomerId, (CustomerId, String)>,
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
        survivors: survivors(tx, ctx, &page)?,
        views: list::views(tx, ctx)?,
        columns: list::columns(tx, ctx)?,
        settings: merchants::settings(tx, ctx)?,
        anew: merchants::anew(tx, ctx)?,
        used: list::last_used(tx, ctx)?.unwrap_or_default(),
        without,
        query,
        page,
    })
}

/// The customers that merged ones of this page stand under now, also by way of others.
fn survivors(tx: &mut Tx, ctx: &Ctx, page: &ListPage) -> Result<HashMap<CustomerId, (CustomerId, String)>> {
    let mut led = Vec::new();
    for row in page.rows.iter().filter(|row| row.merged_into.is_some()) {
        led.push((row.id.clone(), customers::survivor(tx, ctx, &row.id)?));
    }
    let ids: Vec<CustomerId> = led.iter().map(|(_, to)| to.clone()).collect();
    let names: HashMap<CustomerId, String> = list::of_ids(tx, ctx, &ids)?.into_iter().map(|row| (row.id, row.display_name)).collect();
    Ok(led.into_iter().filter_map(|(id, to)| names.get(&to).map(|name| (id, (to.clone(), name.clone())))).collect())
}

/// The address of a list: never the bare one, which means "what I last used".
pub fn address(query: &str) -> String {
    super::views::PLACE.address(query)
}
