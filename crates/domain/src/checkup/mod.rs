//! What a check of the installation asks of the database: does the key open what is sealed, does work wait that nobody does, is everybody who was
//! anonymised in the ledger. For whoever runs the installation, so it looks over all merchants; it gives counts and ids, and never changes anything.

pub mod queries;
mod sealed;
#[cfg(test)]
mod tests;
mod waiting;

pub use sealed::{Sealed, sealed};
pub use waiting::{LATE, Waiting, waiting};

use store::Tx;

use crate::conversations::mailboxes::Claimed;
use crate::kit::{MailboxId, MerchantId, Micros, Result};
use crate::mail::dkim::{self, Kept};
use crate::privacy::Ledger;
use crate::providers::Vault;

/// Every merchant of the installation.
pub fn merchants(tx: &mut Tx) -> Result<Vec<MerchantId>> {
    Ok(tx.rows(&queries::MERCHANTS, &[], |r| r.get(0))?)
}

/// When something last happened, as the clock of then said; `None` before anything did.
pub fn newest(tx: &mut Tx) -> Result<Option<Micros>> {
    let mut newest = None;
    for merchant in merchants(tx)? {
        newest = newest.max(tx.scalar::<Option<Micros>>(&queries::NEWEST_EVENT, &[&merchant])?);
    }
    Ok(newest)
}

/// Mailboxes that are read, at most so many, as the worker would hold them.
pub fn mailboxes(tx: &mut Tx, limit: i64) -> Result<Vec<Claimed>> {
    let found = tx.rows(&queries::MAILBOXES_READ, &[&limit], |r| Ok((r.get::<MerchantId>(0)?, r.get::<MailboxId>(1)?)))?;
    Ok(found.into_iter().map(|(merchant, mailbox)| Claimed { merchant, mailbox, worker: String::new() }).collect())
}

/// The keys that mail is signed with.
pub fn signing(tx: &mut Tx, vault: &Vault) -> Result<Vec<Kept>> {
    let mut all = Vec::new();
    for merchant in merchants(tx)? {
        all.extend(dkim::kept(tx, vault, &merchant)?);
    }
    Ok(all)
}

/// How many customers were written into the ledger and are not in this one: an older backup would bring them back.
pub fn not_in_ledger(tx: &mut Tx, ledger: &Ledger) -> Result<usize> {
    let noted = ledger.read()?;
    let erased = tx.rows(&queries::ERASED, &[], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?;
    Ok(erased.iter().filter(|who| !noted.contains_key(who)).count())
}

/// How many of the ledger are people here again: an older database was put back, and they could not be erased again.
pub fn in_clear(tx: &mut Tx, ledger: &Ledger) -> Result<usize> {
    let mut count = 0;
    for (merchant, customer) in ledger.read()?.into_keys() {
        count += usize::from(tx.opt(&queries::IN_CLEAR, &[&merchant, &customer], |_| Ok(()))?.is_some());
    }
    Ok(count)
}

/// Since when erased bytes wait in the files of the database for the maintenance that takes them out, microseconds UTC.
pub fn unscrubbed_since(tx: &mut Tx) -> Result<Option<Micros>> {
    Ok(tx.scalar(&queries::UNSCRUBBED_SINCE, &[])?)
}
