//! Merging a customer into another (SPEC 10.1): everything that hangs on the one who goes moves to the one who stays, in one transaction,
//! and can be undone until the term of the merchant is over.
//!
//! Which rows there are and how each moves stands in one list, [`MOVES`], that a test holds against the schema: a table that names a customer
//! and that no line speaks of fails the build. The row of the one who goes stays, with `merged_into`, so that its id, number and links lead
//! to the survivor ([`super::survivor`]). Nothing is ever merged by itself.

mod choose;
mod copies;
mod field;
mod fields;
mod forget;
mod look;
mod moves;
mod portal;
pub mod queries;
mod read;
mod sets;
mod settings;
#[cfg(test)]
mod tests;
mod undo;
mod verb;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::kit::{CustomerId, MergeId, Micros};

pub(crate) use copies::Changed;
pub use field::{Field, text};
pub(crate) use fields::{Fields, changed_fields, fields_back, fields_stand, fields_without};
pub(crate) use forget::{drop_of, forget};
pub use look::{Look, Side, Sum, look, preview};
pub(crate) use moves::hanging;
pub use moves::{MOVES, Move, Way};
pub(crate) use read::sources;
pub use read::{get, of_customer, standing};
pub use settings::{MOST_DAYS, UNDO_DAYS, set_undo_days, undo_days};
pub(crate) use undo::part;
pub use undo::undo;
pub use verb::merge;

/// Whose value survives, field by field. What is not named: the survivor's own, or where that is empty, that of the first who goes and has one.
pub type Choices = BTreeMap<Field, CustomerId>;

/// How many rows moved, by the noun of [`Move::noun`]; nothing of nought.
pub type Moved = BTreeMap<String, i64>;

/// A customer that was merged into another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// Who went.
    pub gone: CustomerId,
    /// What pages call the one who went.
    pub gone_name: String,
    /// Its number.
    pub gone_number: String,
    /// Who stayed.
    pub survivor: CustomerId,
    /// What moved.
    pub moved: Moved,
    /// When, microseconds UTC.
    pub merged_at: Micros,
    /// By whom.
    pub by: String,
    /// Undo is possible up to this moment, microseconds UTC; `None` once the undo copy is gone or was used.
    pub undo_until: Option<Micros>,
    /// When it was undone, microseconds UTC.
    pub undone_at: Option<Micros>,
    /// By whom.
    pub undone_by: String,
}

impl Merge {
    /// May it be undone at this moment?
    pub fn is_open(&self, now: Micros) -> bool {
        self.undone_at.is_none() && self.undo_until.is_some_and(|until| now <= until)
    }
}
