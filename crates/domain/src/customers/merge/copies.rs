//! What a merge changed in a customer's own row, noted field by field, and put back as far as nobody changed it since.

use serde_json::Value as Json;
use store::{Bind, Tx, Value};

use super::field::{self, Part};
use super::queries as q;
use crate::customers::archive;
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
        changes.extend(back(tx, ctx, part, id, [&before, &after])?.0);
    }
    Ok(changes)
}

/// Gives a part its values of before, as far as nobody changed it since it was given those of after; tells whether nothing of after is left.
pub(super) fn back(tx: &mut Tx, ctx: &Ctx, part: &'static Part, id: &CustomerId, values: [&[Json]; 2]) -> Result<(Option<Changed>, bool)> {
    let now = read(tx, ctx, part, id)?;
    let (back, whole) = given_back(part, values, &now);
    if back == now {
        return Ok((None, whole));
    }
    if !may_stand(tx, ctx, part, id, &back)? {
        return Ok((None, false));
    }
    write(tx, ctx, part, id, &back)?;
    Ok((Some(Changed { field: part.name, old: field::plain(&now), new: field::plain(&back) }), whole))
}

/// Would [`back`] leave nothing of after?
pub(super) fn stands(tx: &mut Tx, ctx: &Ctx, part: &Part, id: &CustomerId, values: [&[Json]; 2]) -> Result<bool> {
    let now = read(tx, ctx, part, id)?;
    let (back, whole) = given_back(part, values, &now);
    Ok(whole && (back == now || may_stand(tx, ctx, part, id, &back)?))
}

/// What a part that says `now` says without the change from before to after, and whether nothing of that is left. What was changed since stays; metadata
/// is looked at key by key.
pub(super) fn given_back(part: &Part, [before, after]: [&[Json]; 2], now: &[Json]) -> (Vec<Json>, bool) {
    if now == after || now == before {
        return (before.to_vec(), true);
    }
    if part.name != "metadata" {
        return (now.to_vec(), false);
    }
    let ([before, after, mut all], mut whole) = ([before, after, now].map(|v| object(v.first())), true);
    for key in before.keys().chain(after.keys()).filter(|key| before.get(*key) != after.get(*key)) {
        if all.get(key) != after.get(key) {
            whole &= all.get(key) == before.get(key);
        } else if let Some(old) = before.get(key) {
            all.insert(key.clone(), old.clone());
        } else {
            all.remove(key);
        }
    }
    (vec![packed(&all)], whole)
}

/// A group or shop that was deleted meanwhile does not come back, nor a number that somebody else has by now; and who has a live subscription is not
/// archived.
fn may_stand(tx: &mut Tx, ctx: &Ctx, part: &Part, id: &CustomerId, values: &[Json]) -> Result<bool> {
    let Some(value) = values.first().filter(|v| !v.is_null()) else { return Ok(true) };
    let statement = match part.name {
        "group" => &q::GROUP_IS,
        "shop" => &q::SHOP_IS,
        "number" => return Ok(tx.opt(&q::NUMBER_OF_ANOTHER, &[&ctx.merchant, &value.as_str(), id], |_| Ok(()))?.is_none()),
        "archived_at" => return archive::is_archivable(tx, ctx, id),
        _ => return Ok(true),
    };
    Ok(tx.opt(statement, &[&ctx.merchant, &value.as_str()], |_| Ok(()))?.is_some())
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
