//! What a dry run found: counts, the first rows that would fail with the reason, and the first changes field by field.

use serde::{Deserialize, Serialize};
use store::{Db, Tx};

use super::journal::Before;
use super::state::Counts;
use super::{ImportError, queries};
use crate::customers::{self, display_name};
use crate::kit::{Ctx, CustomerId, Error, ImportId};

/// So many changed customers are kept.
const MOST: i64 = 20;

/// What would happen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Check {
    /// What would become of the rows.
    pub counts: Counts,
    /// Why the file cannot be read to its end; empty when it can.
    pub problem: String,
    /// The first rows that would not be taken: number below the header, reason.
    pub failures: Vec<(u64, String)>,
    /// The first customers that would change.
    pub changes: Vec<Changed>,
}

/// A customer that would change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// Which.
    pub customer: CustomerId,
    /// What they are called now.
    pub name: String,
    /// Field, what it is, what it would be.
    pub fields: Vec<(String, String, String)>,
}

/// The first changes that an import made, read from its journal and the events behind it.
pub(super) fn first(db: &Db, ctx: &Ctx, import: &ImportId) -> Result<Vec<Changed>, ImportError> {
    let (c, id) = (ctx.clone(), import.clone());
    Ok(db.read_now::<_, Error>(move |tx| first_in(tx, &c, &id))?)
}

/// The same in a transaction that wrote them.
pub(super) fn first_in(tx: &mut Tx, ctx: &Ctx, import: &ImportId) -> crate::Result<Vec<Changed>> {
    let lines =
        tx.rows(&queries::FIRST_CHANGED, &[&ctx.merchant, import, &MOST], |r| Ok((r.get::<CustomerId>(0)?, r.get::<String>(1)?)))?;
    let mut all = Vec::with_capacity(lines.len());
    for (customer, before) in lines {
        let before = Before::read(&before)?;
        let fields = tx.rows(&queries::VALUES_SINCE, &[&ctx.merchant, &customer, &before.event_version], |r| {
            Ok((r.get(0)?, r.get::<Option<String>>(1)?.unwrap_or_default(), r.get::<Option<String>>(2)?.unwrap_or_default()))
        })?;
        let k = customers::get(tx, ctx, &customer)?;
        let name = display_name(&k.name, &k.first_name, &k.last_name, &k.company, &k.email, &k.number);
        all.push(Changed { customer, name, fields });
    }
    Ok(all)
}
