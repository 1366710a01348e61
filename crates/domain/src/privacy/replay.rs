//! The ledger played again over what a backup brought back: who was erased since is erased again, in whatever order the lines come.
//!
//! A merge that stands in the backup and whose sides do not both stand in the ledger was undone before one of them was erased: it is undone here too,
//! so that what the one had goes and what the other has stays.

use std::collections::{BTreeMap, BTreeSet};

use store::{Db, Tx};

use super::{Cause, Ledger, anonymise, queries as q, sweep};
use crate::customers::{merge, state};
use crate::kit::{Actor, Clock, Ctx, CustomerId, Door, Error, MerchantId, Result};
use crate::providers::Vault;

/// What came of a replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// So many were people here again, and are no more.
    pub again: u64,
    /// Who could not be erased, with ids and the reason in words; the next replay tries again.
    pub failed: Vec<String>,
    /// Merchants whose pass through what speaks of people did not end, with the reason. The next replay finds nobody to erase and begins none: the
    /// job that each erasure asked for does it, once `serve` runs.
    pub unswept: Vec<String>,
}

/// Anonymises whoever stands in the ledger and is a person here again, and looks through everything behind them. After `restore`, and at every start: a
/// copy of the database may have been put back by other means. One that fails keeps no other from being erased. Blocks.
///
/// # Errors
/// When the ledger or the database cannot be read at all.
pub fn replay(db: &Db, ledger: &Ledger, vault: &Vault, clock: &dyn Clock) -> Result<Replayed> {
    let mut people: BTreeMap<MerchantId, BTreeSet<CustomerId>> = BTreeMap::new();
    for (merchant, customer) in ledger.read()?.into_keys() {
        people.entry(MerchantId::from_db(merchant)).or_default().insert(CustomerId::from_db(customer));
    }
    let mut all = Replayed::default();
    for (merchant, erased) in people {
        let ctx = Ctx::new(merchant, Actor::system("erasure ledger"), Door::Cli, clock.now());
        let mut back = Vec::new();
        for one in &erased {
            if is_back(db, &ctx, one)? {
                back.push(one);
            }
        }
        for one in &back {
            // One who went with another a moment ago is done.
            if is_back(db, &ctx, one)?
                && let Err(error) = again(db, &ctx, vault, one, &erased)
            {
                all.failed.push(format!("{one} of {}: {error}", ctx.merchant));
                continue;
            }
            all.again += 1;
        }
        if !back.is_empty()
            && let Err(error) = sweep::now(db, &ctx)
        {
            all.unswept.push(format!("{}: {error}", ctx.merchant));
        }
    }
    Ok(all)
}

fn is_back(db: &Db, ctx: &Ctx, one: &CustomerId) -> Result<bool> {
    let (merchant, one) = (ctx.merchant.clone(), one.clone());
    let here = db.read_now::<_, Error>(move |tx| Ok(tx.opt(&q::IS_ANONYMISED, &[&merchant, &one], |r| r.get::<bool>(0))?))?;
    Ok(here == Some(false))
}

/// Erases one of the ledger, in one transaction.
fn again(db: &Db, ctx: &Ctx, vault: &Vault, one: &CustomerId, erased: &BTreeSet<CustomerId>) -> Result<()> {
    let (ctx, vault, one, erased) = (ctx.clone(), vault.clone(), one.clone(), erased.clone());
    db.write_now::<_, Error>(move |tx| {
        // Undoing a merge undoes the later ones too, so that the one who is meant may stand alone only after a turn.
        for _ in 0..=erased.len() {
            let whom = apart(tx, &ctx, &one, &erased)?;
            anonymise(tx, &ctx, &vault, &whom, Cause::Ledger)?;
            if state::load(tx, &ctx, &one)?.anonymised_at.is_some() {
                return Ok(());
            }
        }
        Err(Error::Internal("its merges lead nowhere".to_owned()))
    })
}

/// With whom it is to be erased (itself, or the survivor it was merged into), parted from everybody who was not.
fn apart(tx: &mut Tx, ctx: &Ctx, one: &CustomerId, erased: &BTreeSet<CustomerId>) -> Result<CustomerId> {
    let mut whom = one.clone();
    while let Some(into) = state::load(tx, ctx, &whom)?.merged_into {
        if !erased.contains(&into) {
            merge::part(tx, ctx, &whom)?;
            break;
        }
        if state::load(tx, ctx, &into)?.anonymised_at.is_some() {
            break;
        }
        whom = into;
    }
    // Undoing one may have undone others.
    for other in merge::sources(tx, ctx, &whom)?.iter().filter(|s| !erased.contains(s)) {
        if state::load(tx, ctx, other)?.merged_into.is_some() {
            merge::part(tx, ctx, other)?;
        }
    }
    Ok(whom)
}
