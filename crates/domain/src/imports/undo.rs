//! Taking an import back: its journal from the last line to the first, in slices, each of which also forgets the lines it has undone, so
//! that a kill half way loses nothing. What others have built upon since stays, and is told.

use std::collections::BTreeSet;

use store::{Db, Tx};

use super::fieldwise::BACK;
use super::journal::{Before, kind};
use super::state::{self, Kept, State};
use super::stood::Stood;
use super::{ImportError, labels, later, links, note, queries};
use crate::customers::facts;
use crate::duplicates;
use crate::events::Event;
use crate::kit::{Clock, Ctx, CustomerId, Error, ImportId, OrderId, PaymentId, Result, Right, locks};
use crate::providers::billing;

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
    let kept = all_lines(db, &ctx, import)?;
    let mut message = reason.to_owned();
    if kept > 0 {
        message = [message, stay(kept)].into_iter().filter(|m| !m.is_empty()).collect::<Vec<_>>().join(" ");
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

/// How many had to stay, in words.
fn stay(kept: i64) -> String {
    let (what, them) = if kept == 1 { ("customer or order stays", "it") } else { ("customers or orders stay", "them") };
    format!("{kept} {what}, whole or in part, because something was done with {them} since.")
}

/// Undoes the whole journal; gives how much had to stay. A line that is refused, because something points to what it made or its value is taken by now,
/// stays too: until it is passed each is undone by itself, so that it keeps no other back.
fn all_lines(db: &Db, ctx: &Ctx, import: &ImportId) -> Result<i64> {
    let (mut kept, mut how) = (0, How::Together);
    loop {
        let (c, id) = (ctx.clone(), import.clone());
        match db.write_slice_now::<_, Error>(move |tx| slice(tx, &c, &id, how)) {
            Ok(None) => return Ok(kept),
            Ok(Some(stayed)) => kept += stayed,
            Err(error) if how != How::Passing && is_refused(&error) => {
                if how == How::Alone {
                    tracing::warn!(import = %import, error = error.logged(), "a line of an import is not taken back");
                }
                how = how.refused();
                continue;
            }
            Err(error) => return Err(error),
        }
        how = how.done();
    }
}

/// Would the same be refused again, however often it is tried? What another try may mend is none of it.
fn is_refused(error: &Error) -> bool {
    match error {
        Error::Store(error) => error.kind() == store::Kind::Refused || matches!(error, store::Error::Decode { .. }),
        Error::Internal(_) | Error::Invalid(_) | Error::Conflict { .. } => true,
        _ => false,
    }
}

/// How lines are undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Together,
    /// The last one, and of a line of many customers the last of them.
    Alone,
    /// That one stays.
    Passing,
}

impl How {
    fn refused(self) -> Self {
        if self == Self::Together { Self::Alone } else { Self::Passing }
    }

    /// Once the one that was refused is passed, the others go together again.
    fn done(self) -> Self {
        if self == Self::Alone { Self::Alone } else { Self::Together }
    }
}

struct Line {
    position: i64,
    kind: String,
    row: String,
}

/// Undoes the newest lines; gives how much had to stay, or nothing when the journal is empty.
fn slice(tx: &mut Tx, ctx: &Ctx, import: &ImportId, how: How) -> Result<Option<i64>> {
    let most = if how == How::Together { LINES } else { 1 };
    let mut lines =
        tx.rows(&queries::NEWEST, &[&ctx.merchant, import, &most], |r| Ok(Line { position: r.get(0)?, kind: r.get(1)?, row: r.get(2)? }))?;
    // A line of made customers holds many: it is a slice of its own.
    if let Some(at) = lines.iter().position(|l| l.kind == kind::CUSTOMERS && l.row.contains(' ')) {
        lines.truncate(at + 1);
    }
    let Some(last) = lines.last().map(|l| l.position) else { return Ok(None) };
    let rest = match lines.last_mut() {
        Some(line) if how != How::Together => line.split_off(),
        _ => None,
    };
    let mut kept = i64::from(how == How::Passing);
    if how != How::Passing {
        lock(tx, ctx, &lines)?;
        let mut touched = BTreeSet::new();
        for line in &lines {
            kept += undo_line(tx, ctx, import, line, &mut touched)?;
        }
        let touched: Vec<CustomerId> = touched.into_iter().collect();
        facts::refresh(tx, ctx, &touched, BACK)?;
    }
    match rest {
        Some(rest) => tx.exec(&queries::SHORTEN, &[&ctx.merchant, import, &last, &rest])?,
        None => tx.exec(&queries::FORGET, &[&ctx.merchant, import, &last])?,
    };
    Ok(Some(kept))
}

impl Line {
    /// Leaves the last of many customers in the line; gives the others.
    fn split_off(&mut self) -> Option<String> {
        let (rest, last) = self.row.rsplit_once(' ').filter(|_| self.kind == kind::CUSTOMERS)?;
        let (rest, last) = (rest.to_owned(), last.to_owned());
        self.row = last;
        Some(rest)
    }
}

/// All customers of the lines, in one step: the order of locks is fixed.
fn lock(tx: &mut Tx, ctx: &Ctx, lines: &[Line]) -> Result<()> {
    let mut ids = BTreeSet::new();
    for line in lines {
        match line.kind.as_str() {
            kind::CUSTOMERS | kind::BEFORE | kind::SEEN => ids.extend(line.row.split(' ').map(|id| CustomerId::from_db(id.to_owned()))),
            kind::ORDER => ids.extend(owner(tx, ctx, &line.row)?),
            kind::REFUND => ids.extend(refund(tx, ctx, &line.row)?.and_then(|(_, _, owner)| owner)),
            kind::NOTE => ids.extend(note::find(tx, ctx, &line.row)?.map(|(owner, ..)| owner)),
            _ => {}
        }
    }
    locks::customers(tx, ctx, &ids.iter().collect::<Vec<_>>())
}

/// Undoes one line; gives how much of it has to stay.
fn undo_line(tx: &mut Tx, ctx: &Ctx, import: &ImportId, line: &Line, touched: &mut BTreeSet<CustomerId>) -> Result<i64> {
    match line.kind.as_str() {
        kind::CUSTOMERS => {
            let mut kept = 0;
            for id in line.row.split(' ') {
                kept += i64::from(!drop_customer(tx, ctx, import, &CustomerId::from_db(id.to_owned()), touched)?);
            }
            return Ok(kept);
        }
        kind::BEFORE => {
            let id = CustomerId::from_db(line.row.clone());
            let Some(before) = noted(tx, ctx, import, line)? else { return Ok(0) };
            return Ok(i64::from(!put_back(tx, ctx, import, &id, &before, touched)?));
        }
        kind::SEEN => {
            let id = CustomerId::from_db(line.row.clone());
            if let (Some(stood), true) = (noted(tx, ctx, import, line)?, is_known(tx, ctx, &id)?) {
                tx.exec(&queries::DROP_GONE_EVENTS, &[&ctx.merchant, &id])?;
                Stood::read(&stood)?.again(tx, ctx, &id)?;
            }
        }
        kind::ORDER => return Ok(i64::from(!drop_order(tx, ctx, import, &line.row, touched)?)),
        kind::REFUND => drop_refund(tx, ctx, &line.row, touched)?,
        kind::UNMATCHED => drop(tx.exec(&queries::DROP_UNMATCHED, &[&ctx.merchant, &line.row])?),
        kind::NOTE => return Ok(i64::from(!note::drop(tx, ctx, &line.row)?)),
        // A label that others use by now stays, and is no harm.
        what @ (kind::GROUP | kind::TAG) => drop(labels::drop_unused(tx, ctx, what, line.row.clone())?),
        kind::MOMENT => {
            let at: i64 = line.row.parse().unwrap_or_default();
            tx.exec(&queries::ORPHANS, &[&ctx.merchant, &at])?;
        }
        _ => {}
    }
    Ok(0)
}

/// Deletes a customer the import made for good, unless something else hangs on it by now or somebody worked on it. That it was here, and is deleted,
/// stays on record and is told as whenever a customer is deleted for good.
fn drop_customer(tx: &mut Tx, ctx: &Ctx, import: &ImportId, id: &CustomerId, touched: &mut BTreeSet<CustomerId>) -> Result<bool> {
    if !is_known(tx, ctx, id)? {
        touched.remove(id);
        return Ok(true);
    }
    if links::keeps_customer(tx, ctx, id, import)? {
        touched.insert(id.clone());
        return Ok(false);
    }
    touched.remove(id);
    let data = serde_json::json!({ "was_deleted": false });
    Event::new("customer.deleted_permanently").of(id).because(BACK).data(data).record(tx, ctx)?;
    duplicates::forget(tx, ctx, id)?;
    billing::forget(tx, ctx, id)?;
    for statement in [
        &queries::DROP_EVENT_VALUES,
        &queries::DROP_GONE_EVENTS,
        &queries::DROP_NOTES,
        &queries::DROP_AVATARS,
        &queries::DROP_CONTACTS,
        &queries::DROP_TAGS,
        &queries::DROP_SHOPS,
        &queries::DROP_TOTALS,
        &queries::DROP_EXTERNAL,
        &queries::DROP_KEYS,
        &queries::DROP_WARNINGS,
        &queries::DROP_CUSTOMER,
    ] {
        tx.exec(statement, &[&ctx.merchant, id])?;
    }
    let stamp = tx.stamp()?;
    tx.exec(&queries::GONE, &[&ctx.merchant, id, &stamp])?;
    Ok(true)
}

/// What a line keeps of its customer, who is locked: until then another import that is taken back may change it.
fn noted(tx: &mut Tx, ctx: &Ctx, import: &ImportId, line: &Line) -> Result<Option<String>> {
    Ok(tx.opt(&queries::NOTED, &[&ctx.merchant, import, &line.position], |r| r.get::<Option<String>>(0))?.flatten())
}

/// Gives back what the import changed of a customer, field by field as far as that still stands.
fn put_back(tx: &mut Tx, ctx: &Ctx, import: &ImportId, id: &CustomerId, before: &str, touched: &mut BTreeSet<CustomerId>) -> Result<bool> {
    let mut before = Before::read(before)?;
    if !is_known(tx, ctx, id)? {
        return Ok(true);
    }
    touched.insert(id.clone());
    tx.exec(&queries::DROP_GONE_EVENTS, &[&ctx.merchant, id])?;
    before.see(tx, ctx, id)?;
    later::forget(tx, ctx, import, id, &before)?;
    let whole = before.give_back(tx, ctx, id)?;
    if let Some(stood) = &before.stood {
        stood.again(tx, ctx, id)?;
    }
    Ok(whole)
}

/// Does something of what the import changed about a customer stay, because somebody worked on it since?
pub(super) fn is_touched(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, mut before: Before) -> Result<bool> {
    if !is_known(tx, ctx, id)? {
        return Ok(false);
    }
    before.see(tx, ctx, id)?;
    Ok(!before.stands(tx, ctx, id)?)
}

/// Is there such a customer still?
fn is_known(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<bool> {
    Ok(tx.opt(&queries::VERSION, &[&ctx.merchant, id], |_| Ok(()))?.is_some())
}

/// Deletes an order with its payments, unless something else came upon them.
fn drop_order(tx: &mut Tx, ctx: &Ctx, import: &ImportId, id: &str, touched: &mut BTreeSet<CustomerId>) -> Result<bool> {
    if links::keeps_order(tx, ctx, id, import)? {
        return Ok(false);
    }
    touched.extend(owner(tx, ctx, id)?);
    tx.exec(&queries::DROP_PAYMENTS, &[&ctx.merchant, &id, import])?;
    tx.exec(&queries::DROP_LINES, &[&ctx.merchant, &id])?;
    tx.exec(&queries::DROP_ORDER, &[&ctx.merchant, &id])?;
    Ok(true)
}

/// Takes back a refund that came from a cancellation, and what was said of it.
fn drop_refund(tx: &mut Tx, ctx: &Ctx, id: &str, touched: &mut BTreeSet<CustomerId>) -> Result<()> {
    let Some((payment, amount, owner)) = refund(tx, ctx, id)? else { return Ok(()) };
    tx.exec(&queries::DROP_REFUND, &[&ctx.merchant, &id])?;
    tx.exec(&queries::GIVE_BACK, &[&ctx.merchant, &payment, &amount])?;
    if let Some(owner) = owner {
        let named = format!("%\"{id}\"%");
        for statement in [&queries::DROP_REFUND_VALUES, &queries::DROP_REFUND_EVENT] {
            tx.exec(statement, &[&ctx.merchant, &owner, &payment, &named])?;
        }
        touched.insert(owner);
    }
    Ok(())
}

fn owner(tx: &mut Tx, ctx: &Ctx, order: &str) -> Result<Option<CustomerId>> {
    let order = OrderId::from_db(order.to_owned());
    Ok(tx.opt(&queries::ORDER_OWNER, &[&ctx.merchant, &order], |r| r.get::<Option<CustomerId>>(0))?.flatten())
}

fn refund(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<Option<(PaymentId, i64, Option<CustomerId>)>> {
    Ok(tx.opt(&queries::REFUND_OF, &[&ctx.merchant, &id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_the_line_that_is_refused_the_others_go_together_again() {
        let alone = How::Together.done().refused();
        assert_eq!((alone, alone.done(), alone.refused(), alone.refused().done()), (How::Alone, How::Alone, How::Passing, How::Together));
        assert!(
            is_refused(&store::Error::Unique { table: "customers".into(), columns: Vec::new() }.into())
                && is_refused(&store::Error::ForeignKey.into())
        );
        assert!(!is_refused(&store::Error::Busy.into()) && !is_refused(&Error::Forbidden(Right::Import)), "another try may mend it");
    }
}
