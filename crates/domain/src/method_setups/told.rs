//! What a provider tells of a method that a customer was adding. Any order, any number of times.

use store::Tx;

use super::read::find;
use super::{MethodSetup, State, queries};
use crate::kit::{AccountId, Ctx, MethodId, MethodSetupId, Result, locks};
use crate::method_links;

/// Where a mark of the provider leads.
pub(crate) type Place = MethodSetup;

/// The press behind a mark, when it was made with this account. Its customer is locked then.
pub(crate) fn place(tx: &mut Tx, ctx: &Ctx, account: &AccountId, mark: &str) -> Result<Option<Place>> {
    let Ok(id) = mark.parse::<MethodSetupId>() else { return Ok(None) };
    let Some(seen) = find(tx, ctx, &id)?.filter(|s| s.account == *account) else { return Ok(None) };
    locks::customers(tx, ctx, &[&seen.customer])?;
    // A merge may have come in between: the row points to the survivor then.
    find(tx, ctx, &id)
}

/// The provider has the method, and it is not here yet; or the page was closed without one. A method that is there stays.
pub(crate) fn telling(tx: &mut Tx, ctx: &Ctx, at: &Place, state: State, method: Option<&str>) -> Result<()> {
    let newer = match at.state {
        State::Done => false,
        State::Pending => state == State::Pending,
        _ => true,
    };
    if newer {
        let (method, none) = (method.map(str::to_owned), None::<MethodId>);
        tx.exec(&queries::SET_STATE, &[&ctx.merchant, &at.id, &state, &method, &none, &ctx.now])?;
    }
    Ok(())
}

/// The method is there.
pub(crate) fn added(tx: &mut Tx, ctx: &Ctx, at: &Place, reference: &str, method: &MethodId) -> Result<()> {
    let reference = Some(reference.to_owned());
    if at.state != State::Done {
        tx.exec(&queries::SET_STATE, &[&ctx.merchant, &at.id, &State::Done, &reference, &Some(method.clone()), &ctx.now])?;
        method_links::used(tx, ctx, &at.id)?;
    }
    Ok(())
}
