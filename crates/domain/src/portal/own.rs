//! What customers do by themselves (SPEC 12.2): each through the verb that the staff use, with the right that it needs, for what is theirs alone.

use store::Tx;

use super::{Visitor, see};
use crate::conversations;
use crate::customers::{self, CustomerEdit};
use crate::kit::{Address, Error, OrderId, RequestId, Result, ReturnId, Right, SubscriptionId, secret_hash};
use crate::privacy::requests::{self, Kind, NewRequest};
use crate::returns::{self, NewReturn};
use crate::staff::sign_in::slowed;
use crate::subscriptions;

/// Messages of one customer within a quarter of an hour.
const MESSAGES: i64 = 30;

/// How somebody can be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// The version that was looked at.
    pub version: i64,
    /// Phone; may be empty.
    pub phone: String,
    /// Where bills go.
    pub billing: Address,
    /// Where goods go; absent: the same.
    pub delivery: Option<Address>,
}

/// Changes phone and addresses.
///
/// # Errors
/// Field errors for `phone`, `billing.…`, `delivery.…`; [`Error::Stale`] when they were changed meanwhile; `Conflict` (`customer_inactive`) for one
/// that is archived.
pub fn edit_contact(tx: &mut Tx, v: &Visitor, new: &Contact) -> Result<()> {
    v.begins(tx)?;
    let edit = CustomerEdit {
        expected_version: Some(new.version),
        phone: Some(new.phone.clone()),
        billing: Some(new.billing.clone()),
        delivery: Some(new.delivery.clone()),
        ..CustomerEdit::default()
    };
    customers::edit(tx, &v.with(&[Right::Write]), &v.customer, edit).map(drop)
}

/// Cancels a subscription to the end of what is paid, where the merchant allows it. Twice is once.
///
/// # Errors
/// `NotFound` for what is not theirs and where it is not allowed; as [`subscriptions::cancel_at_period_end`].
pub fn cancel_subscription(tx: &mut Tx, v: &Visitor, id: &SubscriptionId) -> Result<()> {
    v.allowed(v.portal.settings.may_cancel)?;
    v.locked(tx)?;
    let found = subscriptions::get(tx, &v.reads(), id)?;
    v.own(Some(&found.customer), (), "subscription")?;
    subscriptions::cancel_at_period_end(tx, &v.with(&[Right::Orders]), id).map(drop)
}

/// Asks for a return, where the merchant allows it.
///
/// # Errors
/// `NotFound` for what is not theirs and where it is not allowed; `Conflict` (`customer_inactive`) for one that is archived; as [`returns::request`].
pub fn ask_return(tx: &mut Tx, v: &Visitor, order: &OrderId, new: &NewReturn) -> Result<ReturnId> {
    v.allowed(v.portal.settings.may_return)?;
    v.begins(tx)?;
    see::order(tx, v, order)?;
    returns::request(tx, &v.with(&[Right::Orders]), order, new)
}

/// Asks for their data, or for them to be erased or put right, where the merchant allows it. It stands in the register of requests.
///
/// # Errors
/// `NotFound` where it is not allowed; `Conflict` (`asked`) while the same waits; a field error for `note`.
pub fn ask_data(tx: &mut Tx, v: &Visitor, kind: Kind, note: &str) -> Result<RequestId> {
    v.allowed(v.portal.settings.may_ask)?;
    v.locked(tx)?;
    if see::requests(tx, v)?.iter().any(|q| q.kind == kind && q.state == requests::State::Open) {
        return Err(Error::conflict("asked", "You asked for this already. You will be answered."));
    }
    let ctx = v.with(&[Right::Read, Right::PersonalData]);
    let new = NewRequest { kind, customer: Some(v.customer.clone()), who: String::new(), note: note.to_owned(), received_on: None };
    requests::create(tx, &ctx, &new)
}

/// Writes to the merchant: a message of the stream, which waits in the inbox for an answer.
///
/// # Errors
/// A field error for `body`; `Conflict` (`too_many`) when they write faster than people read, (`customer_inactive`) for one that is archived.
pub fn say(tx: &mut Tx, v: &Visitor, body: &str) -> Result<()> {
    v.begins(tx)?;
    let key = secret_hash(&format!("portal say {} {}", v.portal.merchant, v.customer));
    if slowed(tx, v.ctx.now, &[(key, MESSAGES)])?.is_some() {
        return Err(Error::conflict("too_many", "Too many messages. Try again in a quarter of an hour."));
    }
    conversations::from_portal(tx, &v.with(&[Right::Read, Right::Write]), &v.customer, &v.name, body).map(drop)
}
