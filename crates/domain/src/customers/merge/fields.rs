//! The fields of a customer, for whoever else takes a change back field by field: an import.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use store::Tx;

use super::copies::{self, Changed};
use super::field;
use crate::dump::schema::Table;
use crate::kit::{Ctx, CustomerId, Result};

/// Fields by name with their columns, before and after.
pub(crate) type Fields = BTreeMap<String, [Vec<Json>; 2]>;

/// What differs between two rows of `customers`, given whole in the order of its columns.
pub(crate) fn changed_fields(customers: &Table, old: &[Json], new: &[Json]) -> Fields {
    let columns = |row: &[Json], part: &field::Part| -> Vec<Json> {
        let at = |name: &str| customers.columns.iter().position(|c| c.name == name);
        part.table.names().iter().filter_map(|name| row.get(at(name)?).cloned()).collect()
    };
    let changed = field::PARTS.iter().map(|part| (part.name.to_owned(), [columns(old, part), columns(new, part)]));
    changed.filter(|(_, [before, after])| before != after).collect()
}

/// Does each still say what it was changed to?
pub(crate) fn fields_stand(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, fields: &Fields) -> Result<bool> {
    for (name, [_, after]) in fields {
        let Some(part) = field::part(name) else { return Ok(false) };
        if copies::read(tx, ctx, part, id)? != *after {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives each field its value of before that still says what it was changed to. Tells what changed, and whether that was all.
pub(crate) fn fields_back(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, fields: &Fields) -> Result<(Vec<Changed>, bool)> {
    let (mut changes, mut all) = (Vec::new(), true);
    for (name, [before, after]) in fields {
        let Some(part) = field::part(name) else {
            all = false;
            continue;
        };
        match copies::back(tx, ctx, part, id, [before, after])? {
            Some(changed) => changes.push(changed),
            None => all = false,
        }
    }
    copies::sort_name(tx, ctx, id)?;
    Ok((changes, all))
}

/// How each reads on the timeline when it goes from what it was changed to back to what it was.
pub(crate) fn fields_said(fields: &Fields) -> Vec<Changed> {
    let said = |(name, [before, after]): (&String, &[Vec<Json>; 2])| {
        field::part(name).map(|part| Changed { field: part.name, old: field::plain(after), new: field::plain(before) })
    };
    fields.iter().filter_map(said).collect()
}
