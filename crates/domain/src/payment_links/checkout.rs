//! The page of Stripe or PayPal on which a link is paid: asked for when the buyer presses, once for as long as it is open there; closed when the link is.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::pay::{closed, payable};
use super::read::{find, locked};
use super::{Checkout, PaymentLink, State, Way, queries};
use crate::kit::{AccountId, Ctx, Error, Micros, PaymentLinkId, Result, printable};
use crate::providers::{CallKind, Provider, accounts, calls, charge};

/// A page of Stripe is open for half an hour at least and a day at most.
const SHORTEST: Micros = 31 * 60 * 1_000_000;
const LONGEST: Micros = 24 * 3_600_000_000 - 60_000_000;
/// PayPal forgets an order that nobody agreed to after three hours.
const ORDER: Micros = 10_200_000_000;

/// A page to ask for, as it stands in a call. It holds no secret of the link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CheckoutCall {
    /// Stripe's id of the customer, when it knows one.
    pub customer: Option<String>,
    pub minor: i64,
    pub currency: String,
    pub name: String,
    /// Where the buyer comes back to.
    pub back: String,
    /// Microseconds UTC.
    pub until: Micros,
}

/// A page to close.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CloseCall {
    pub reference: String,
}

/// Asks the provider for its page, unless one is there or on its way. `back` is where the buyer comes back to.
///
/// # Errors
/// [`Error::NotFound`] for anything but an open door; `Conflict`: `link_state`, `payment_under_way`, `nothing_due`, `customer_inactive`, `no_way_to_pay`.
pub fn begin(tx: &mut Tx, secret: &str, back: &str, now: Micros) -> Result<()> {
    let (ctx, link, way) = payable(tx, secret, now)?;
    let (account, until) = match way {
        Way::Stripe(account) => (account, link.expires_at.clamp(now + SHORTEST, now + LONGEST)),
        Way::Paypal(account) => (account, link.expires_at.min(now + ORDER)),
        Way::Transfer(_) | Way::Test(_) => return Err(closed()),
    };
    match link.checkout {
        Checkout::Asked => return Ok(()),
        Checkout::Ready if link.has_page(now) && link.checkout_account.as_ref() == Some(&account.id) => return Ok(()),
        Checkout::Ready | Checkout::Capturing | Checkout::None => {}
    }
    let call = CheckoutCall {
        customer: charge::known_as(tx, &ctx, &link.customer, &account.id)?,
        minor: link.amount,
        currency: link.currency.code().to_owned(),
        name: link.purpose.clone(),
        back: back.to_owned(),
        until,
    };
    let payload = serde_json::to_value(call).map_err(|e| Error::Internal(e.to_string()))?;
    calls::enqueue(tx, &ctx, &account.id, CallKind::Checkout, link.id.as_str(), &payload)?;
    set(tx, &ctx, &link.id, Checkout::Asked, (Some(&account.id), None, ""), Some(until), "")
}

/// The provider made its page. One that nobody wants any more is closed at once.
pub(crate) fn checkout_ready(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId, reference: &str, url: &str) -> Result<()> {
    let link = locked(tx, ctx, id)?;
    if link.checkout == Checkout::Capturing {
        // The buyer agreed on a page before this one, whose money is on its way.
        return Ok(());
    }
    let (account, until) = (link.checkout_account.clone(), link.checkout_until);
    set(tx, ctx, id, Checkout::Ready, (account.as_ref(), Some(reference), url), until, "")?;
    if matches!(link.state, State::Open | State::Expired) {
        return Ok(());
    }
    let link = find(tx, ctx, id)?;
    close(tx, ctx, &link)
}

/// The provider refused to make one, or could not be reached: the buyer may press again.
pub(crate) fn checkout_refused(tx: &mut Tx, ctx: &Ctx, id: &PaymentLinkId, words: &str) -> Result<()> {
    if locked(tx, ctx, id)?.checkout == Checkout::Capturing {
        return Ok(());
    }
    set(tx, ctx, id, Checkout::None, (None, None, ""), None, &printable(words, 300))
}

/// Closes the page at its provider. One that is only asked for is closed when it is there. An order of PayPal lapses by itself: what a buyer agrees to there
/// is not taken any more.
pub(super) fn close(tx: &mut Tx, ctx: &Ctx, link: &PaymentLink) -> Result<()> {
    let (Some(account), Some(reference)) = (&link.checkout_account, &link.checkout_ref) else { return Ok(()) };
    if accounts::find(tx, ctx, account)?.provider != Provider::Paypal {
        close_page(tx, ctx, account, link.id.as_str(), reference.clone())?;
    }
    set(tx, ctx, &link.id, Checkout::None, (None, None, ""), None, "")
}

/// Asks a provider to close a page of its own; `subject` is what it was for.
pub(crate) fn close_page(tx: &mut Tx, ctx: &Ctx, account: &AccountId, subject: &str, reference: String) -> Result<()> {
    let payload = serde_json::to_value(CloseCall { reference }).map_err(|e| Error::Internal(e.to_string()))?;
    calls::enqueue(tx, ctx, account, CallKind::CloseCheckout, subject, &payload).map(drop)
}

pub(super) fn set(
    tx: &mut Tx,
    ctx: &Ctx,
    id: &PaymentLinkId,
    state: Checkout,
    (account, reference, url): (Option<&AccountId>, Option<&str>, &str),
    until: Option<Micros>,
    words: &str,
) -> Result<()> {
    let reference = reference.map(str::to_owned);
    tx.exec(&queries::SET_CHECKOUT, &[&ctx.merchant, id, &state, &account, &reference, &url, &until, &words, &ctx.now])?;
    Ok(())
}
