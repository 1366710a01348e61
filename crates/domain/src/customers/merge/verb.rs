//! The merge itself (SPEC 10.1).

use serde_json::{Value as Json, json};
use store::Tx;

use super::{Choices, Field, Merge, Moved, choose, copies, field, moves, portal, queries as q, read, sets, settings};
use crate::credit;
use crate::customers::model::Customer;
use crate::customers::{facts, get, state};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, DAY, Error, Link, MergeId, Problems, Result, Right, locks};
use crate::providers::billing;

/// At most so many go in one step.
pub(super) const MANY: usize = 20;

/// Merges each of `gone` into `stays`: everything of theirs is the survivor's, in this transaction or not at all. Needs [`Right::Write`] and
/// [`Right::Delete`].
///
/// # Errors
/// `Invalid` on `into` for a merge with itself and on `choices.…` for a value of nobody concerned; [`Error::NotFound`] for who is not here;
/// conflicts `customer_merged`, `customer_anonymised`, `customer_deleted`, and `customer_inactive` for a survivor who is archived.
pub fn merge(tx: &mut Tx, ctx: &Ctx, gone: &[CustomerId], stays: &CustomerId, choices: &Choices) -> Result<Vec<Merge>> {
    ctx.must(Right::Write)?;
    ctx.must(Right::Delete)?;
    let all = concerned(tx, ctx, gone, stays)?;
    let winners = choose::winners(&all, choices)?;
    let mut done = Vec::with_capacity(gone.len());
    for one in all.iter().skip(1) {
        let fields: Vec<Field> = winners.iter().filter(|(_, id)| *id == one.id).map(|(f, _)| *f).collect();
        done.push(one_into(tx, ctx, one, stays, &fields)?);
    }
    Ok(done)
}

/// Somebody goes, nobody twice, and not the one who stays.
pub(super) fn once_each(gone: &[CustomerId], stays: &CustomerId) -> Result<()> {
    if gone.is_empty() || gone.len() > MANY {
        return Err(Problems::one("sources", "invalid", format!("Choose 1 to {MANY} customers that go.")));
    }
    if gone.contains(stays) {
        return Err(Problems::one("into", "same", "A customer cannot be merged with itself. Choose another one."));
    }
    if gone.iter().enumerate().any(|(at, id)| gone[..at].contains(id)) {
        return Err(Problems::one("sources", "twice", "Name each customer once."));
    }
    Ok(())
}

/// The survivor, then those who go, locked and looked at: all of them may take part.
fn concerned(tx: &mut Tx, ctx: &Ctx, gone: &[CustomerId], stays: &CustomerId) -> Result<Vec<Customer>> {
    once_each(gone, stays)?;
    let ids: Vec<&CustomerId> = std::iter::once(stays).chain(gone).collect();
    locks::customers(tx, ctx, &ids)?;
    for id in &ids {
        may_take_part(tx, ctx, id, *id == stays)?;
    }
    ids.into_iter().map(|id| get::load(tx, ctx, id)).collect()
}

/// Somebody who is here, and for the survivor: who may have new things (SPEC 10.2).
pub(super) fn may_take_part(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, stays: bool) -> Result<()> {
    let s = state::load(tx, ctx, id)?;
    let name = &s.display_name;
    if let Some(into) = &s.merged_into {
        let survivor = state::survivor(tx, ctx, into)?;
        let label = state::load(tx, ctx, &survivor)?.display_name;
        let message = format!("{name} is already merged into {label}.");
        return Err(Error::Conflict {
            code: "customer_merged",
            message,
            links: vec![Link { kind: "customer", id: survivor.to_string(), label }],
        });
    }
    if s.anonymised_at.is_some() {
        return Err(Error::conflict("customer_anonymised", format!("{name} was anonymised. Nothing can be merged with it any more.")));
    }
    if s.deleted_at.is_some() {
        return Err(Error::conflict("customer_deleted", format!("{name} is deleted. Restore it first.")));
    }
    if stays && s.archived_at.is_some() {
        let message = format!("{name} is archived. Unarchive it first, or merge the other way round.");
        return Err(Error::conflict("customer_inactive", message));
    }
    Ok(())
}

fn one_into(tx: &mut Tx, ctx: &Ctx, gone: &Customer, stays: &CustomerId, fields: &[Field]) -> Result<Merge> {
    let (id, days) = (ctx.id::<MergeId>(), settings::undo_days(tx, ctx)?);
    let until = ctx.now.saturating_add(days.saturating_mul(DAY));
    tx.exec(&q::INSERT, &[&ctx.merchant, &id, &gone.id, stays, &ctx.now, &ctx.actor.name, &until, &(days > 0)])?;
    for one in [&gone.id, stays] {
        let (status, cause): (i64, String) = tx.one(&q::STATUS, &[&ctx.merchant, one], |r| Ok((r.get(0)?, r.get(1)?)))?;
        tx.exec(&q::COPY, &[&ctx.merchant, &id, &"status", one, &json!([status, cause]).to_string(), &""])?;
    }
    let was = sets::primary(tx, ctx, stays)?;
    sets::default_method(tx, ctx, &id, &gone.id, stays)?;
    credit::interleave(tx, ctx, &gone.id, stays)?;
    let mut moved = moves::point(tx, ctx, &id, &gone.id, stays)?;
    credit::sum_up(tx, ctx, &[&gone.id, stays])?;
    let changes = values(tx, ctx, &id, &gone.id, stays, fields)?;
    moved.insert("e-mails and phones".to_owned(), sets::contacts(tx, ctx, &id, &gone.id, stays, was)?);
    moved.insert("tags".to_owned(), sets::tags(tx, ctx, &id, &gone.id, stays)?);
    moved.insert("accesses to the portal".to_owned(), portal::hand_over(tx, ctx, &id, &gone.id, stays)?);
    moved.retain(|_, count| *count > 0);
    sets::payment_keys(tx, ctx, &id, stays)?;
    sets::avatar(tx, ctx, &id, &gone.id, stays)?;
    let words = serde_json::to_string(&moved).map_err(|e| Error::Internal(e.to_string()))?;
    tx.exec(&q::SET_MOVED, &[&ctx.merchant, &id, &words])?;
    tx.exec(&q::SET_MERGED, &[&ctx.merchant, &gone.id, stays])?;
    tell(tx, ctx, &id, gone, stays, &moved, &changes)?;
    facts::refresh(tx, ctx, &[gone.id.clone(), stays.clone()], "merged")?;
    let survivor = get::load(tx, ctx, stays)?;
    billing::queue(tx, ctx, &survivor)?;
    if days == 0 {
        super::forget::copies(tx, ctx, &id)?;
    }
    read::find(tx, ctx, &id)
}

/// The survivor's row: chosen fields, metadata united, the earlier day of the two. The one who goes leaves its group, which is counted.
fn values(tx: &mut Tx, ctx: &Ctx, id: &MergeId, gone: &CustomerId, stays: &CustomerId, fields: &[Field]) -> Result<Vec<copies::Changed>> {
    let (mut changes, mut billing) = (Vec::new(), Vec::new());
    for part in field::PARTS.iter() {
        let (theirs, ours) = (copies::read(tx, ctx, part, gone)?, copies::read(tx, ctx, part, stays)?);
        let chosen = fields.iter().any(|f| f.name() == part.name);
        let new = match part.name {
            "metadata" => {
                let (mut all, ours) = (copies::object(theirs.first()), copies::object(ours.first()));
                all.extend(ours);
                vec![copies::packed(&all)]
            }
            "created_at" => vec![Json::from(theirs.first().and_then(Json::as_i64).min(ours.first().and_then(Json::as_i64)))],
            _ if chosen => theirs,
            _ => ours,
        };
        let new = match part.name {
            // One that is the same as billing is a copy of it.
            "delivery" if new.first() == Some(&Json::Bool(true)) => new.into_iter().take(1).chain(std::mem::take(&mut billing)).collect(),
            _ => new,
        };
        if part.name == "billing" {
            billing.clone_from(&new);
        }
        changes.extend(copies::change(tx, ctx, id, "customers", part, stays, &new)?);
    }
    if let Some(group) = field::part("group") {
        copies::change(tx, ctx, id, "customers.gone", group, gone, &[Json::Null])?;
    }
    copies::sort_name(tx, ctx, stays)?;
    Ok(changes)
}

/// Raises both versions and tells both timelines.
fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    id: &MergeId,
    gone: &Customer,
    stays: &CustomerId,
    moved: &Moved,
    changes: &[copies::Changed],
) -> Result<()> {
    state::touch(tx, ctx, stays)?;
    state::touch(tx, ctx, &gone.id)?;
    let version = get::load(tx, ctx, stays)?.version;
    let data = json!({ "version": version, "gone": gone.id, "number": gone.number, "moved": moved });
    let event = Event::new("customer.merged").of(stays).on("merge", id.as_str()).data(data);
    let some = |t: &str| (!t.is_empty()).then(|| t.to_owned());
    let shown = changes.iter().filter(|c| c.field != "created_at");
    let event = shown.fold(event, |e, c| e.value(c.field, some(&c.old).as_deref(), some(&c.new).as_deref()));
    event.record(tx, ctx)?;
    Event::new("customer.merged_into").of(&gone.id).on("merge", id.as_str()).data(json!({ "into": stays })).record(tx, ctx)?;
    Ok(())
}
