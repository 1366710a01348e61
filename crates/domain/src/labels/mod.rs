//! Groups and tags: the names customers are sorted under. A customer is in at most one group and has any number of tags (SPEC 0).
//!
//! Both have the same verbs, so [`Label`] is generic over its id. Everybody of the merchant may see them; changing them needs
//! [`Right::Settings`], but a tag may also be made while tagging ([`ensure_tags`], [`Right::Write`]). Deleting takes the label off its
//! customers in the same transaction and is therefore refused while it is on very many.

mod kind;
pub mod queries;
#[cfg(test)]
mod tests;

pub use kind::Kind;

use store::Tx;

use crate::events::Event;
use crate::kit::{Ctx, Error, GroupId, Problems, Result, Right, TagId, clean, name_key};

/// How many customers a deleted label may be on; above, the bulk action takes it off first, in slices.
pub const DELETE_AT_ONCE: i64 = 5_000;

/// The longest name, in characters.
pub const NAME_MAX: usize = 60;

/// A group or a tag.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Label<I> {
    /// Its id.
    pub id: I,
    /// Its name, unique within the merchant whatever the case.
    pub name: String,
    /// Microseconds UTC.
    pub created_at: i64,
    /// On how many customers, archived and deleted ones too; only [`list`] counts.
    pub used: i64,
}

/// A group of customers.
pub type Group = Label<GroupId>;
/// A tag.
pub type Tag = Label<TagId>;

/// All of a kind by name, with counts: `labels::list::<TagId>(tx, ctx)`.
pub fn list<I: Kind>(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Label<I>>> {
    Ok(tx.rows(I::sql().list, &[&ctx.merchant], kind::row)?)
}

/// One, without its count.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn get<I: Kind>(tx: &mut Tx, ctx: &Ctx, id: &I) -> Result<Label<I>> {
    tx.opt(I::sql().find, &[&ctx.merchant, id], kind::row)?.ok_or(Error::NotFound(I::WORD))
}

/// One, with its count.
pub fn counted<I: Kind>(tx: &mut Tx, ctx: &Ctx, id: &I) -> Result<Label<I>> {
    let label = get(tx, ctx, id)?;
    let used = tx.one(I::sql().used, &[&ctx.merchant, id], |r| r.get::<i64>(0))?;
    Ok(Label { used, ..label })
}

/// The one with this name, whatever the case.
pub fn by_name<I: Kind>(tx: &mut Tx, ctx: &Ctx, name: &str) -> Result<Option<Label<I>>> {
    Ok(tx.opt(I::sql().by_key, &[&ctx.merchant, &name_key(name)], kind::row)?)
}

/// A new one.
///
/// # Errors
/// Field errors for `name`, also when it is taken.
pub fn create<I: Kind>(tx: &mut Tx, ctx: &Ctx, name: &str) -> Result<Label<I>> {
    ctx.must(Right::Settings)?;
    let name = checked::<I>(tx, ctx, None, name)?;
    insert(tx, ctx, name)
}

/// Renames; customers keep it.
pub fn rename<I: Kind>(tx: &mut Tx, ctx: &Ctx, id: &I, name: &str) -> Result<Label<I>> {
    ctx.must(Right::Settings)?;
    let old = get(tx, ctx, id)?;
    let name = checked::<I>(tx, ctx, Some(id), name)?;
    if name != old.name {
        tx.exec(I::sql().rename, &[&ctx.merchant, id, &name, &name_key(&name)]).map_err(taken::<I>)?;
        Event::new(I::RENAMED).on(I::WORD, id.as_ref()).value("name", Some(&old.name), Some(&name)).record(tx, ctx)?;
    }
    get(tx, ctx, id)
}

/// Deletes it and takes it off its customers; gives how many had it.
///
/// # Errors
/// [`Error::Conflict`] `in_use` when more than [`DELETE_AT_ONCE`] customers have it.
pub fn delete<I: Kind>(tx: &mut Tx, ctx: &Ctx, id: &I) -> Result<i64> {
    ctx.must(Right::Settings)?;
    let old = get(tx, ctx, id)?;
    let sql = I::sql();
    let used = tx.one(sql.used, &[&ctx.merchant, id], |r| r.get::<i64>(0))?;
    if used > DELETE_AT_ONCE {
        let message =
            format!("{used} customers have “{}”. Take it off them first: filter the list by it and use the bulk action.", old.name);
        return Err(Error::conflict("in_use", message));
    }
    I::leave(tx, ctx, id)?;
    tx.exec(sql.delete, &[&ctx.merchant, id])?;
    Event::new(I::DELETED)
        .on(I::WORD, id.as_ref())
        .value("name", Some(&old.name), None)
        .data(serde_json::json!({ "customers": used }))
        .record(tx, ctx)?;
    Ok(used)
}

/// Deletes it when nobody has it, for an import that made it; tells whether it is gone.
pub(crate) fn delete_unused<I: Kind>(tx: &mut Tx, ctx: &Ctx, id: &I) -> Result<bool> {
    let sql = I::sql();
    let Some(old) = tx.opt(sql.find, &[&ctx.merchant, id], kind::row::<I>)? else { return Ok(true) };
    if tx.one(sql.used, &[&ctx.merchant, id], |r| r.get::<i64>(0))? > 0 {
        return Ok(false);
    }
    I::leave(tx, ctx, id)?;
    tx.exec(sql.delete, &[&ctx.merchant, id])?;
    let event = Event::new(I::DELETED).on(I::WORD, id.as_ref()).value("name", Some(&old.name), None);
    event.data(serde_json::json!({ "customers": 0 })).record(tx, ctx)?;
    Ok(true)
}

/// The ids of these tags in their order, each once; those that do not exist are made. Blank names are left out. Needs [`Right::Write`].
///
/// # Errors
/// A field error for `tags` when a name is too long.
pub fn ensure_tags(tx: &mut Tx, ctx: &Ctx, names: &[String]) -> Result<Vec<TagId>> {
    ctx.must(Right::Write)?;
    let mut ids: Vec<TagId> = Vec::new();
    for name in names {
        let mut problems = Problems::default();
        let name = clean(&mut problems, "tags", name, NAME_MAX);
        problems.check()?;
        if name.is_empty() {
            continue;
        }
        let id = match by_name::<TagId>(tx, ctx, &name)? {
            Some(tag) => tag.id,
            None => insert::<TagId>(tx, ctx, name)?.id,
        };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn insert<I: Kind>(tx: &mut Tx, ctx: &Ctx, name: String) -> Result<Label<I>> {
    let id: I = ctx.id();
    tx.exec(I::sql().insert, &[&ctx.merchant, &id, &name, &name_key(&name), &ctx.now]).map_err(taken::<I>)?;
    Event::new(I::CREATED).on(I::WORD, id.as_ref()).value("name", None, Some(&name)).record(tx, ctx)?;
    Ok(Label { id, name, created_at: ctx.now, used: 0 })
}

fn checked<I: Kind>(tx: &mut Tx, ctx: &Ctx, own: Option<&I>, name: &str) -> Result<String> {
    let mut problems = Problems::default();
    let name = clean(&mut problems, "name", name, NAME_MAX);
    if name.is_empty() {
        problems.add("name", "required", format!("Give the {} a name.", I::WORD));
    } else if by_name::<I>(tx, ctx, &name)?.is_some_and(|found| Some(&found.id) != own) {
        problems.add("name", "taken", taken_words::<I>());
    }
    problems.check()?;
    Ok(name)
}

fn taken_words<I: Kind>() -> String {
    format!("Another {} has this name. Choose a different one.", I::WORD)
}

fn taken<I: Kind>(error: store::Error) -> Error {
    Error::from(error).or_taken(I::TABLE, "name", &taken_words::<I>())
}
