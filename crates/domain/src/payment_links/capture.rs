//! The buyer agreed on PayPal's page. Nothing is taken by that: one call more takes the money, and only while the link is still to be paid. That the buyer
//! came back, the webhook and the catch-up say the same, in any order; the first of them asks.

use ::providers::news;
use serde::{Deserialize, Serialize};
use store::Tx;

use super::checkout::set;
use super::pay::{is_blocked, is_due};
use super::read::{find, locked};
use super::{Checkout, PaymentLink, State, queries};
use crate::kit::{AccountId, Actor, Ctx, Door, Error, MerchantId, Micros, PaymentLinkId, Result, printable};
use crate::payments::must_exist;
use crate::providers::{Account, CallKind, Provider, accounts, calls};

/// An order whose money is to be taken, or that is to be looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OrderCall {
    pub reference: String,
}

/// Is there a link that waits for this order of PayPal's? For the public page, before anything is written.
///
/// # Errors
/// Of the database.
pub fn is_awaited(tx: &mut Tx, order: &str) -> Result<bool> {
    Ok(awaited(tx, order)?.is_some())
}

/// The buyer came back from PayPal's page with its number of the order, which nobody else is told. Whatever cannot be paid any more is left alone.
///
/// # Errors
/// `Conflict` (`moved`) while its customer is being merged: the webhook says the same again.
pub fn returned(tx: &mut Tx, order: &str, now: Micros) -> Result<()> {
    let Some((merchant, id)) = awaited(tx, order)? else { return Ok(()) };
    let ctx = Ctx::new(merchant, Actor::system("link"), Door::Page, now);
    let link = locked(tx, &ctx, &id)?;
    let Some(account) = link.checkout_account.clone() else { return Ok(()) };
    let same = link.checkout == Checkout::Ready && link.checkout_ref.as_deref() == Some(order);
    if !same || accounts::find(tx, &ctx, &account)?.provider != Provider::Paypal {
        return Ok(());
    }
    take(tx, &ctx, &link, &account, order, now)
}

/// PayPal tells that a buyer agreed. Another amount than was asked for is not taken.
pub(crate) fn approved(tx: &mut Tx, ctx: &Ctx, account: &Account, n: &news::Approved) -> Result<()> {
    let Ok(id) = n.ours.parse::<PaymentLinkId>() else { return Ok(()) };
    let link = match find(tx, ctx, &id) {
        Ok(_) => locked(tx, ctx, &id)?,
        Err(Error::NotFound(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let asked = account.shop == link.shop && n.amount.minor == link.amount && n.amount.currency == link.currency.code();
    if asked { take(tx, ctx, &link, &account.id, &n.reference, n.at) } else { Ok(()) }
}

/// Asks for the money. The link is locked.
fn take(tx: &mut Tx, ctx: &Ctx, link: &PaymentLink, account: &AccountId, order: &str, agreed_at: Micros) -> Result<()> {
    let open = link.state == State::Open || link.state == State::Expired && agreed_at <= link.expires_at;
    if !open || link.is_under_way() || !must_exist(tx, ctx, &link.customer)?.is_active() || !is_due(tx, ctx, link)? {
        return Ok(());
    }
    if is_blocked(tx, ctx, link, "")? {
        return Ok(());
    }
    ask(tx, ctx, account, CallKind::Capture, &link.id, order)?;
    set(tx, ctx, &link.id, Checkout::Capturing, (Some(account), Some(order), ""), link.checkout_until, "")
}

/// The order was captured before: how, the order itself says.
pub(crate) fn look(tx: &mut Tx, ctx: &Ctx, account: &AccountId, id: &PaymentLinkId, order: &str) -> Result<()> {
    ask(tx, ctx, account, CallKind::Look, id, order)
}

fn ask(tx: &mut Tx, ctx: &Ctx, account: &AccountId, kind: CallKind, id: &PaymentLinkId, order: &str) -> Result<()> {
    let payload = serde_json::to_value(OrderCall { reference: order.to_owned() }).map_err(|e| Error::Internal(e.to_string()))?;
    calls::enqueue(tx, ctx, account, kind, id.as_str(), &payload).map(drop)
}

/// The call was answered, and what it said of payments is noted. One that was refused leaves the link to be paid again.
pub(crate) fn answered(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId, order: &str, words: &str) -> Result<()> {
    let link = locked(tx, ctx, id)?;
    if link.checkout != Checkout::Capturing || link.checkout_ref.as_deref() != Some(order) {
        return Ok(());
    }
    set(tx, ctx, id, Checkout::None, (None, None, ""), None, &printable(words, 300))
}

fn awaited(tx: &mut Tx, order: &str) -> Result<Option<(MerchantId, PaymentLinkId)>> {
    Ok(tx.opt(&queries::BY_ORDER, &[&order], |r| Ok((r.get(0)?, r.get(1)?)))?)
}
