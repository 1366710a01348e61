//! One slice of a file of customers: rows that are new are made together, rows that are known are compared and brought up to date.

use std::collections::HashSet;
use std::sync::Arc;

use store::Tx;

use super::customers::Wanted;
use super::journal::{Before, Journal, kind};
use super::matching::{self, Addresses, Keyless, Match};
use super::queries;
use super::state::Counts;
use crate::customers::{self, CustomerEdit, Ready, notes};
use crate::kit::{Ctx, CustomerId, Error, Result};

/// A row of the file, or why it is none. The number is that of the row below the header.
pub(super) type Item = (u64, std::result::Result<Box<Wanted>, String>);

/// What a slice did.
#[derive(Debug, Default)]
pub(super) struct Sliced {
    pub counts: Counts,
    /// Customers made without a key, for the rows that follow.
    pub keyless: Vec<(u64, CustomerId)>,
}

/// Works the rows in their order.
pub(super) fn slice(tx: &mut Tx, ctx: &Ctx, journal: &mut Journal<'_>, items: &Arc<Vec<Item>>, keyless: &Keyless) -> Result<Sliced> {
    let addresses = Addresses::of(tx, ctx, items.iter().filter_map(|(_, item)| item.as_ref().ok()).map(AsRef::as_ref))?;
    let mut work = Work { sliced: Sliced::default(), waiting: Vec::new(), keys: HashSet::new(), addresses };
    for (row, item) in items.iter() {
        match item {
            Ok(wanted) => work.row(tx, ctx, journal, *row, wanted, keyless)?,
            Err(reason) => work.failed(tx, ctx, journal, *row, reason)?,
        }
    }
    work.make(tx, ctx, journal)?;
    Ok(work.sliced)
}

struct Work<'a> {
    sliced: Sliced,
    /// New customers of this slice, not yet written.
    waiting: Vec<&'a Wanted>,
    /// By what they could be found.
    keys: HashSet<String>,
    addresses: Addresses,
}

impl<'a> Work<'a> {
    fn row(&mut self, tx: &mut Tx, ctx: &Ctx, journal: &mut Journal<'_>, row: u64, wanted: &'a Wanted, keyless: &Keyless) -> Result<()> {
        let keys = keys(wanted);
        if keys.iter().any(|key| self.keys.contains(key)) {
            // A row above in this slice is the same customer: it must be there to be found.
            self.make(tx, ctx, journal)?;
        }
        let found = match (matching::find(tx, ctx, wanted, keyless, &self.addresses)?, wanted.same_as) {
            (Match::Nobody, Some(same)) => {
                self.sliced.keyless.iter().find(|(s, _)| *s == same).map_or(Match::Nobody, |(_, id)| Match::This(id.clone()))
            }
            (found, _) => found,
        };
        self.addresses.add(wanted);
        match found {
            Match::Not(reason) => self.failed(tx, ctx, journal, row, &reason),
            Match::Nobody => {
                self.keys.extend(keys);
                self.waiting.push(wanted);
                Ok(())
            }
            Match::This(id) => match self.known(tx, ctx, journal, &id, wanted) {
                Ok(true) => {
                    self.sliced.counts.changed += 1;
                    Ok(())
                }
                Ok(false) => {
                    self.sliced.counts.unchanged += 1;
                    Ok(())
                }
                Err(error @ (Error::Invalid(_) | Error::Conflict { .. })) => self.failed(tx, ctx, journal, row, &super::said(&error)),
                Err(error) => Err(error),
            },
        }
    }

    fn failed(&mut self, tx: &mut Tx, ctx: &Ctx, journal: &mut Journal<'_>, row: u64, reason: &str) -> Result<()> {
        self.sliced.counts.failed += 1;
        journal.failed(tx, ctx, row, reason)
    }

    /// Writes the new ones.
    fn make(&mut self, tx: &mut Tx, ctx: &Ctx, journal: &mut Journal<'_>) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        self.keys.clear();
        if waiting.is_empty() {
            return Ok(());
        }
        let all: Vec<&Ready> = waiting.iter().map(|w| &w.ready).collect();
        let made = customers::create_many(tx, ctx, &all)?;
        let ids: Vec<&str> = made.iter().map(|c| c.id.as_str()).collect();
        journal.note(tx, ctx, kind::CUSTOMERS, &ids.join(" "), None)?;
        self.sliced.counts.created += made.len() as i64;
        for (wanted, made) in waiting.iter().zip(made) {
            self.sliced.keyless.extend(wanted.same_as.map(|same| (same, made.id)));
        }
        Ok(())
    }

    /// Brings a known customer up to date; tells whether anything was different.
    fn known(&mut self, tx: &mut Tx, ctx: &Ctx, journal: &mut Journal<'_>, id: &CustomerId, wanted: &Wanted) -> Result<bool> {
        let old = customers::get(tx, ctx, id)?;
        let edit = matching::changes(&old, wanted);
        let archived: bool = tx.scalar(&queries::ARCHIVED, &[&ctx.merchant, id])?;
        let switch = wanted.active.filter(|active| *active == archived);
        let note = match &wanted.ready.fields().note {
            Some(body) if tx.opt(&queries::HAS_NOTE, &[&ctx.merchant, id, body], |_| Ok(()))?.is_none() => Some(body.as_str()),
            _ => None,
        };
        if edit == CustomerEdit::default() && switch.is_none() && note.is_none() {
            return Ok(false);
        }
        // What the row asks for is done whole or not at all: a live subscription keeps a customer from being archived.
        if switch == Some(false) {
            customers::ensure_archivable(tx, ctx, id)?;
        }
        let mut before = Before::of(tx, ctx, id)?;
        if edit != CustomerEdit::default() {
            customers::edit(tx, ctx, id, edit)?;
        }
        if switch.is_some() {
            customers::edit(tx, ctx, id, CustomerEdit { active: switch, ..CustomerEdit::default() })?;
        }
        before.note = note.map(|body| notes::add(tx, ctx, id, body)).transpose()?.map(|note| note.id);
        before.done(tx, ctx, id)?;
        journal.note(tx, ctx, kind::BEFORE, id.as_str(), Some(&before.text()?))?;
        Ok(true)
    }
}

fn keys(wanted: &Wanted) -> Vec<String> {
    let new = wanted.ready.fields();
    let mut keys: Vec<String> = new.external_ids.iter().map(|e| format!("x{}:{}", e.system, e.id)).collect();
    keys.extend(new.number.iter().map(|n| format!("n{n}")));
    keys.extend(Some(wanted.ready.email_key()).filter(|k| !k.is_empty()).map(|k| format!("e{k}")));
    keys.extend(wanted.same_as.map(|s| format!("s{s}")));
    keys
}
