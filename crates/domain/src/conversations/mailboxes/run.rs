//! What the worker does: claim a mailbox, file what came, write down how far it read and what went wrong.

use store::Tx;

use super::{Mailbox, edit, queries, read};
use crate::conversations::{Arrival, Filed, Parsed, receive};
use crate::kit::{Actor, Ctx, DAY, Door, Error, MailboxId, MerchantId, Micros, Result, printable};
use crate::providers::Vault;

/// How long a worker holds a mailbox without a sign of life.
const LEASE: Micros = 300_000_000;
/// How often a mailbox is looked into, and the pauses when that fails; microseconds.
const OFTEN: Micros = 60_000_000;
const PAUSES: [Micros; 5] = [OFTEN, 5 * OFTEN, 15 * OFTEN, 60 * OFTEN, 360 * OFTEN];

/// A mailbox that this worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Whose.
    pub merchant: MerchantId,
    /// Which.
    pub mailbox: MailboxId,
    /// The worker that holds it.
    pub worker: String,
}

impl Claimed {
    fn ctx(&self, now: Micros) -> Ctx {
        Ctx::new(self.merchant.clone(), Actor::system("mail"), Door::Job, now)
    }
}

/// A mailbox with its password and how far it was read.
#[derive(Clone)]
pub struct Opened {
    /// The mailbox.
    pub mailbox: Mailbox,
    /// Its password.
    pub password: String,
    /// The folder's UIDVALIDITY when it was last read; 0 before.
    pub uid_validity: i64,
    /// The last UID that was filed.
    pub last_uid: i64,
    /// Mail from this moment on is taken.
    pub since: Micros,
}

/// A password is not printed.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("mailbox", &self.mailbox).finish_non_exhaustive()
    }
}

/// Takes a mailbox that is due.
pub fn claim(tx: &mut Tx, worker: &str, now: Micros) -> Result<Option<Claimed>> {
    let due = tx.rows(&queries::DUE, &[&now], |r| Ok((r.get::<MerchantId>(0)?, r.get::<MailboxId>(1)?)))?;
    for (merchant, mailbox) in due {
        if tx.exec(&queries::TAKE, &[&merchant, &mailbox, &now, &(now + LEASE), &worker])? > 0 {
            return Ok(Some(Claimed { merchant, mailbox, worker: worker.to_owned() }));
        }
    }
    Ok(None)
}

/// What the worker needs to sign in. In a read transaction.
///
/// # Errors
/// `Conflict` (`keys_unreadable`) when the password was sealed with another key.
pub fn opened(tx: &mut Tx, vault: &Vault, claimed: &Claimed, now: Micros) -> Result<Opened> {
    let ctx = claimed.ctx(now);
    let found = tx.opt(&queries::FIND, &[&claimed.merchant, &claimed.mailbox], |r| {
        Ok((read(r)?, r.get::<String>(11)?, r.get::<i64>(12)?, r.get::<i64>(13)?, r.get::<Micros>(14)?))
    })?;
    let (mailbox, sealed, uid_validity, last_uid, since) = found.ok_or(Error::NotFound("mailbox"))?;
    let password = vault
        .open(&edit::owner(&ctx, &claimed.mailbox), &sealed)
        .ok_or_else(|| Error::conflict("keys_unreadable", "The password was stored with another secrets key. Enter it again."))?;
    Ok(Opened { mailbox, password, uid_validity, last_uid, since })
}

/// The folder counts anew (its UIDVALIDITY is another): gives from which moment on mail is looked at. What was filed before is known by its
/// Message-ID and not filed twice.
pub fn fresh(tx: &mut Tx, claimed: &Claimed, opened: &Opened, uid_validity: i64) -> Result<Micros> {
    // Of a folder that was read before everything since the day before the last look may be new.
    let again = opened.mailbox.checked_at.map_or(opened.since, |at| (at - DAY).max(opened.since));
    let since = if opened.uid_validity == 0 { opened.since } else { again };
    tx.exec(&queries::FRESH, &[&claimed.merchant, &claimed.mailbox, &uid_validity, &since])?;
    Ok(since)
}

/// Files one mail of the folder and notes its UID, in one transaction. `sender`: the address the house sends from; may be empty.
///
/// # Errors
/// As `receive`; `Conflict` (`moved`) when another worker holds the mailbox meanwhile.
pub fn took(
    tx: &mut Tx,
    claimed: &Claimed,
    (uid_validity, uid): (i64, i64),
    (mail, sender): (&Parsed, &str),
    now: Micros,
) -> Result<Filed> {
    let held = [&claimed.merchant as &dyn store::Bind, &claimed.mailbox, &claimed.worker, &(now + LEASE)];
    let filed = receive(tx, &claimed.ctx(now), mail, Arrival { mailbox: Some(&claimed.mailbox), sender, ..Arrival::default() })?;
    if tx.exec(&queries::HELD, &held)? == 0 {
        return Err(Error::conflict("moved", "Another worker reads this mailbox."));
    }
    tx.exec(&queries::READ_TO, &[&claimed.merchant, &claimed.mailbox, &uid, &uid_validity])?;
    Ok(filed)
}

/// Lets go of the mailbox until it is due again. `trouble`: what went wrong, in words.
pub fn done(tx: &mut Tx, claimed: &Claimed, trouble: Option<&str>, now: Micros) -> Result<()> {
    let before: i64 = tx.opt(&queries::FAILURES, &[&claimed.merchant, &claimed.mailbox], |r| r.get(0))?.unwrap_or_default();
    let failures = if trouble.is_some() { before + 1 } else { 0 };
    let place = usize::try_from(failures - 1).unwrap_or_default().min(PAUSES.len() - 1);
    let pause = if failures == 0 { OFTEN } else { PAUSES[place] };
    let words = printable(trouble.unwrap_or_default(), 400);
    tx.exec(&queries::DONE, &[&claimed.merchant, &claimed.mailbox, &claimed.worker, &now, &words, &failures, &(now + pause)])?;
    Ok(())
}
