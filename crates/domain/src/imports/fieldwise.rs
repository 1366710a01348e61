//! Taking back what an import changed of a customer somebody worked on since: field by field, as undo of a merge does. A field that somebody changed
//! after the import is newer than it and stays.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::Tx;

use super::journal::{Before, TABLES, table};
use super::queries;
use crate::customers::{self, Status, merge, state};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, Result};

/// What an import made of a customer: only what it changed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct After {
    /// Fields by name, before and after.
    fields: merge::Fields,
    /// Rows of the tables of further addresses, tags and ids in other systems, where they are others than before.
    sets: BTreeMap<String, Vec<Vec<Json>>>,
    /// It was archived or made active too, which is not taken back by itself.
    switched: bool,
}

/// What the timeline says of what was taken back.
pub(super) const BACK: &str = "import taken back";

/// How many of [`TABLES`] an edit writes: the row, then these sets. The others are counted from facts.
const SETS: usize = 3;

impl After {
    /// Reads what stands now, beside the rows of before.
    pub(super) fn of(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, before: &[Vec<Vec<Json>>]) -> Result<Self> {
        let customers = table(TABLES[0])?;
        let now = rows(tx, ctx, TABLES[0], id)?;
        let (Some(old), Some(new)) = (before.first().and_then(|rows| rows.first()), now.first()) else { return Ok(Self::default()) };
        let archived = customers.columns.iter().position(|c| c.name == "archived_at");
        let mut after = Self {
            fields: merge::changed_fields(customers, old, new),
            sets: BTreeMap::new(),
            switched: archived.is_some_and(|at| old.get(at) != new.get(at)),
        };
        for (name, before) in TABLES.iter().zip(before).skip(1).take(SETS) {
            let now = rows(tx, ctx, name, id)?;
            if sorted(&now) != sorted(before) {
                after.sets.insert((*name).to_owned(), now);
            }
        }
        Ok(after)
    }
}

fn rows(tx: &mut Tx, ctx: &Ctx, name: &str, id: &CustomerId) -> Result<Vec<Vec<Json>>> {
    let table = table(name)?;
    Ok(tx.rows(&queries::of_customer(table), &[&ctx.merchant, id], |r| table.json(r))?)
}

fn sorted(rows: &[Vec<Json>]) -> Vec<String> {
    let mut all: Vec<String> = rows.iter().map(|row| Json::from(row.clone()).to_string()).collect();
    all.sort();
    all
}

/// May anything be given back to them: are they here, as themselves?
fn is_here(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<bool> {
    let s = state::load(tx, ctx, id)?;
    Ok(s.merged_into.is_none() && s.deleted_at.is_none() && s.anonymised_at.is_none())
}

/// The status as it is kept.
fn status(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Status> {
    let kept: i64 = tx.scalar(&queries::STATUS, &[&ctx.merchant, id])?;
    Status::of(kept).ok_or_else(|| Error::Internal(format!("no status {kept}")))
}

/// Raises the version and says, as an edit does, what fields say again.
fn tell(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, changes: &[merge::Changed]) -> Result<()> {
    state::touch(tx, ctx, id)?;
    let version: i64 = tx.scalar(&queries::VERSION, &[&ctx.merchant, id])?;
    let some = |t: &str| (!t.is_empty()).then(|| t.to_owned());
    let event = Event::new("customer.edited").of(id).because(BACK).data(json!({ "version": version }));
    changes.iter().fold(event, |e, c| e.value(c.field, some(&c.old).as_deref(), some(&c.new).as_deref())).record(tx, ctx)?;
    customers::tell_billing(tx, ctx, id, changes.iter().map(|c| c.field))
}

impl Before {
    /// Puts all of it back, when nobody worked on the customer since, and tells what that changed. What was told of the import stays told.
    pub(super) fn restore(&self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
        let old = status(tx, ctx, id)?;
        self.put_back(tx, ctx, id)?;
        match &self.after {
            Some(after) => {
                // A number alone is no field that goes back by itself; it is an edit all the same.
                if !after.fields.is_empty() || !after.sets.is_empty() || (!after.switched && self.was_edited()?) {
                    tell(tx, ctx, id, &merge::fields_said(&after.fields))?;
                }
                if after.switched {
                    self.switched(tx, ctx, id)?;
                }
            }
            None => tell(tx, ctx, id, &[])?,
        }
        let new = status(tx, ctx, id)?;
        if new != old {
            let data = json!({ "from": old.name(), "to": new.name() });
            Event::new("customer.status_changed").of(id).because(BACK).data(data).record(tx, ctx)?;
        }
        Ok(())
    }

    /// Did the import make a new version of it?
    fn was_edited(&self) -> Result<bool> {
        let at = table(TABLES[0])?.columns.iter().position(|c| c.name == "version");
        let old = self.tables.first().and_then(|rows| rows.first()).zip(at).and_then(|(row, at)| row.get(at)?.as_i64());
        Ok(old.is_some_and(|old| old != self.version))
    }

    /// Tells that a customer is archived or active again.
    fn switched(&self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
        let archived: bool = tx.scalar(&queries::ARCHIVED, &[&ctx.merchant, id])?;
        state::touch(tx, ctx, id)?;
        let version: i64 = tx.scalar(&queries::VERSION, &[&ctx.merchant, id])?;
        let (kind, old, new) = if archived { ("customer.archived", "yes", "no") } else { ("customer.unarchived", "no", "yes") };
        Event::new(kind).of(id).because(BACK).data(json!({ "version": version })).value("active", Some(old), Some(new)).record(tx, ctx)?;
        Ok(())
    }

    /// Whether all that the import changed still stands as it left it, so that all of it would go back.
    pub(super) fn stands(&self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<bool> {
        let Some(after) = &self.after else { return Ok(false) };
        let mut all = !after.switched && is_here(tx, ctx, id)? && merge::fields_stand(tx, ctx, id, &after.fields)?;
        for name in after.sets.keys() {
            all = all && self.set(tx, ctx, id, name)?.is_some();
        }
        Ok(all)
    }

    /// The rows of before of a set that nobody touched since, and to which the import only added.
    fn set(&self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId, name: &str) -> Result<Option<&Vec<Vec<Json>>>> {
        let after = self.after.as_ref().and_then(|a| a.sets.get(name));
        let before = TABLES.iter().position(|t| *t == name).and_then(|at| self.tables.get(at));
        let (Some(after), Some(before)) = (after, before) else { return Ok(None) };
        let untouched = sorted(&rows(tx, ctx, name, id)?) == sorted(after);
        Ok(Some(before).filter(|rows| untouched && rows.iter().all(|row| after.contains(row))))
    }

    /// Gives back each field that nobody changed since; tells whether that was all of them.
    pub(super) fn give_back(&self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<bool> {
        let Some(after) = self.after.as_ref() else { return Ok(false) };
        if !is_here(tx, ctx, id)? {
            return Ok(false);
        }
        let (changes, mut all) = merge::fields_back(tx, ctx, id, &after.fields)?;
        all &= !after.switched;
        let mut moved = !changes.is_empty();
        for name in after.sets.keys() {
            let Some(before) = self.set(tx, ctx, id, name)? else {
                all = false;
                continue;
            };
            let table = table(name)?;
            let values: Option<Vec<_>> = before.iter().map(|row| table.values(row)).collect();
            let values = values.ok_or_else(|| Error::Internal(format!("the journal does not fit {name}")))?;
            tx.exec(&queries::drop_of(table), &[&ctx.merchant, id])?;
            tx.insert_many(table.name, &table.names(), &values)?;
            moved = true;
        }
        if moved {
            tell(tx, ctx, id, &changes)?;
        }
        Ok(all)
    }
}
