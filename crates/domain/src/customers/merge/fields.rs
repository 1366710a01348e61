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
    let changed = field::parts().map(|part| (part.name.to_owned(), [columns(old, part), columns(new, part)]));
    changed.filter(|(_, [before, after])| before != after).collect()
}

/// Would [`fields_back`] leave nothing of what they were changed to?
pub(crate) fn fields_stand(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, fields: &Fields) -> Result<bool> {
    for (name, [before, after]) in fields {
        let Some(part) = field::part(name) else { return Ok(false) };
        if !copies::stands(tx, ctx, part, id, [before, after])? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives each field its value of before that still says what it was changed to. Tells what changed, and whether nothing is left of what they were
/// changed to.
pub(crate) fn fields_back(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, fields: &Fields) -> Result<(Vec<Changed>, bool)> {
    let (mut changes, mut all) = (Vec::new(), true);
    for (name, [before, after]) in fields {
        let Some(part) = field::part(name) else {
            all = false;
            continue;
        };
        let (changed, whole) = copies::back(tx, ctx, part, id, [before, after])?;
        changes.extend(changed);
        all &= whole;
    }
    if !changes.is_empty() {
        copies::sort_name(tx, ctx, id)?;
    }
    Ok((changes, all))
}

/// What a later change noted as before and after, when `fields` are taken back under it; nothing when that is the same.
pub(crate) fn fields_without(later: &Fields, fields: &Fields) -> Option<Fields> {
    let mut new = later.clone();
    for (name, [before, after]) in fields {
        if let (Some(part), Some([noted, _])) = (field::part(name), new.get_mut(name)) {
            *noted = copies::given_back(part, [before, after], noted).0;
        }
    }
    (new != *later).then_some(new)
}
