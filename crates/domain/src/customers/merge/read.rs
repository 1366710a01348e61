//! Merges that were done.

use store::{Row, Tx};

use super::{Merge, queries as q};
use crate::customers::model::display_name;
use crate::kit::{Ctx, CustomerId, Error, MergeId, Result, Right};

/// One merge.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] without [`Right::Read`].
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &MergeId) -> Result<Merge> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

/// The merges in which a customer stayed or went, newest first, `limit` from behind `after` on.
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, after: Option<&MergeId>, limit: i64) -> Result<Vec<Merge>> {
    ctx.must(Right::Read)?;
    let after = after.map_or("mrh", MergeId::as_str);
    Ok(tx.rows(&q::OF_CUSTOMER, &[&ctx.merchant, customer, &after, &limit], read)?)
}

/// Merges into this customer that may still be undone, newest first.
pub fn standing(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<Merge>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&q::STANDING, &[&ctx.merchant, customer, &ctx.now], read)?)
}

/// All who were merged into this customer, also by way of others, nearest first: they are the same person.
pub(crate) fn sources(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<CustomerId>> {
    let mut all = vec![customer.clone()];
    let mut at = 0;
    while let Some(next) = all.get(at).cloned() {
        for id in tx.rows(&q::SOURCES, &[&ctx.merchant, &next], |r| r.get::<CustomerId>(0))? {
            if !all.contains(&id) {
                all.push(id);
            }
        }
        at += 1;
    }
    all.remove(0);
    Ok(all)
}

pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &MergeId) -> Result<Merge> {
    tx.opt(&q::FIND, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("merge"))
}

/// The merge by which a customer went, while it stands and can be taken back.
pub(super) fn by_which_went(tx: &mut Tx, ctx: &Ctx, gone: &CustomerId) -> Result<Option<Merge>> {
    Ok(tx.opt(&q::WENT, &[&ctx.merchant, gone], read)?)
}

/// The newest merge into the same survivor that came after this one and stands.
pub(super) fn later(tx: &mut Tx, ctx: &Ctx, merge: &Merge) -> Result<Option<Merge>> {
    Ok(tx.opt(&q::LATER, &[&ctx.merchant, &merge.survivor, &merge.id], read)?)
}

fn read(r: &Row) -> std::result::Result<Merge, store::Error> {
    let (kept, undo_until): (bool, i64) = (r.get(7)?, r.get(6)?);
    let number = r.str(15)?;
    Ok(Merge {
        id: r.get(0)?,
        gone: r.get(1)?,
        gone_name: display_name(r.str(10)?, r.str(11)?, r.str(12)?, r.str(13)?, r.str(14)?, number),
        gone_number: number.to_owned(),
        survivor: r.get(2)?,
        moved: serde_json::from_str(r.str(3)?).unwrap_or_default(),
        merged_at: r.get(4)?,
        by: r.get(5)?,
        undo_until: kept.then_some(undo_until),
        undone_at: r.get(8)?,
        undone_by: r.get(9)?,
    })
}
