//! The counts of all options with the names that a person chooses by (SPEC 1.5).

use std::collections::HashMap;

use serde::Serialize;
use store::{FromCell, Tx};

use super::memory::Held;
use super::queries as q;
use crate::customers::index::{self, country_letters};
use crate::customers::model::Named;
use crate::customers::status::{ALL_METHOD_STATUSES, ALL_STATUSES, MethodStatus, Status};
use crate::kit::{Ctx, GroupId, Result, ShopId, TagId};

/// How many each option would give; what is chosen in the same filter is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ListCounts {
    /// All eight.
    pub status: Vec<(Status, u64)>,
    /// All seven.
    pub method: Vec<(MethodStatus, u64)>,
    /// All groups by name, then "no group".
    pub group: Vec<(Option<Named<GroupId>>, u64)>,
    /// All tags by name.
    pub tag: Vec<(Named<TagId>, u64)>,
    /// All shops by name.
    pub shop: Vec<(Named<ShopId>, u64)>,
    /// Countries that occur, by their letters, then "no country".
    pub country: Vec<(Option<String>, u64)>,
    /// Active ones.
    pub active: u64,
    /// Not active ones.
    pub archived: u64,
}

/// Counts by id, taken while the image is held.
#[derive(Default)]
pub(super) struct Ids {
    groups: HashMap<String, u64>,
    tags: HashMap<String, u64>,
    shops: HashMap<String, u64>,
}

impl Ids {
    pub(super) fn of(counts: &index::Counts, held: &Held) -> Self {
        let groups = counts.group.iter().filter_map(|(code, n)| Some((held.groups.id((*code)?)?, *n)));
        Self {
            groups: groups.collect(),
            tags: counts.tag.iter().filter_map(|(code, n)| Some((held.tags.id(*code)?, *n))).collect(),
            shops: counts.shop.iter().filter_map(|(code, n)| Some((held.shops.id(*code)?, *n))).collect(),
        }
    }
}

/// Looks up the names; an option that nobody has is there with nought.
pub(super) fn named(tx: &mut Tx, ctx: &Ctx, counts: &index::Counts, ids: &Ids) -> Result<ListCounts> {
    let groups = options::<GroupId>(tx, ctx, &q::GROUPS, &ids.groups)?;
    let mut group: Vec<_> = groups.into_iter().map(|(g, n)| (Some(g), n)).collect();
    group.push((None, counts.group.get(&None).copied().unwrap_or(0)));
    let mut country: Vec<_> = counts.country.iter().filter_map(|(code, n)| Some((Some(country_letters((*code)?)), *n))).collect();
    country.push((None, counts.country.get(&None).copied().unwrap_or(0)));
    Ok(ListCounts {
        status: ALL_STATUSES.iter().map(|s| (*s, counts.status[usize::from(s.code())])).collect(),
        method: ALL_METHOD_STATUSES.iter().map(|m| (*m, counts.method[usize::from(m.code())])).collect(),
        group,
        tag: options(tx, ctx, &q::TAGS, &ids.tags)?,
        shop: options(tx, ctx, &q::SHOPS, &ids.shops)?,
        country,
        active: counts.active,
        archived: counts.archived,
    })
}

fn options<I: FromCell>(tx: &mut Tx, ctx: &Ctx, statement: &store::Stmt, counts: &HashMap<String, u64>) -> Result<Vec<(Named<I>, u64)>> {
    Ok(tx.rows(statement, &[&ctx.merchant], |r| {
        let count = counts.get(r.str(0)?).copied().unwrap_or(0);
        Ok((Named { id: r.get(0)?, name: r.get(1)? }, count))
    })?)
}
