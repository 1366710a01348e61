//! Groups and tags that a file names are made before its rows, so that a row finds them and taking back finds those that were made.

use std::collections::{BTreeMap, HashMap};

use store::Tx;

use super::customers::labels;
use super::journal::{Journal, kind};
use super::plan::{Plan, Source};
use super::{ImportError, queries};
use crate::files::{Row, Target};
use crate::kit::{Ctx, GroupId, ImportId, Result, TagId, name_key};
use crate::labels as rooms;

/// So many different names are no labels but a column mapped wrongly.
const MOST: usize = 20_000;

/// Names by their key.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub groups: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
}

/// Reads the file for the names in it; nothing when it has no column of labels.
pub(super) fn names(source: &Source, plan: &Plan) -> std::result::Result<Names, ImportError> {
    let mut names = Names::default();
    if ![Target::Group, Target::Groups, Target::Tags].iter().any(|t| plan.layout.has(t)) {
        return Ok(names);
    }
    let (mut table, mut row) = (source.table()?, Row::default());
    while let Some(read) = table.read(&mut row) {
        match read {
            Ok(()) => {}
            Err(fault) if fault.is_fatal() => return Err(fault.into()),
            Err(_) => continue,
        }
        let (group, tags) = labels(&plan.layout, &row);
        // What is too long or holds a NUL is the row's own fault, told when the row is read.
        let fits = |name: &String| !name.contains('\0') && name.chars().count() <= 50;
        names.groups.extend(group.filter(fits).map(|g| (name_key(&g), g)));
        names.tags.extend(tags.into_iter().filter(fits).map(|t| (name_key(&t), t)));
        if names.groups.len() + names.tags.len() > MOST {
            return Err(ImportError::File(format!("The file names more than {MOST} groups and tags. Is the column mapped rightly?")));
        }
    }
    Ok(names)
}

/// Makes those that are missing; gives the groups by key.
pub(super) fn ensure(tx: &mut Tx, ctx: &Ctx, journal: &mut Journal<'_>, names: &Names) -> Result<HashMap<String, GroupId>> {
    let mut groups = HashMap::new();
    for (key, name) in &names.groups {
        let id = match rooms::by_name::<GroupId>(tx, ctx, name)? {
            Some(group) => group.id,
            None => {
                let made = rooms::create::<GroupId>(tx, ctx, name)?.id;
                journal.note(tx, ctx, kind::GROUP, made.as_str(), None)?;
                made
            }
        };
        groups.insert(key.clone(), id);
    }
    for name in names.tags.values() {
        if rooms::by_name::<TagId>(tx, ctx, name)?.is_none() {
            let made = rooms::create::<TagId>(tx, ctx, name)?.id;
            journal.note(tx, ctx, kind::TAG, made.as_str(), None)?;
        }
    }
    Ok(groups)
}

/// Takes those away again that nobody got, because the rows that name them were not taken.
pub(super) fn tidy(tx: &mut Tx, ctx: &Ctx, import: &ImportId) -> Result<()> {
    for what in [kind::GROUP, kind::TAG] {
        let made = tx.rows(&queries::MADE, &[&ctx.merchant, import, &what, &-1_i64, &(MOST as i64)], |r| {
            Ok((r.get::<i64>(0)?, r.get::<String>(1)?))
        })?;
        for (position, id) in made {
            if drop_unused(tx, ctx, what, id)? {
                tx.exec(&queries::DROP_LINE, &[&ctx.merchant, import, &position])?;
            }
        }
    }
    Ok(())
}

/// Deletes a group or tag that nobody has; tells whether it is gone.
pub(super) fn drop_unused(tx: &mut Tx, ctx: &Ctx, what: &str, id: String) -> Result<bool> {
    if what == kind::GROUP {
        rooms::delete_unused(tx, ctx, &GroupId::from_db(id))
    } else {
        rooms::delete_unused(tx, ctx, &TagId::from_db(id))
    }
}
