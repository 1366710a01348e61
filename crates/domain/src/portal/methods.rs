//! The visitor's payment methods: added on the provider's own page, chosen as the default, taken off.

use store::Tx;

use super::Visitor;
use crate::kit::{Error, MethodId, MethodSetupId, Result, Right, ShopId, secret_hash};
use crate::method_setups::{self, At, Back, MethodSetup, State};
use crate::payments::methods::{self, Method};
use crate::staff::sign_in::slowed;
use crate::subscriptions::{self, SubscriptionStatus};

/// Methods of one customer begun within a quarter of an hour.
const BEGUN: i64 = 12;

/// Where they can add one: shops whose provider keeps methods. None for an archived customer.
pub fn method_places(tx: &mut Tx, v: &Visitor) -> Result<Vec<At>> {
    if v.archived { Ok(Vec::new()) } else { method_setups::places(tx, &v.reads(), &v.customer) }
}

/// What they are adding, newest first: what is done or over is not shown.
pub fn adding(tx: &mut Tx, v: &Visitor) -> Result<Vec<MethodSetup>> {
    let mut found = method_setups::of_customer(tx, &v.reads(), &v.customer)?;
    found.retain(|s| s.state.is_running());
    Ok(found)
}

/// Begins to add a method, or goes on with what is open for this shop. `origin` is where our pages are.
///
/// # Errors
/// `Conflict`: `no_keeper` where nobody keeps methods, `too_many`, `customer_inactive` for one that is archived.
pub fn add_method(tx: &mut Tx, v: &Visitor, shop: &ShopId, origin: &str) -> Result<MethodSetupId> {
    v.begins(tx)?;
    let key = secret_hash(&format!("portal method {} {}", v.portal.merchant, v.customer));
    if slowed(tx, v.ctx.now, &[(key, BEGUN)])?.is_some() {
        return Err(Error::conflict("too_many", "Too many tries. Try again in a quarter of an hour."));
    }
    let ctx = v.with(&[Right::Read, Right::Orders]);
    method_setups::begin(tx, &ctx, &v.customer, shop, Back::Portal(&format!("{origin}{}", v.portal.at())))
}

/// How far one came.
///
/// # Errors
/// `NotFound` for another's.
pub fn method_setup(tx: &mut Tx, v: &Visitor, id: &MethodSetupId) -> Result<MethodSetup> {
    method_setups::own(tx, &v.reads(), &v.customer, id)
}

/// Types the number of a test card.
///
/// # Errors
/// `NotFound` for another's; `Conflict` (`customer_inactive`) for one that is archived; a field error for `number`; `Conflict` (`setup_state`) for what
/// is over.
pub fn type_test_card(tx: &mut Tx, v: &Visitor, id: &MethodSetupId, number: &str) -> Result<State> {
    method_setup(tx, v, id)?;
    v.begins(tx)?;
    let at = method_setup(tx, v, id)?;
    method_setups::add(tx, &v.with(&[Right::Orders]), &at, number)
}

/// One of theirs that is attached.
///
/// # Errors
/// `NotFound` for another's, and for one that was taken off.
pub fn method(tx: &mut Tx, v: &Visitor, id: &MethodId) -> Result<Method> {
    let found = methods::get(tx, &v.reads(), id)?;
    let attached = found.detached_at.is_none();
    v.own(Some(&found.customer.clone()).filter(|_| attached), found, "payment method")
}

/// Makes one the default.
///
/// # Errors
/// `NotFound` for another's; `Conflict` (`customer_inactive`) for one that is archived.
pub fn choose_method(tx: &mut Tx, v: &Visitor, id: &MethodId) -> Result<()> {
    method(tx, v, id)?;
    v.begins(tx)?;
    methods::choose(tx, &v.with(&[Right::Orders]), id)
}

/// Takes one off.
///
/// # Errors
/// `NotFound` for another's; `Conflict` (`method_in_use`) while a subscription is charged from it.
pub fn remove_method(tx: &mut Tx, v: &Visitor, id: &MethodId) -> Result<()> {
    method(tx, v, id)?;
    v.locked(tx)?;
    let found = method(tx, v, id)?;
    let live = |s: &subscriptions::Subscription| {
        let over = matches!(s.status_at(v.ctx.now), SubscriptionStatus::Cancelled | SubscriptionStatus::Ended);
        // What a provider runs by itself may name no method: it is charged from the default there.
        let theirs = s.method.is_none() && s.provider_ref.is_some() && s.provider == found.provider;
        (theirs || s.method.as_ref() == Some(id)) && !over
    };
    if let Some(paid) = subscriptions::of_customer(tx, &v.reads(), &v.customer)?.iter().find(|s| live(s)) {
        let words = format!(
            "The subscription {} is paid by this payment method. Cancel it first, or ask the shop to charge another one.",
            paid.name
        );
        return Err(Error::conflict("method_in_use", words));
    }
    methods::detach(tx, &v.with(&[Right::Orders]), id)
}
