//! Events that a webhook missed: every account is looked through now and then from a little before the last look on. What is known already is passed over
//! by the inbox.

use store::Tx;

use super::{Vault, accounts, queries};
use crate::kit::{AccountId, Actor, Ctx, DAY, Door, MerchantId, Micros, Result};

/// How often an account is looked through.
const EVERY: Micros = 3_600_000_000;
/// How long a look may take before somebody else may begin it again.
const LEASE: Micros = 600_000_000;
/// How far back a look begins before the end of the last one: what a provider writes down late.
const OVERLAP: Micros = 3_600_000_000;
/// No further back than this: providers list the events of a month.
const FURTHEST: Micros = 29 * DAY;

/// A look at past events that is due.
#[derive(Clone, Debug)]
pub struct CatchUp {
    /// Whose.
    pub merchant: MerchantId,
    /// Of which account.
    pub account: AccountId,
    /// From this moment on.
    pub since: Micros,
    /// Until this one.
    pub until: Micros,
}

/// Takes the account that has not been looked through for longest, when its time has come.
pub fn due(tx: &mut Tx, now: Micros) -> Result<Option<CatchUp>> {
    let found = tx.opt(&queries::CATCH_UP_DUE, &[&now], |r| Ok((r.get::<MerchantId>(0)?, r.get::<AccountId>(1)?, r.get::<Micros>(2)?)))?;
    let Some((merchant, account, last)) = found else { return Ok(None) };
    if tx.exec(&queries::CATCH_UP_TAKE, &[&merchant, &account, &now, &(now + LEASE)])? == 0 {
        return Ok(None);
    }
    Ok(Some(CatchUp { merchant, account, since: (last - OVERLAP).max(now - FURTHEST).max(0), until: now }))
}

/// The account of it, with its secrets.
///
/// # Errors
/// `Conflict` when it was switched off or its keys cannot be opened.
pub fn open(tx: &mut Tx, vault: &Vault, look: &CatchUp) -> Result<accounts::Opened> {
    let ctx = Ctx::new(look.merchant.clone(), Actor::system("provider"), Door::Job, look.until);
    accounts::opened(tx, &ctx, vault, &look.account)
}

/// It was looked through to the end.
pub fn caught_up(tx: &mut Tx, look: &CatchUp) -> Result<()> {
    tx.exec(&queries::CAUGHT_UP, &[&look.merchant, &look.account, &look.until, &(look.until + EVERY)])?;
    Ok(())
}

/// It was not: again in five minutes, from where the last whole look began.
pub fn later(tx: &mut Tx, look: &CatchUp) -> Result<()> {
    let (from, to) = (look.until + LEASE, look.until + 300_000_000);
    tx.exec(&queries::CATCH_UP_TAKE, &[&look.merchant, &look.account, &from, &to])?;
    Ok(())
}
