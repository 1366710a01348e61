//! A method that a customer was adding on its provider's page, as the provider tells of it. The page's end, the method's and the customer's events come in
//! any order: the method is the customer's who pressed, and never anybody else's.

use ::providers::news::{self, News, SetupStep};
use store::Tx;

use super::apply::{Source, note, park, wake};
use super::people::{Whose, method_input, whose};
use super::{CallKind, Provider, calls, charge, queries};
use crate::kit::{AccountId, Ctx, CustomerId, MethodSetupId, Result};
use crate::method_setups::{self as room, Place, State};
use crate::payments::methods::{self, Method};

/// What became of it.
pub(super) fn setup(tx: &mut Tx, ctx: &Ctx, s: &Source, n: &news::Setup, news: &News) -> Result<()> {
    let Some(at) = room::place(tx, ctx, &s.account.id, &n.ours)? else { return Ok(()) };
    if tx.opt(&queries::ERASED, &[&ctx.merchant, &at.customer], |r| r.get::<bool>(0))? != Some(false) {
        return Ok(());
    }
    if n.step == SetupStep::Over {
        return room::telling(tx, ctx, &at, State::Over, None);
    }
    if s.account.provider == Provider::Test {
        return played(tx, ctx, s, n, &at);
    }
    if let Some(theirs) = &n.customer {
        bind(tx, ctx, s, &at.customer, theirs)?;
    }
    let Some(reference) = &n.method else { return again(tx, ctx, &at, None) };
    tx.next_verb();
    let Some(at) = room::place(tx, ctx, &s.account.id, &n.ours)? else { return Ok(()) };
    match methods::by_ref(tx, ctx, s.provider, reference)? {
        Some((method, owner)) if owner == at.customer => room::added(tx, ctx, &at, reference, &method),
        Some(_) => Ok(()),
        None => {
            again(tx, ctx, &at, Some(reference))?;
            park(tx, ctx, s, &format!("method:{reference}"), news)
        }
    }
}

fn again(tx: &mut Tx, ctx: &Ctx, at: &Place, reference: Option<&str>) -> Result<()> {
    room::telling(tx, ctx, at, State::Pending, reference)
}

/// The answer of a slow test card.
fn played(tx: &mut Tx, ctx: &Ctx, s: &Source, n: &news::Setup, at: &Place) -> Result<()> {
    let Some(card) = &n.details else { return Ok(()) };
    let input = crate::payments::MethodInput { provider_ref: None, ..method_input(card) };
    let method = methods::tell(tx, ctx, &at.customer, (s.provider, s.live), &input, card.at.clamp(0, ctx.now), true)?;
    room::added(tx, ctx, at, card.reference.as_deref().unwrap_or_default(), &method)
}

/// The provider's customer is ours, unless it is somebody's already. What waited for it goes on.
fn bind(tx: &mut Tx, ctx: &Ctx, s: &Source, ours: &CustomerId, theirs: &str) -> Result<()> {
    if whose(tx, ctx, s, theirs)? == Whose::Unknown {
        note(tx, ctx, s, "customer", theirs, ours.as_str())?;
        wake(tx, ctx, s, &format!("customer:{theirs}"))?;
    }
    Ok(())
}

/// The provider's answer: its record of a customer whom it did not know. Gives whether the page can be asked for next, by the same call.
pub(super) fn known(tx: &mut Tx, ctx: &Ctx, s: &Source, call: &calls::Call, theirs: &str) -> Result<bool> {
    if let Some(at) = room::place(tx, ctx, &s.account.id, &call.subject)? {
        bind(tx, ctx, s, &at.customer, theirs)?;
    }
    Ok(customer_of(tx, ctx, &s.account.id, &call.subject)?.is_some())
}

/// Whom the page is for, as the account knows them when the call is sent: after a merge the survivor.
pub(super) fn customer_of(tx: &mut Tx, ctx: &Ctx, account: &AccountId, setup: &str) -> Result<Option<String>> {
    let Ok(id) = setup.parse::<MethodSetupId>() else { return Ok(None) };
    match room::seen(tx, ctx, &id)? {
        Some(at) => charge::known_as(tx, ctx, &at.customer, account),
        None => Ok(None),
    }
}

/// Asks the provider to forget a method that its customer took off. One that nobody outside keeps needs no word.
pub(crate) fn forget(tx: &mut Tx, ctx: &Ctx, method: &Method) -> Result<()> {
    let (Ok(Provider::Stripe), Some(reference)) = (method.provider.parse::<Provider>(), &method.provider_ref) else { return Ok(()) };
    let known: Vec<(AccountId, Provider)> =
        tx.rows(&queries::ACCOUNTS_OF_CUSTOMER, &[&ctx.merchant, &method.customer], |r| Ok((r.get(0)?, r.get(2)?)))?;
    let mut asked: Vec<AccountId> = known.into_iter().filter(|(_, p)| *p == Provider::Stripe).map(|(id, _)| id).collect();
    asked.dedup();
    for account in asked {
        let payload = serde_json::json!({ "reference": reference });
        calls::enqueue(tx, ctx, &account, CallKind::Detach, method.id.as_str(), &payload)?;
    }
    Ok(())
}
