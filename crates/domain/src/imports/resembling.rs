//! New customers of an import who resemble ones that were there before: counted, listed and offered as pairs, never merged (SPEC 3.5).

use store::Db;

use super::journal::kind;
use super::{ImportError, queries};
use crate::duplicates::{self, Score};
use crate::kit::{Ctx, CustomerId, Error, ImportId, Right};

/// So many new customers of one import are looked at; more are left to a run over all customers.
pub const LOOKED_AT: usize = 5_000;
/// So many are named.
const NAMED: usize = 5;
/// New customers of one slice.
const SLICE: usize = 20;

/// Who resembles whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resembling {
    /// New customers that were looked at.
    pub looked_at: usize,
    /// There are more new ones, who were not.
    pub more: bool,
    /// New customers who resemble one that was there.
    pub alike: usize,
    /// The first of them: the new one, the one that was there, how likely, why.
    pub first: Vec<(CustomerId, CustomerId, Score, String)>,
}

/// Looks at the new customers of an import that is done, a few in each transaction. Blocks.
///
/// # Errors
/// What the database says; [`Error::Forbidden`] without [`Right::Import`].
pub fn resembling(db: &Db, ctx: &Ctx, import: &ImportId) -> Result<Resembling, ImportError> {
    ctx.must(Right::Import)?;
    let mut found = Resembling::default();
    if is_alone(db, ctx, import)? {
        return Ok(found);
    }
    let (mut ids, mut last): (Vec<CustomerId>, i64) = (Vec::new(), 0);
    loop {
        let (c, i) = (ctx.clone(), import.clone());
        let lines = db.read_now::<_, Error>(move |tx| {
            Ok(tx.rows(&queries::MADE, &[&c.merchant, &i, &kind::CUSTOMERS, &last, &50], |r| Ok((r.get::<i64>(0)?, r.get::<String>(1)?)))?)
        })?;
        let Some((position, _)) = lines.last() else { break };
        last = *position;
        ids.extend(lines.iter().flat_map(|(_, ids)| ids.split(' ')).filter_map(|id| id.parse().ok()));
        if ids.len() > LOOKED_AT {
            found.more = true;
            break;
        }
    }
    ids.truncate(LOOKED_AT);
    for some in ids.chunks(SLICE) {
        let (c, i, some) = (ctx.clone(), import.clone(), some.to_vec());
        let alike = db.write_slice_now::<_, Error>(move |tx| duplicates::beside(tx, &c, &i, &some))?;
        found.alike += alike.len();
        let room = NAMED.saturating_sub(found.first.len());
        found.first.extend(alike.into_iter().take(room).map(|(new, old)| (new, old.id, old.score, old.why)));
    }
    found.looked_at = ids.len();
    Ok(found)
}

/// Nobody was there before the import, so there is nobody to resemble.
fn is_alone(db: &Db, ctx: &Ctx, import: &ImportId) -> Result<bool, ImportError> {
    let (c, i) = (ctx.clone(), import.clone());
    Ok(db.read_now::<_, Error>(move |tx| {
        let mut of = |statement| Ok::<_, Error>(tx.opt(statement, &[&c.merchant], |r| r.get::<Option<ImportId>>(0))?.flatten());
        Ok(of(&queries::OLDEST_OF)? == Some(i.clone()) && of(&queries::NEWEST_OF)? == Some(i.clone()))
    })?)
}
