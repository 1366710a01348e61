//! Tags and the group of a customer (SPEC 0: at most one group, any number of tags).

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use store::Tx;

use super::{get, queries as q, state, validate};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, GroupId, Problems, Result, Right, TagId, name_key};
use crate::labels;

/// Gives the customer exactly these tags; new ones are made.
pub fn set_tags(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, names: &[String]) -> Result<()> {
    change(tx, ctx, id, |_| names.to_vec())
}

/// Changes the tags from those that were seen to these: what another gave or took off meanwhile stays so (SPEC 3.3).
pub fn set_tags_from(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, seen: &[String], names: &[String]) -> Result<()> {
    let keys = |names: &[String]| names.iter().map(|n| name_key(n)).collect::<BTreeSet<_>>();
    let (before, after) = (keys(seen), keys(names));
    change(tx, ctx, id, |old| {
        let kept = old.iter().filter(|n| !before.contains(&name_key(n)) || after.contains(&name_key(n)));
        kept.chain(names.iter().filter(|n| !before.contains(&name_key(n)))).cloned().collect()
    })
}

/// Adds tags.
pub fn add_tags(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, names: &[String]) -> Result<()> {
    change(tx, ctx, id, |old| old.iter().chain(names).cloned().collect())
}

/// Takes tags off; those it does not have are passed over.
pub fn remove_tags(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, names: &[String]) -> Result<()> {
    let gone: BTreeSet<String> = names.iter().map(|n| name_key(n)).collect();
    change(tx, ctx, id, |old| old.iter().filter(|n| !gone.contains(&name_key(n))).cloned().collect())
}

fn change(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, to: impl Fn(&[String]) -> Vec<String>) -> Result<()> {
    ctx.must(Right::Write)?;
    state::locked(tx, ctx, id)?.ensure_here()?;
    let old: Vec<String> = get::tags(tx, ctx, id)?.into_iter().map(|t| t.name).collect();
    let mut problems = Problems::default();
    let new = validate::tags(&mut problems, &to(&old));
    problems.check()?;
    let keys = |names: &[String]| names.iter().map(|n| name_key(n)).collect::<BTreeSet<_>>();
    if keys(&old) == keys(&new) {
        return Ok(());
    }
    replace(tx, ctx, id, &new)?;
    let words = |names: &[String]| Some(names.join(", ")).filter(|t| !t.is_empty());
    event(tx, ctx, id, "tags", words(&old).as_deref(), words(&new).as_deref())
}

/// Writes what differs.
pub(super) fn replace(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, names: &[String]) -> Result<()> {
    let old: BTreeSet<TagId> = get::tags(tx, ctx, id)?.into_iter().map(|t| t.id).collect();
    let new: BTreeSet<TagId> = ids_of(tx, ctx, names)?.into_values().collect();
    for tag in new.difference(&old) {
        tx.exec(&q::ADD_TAG, &[&ctx.merchant, id, tag])?;
    }
    for tag in old.difference(&new) {
        tx.exec(&q::REMOVE_TAG, &[&ctx.merchant, id, tag])?;
    }
    Ok(())
}

/// The ids of these tags by [`name_key`]; those that do not exist are made.
pub(super) fn ids_of<'a>(tx: &mut Tx, ctx: &Ctx, names: impl IntoIterator<Item = &'a String>) -> Result<HashMap<String, TagId>> {
    let mut ids = HashMap::new();
    for name in names {
        let key = name_key(name);
        if !ids.contains_key(&key)
            && let Some(id) = labels::ensure_tags(tx, ctx, std::slice::from_ref(name))?.pop()
        {
            ids.insert(key, id);
        }
    }
    Ok(ids)
}

/// Puts the customer in a group, or in none.
///
/// # Errors
/// A field error for a group that does not exist here.
pub fn set_group(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, group: Option<&GroupId>) -> Result<()> {
    ctx.must(Right::Write)?;
    let state = state::locked(tx, ctx, id)?;
    state.ensure_here()?;
    if state.group.as_ref() == group {
        return Ok(());
    }
    let new = group.map(|g| name_of(tx, ctx, g)).transpose()?;
    let old = state.group.as_ref().map(|g| name_of(tx, ctx, g)).transpose()?;
    tx.exec(&q::SET_GROUP, &[&ctx.merchant, id, &group])?;
    event(tx, ctx, id, "group", old.as_deref(), new.as_deref())
}

/// Changes the group from the one that was seen to this one. Not touched, it stays as another left it (SPEC 3.3).
///
/// # Errors
/// `Conflict` (`group_changed`), which names both, when another changed it to a third one meanwhile; as [`set_group`].
pub fn set_group_from(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, seen: Option<&GroupId>, group: Option<&GroupId>) -> Result<()> {
    ctx.must(Right::Write)?;
    if seen == group {
        return Ok(());
    }
    let now = group_of(tx, ctx, id)?;
    if now.as_ref() == seen || now.as_ref() == group {
        return set_group(tx, ctx, id, group);
    }
    let mut said = |group: Option<&GroupId>| match group {
        Some(group) => name_of(tx, ctx, group).map(|name| format!("“{name}”")),
        None => Ok("no group".to_owned()),
    };
    let (theirs, yours) = (said(now.as_ref())?, said(group)?);
    let words =
        format!("The group was changed meanwhile: it is {theirs} now, and you chose {yours}. Nothing of yours is saved yet. Choose again.");
    Err(Error::conflict("group_changed", words))
}

/// Its group, under its lock.
pub(crate) fn group_of(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Option<GroupId>> {
    Ok(state::locked(tx, ctx, id)?.group)
}

fn name_of(tx: &mut Tx, ctx: &Ctx, group: &GroupId) -> Result<String> {
    let name = tx.opt(&q::GROUP_NAME, &[&ctx.merchant, group], |r| r.get(0))?;
    name.ok_or_else(|| -> Error { Problems::one("group", "unknown", "Choose one of the groups.") })
}

/// One field changed by a verb of its own: told as an edit, so that a second editor learns of it too.
pub(super) fn event(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, field: &str, old: Option<&str>, new: Option<&str>) -> Result<()> {
    state::touch(tx, ctx, id)?;
    let version: i64 = tx.one(&q::VERSION, &[&ctx.merchant, id], |r| r.get(0))?;
    Event::new("customer.edited").of(id).data(json!({ "version": version })).value(field, old, new).record(tx, ctx)?;
    Ok(())
}
