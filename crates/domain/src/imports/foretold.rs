//! What taking an import back would do, before anybody presses it: by the same questions that taking back asks.

use store::Db;

use super::journal::{Before, kind};
use super::{ImportError, links, queries, state, undo};
use crate::kit::{Ctx, CustomerId, Error, ImportId};

/// So many customers and orders are looked at.
pub const WALKED: usize = 5_000;
/// Lines of the journal in one transaction.
const LINES: i64 = 40;

/// What would become of what the import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Foretold {
    /// Customers that were made and would go.
    pub deleted: usize,
    /// Customers that would be put back as they were.
    pub restored: usize,
    /// Orders that would go, with their payments.
    pub orders: usize,
    /// Customers and orders that would stay, whole or in part, because something was done with them since.
    pub kept: usize,
    /// There is more, that was not looked at.
    pub more: bool,
}

/// Looks at what an import did. Reads only; blocks.
///
/// # Errors
/// `NotFound`, or what the database says.
pub fn foretell(db: &Db, ctx: &Ctx, import: &ImportId) -> Result<Foretold, ImportError> {
    let (mut all, mut after) = (Foretold::default(), 0i64);
    loop {
        let (c, id, so_far) = (ctx.clone(), import.clone(), all);
        let (found, last) = db.read_now::<_, Error>(move |tx| {
            state::load(tx, &c, &id)?;
            let lines = tx.rows(&queries::JOURNAL_PART, &[&c.merchant, &id, &after, &LINES], |r| {
                Ok((r.get::<i64>(0)?, r.get::<String>(1)?, r.get::<String>(2)?, r.get::<Option<String>>(3)?))
            })?;
            let mut found = so_far;
            for (_, what, row, before) in &lines {
                match what.as_str() {
                    kind::CUSTOMERS => {
                        for one in row.split(' ') {
                            let stays = links::keeps_customer(tx, &c, &CustomerId::from_db(one.to_owned()), &id)?;
                            *(if stays { &mut found.kept } else { &mut found.deleted }) += 1;
                        }
                    }
                    kind::BEFORE => {
                        let before = Before::read(before.as_deref().unwrap_or_default())?;
                        let stays = undo::is_touched(tx, &c, &CustomerId::from_db(row.clone()), before)?;
                        *(if stays { &mut found.kept } else { &mut found.restored }) += 1;
                    }
                    kind::ORDER => {
                        let stays = links::keeps_order(tx, &c, row, &id)?;
                        *(if stays { &mut found.kept } else { &mut found.orders }) += 1;
                    }
                    _ => {}
                }
            }
            Ok((found, lines.last().map(|(position, ..)| *position)))
        })?;
        all = found;
        let Some(last) = last else { return Ok(all) };
        after = last;
        if all.deleted + all.restored + all.orders + all.kept >= WALKED {
            return Ok(Foretold { more: true, ..all });
        }
    }
}
