//! What follows an erasure outside of its transaction: the line in the ledger, and the erased bytes out of the database's files. All of it is found
//! again after a kill, because the rows say what is still to be done.

use store::{Db, Engine};

use super::{Ledger, queries as q};
use crate::kit::{Clock, CustomerId, Error, MerchantId, Result};

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
