//! The provider's own record of a customer: what is edited here is sent there, and the page says whether it has arrived (SPEC 3.3).

use ::providers::news;
use ::providers::stripe::CustomerEdit;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::Tx;

use super::ask::{CancelCall, CustomerCall, EraseCall, RunningCall};
use super::{Account, Call, CallKind, CallState, Provider, accounts, calls, queries};
use crate::customers::{self, Customer};
use crate::events::Event;
use crate::kit::{AccountId, CallId, Ctx, CustomerId, Error, Micros, Result, Right, hex};
use crate::subscriptions::Subscription;

pub use ::providers::stripe::Cancellation;

/// Whether a customer's provider knows what we know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Billing {
    /// The account.
    pub account: AccountId,
    /// Whose record it is.
    pub provider: Provider,
    /// The provider's id of the customer.
    pub reference: String,
    /// Of the last edit that was sent; absent when none was yet.
    pub state: Option<CallState>,
    /// Why not, in the provider's words.
    pub error: String,
    /// Since when it is so.
    pub at: Option<Micros>,
    /// It was tried and is tried again.
    pub trying: bool,
}

/// The customer's records with providers, and whether each is synchronised.
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<Billing>> {
    ctx.must(Right::Read)?;
    let links = links(tx, ctx, customer)?;
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let sent = calls::of_subject(tx, ctx, customer.as_str(), 20)?;
    let last = |account: &AccountId, reference: &str| {
        let mut calls = sent.iter().filter(|c| c.account == *account && c.kind == CallKind::Customer);
        calls.find(|c| c.payload["reference"].as_str() == Some(reference))
    };
    Ok(links
        .into_iter()
        .map(|(account, reference, provider)| {
            let call: Option<&Call> = last(&account, &reference);
            Billing {
                state: call.map(|c| c.state),
                error: call.filter(|c| c.state != CallState::Done).map(|c| c.error.clone()).unwrap_or_default(),
                at: call.map(|c| c.updated_at),
                trying: call.is_some_and(|c| c.state == CallState::Waiting && c.attempts > 0),
                account,
                provider,
                reference,
            }
        })
        .collect())
}

/// Sends the customer as it is now once more, at once.
///
/// # Errors
/// `NotFound` when the customer has no record with a provider.
pub fn retry(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    ctx.must(Right::Write)?;
    if links(tx, ctx, customer)?.is_empty() {
        return Err(Error::NotFound("record with a provider"));
    }
    let c = customers::get(tx, ctx, customer)?;
    queue(tx, ctx, &c)?;
    for call in calls::of_subject(tx, ctx, customer.as_str(), 20)? {
        if call.state == CallState::Waiting {
            calls::hurry(tx, ctx, &call.id)?;
        }
    }
    Ok(())
}

/// Queues the customer's details for each provider that has a record of it, in the transaction of the edit. What came from a provider is not sent
/// back to it. Of edits that follow each other only the last is sent.
pub(crate) fn queue(tx: &mut Tx, ctx: &Ctx, c: &Customer) -> Result<()> {
    for (account, reference, provider) in links(tx, ctx, &c.id)? {
        if provider != Provider::Stripe || account.as_str() == ctx.actor.id {
            continue;
        }
        let a = &c.billing;
        let address = news::Address {
            line1: a.line1.clone(),
            line2: a.line2.clone(),
            city: a.city.clone(),
            state: a.state.clone(),
            zip: a.zip.clone(),
            country: a.country.clone(),
        };
        let edit = CustomerEdit { name: c.display_name.clone(), email: c.email.clone(), phone: c.phone.clone(), address };
        let unsent = unsent(tx, ctx, &account, &c.id, &reference)?;
        let payload = serde_json::to_value(CustomerCall { reference, edit }).map_err(|e| Error::Internal(e.to_string()))?;
        let replaced = match unsent {
            Some(call) => tx.exec(&queries::REPLACE_CALL, &[&ctx.merchant, &call, &payload.to_string(), &ctx.now, &ctx.actor.name])?,
            None => 0,
        };
        if replaced == 0 {
            calls::enqueue(tx, ctx, &account, CallKind::Customer, c.id.as_str(), &payload)?;
        }
    }
    Ok(())
}

/// What waits to be sent to this record. After a merge a customer has several with one account.
fn unsent(tx: &mut Tx, ctx: &Ctx, account: &AccountId, customer: &CustomerId, reference: &str) -> Result<Option<CallId>> {
    let all = tx.rows(&queries::UNSENT_CALLS, &[&ctx.merchant, account, customer, &CallKind::Customer], |r| {
        Ok((r.get::<CallId>(0)?, serde_json::from_str::<CustomerCall>(r.str(1)?)))
    })?;
    Ok(all.into_iter().find(|(_, call)| call.as_ref().is_ok_and(|c| c.reference == reference)).map(|(id, _)| id))
}

/// Asks the provider that runs a subscription to end it. `false`: there is nobody to ask, and it ends here.
pub(crate) fn cancel(tx: &mut Tx, ctx: &Ctx, s: &Subscription, how: Cancellation) -> Result<bool> {
    ask(tx, ctx, s, CallKind::Cancel, |reference| serde_json::to_value(CancelCall { reference, how }))
}

/// Asks it to take a cancellation back. `false`: there is nobody to ask, or the provider cannot.
pub(crate) fn keep(tx: &mut Tx, ctx: &Ctx, s: &Subscription) -> Result<bool> {
    if s.provider != Provider::Stripe.name() {
        return Ok(false);
    }
    ask(tx, ctx, s, CallKind::Keep, |reference| serde_json::to_value(RunningCall { reference }))
}

/// Asks it to pause. `false` as [`cancel`].
pub(crate) fn pause(tx: &mut Tx, ctx: &Ctx, s: &Subscription) -> Result<bool> {
    ask(tx, ctx, s, CallKind::Pause, |reference| serde_json::to_value(RunningCall { reference }))
}

/// Asks it to go on. `false` as [`cancel`].
pub(crate) fn resume(tx: &mut Tx, ctx: &Ctx, s: &Subscription) -> Result<bool> {
    ask(tx, ctx, s, CallKind::Resume, |reference| serde_json::to_value(RunningCall { reference }))
}

/// The account that runs a subscription, when it can be asked.
pub fn runs(tx: &mut Tx, ctx: &Ctx, s: &Subscription) -> Result<Option<Account>> {
    let provider = s.provider.parse::<Provider>().ok().filter(|p| p.is_outside());
    match provider.filter(|_| s.provider_ref.is_some()) {
        Some(provider) => accounts::in_use(tx, ctx, &s.shop, provider, s.live),
        None => Ok(None),
    }
}

/// Writes the wish down once: the same one that waits already is not asked for again.
fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    s: &Subscription,
    kind: CallKind,
    content: impl FnOnce(String) -> serde_json::Result<serde_json::Value>,
) -> Result<bool> {
    let Some(account) = runs(tx, ctx, s)? else { return Ok(false) };
    let payload = content(s.provider_ref.clone().unwrap_or_default()).map_err(|e| Error::Internal(e.to_string()))?;
    let last = tx.opt(&queries::CALLS_OF, &[&ctx.merchant, &s.id, &1_i64], calls::read)?;
    if let Some(last) = last.filter(|c| c.state == CallState::Waiting && c.kind == kind && c.payload == payload) {
        calls::hurry(tx, ctx, &last.id)?;
        return Ok(true);
    }
    calls::enqueue(tx, ctx, &account.id, kind, s.id.as_str(), &payload)?;
    Event::new("subscription.asked")
        .of(&s.customer)
        .on("subscription", s.id.as_str())
        .data(serde_json::json!({ "what": kind, "provider": account.provider }))
        .record(tx, ctx)?;
    Ok(true)
}

/// Asks Stripe to delete its record of a customer who is anonymised here, in the same transaction (SPEC 11.2).
pub(crate) fn erase(tx: &mut Tx, ctx: &Ctx, account: &AccountId, customer: &CustomerId, reference: &str) -> Result<()> {
    let payload = serde_json::to_value(EraseCall { reference: reference.to_owned() }).map_err(|e| Error::Internal(e.to_string()))?;
    calls::enqueue(tx, ctx, account, CallKind::Erase, customer.as_str(), &payload).map(|_| ())
}

/// A provider's record of a customer who leaves for good.
pub(crate) struct Record {
    /// With which account.
    pub account: AccountId,
    /// The provider's number of the customer.
    pub reference: String,
    /// It can still be asked to delete it.
    pub reachable: bool,
}

/// Drops what is known of the customer's numbers with providers, and remembers by a hash alone that they were of somebody who is gone: what is
/// still told of them makes nobody new. Gives the records, and how many rows went.
pub(crate) fn forget(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<(Vec<Record>, u64)> {
    let records = tx.rows(&queries::RECORDS, &[&ctx.merchant, customer], |r| {
        let stripe = r.get::<Provider>(2)? == Provider::Stripe;
        Ok(Record { account: r.get(0)?, reference: r.get(1)?, reachable: stripe && !r.get::<bool>(3)? })
    })?;
    let mut dropped = 0;
    for Record { account, reference, .. } in &records {
        dropped += tx.exec(&queries::DROP_FACTS, &[&ctx.merchant, account, reference])?;
        tx.exec(&queries::PUT_FACT, &[&ctx.merchant, account, &GONE, &gone(reference), &GONE])?;
    }
    Ok((records, dropped))
}

/// The kind of fact that [`forget`] leaves.
pub(super) const GONE: &str = "gone";

/// What stands for a provider's number of somebody who is gone.
pub(super) fn gone(reference: &str) -> String {
    hex(&Sha256::digest(reference.as_bytes()))
}

fn links(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<(AccountId, String, Provider)>> {
    Ok(tx.rows(&queries::ACCOUNTS_OF_CUSTOMER, &[&ctx.merchant, customer], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?)
}
