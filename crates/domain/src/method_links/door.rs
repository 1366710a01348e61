//! What the customer does by a link: begins on the provider's page, once for as long as that is open. In test mode the page is here and takes test cards alone.

use store::Tx;

use super::read::{find, locked};
use super::{MethodLink, State, queries};
use crate::kit::{Actor, Ctx, Door, Error, MerchantId, MethodLinkId, MethodSetupId, Micros, Result, secret, secret_hash};
use crate::method_setups::{self, Back, MethodSetup};
use crate::payments::must_exist;

/// How a link stands for whoever has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// A method can be added.
    Ready,
    /// One is being added.
    Adding(MethodSetup),
    /// One was added.
    Done,
    /// Expired or withdrawn, or nothing can be added any more.
    Over(State),
}

/// The link behind a door, and a context that may read it. For the public page, before anybody is known.
///
/// # Errors
/// [`Error::NotFound`] for anything but an open door.
pub fn by_link(tx: &mut Tx, secret: &str, now: Micros) -> Result<(Ctx, MethodLink)> {
    let found = tx.opt(&queries::BY_HASH, &[&secret_hash(secret)], |r| Ok((r.get::<MerchantId>(0)?, r.get::<MethodLinkId>(1)?)))?;
    let (merchant, id) = found.ok_or(Error::NotFound("link"))?;
    let ctx = Ctx::new(merchant, Actor::system("link"), Door::Page, now);
    let link = find(tx, &ctx, &id)?;
    Ok((ctx, link))
}

/// How it stands. In a read transaction.
pub fn standing(tx: &mut Tx, ctx: &Ctx, link: &MethodLink) -> Result<Standing> {
    let setup = match &link.setup {
        Some(id) => method_setups::seen(tx, ctx, id)?,
        None => None,
    };
    match (link.state, setup) {
        (State::Used, _) => Ok(Standing::Done),
        (State::Open | State::Expired, Some(setup)) if setup.state.is_running() => Ok(Standing::Adding(setup)),
        (State::Open, setup) => {
            let active = must_exist(tx, ctx, &link.customer).is_ok_and(|standing| standing.is_active());
            let kept = active && method_setups::keeps(tx, ctx, &link.shop)?;
            Ok(match setup {
                _ if !kept => Standing::Over(State::Withdrawn),
                // Its words say why nothing came of it; it can be begun again.
                Some(setup) if setup.state == method_setups::State::Refused => Standing::Adding(setup),
                _ => Standing::Ready,
            })
        }
        (over, _) => Ok(Standing::Over(over)),
    }
}

/// The link under its locks, while a method may be added by it.
fn open(tx: &mut Tx, secret: &str, now: Micros) -> Result<(Ctx, MethodLink)> {
    let (ctx, seen) = by_link(tx, secret, now)?;
    let link = locked(tx, &ctx, &seen.id)?;
    if link.state != State::Open {
        return Err(Error::conflict("link_state", format!("This link is {}.", link.state.label().to_lowercase())));
    }
    must_exist(tx, &ctx, &link.customer)?.must_be_active()?;
    Ok((ctx, link))
}

/// Begins to add a method, or goes on with what is open. `origin` is where our pages are.
///
/// # Errors
/// [`Error::NotFound`] for anything but an open door; `Conflict`: `link_state`, `customer_inactive`, `no_keeper`.
pub fn begin(tx: &mut Tx, secret: &str, origin: &str, now: Micros) -> Result<()> {
    let (ctx, link) = open(tx, secret, now)?;
    let setup = method_setups::begin(tx, &ctx, &link.customer, &link.shop, Back::Link(origin))?;
    tx.exec(&queries::SET_SETUP, &[&ctx.merchant, &link.id, &setup, &ctx.now])?;
    Ok(())
}

/// Types the number of a test card.
///
/// # Errors
/// As [`begin`]; a field error for `number`; `Conflict` (`setup_state`) for what is over or is no test.
pub fn add(tx: &mut Tx, secret: &str, number: &str, now: Micros) -> Result<method_setups::State> {
    let (ctx, link) = open(tx, secret, now)?;
    let setup = match &link.setup {
        Some(id) => method_setups::seen(tx, &ctx, id)?,
        None => None,
    };
    let setup = setup.ok_or_else(|| Error::conflict("setup_state", "This page is over. Begin again."))?;
    method_setups::add(tx, &ctx, &setup, number)
}

/// The method of a press is there. Its customer is locked.
pub(crate) fn used(tx: &mut Tx, ctx: &Ctx, setup: &MethodSetupId) -> Result<()> {
    tx.exec(&queries::USED, &[&ctx.merchant, setup, &ctx.now])?;
    Ok(())
}

/// The door that a mail carries, opened when it is handed to a server: what waits in the outbox opens none.
pub(crate) fn for_mail(tx: &mut Tx, ctx: &Ctx, id: &MethodLinkId) -> Result<String> {
    let secret = secret();
    tx.exec(&queries::SET_HASH, &[&ctx.merchant, id, &secret_hash(&secret), &ctx.now])?;
    Ok(secret)
}
