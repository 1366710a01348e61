//! A customer wants to add a method: its provider is asked for a page, once for as long as that is open.

use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Tx;

use super::read::{find, keeper};
use super::{State, of_customer, places, queries, told};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, MethodSetupId, Micros, Result, Right, ShopId, printable};
use crate::payment_links::checkout::close_page;
use crate::providers::{CallKind, Provider, calls};
use crate::{customers, shops};

/// How long a page is open: Stripe takes a day at most.
const OPEN: Micros = 23 * 3_600_000_000;
/// One that is about to close is not shown any more.
const SHORT: Micros = 300_000_000;

/// A page to ask for, as it stands in a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SetUpCall {
    /// Ours, for a customer whom the account does not know yet.
    pub ours: String,
    pub name: String,
    pub email: String,
    pub currency: String,
    /// Where the customer comes back to, with a method and without.
    pub back: String,
    pub cancelled: String,
    pub until: Micros,
    /// Stripe's id of the customer; looked up whenever the call is sent.
    #[serde(default)]
    pub customer: Option<String>,
}

/// Where the customer comes back to from the provider's page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Back<'a> {
    /// The portal, at this address.
    Portal(&'a str),
    /// A page of ours that says no more than that, at this origin: a call holds no secret of a link.
    Link(&'a str),
}

impl Back<'_> {
    /// With a method, and without.
    fn ways(self, id: &MethodSetupId) -> [String; 2] {
        match self {
            Self::Portal(at) => [format!("{at}/adding/{id}?back=done"), format!("{at}/payments")],
            Self::Link(origin) => [format!("{origin}/m?back=done"), format!("{origin}/m")],
        }
    }
}

/// Begins, or goes on with what is open for the same shop. Needs [`Right::Orders`] and [`Right::Read`]; the
/// customer is locked and active.
///
/// # Errors
/// `Conflict` (`no_keeper`) when this shop keeps no methods of this customer.
pub(crate) fn begin(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, shop: &ShopId, to: Back) -> Result<MethodSetupId> {
    ctx.must(Right::Orders)?;
    let closed = || Error::conflict("no_keeper", "No payment method can be added here. Please ask the shop.");
    if !places(tx, ctx, customer)?.iter().any(|p| p.shop == *shop) {
        return Err(closed());
    }
    let account = keeper(tx, ctx, shop)?.ok_or_else(closed)?;
    let running =
        |s: &super::MethodSetup| s.account == account.id && matches!(s.state, State::Asked | State::Open) && s.until > ctx.now + SHORT;
    if let Some(open) = of_customer(tx, ctx, customer)?.into_iter().find(running) {
        return Ok(open.id);
    }
    let (id, until): (MethodSetupId, Micros) = (ctx.id(), ctx.now + OPEN);
    let asks = account.provider == Provider::Stripe;
    let state = if asks { State::Asked } else { State::Open };
    tx.exec(&queries::INSERT, &[&ctx.merchant, &id, customer, shop, &account.id, &state, &until, &ctx.now])?;
    if asks {
        let who = customers::get(tx, ctx, customer)?;
        let [back, cancelled] = to.ways(&id);
        let call = SetUpCall {
            ours: customer.to_string(),
            name: who.name,
            email: who.email,
            currency: shops::get(tx, ctx, shop)?.currency.code().to_owned(),
            back,
            cancelled,
            until,
            customer: None,
        };
        let payload = serde_json::to_value(call).map_err(|e| Error::Internal(e.to_string()))?;
        calls::enqueue(tx, ctx, &account.id, CallKind::SetUp, id.as_str(), &payload)?;
    }
    Event::new("method.asked").of(customer).on("method_setup", id.as_str()).data(json!({ "shop": shop })).record(tx, ctx)?;
    Ok(id)
}

/// Closes what is open, here and at its provider. A page that is only asked for is shown to nobody when it comes. Its customer is locked.
pub(crate) fn close(tx: &mut Tx, ctx: &Ctx, id: &MethodSetupId) -> Result<()> {
    let Some(at) = find(tx, ctx, id)?.filter(|at| matches!(at.state, State::Asked | State::Open)) else { return Ok(()) };
    if let Some(reference) = at.page_ref.clone() {
        close_page(tx, ctx, &at.account, id.as_str(), reference)?;
    }
    told::telling(tx, ctx, &at, State::Over, None)
}

/// The provider made its page. An event that was faster has said more.
pub(crate) fn ready(tx: &mut Tx, ctx: &Ctx, id: &MethodSetupId, reference: &str, url: &str) -> Result<()> {
    set_page(tx, ctx, id, State::Open, (Some(reference), url), "")
}

/// The provider made none.
pub(crate) fn refused(tx: &mut Tx, ctx: &Ctx, id: &MethodSetupId, words: &str) -> Result<()> {
    set_page(tx, ctx, id, State::Refused, (None, ""), &printable(words, 300))
}

fn set_page(tx: &mut Tx, ctx: &Ctx, id: &MethodSetupId, state: State, (reference, url): (Option<&str>, &str), words: &str) -> Result<()> {
    let reference = reference.map(str::to_owned);
    tx.exec(&queries::SET_PAGE, &[&ctx.merchant, id, &state, &reference, &url, &words, &ctx.now])?;
    Ok(())
}
