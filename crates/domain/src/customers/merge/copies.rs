//! What a merge changed in a customer's own row, noted field by field, and put back as far as nobody changed it since.

use serde_json::Value as Json;
use store::{Bind, Tx, Value};

use super::field::{self, Part};
use super::queries as q;
use crate::customers::index::fold;
use crate::customers::model::display_name;
use crate::customers::queries as customer;
use crate::kit::{Ctx, CustomerId, Error, MergeId, Result};

/// A change of a row, for the timeline.
pub(crate) struct Changed {
    pub field: &'static str,
    pub old: String,
    pub new: String,
}

/// The columns of a part.
pub(super) fn read(tx: &mut Tx, ctx: &Ctx, part: &Part, id: &CustomerId) -> Result<Vec<Json>> {
    Ok(tx.one(&part.read, &[&ctx.merchant, id], |r| part.table.json(r))?)
}

fn write(tx: &mut Tx, ctx: &Ctx, part: &Part, id: &CustomerId, values: &[Json]) -> Result<()> {
    let broken = || Error::Internal(format!("the undo copy does not fit {}", part.name));
    let mut all: Vec<Value> = vec![ctx.merchant.value(), id.value()];
    all.extend(part.table.values(values).ok_or_else(broken)?);
    let all: Vec<&dyn Bind> = all.iter().map(|v| v as &dyn Bind).collect();
    tx.exec(&part.write, &all)?;
    Ok(())
}

/// Gives a part of the row new values and notes both; nothing when they are the same.
pub(super) fn change(
    tx: &mut Tx,
    ctx: &Ctx,
    merge: &MergeId,
    mark: &str,
    part: &'static Part,
    id: &CustomerId,
    new: &[Json],
) -> Result<Option<Changed>> {
    let old = read(tx, ctx, part, id)?;
    if old == new {
        return Ok(None);
    }
    let (before, after) = (Json::from(old.clone()).to_string(), Json::from(new.to_vec()).to_string());
    tx.exec(&q::COPY, &[&ctx.merchant, merge, &mark, &part.name, &before, &after])?;
    write(tx, ctx, part, id, new)?;
    Ok(Some(Changed { field: part.name, old: field::plain(&old), new: field::plain(new) }))
}

/// Puts back what was noted under `mark`. A value that somebody changed since stays: it is newer than the merge.
pub(super) fn put_back(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, mark: &str, id: &CustomerId) -> Result<Vec<Changed>> {
    let mut changes = Vec::new();
    let copies = tx.rows(&q::COPIES, &[&ctx.merchant, merge, &mark], |r| Ok([r.get::<String>(0)?, r.get(1)?, r.get(2)?]))?;
    for [name, before, after] in copies {
        let Some(part) = field::part(&name) else { continue };
        let (before, after) = (parse(&before)?, parse(&after)?);
        changes.extend(back(tx, ctx, part, id, [&before, &after])?);
    }
    Ok(changes)
}

/// Gives a part its values of before, as far as nobody changed it since it was given those of after.
pub(super) fn back(tx: &mut Tx, ctx: &Ctx, part: &'static Part, id: &CustomerId, [before, after]: [&[Json]; 2]) -> Result<Option<Changed>> {
    let now = read(tx, ctx, part, id)?;
    let back = if now == after { before.to_vec() } else { rest(part, before, after, &now) };
    if back == now || !still_there(tx, ctx, part, &back)? {
        return Ok(None);
    }
    write(tx, ctx, part, id, &back)?;
    Ok(Some(Changed { field: part.name, old: field::plain(&now), new: field::plain(&back) }))
}

/// Of metadata that was changed since, only what the merge added is taken off; of everything else nothing.
fn rest(part: &Part, before: &[Json], after: &[Json], now: &[Json]) -> Vec<Json> {
    if part.name != "metadata" {
        return now.to_vec();
    }
    let [before, after, mut all] = [before, after, now].map(|v| object(v.first()));
    all.retain(|key, value| before.contains_key(key) || after.get(key) != Some(value));
    vec![packed(&all)]
}

/// A group or shop that was deleted meanwhile does not come back.
fn still_there(tx: &mut Tx, ctx: &Ctx, part: &Part, values: &[Json]) -> Result<bool> {
    let statement = match part.name {
        "group" => &q::GROUP_IS,
        "shop" => &q::SHOP_IS,
        _ => return Ok(true),
    };
    match values.first().and_then(Json::as_str) {
        Some(id) => Ok(tx.opt(statement, &[&ctx.merchant, &id], |_| Ok(()))?.is_some()),
        None => Ok(true),
    }
}

fn parse(text: &str) -> Result<Vec<Json>> {
    serde_json::from_str(text).map_err(|e| Error::Internal(format!("the undo copy cannot be read: {e}")))
}

type Object = serde_json::Map<String, Json>;

/// Metadata as it stands in its column.
pub(super) fn object(value: Option<&Json>) -> Object {
    value.and_then(Json::as_str).and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default()
}

/// The way back: empty when there is none.
pub(super) fn packed(all: &Object) -> Json {
    Json::from(if all.is_empty() { String::new() } else { Json::Object(all.clone()).to_string() })
}

/// The name that lists sort by, after the row changed.
pub(super) fn sort_name(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    let name = tx.one(&customer::STATE, &[&ctx.merchant, id], |r| {
        Ok(display_name(r.str(1)?, r.str(2)?, r.str(3)?, r.str(4)?, r.str(5)?, r.str(0)?))
    })?;
    tx.exec(&q::SET_SORT_NAME, &[&ctx.merchant, id, &fold(&name)])?;
    Ok(())
}
