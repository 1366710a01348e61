//! Taking a merge back within its term: both customers as they were, row by row. What was made since stays with the survivor, but for what
//! belongs to something that goes back.

use serde_json::{Value as Json, json};
use store::Tx;

use super::{Merge, copies, forget, moves, portal, queries as q, read, sets};
use crate::credit;
use crate::customers::{facts, get, state};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, Link, MergeId, Result, Right, locks};
use crate::payments::keys;
use crate::providers::billing;

/// Undoes it; gives the merge as it is then. Needs [`Right::Write`] and [`Right::Delete`].
///
/// # Errors
/// [`Error::NotFound`]; conflicts, each with the reason in words: `merge_undone`, `undo_expired`, `merged_since` (undo the later one first),
/// `customer_anonymised`, `credit_spent`.
pub fn undo(tx: &mut Tx, ctx: &Ctx, id: &MergeId) -> Result<Merge> {
    ctx.must(Right::Write)?;
    ctx.must(Right::Delete)?;
    let seen = read::find(tx, ctx, id)?;
    locks::customers(tx, ctx, &[&seen.gone, &seen.survivor])?;
    let merge = read::find(tx, ctx, id)?;
    may_be_undone(tx, ctx, &merge)?;
    take_back(tx, ctx, &merge)?;
    read::find(tx, ctx, id)
}

/// Undoes the merge by which this customer went, whatever its term, and before it all that was merged on top of it: at a restore of a backup from before
/// that was undone. `false` where nothing is kept to undo it by.
pub(crate) fn part(tx: &mut Tx, ctx: &Ctx, gone: &CustomerId) -> Result<bool> {
    let Some(merge) = read::by_which_went(tx, ctx, gone)? else { return Ok(false) };
    if state::load(tx, ctx, &merge.survivor)?.merged_into.is_some() && !part(tx, ctx, &merge.survivor)? {
        return Ok(false);
    }
    while let Some(later) = read::later(tx, ctx, &merge)? {
        if !part(tx, ctx, &later.gone)? {
            return Ok(false);
        }
    }
    locks::customers(tx, ctx, &[&merge.gone, &merge.survivor])?;
    take_back(tx, ctx, &merge)?;
    Ok(true)
}

fn take_back(tx: &mut Tx, ctx: &Ctx, merge: &Merge) -> Result<()> {
    let (id, gone, stays) = (&merge.id, &merge.gone, &merge.survivor);
    tx.exec(&q::FOLLOW_OFFERED, &[&ctx.merchant, id, stays])?;
    while tx.exec(&q::FOLLOW_REPLACED, &[&ctx.merchant, id, stays])? > 0 {}
    let followers = [
        &q::FOLLOW_PAYMENTS,
        &q::FOLLOW_INVOICES,
        &q::FOLLOW_CREDIT,
        &q::FOLLOW_TASKS,
        &q::FOLLOW_MAILS,
        &q::FOLLOW_ENTRIES,
        &q::FOLLOW_WRITTEN,
    ];
    for statement in followers {
        tx.exec(statement, &[&ctx.merchant, id, stays])?;
    }
    moves::back(tx, ctx, id, gone, stays)?;
    credit::part(tx, ctx, gone, stays)?;
    let changes = copies::put_back(tx, ctx, id, "customers", stays)?;
    copies::put_back(tx, ctx, id, "customers.gone", gone)?;
    copies::sort_name(tx, ctx, stays)?;
    sets::undo(tx, ctx, id, gone, stays)?;
    portal::put_back(tx, ctx, id)?;
    keys::add_missing(tx, ctx, stays)?;
    keys::add_missing(tx, ctx, gone)?;
    tx.exec(&q::SET_MERGED, &[&ctx.merchant, gone, &None::<CustomerId>])?;
    tell(tx, ctx, merge, &changes)?;
    facts::refresh(tx, ctx, &[gone.clone(), stays.clone()], "merge undone")?;
    for one in [gone, stays] {
        cause(tx, ctx, id, one)?;
        let customer = get::load(tx, ctx, one)?;
        billing::queue(tx, ctx, &customer)?;
    }
    forget::copies(tx, ctx, id)?;
    tx.exec(&q::UNDONE, &[&ctx.merchant, id, &ctx.now, &ctx.actor.name])?;
    Ok(())
}

fn may_be_undone(tx: &mut Tx, ctx: &Ctx, merge: &Merge) -> Result<()> {
    if merge.undone_at.is_some() {
        return Err(Error::conflict("merge_undone", "This merge was undone already."));
    }
    if !merge.is_open(ctx.now) {
        return Err(Error::conflict("undo_expired", "The time in which this merge could be undone is over. It is final."));
    }
    for id in [&merge.gone, &merge.survivor] {
        let s = state::load(tx, ctx, id)?;
        if s.anonymised_at.is_some() {
            return Err(Error::conflict("customer_anonymised", format!("{} was anonymised since. That is final.", s.display_name)));
        }
    }
    let survivor = state::load(tx, ctx, &merge.survivor)?;
    if let Some(into) = survivor.merged_into {
        let label = state::load(tx, ctx, &into)?.display_name;
        let message = format!("{} was merged into {label} since. Undo that merge first.", survivor.display_name);
        let links = vec![Link { kind: "customer", id: into.to_string(), label }];
        return Err(Error::Conflict { code: "merged_since", message, links });
    }
    if let Some(later) = read::later(tx, ctx, merge)? {
        let message = format!("{} was merged into {} later. Undo that merge first.", later.gone_name, survivor.display_name);
        let links = vec![Link { kind: "merge", id: later.id.to_string(), label: later.gone_name }];
        return Err(Error::Conflict { code: "merged_since", message, links });
    }
    Ok(())
}

fn tell(tx: &mut Tx, ctx: &Ctx, merge: &Merge, changes: &[copies::Changed]) -> Result<()> {
    let (gone, stays) = (&merge.gone, &merge.survivor);
    state::touch(tx, ctx, stays)?;
    state::touch(tx, ctx, gone)?;
    let version = get::load(tx, ctx, stays)?.version;
    let some = |t: &str| (!t.is_empty()).then(|| t.to_owned());
    let data = json!({ "version": version, "gone": gone, "number": merge.gone_number });
    let event = Event::new("customer.merge_undone").of(stays).on("merge", merge.id.as_str()).data(data);
    let shown = changes.iter().filter(|c| c.field != "created_at");
    shown.fold(event, |e, c| e.value(c.field, some(&c.old).as_deref(), some(&c.new).as_deref())).record(tx, ctx)?;
    Event::new("customer.merge_undone").of(gone).on("merge", merge.id.as_str()).data(json!({ "from": stays })).record(tx, ctx)?;
    Ok(())
}

/// The status is what it was before the merge, and so is its cause.
fn cause(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, id: &CustomerId) -> Result<()> {
    for (row, before) in tx.rows(&q::COPIES, &[&ctx.merchant, merge, &"status"], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))? {
        let before: Json = serde_json::from_str(&before).unwrap_or_default();
        if let (true, Some(status), Some(cause)) = (row == id.as_str(), before[0].as_i64(), before[1].as_str()) {
            tx.exec(&q::SET_CAUSE, &[&ctx.merchant, id, &status, &cause])?;
        }
    }
    Ok(())
}
