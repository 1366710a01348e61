//! What follows an erasure outside of its transaction: the line in the ledger, the erased bytes out of the database's files, and the ledger played
//! again over what a backup brought back. All of it is found again after a kill, because the rows say what is still to be done.

use store::{Db, Engine};

use super::{Cause, Ledger, anonymise, queries as q, sweep};
use crate::kit::{Actor, Clock, Ctx, CustomerId, Door, Error, MerchantId, Result};
use crate::providers::Vault;

/// Writes what is not in the ledger yet into it, then empties SQLite's write-ahead log when a pass has ended. Before an answer, at a start, and
/// behind each job. Blocks.
///
/// On PostgreSQL the bytes go with `regulars maintain` ([`Db::maintain`]).
///
/// # Errors
/// What the disk or the database says; the next call goes on.
pub fn settle(db: &Db, ledger: &Ledger, clock: &dyn Clock) -> Result<()> {
    loop {
        let open = db.read_now::<_, Error>(|tx| {
            Ok(tx.rows(&q::UNNOTED, &[], |r| {
                Ok((MerchantId::from_db(r.get(0)?), r.get::<String>(1)?, r.get::<CustomerId>(2)?, r.get::<i64>(3)?))
            })?)
        })?;
        if open.is_empty() {
            break;
        }
        let lines: Vec<_> = open.iter().map(|(merchant, _, customer, at)| (merchant.clone(), customer.clone(), *at)).collect();
        ledger.append(&lines)?;
        let now = clock.now();
        db.write_now::<_, Error>(move |tx| {
            open.iter().try_for_each(|(merchant, id, _, _)| tx.exec(&q::NOTED, &[merchant, id, &now]).map(|_| ()))?;
            Ok(())
        })?;
    }
    if db.engine() == Engine::Sqlite { scrubbed(db, clock, &|| db.checkpoint()) } else { Ok(()) }
}

/// Does the maintenance that takes erased bytes out of the files when an erasure waits for it, and notes that it is done. A reader that holds an
/// older snapshot puts it off.
///
/// # Errors
/// What the database says.
pub fn scrubbed(db: &Db, clock: &dyn Clock, maintain: &dyn Fn() -> std::result::Result<(), store::Error>) -> Result<()> {
    let open = db.read_now::<_, Error>(|tx| Ok(tx.rows(&q::UNSCRUBBED, &[], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?))?;
    if open.is_empty() {
        return Ok(());
    }
    match maintain() {
        Ok(()) => {}
        Err(store::Error::Busy) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let now = clock.now();
    db.write_now::<_, Error>(move |tx| {
        open.iter().try_for_each(|(merchant, id)| tx.exec(&q::SCRUBBED, &[merchant, id, &now]).map(|_| ()))?;
        Ok(())
    })
}

/// Anonymises whoever stands in the ledger and is a person here again, and looks through everything behind it; gives how many. After `restore`, and
/// at every start: a copy of the database may have been put back by other means. Blocks.
///
/// # Errors
/// What the disk or the database says.
pub fn replay(db: &Db, ledger: &Ledger, vault: &Vault, clock: &dyn Clock) -> Result<u64> {
    let (mut again, mut merchants) = (0, std::collections::BTreeSet::new());
    for (merchant, customer) in ledger.read()?.into_keys() {
        let (merchant, customer) = (MerchantId::from_db(merchant), CustomerId::from_db(customer));
        let (m, c) = (merchant.clone(), customer.clone());
        let here = db.read_now::<_, Error>(move |tx| Ok(tx.opt(&q::IS_ANONYMISED, &[&m, &c], |r| r.get::<bool>(0))?))?;
        if here != Some(false) {
            continue;
        }
        let ctx = Ctx::new(merchant.clone(), Actor::system("erasure ledger"), Door::Cli, clock.now());
        let vault = vault.clone();
        db.write_now::<_, Error>(move |tx| anonymise(tx, &ctx, &vault, &customer, Cause::Ledger).map(drop))?;
        merchants.insert(merchant);
        again += 1;
    }
    for merchant in merchants {
        let ctx = Ctx::new(merchant, Actor::system("erasure ledger"), Door::Cli, clock.now());
        sweep::now(db, &ctx)?;
    }
    Ok(again)
}
