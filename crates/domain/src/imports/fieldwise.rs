//! Taking back what an import changed of a customer: field by field, as undo of a merge does, and never the row as a whole, which holds more than an
//! import changes. What somebody changed after the import is newer than it and stays.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use store::Tx;

use super::journal::{Before, TABLES, table};
use super::{note, queries};
use crate::customers::{self, merge, state};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, Result};

/// What an import made of a customer: only what it changed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Made {
    /// Fields by name, before and after.
    fields: merge::Fields,
    /// Rows of [`SETS`], where they are others than before.
    sets: BTreeMap<String, Vec<Vec<Json>>>,
}

/// What the timeline says of what was taken back.
pub(super) const BACK: &str = "import taken back";

/// Of what a customer has several, those of [`TABLES`] behind its own row, and by which columns one is the same as another: contacts get new ids at
/// every edit.
const SETS: [(&str, &[&str]); 3] =
    [("customer_contacts", &["kind", "value"]), ("customer_tags", &["tag_id"]), ("external_ids", &["system", "external_id"])];

/// Rows of a table.
type Rows = Vec<Vec<Json>>;

impl Made {
    /// Reads what stands now, beside the rows of before.
    pub(super) fn of(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, before: &[Rows]) -> Result<Self> {
        let now = rows(tx, ctx, TABLES[0], id)?;
        let (Some(old), Some(new)) = (before.first().and_then(|rows| rows.first()), now.first()) else { return Ok(Self::default()) };
        let mut made = Self { fields: merge::changed_fields(table(TABLES[0])?, old, new), sets: BTreeMap::new() };
        for ((name, _), before) in SETS.iter().zip(before.iter().skip(1)) {
            let now = rows(tx, ctx, name, id)?;
            if sorted(&now) != sorted(before) {
                made.sets.insert((*name).to_owned(), now);
            }
        }
        Ok(made)
    }

    fn is_nothing(&self) -> bool {
        self.fields.is_empty() && self.sets.is_empty()
    }
}

fn rows(tx: &mut Tx, ctx: &Ctx, name: &str, id: &CustomerId) -> Result<Rows> {
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
    Ok(!state::load(tx, ctx, id)?.is_gone())
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

/// Tells that a customer is archived or active again.
fn tell_switch(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    let archived: bool = tx.scalar(&queries::ARCHIVED, &[&ctx.merchant, id])?;
    state::touch(tx, ctx, id)?;
    let version: i64 = tx.scalar(&queries::VERSION, &[&ctx.merchant, id])?;
    let (kind, old, new) = if archived { ("customer.archived", "yes", "no") } else { ("customer.unarchived", "no", "yes") };
    Event::new(kind).of(id).because(BACK).data(json!({ "version": version })).value("active", Some(old), Some(new)).record(tx, ctx)?;
    Ok(())
}

/// What a set is without what the import added to it.
struct Without {
    /// Nothing when it stays as it is.
    rows: Option<Rows>,
    /// Is nothing left of the import?
    whole: bool,
}

impl Before {
    /// A journal from before it was noted what an import made: that is what stands now, unless somebody worked on the customer since.
    pub(super) fn see(&mut self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
        if self.made.is_some() || !is_here(tx, ctx, id)? {
            return Ok(());
        }
        let version: i64 = tx.scalar(&queries::VERSION, &[&ctx.merchant, id])?;
        let others = tx.opt(&queries::OTHER_EVENTS, &[&ctx.merchant, id, &self.event_version], |_| Ok(()))?.is_some();
        if version == self.version && !others {
            self.made = Some(Made::of(tx, ctx, id, &self.tables)?);
        }
        Ok(())
    }

    /// Would [`Before::give_back`] leave nothing of what the import changed?
    pub(super) fn stands(&self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<bool> {
        let Some(made) = &self.made else { return Ok(false) };
        if made.is_nothing() && self.note.is_none() {
            return Ok(true);
        }
        let mut all = is_here(tx, ctx, id)? && merge::fields_stand(tx, ctx, id, &made.fields)?;
        for name in made.sets.keys() {
            all = all && self.set(tx, ctx, id, name)?.whole;
        }
        match &self.note {
            Some(note) if all => note::stands(tx, ctx, note.as_str()),
            _ => Ok(all),
        }
    }

    /// What a set was, when it still stands as the import left it; else what it is without those rows that the import brought.
    fn set(&self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId, name: &str) -> Result<Without> {
        let at = SETS.iter().position(|(set, _)| *set == name);
        let before = at.and_then(|at| self.tables.get(at + 1));
        let after = self.made.as_ref().and_then(|made| made.sets.get(name));
        let (Some(at), Some(before), Some(after)) = (at, before, after) else { return Ok(Without { rows: None, whole: false }) };
        let now = rows(tx, ctx, name, id)?;
        if sorted(&now) == sorted(after) {
            return Ok(Without { rows: Some(before.clone()), whole: true });
        }
        let columns: Vec<usize> =
            table(name)?.columns.iter().enumerate().filter(|(_, c)| SETS[at].1.contains(&c.name)).map(|(at, _)| at).collect();
        let word = |row: &Vec<Json>| columns.iter().map(|at| row.get(*at).map(Json::to_string).unwrap_or_default()).collect::<Vec<_>>();
        let [had, has]: [BTreeSet<Vec<String>>; 2] = [before, after].map(|rows| rows.iter().map(word).collect());
        let stays = |row: &&Vec<Json>| had.contains(&word(row)) || !has.contains(&word(row));
        let left: Rows = now.iter().filter(stays).cloned().collect();
        Ok(Without { rows: (left.len() < now.len()).then_some(left), whole: had.is_subset(&has) })
    }

    /// Gives back each field that nobody changed since, and takes away what was added; tells whether nothing of the import is left.
    pub(super) fn give_back(&self, tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<bool> {
        let Some(made) = &self.made else { return Ok(false) };
        if made.is_nothing() && self.note.is_none() {
            return Ok(true);
        }
        if !is_here(tx, ctx, id)? {
            return Ok(false);
        }
        let (changes, mut whole) = merge::fields_back(tx, ctx, id, &made.fields)?;
        let (switch, changes): (Vec<_>, Vec<_>) = changes.into_iter().partition(|c| c.field == "archived_at");
        let mut moved = !changes.is_empty();
        for name in made.sets.keys() {
            let without = self.set(tx, ctx, id, name)?;
            whole &= without.whole;
            if let Some(rows) = without.rows {
                replace(tx, ctx, id, name, &rows)?;
                moved = true;
            }
        }
        if moved {
            tell(tx, ctx, id, &changes)?;
        }
        if !switch.is_empty() {
            tell_switch(tx, ctx, id)?;
        }
        if let Some(note) = &self.note {
            whole &= note::drop(tx, ctx, note.as_str())?;
        }
        Ok(whole)
    }

    /// An import that came before this one is taken back: what it changed is no value of before any more. Tells whether that changed anything.
    pub(super) fn lose(&mut self, earlier: &Self) -> bool {
        let (Some(made), Some(theirs)) = (&mut self.made, &earlier.made) else { return false };
        let Some(new) = merge::fields_without(&made.fields, &theirs.fields) else { return false };
        made.fields = new;
        true
    }
}

/// Gives a customer these rows in the place of those it has.
fn replace(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, name: &str, rows: &[Vec<Json>]) -> Result<()> {
    let table = table(name)?;
    let values: Option<Vec<_>> = rows.iter().map(|row| table.values(row)).collect();
    let values = values.ok_or_else(|| Error::Internal(format!("the journal does not fit {name}")))?;
    tx.exec(&queries::drop_of(table), &[&ctx.merchant, id])?;
    tx.insert_many(table.name, &table.names(), &values)?;
    Ok(())
}
