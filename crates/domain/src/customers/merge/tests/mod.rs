//! What merging must do and must never do, on both engines.

mod large;
mod once;
mod portal;
mod random;
mod refused;
mod schema;

use std::collections::BTreeMap;

use store::{Stmt, Tx};

use crate::customers::merge::{self, Choices, Merge};
use crate::dump::schema as tables;
use crate::kit::{Ctx, CustomerId, MergeId, Result};
use crate::orders::desk::Desk;

/// Each row of each table but the merges' own, without what counts changes; events only as far as they are in `known`.
type Everything = BTreeMap<String, Vec<String>>;

/// Columns that count changes: they never go back, so that an old page or image is never taken for the newest.
const COUNTERS: [&str; 4] = ["version", "updated_at", "change_stamp", "event_version"];

impl Desk {
    pub fn merge(&self, gone: &[&CustomerId], stays: &CustomerId) -> Result<Vec<Merge>> {
        self.merge_with(gone, stays, Choices::new())
    }

    pub fn merge_with(&self, gone: &[&CustomerId], stays: &CustomerId, choices: Choices) -> Result<Vec<Merge>> {
        let (gone, stays): (Vec<CustomerId>, _) = (gone.iter().map(|id| (*id).clone()).collect(), stays.clone());
        self.write(move |tx, ctx| merge::merge(tx, ctx, &gone, &stays, &choices))
    }

    pub fn undo_merge(&self, id: &MergeId) -> Result<Merge> {
        let id = id.clone();
        self.write(move |tx, ctx| merge::undo(tx, ctx, &id))
    }

    /// The whole database, to be compared. Of events only those of `known`, when given.
    pub fn everything(&self, known: Option<&Everything>) -> Everything {
        let mut all = self.read(read_all).unwrap();
        if let Some(known) = known {
            for (table, at) in [("events", 1), ("event_values", 1)] {
                let ids: Vec<&str> = known["events"].iter().map(|row| id_of(row, 1)).collect();
                all.get_mut(table).unwrap().retain(|row| ids.contains(&id_of(row, at)));
            }
        }
        all
    }
}

fn id_of(row: &str, at: usize) -> &str {
    row.split('"').nth(2 * at + 1).unwrap_or_default()
}

fn read_all(tx: &mut Tx, _: &Ctx) -> Result<Everything> {
    let mut all = Everything::new();
    for table in tables::tables().iter().filter(|t| !t.name.starts_with("merge")) {
        let names = table.names();
        let statement = Stmt::built(format!("SELECT {} FROM {} ORDER BY {}", names.join(", "), table.name, table.key.join(", ")));
        let rows = tx.rows(&statement, &[], |r| {
            let mut row = table.json(r)?;
            for (cell, name) in row.iter_mut().zip(&names) {
                if table.name == "customers" && COUNTERS.contains(name) {
                    *cell = serde_json::Value::Null;
                }
            }
            Ok(serde_json::Value::from(row).to_string())
        })?;
        all.insert(table.name.to_owned(), rows);
    }
    Ok(all)
}

/// Says where two differ, a table and a row at a time.
fn same(before: &Everything, after: &Everything) {
    for (table, rows) in before {
        assert_eq!(rows, &after[table], "{table}");
    }
}
