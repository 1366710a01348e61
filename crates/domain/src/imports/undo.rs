//! Taking an import back: its journal from the last line to the first, in slices, each of which also forgets the lines it has undone, so
//! that a kill half way loses nothing. What others have built upon since stays, and is told.

use std::collections::BTreeSet;

use store::{Db, Tx};

use super::journal::{Before, kind};
use super::orders_run::CAUSE;
use super::state::{self, Kept, State};
use super::{ImportError, queries};
use crate::customers::facts;
use crate::duplicates;
use crate::events::Event;
use crate::kit::{Clock, Ctx, CustomerId, Error, ImportId, OrderId, PaymentId, Result, Right, locks};

/// Lines of the journal in one slice.
const LINES: i64 = 40;

/// Takes an import back that is done or was left half way. Needs [`Right::Import`]. Gives what had to stay, in words; empty when nothing is
/// left.
///
/// # Errors
/// [`ImportError`] when there is no such import, or it is taken back already; the same call goes on after a failure of the database.
pub fn undo(db: &Db, ctx: &Ctx, clock: &dyn Clock, import: &ImportId) -> std::result::Result<String, ImportError> {
    let (c, id) = (ctx.clone(), import.clone());
    let state = db.read_now::<_, Error>(move |tx| Ok(state::load(tx, &c, &id)?.state))?;
    match state {
        State::Running | State::Cancelling => back(db, ctx, clock, import, State::Cancelled, ""),
        State::Done => back(db, ctx, clock, import, State::Undone, ""),
        State::Uploaded | State::Checking | State::Checked => {
            Err(Error::conflict("import_over", "This import was never started. Discard it on its page.").into())
        }
        State::Cancelled | State::Failed | State::Undone => {
            Err(Error::conflict("import_over", format!("This import is taken back already: {}.", state.label().to_lowercase())).into())
        }
    }
}

/// The same, to a given end; `reason` is why it failed.
pub(super) fn back(
    db: &Db,
    ctx: &Ctx,
    clock: &dyn Clock,
    import: &ImportId,
    end: State,
    reason: &str,
) -> std::result::Result<String, ImportError> {
    let ctx = ctx.at(clock.now());
    let (c, id) = (ctx.clone(), import.clone());
    db.write_now::<_, Error>(move |tx| {
        c.must(Right::Import)?;
        tx.exec(&queries::TAKE_BACK, &[&c.merchant, &id, &0_i64])?;
        Ok(())
    })?;
    let mut kept = 0;
    loop {
        let (c, id) = (ctx.clone(), import.clone());
        match db.write_slice_now::<_, Error>(move |tx| slice(tx, &c, &id))? {
            Some(stayed) => kept += stayed,
            None => break,
        }
    }
    let mut message = reason.to_owned();
    if kept > 0 {
        let more = format!("{kept} customers or orders stay, whole or in part, because something was done with them since.");
        message = [message, more].into_iter().filter(|m| !m.is_empty()).collect::<Vec<_>>().join(" ");
    }
    let (c, id, result) = (ctx.clone(), import.clone(), Kept { message: message.clone(), ..Kept::default() }.text());
    db.write_now::<_, Error>(move |tx| {
        tx.exec(&queries::TAKEN_BACK, &[&c.merchant, &id, &end, &result, &c.now])?;
        if end == State::Undone {
            Event::new("import.undone").on("import", id.as_str()).record(tx, &c)?;
        }
        Ok(())
    })?;
    Ok(message)
}

struct Line {
    position: i64,
    kind: String,
    row: String,
    before: Option<String>,
}

/// Undoes the newest lines; gives how much had to stay, or nothing when the journal is empty.
fn slice(tx: &mut Tx, ctx: &Ctx, import: &ImportId) -> Result<Option<i64>> {
    let mut lines = tx.rows(&queries::NEWEST, &[&ctx.merchant, import, &LINES], |r| {
        Ok(Line { position: r.get(0)?, kind: r.get(1)?, row: r.get(2)?, before: r.get(3)? })
    })?;
    // A line of made customers holds many: it is a slice of its own.
    if let Some(at) = lines.iter().position(|l| l.kind == kind::CUSTOMERS && l.row.contains(' ')) {
        lines.truncate(at + 1);
    }
    let Some(last) = lines.last().map(|l| l.position) else { return Ok(None) };
    lock(tx, ctx, &lines)?;
    let (mut kept, mut touched) = (0, BTreeSet::new());
    for line in &lines {
        kept += i64::from(!undo_line(tx, ctx, import, line, &mut touched)?);
    }
    let touched: Vec<CustomerId> = touched.into_iter().collect();
    facts::refresh(tx, ctx, &touched, CAUSE)?;
    tx.exec(&queries::FORGET, &[&ctx.merchant, import, &last])?;
    Ok(Some(kept))
}

/// All customers of the lines, in one step: the order of locks is fixed.
fn lock(tx: &mut Tx, ctx: &Ctx, lines: &[Line]) -> Result<()> {
    let mut ids = BTreeSet::new();
    for line in lines {
        match line.kind.as_str() {
            kind::CUSTOMERS | kind::BEFORE => ids.extend(line.row.split(' ').map(|id| CustomerId::from_db(id.to_owned()))),
            kind::ORDER => ids.extend(owner(tx, ctx, &line.row)?),
            kind::REFUND => ids.extend(refund(tx, ctx, &line.row)?.and_then(|(_, _, owner)| owner)),
            _ => {}
        }
    }
    locks::customers(tx, ctx, &ids.iter().collect::<Vec<_>>())
}

/// Undoes one line; tells whether it could be.
fn undo_line(tx: &mut Tx, ctx: &Ctx, import: &ImportId, line: &Line, touched: &mut BTreeSet<CustomerId>) -> Result<bool> {
    match line.kind.as_str() {
        kind::CUSTOMERS => {
            let mut all = true;
            for id in line.row.split(' ') {
                all &= drop_customer(tx, ctx, &CustomerId::from_db(id.to_owned()), touched)?;
            }
            return Ok(all);
        }
        kind::BEFORE => {
            return put_back(tx, ctx, &CustomerId::from_db(line.row.clone()), line.before.as_deref().unwrap_or_default(), touched);
        }
        kind::ORDER => return drop_order(tx, ctx, import, &line.row, touched),
        kind::REFUND => {
            if let Some((payment, amount, owner)) = refund(tx, ctx, &line.row)? {
                tx.exec(&queries::DROP_REFUND, &[&ctx.merchant, &line.row])?;
                tx.exec(&queries::GIVE_BACK, &[&ctx.merchant, &payment, &amount])?;
                touched.extend(owner);
            }
        }
        kind::UNMATCHED => drop(tx.exec(&queries::DROP_UNMATCHED, &[&ctx.merchant, &line.row])?),
        kind::NOTE => drop(tx.exec(&queries::DROP_NOTE, &[&ctx.merchant, &line.row])?),
        // A label that others use by now stays, and is no harm.
        kind::GROUP => drop(tx.exec(&queries::DROP_GROUP, &[&ctx.merchant, &line.row])?),
        kind::TAG => drop(tx.exec(&queries::DROP_TAG, &[&ctx.merchant, &line.row])?),
        kind::MOMENT => {
            let at: i64 = line.row.parse().unwrap_or_default();
            tx.exec(&queries::ORPHAN_VALUES, &[&ctx.merchant, &at])?;
            tx.exec(&queries::ORPHANS, &[&ctx.merchant, &at])?;
        }
        _ => {}
    }
    Ok(true)
}

/// Deletes a customer the import made, unless something else hangs on it by now.
fn drop_customer(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, touched: &mut BTreeSet<CustomerId>) -> Result<bool> {
    if tx.opt(&queries::LINKED, &[&ctx.merchant, id], |_| Ok(()))?.is_some() {
        touched.insert(id.clone());
        return Ok(false);
    }
    touched.remove(id);
    let all = &-1_i64;
    duplicates::forget(tx, ctx, id)?;
    tx.exec(&queries::DROP_EVENT_VALUES, &[&ctx.merchant, id, all])?;
    tx.exec(&queries::DROP_EVENTS, &[&ctx.merchant, id, all])?;
    for statement in [
        &queries::DROP_NOTES,
        &queries::DROP_AVATARS,
        &queries::DROP_CONTACTS,
        &queries::DROP_TAGS,
        &queries::DROP_SHOPS,
        &queries::DROP_TOTALS,
        &queries::DROP_EXTERNAL,
        &queries::DROP_KEYS,
    ] {
        tx.exec(statement, &[&ctx.merchant, id])?;
    }
    if tx.exec(&queries::DROP_CUSTOMER, &[&ctx.merchant, id])? > 0 {
        let stamp = tx.stamp()?;
        tx.exec(&queries::GONE, &[&ctx.merchant, id, &stamp])?;
    }
    Ok(true)
}

/// Puts a customer back as it was; where somebody worked on it since, field by field as far as they still stand.
fn put_back(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, before: &str, touched: &mut BTreeSet<CustomerId>) -> Result<bool> {
    let before: Before = serde_json::from_str(before).map_err(|e| Error::Internal(format!("the journal cannot be read: {e}")))?;
    let Some(version) = tx.opt(&queries::VERSION, &[&ctx.merchant, id], |r| r.get::<i64>(0))? else { return Ok(true) };
    touched.insert(id.clone());
    if is_since(tx, ctx, id, &before, version)? {
        return before.give_back(tx, ctx, id);
    }
    tx.exec(&queries::DROP_EVENT_VALUES, &[&ctx.merchant, id, &before.event_version])?;
    tx.exec(&queries::DROP_EVENTS, &[&ctx.merchant, id, &before.event_version])?;
    before.put_back(tx, ctx, id)?;
    Ok(true)
}

/// Does something of what the import changed about a customer stay, because somebody worked on it since?
pub(super) fn is_touched(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, before: &Before) -> Result<bool> {
    let Some(version) = tx.opt(&queries::VERSION, &[&ctx.merchant, id], |r| r.get::<i64>(0))? else { return Ok(false) };
    Ok(is_since(tx, ctx, id, before, version)? && !before.stands(tx, ctx, id)?)
}

fn is_since(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, before: &Before, version: i64) -> Result<bool> {
    let others = tx.opt(&queries::OTHER_EVENTS, &[&ctx.merchant, id, &before.event_version], |_| Ok(()))?.is_some();
    Ok(version != before.version || others)
}

/// Does something hang on a customer that did not come with the import?
pub(super) fn is_linked(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, import: &ImportId) -> Result<bool> {
    Ok(tx.opt(&queries::LINKED_SINCE, &[&ctx.merchant, id, import], |_| Ok(()))?.is_some())
}

/// Deletes an order with its payments, unless something else came upon them.
fn drop_order(tx: &mut Tx, ctx: &Ctx, import: &ImportId, id: &str, touched: &mut BTreeSet<CustomerId>) -> Result<bool> {
    if tx.opt(&queries::ORDER_TOUCHED, &[&ctx.merchant, &id, import], |_| Ok(()))?.is_some() {
        return Ok(false);
    }
    touched.extend(owner(tx, ctx, id)?);
    tx.exec(&queries::DROP_PAYMENTS, &[&ctx.merchant, &id, import])?;
    tx.exec(&queries::DROP_LINES, &[&ctx.merchant, &id])?;
    tx.exec(&queries::DROP_ORDER, &[&ctx.merchant, &id])?;
    Ok(true)
}

fn owner(tx: &mut Tx, ctx: &Ctx, order: &str) -> Result<Option<CustomerId>> {
    let order = OrderId::from_db(order.to_owned());
    Ok(tx.opt(&queries::ORDER_OWNER, &[&ctx.merchant, &order], |r| r.get::<Option<CustomerId>>(0))?.flatten())
}

fn refund(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<Option<(PaymentId, i64, Option<CustomerId>)>> {
    Ok(tx.opt(&queries::REFUND_OF, &[&ctx.merchant, &id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?)
}
