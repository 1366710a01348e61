//! A link is made with the mail that carries it, and taken back.

use serde_json::json;
use store::Tx;

use super::read::{find, locked};
use super::{MethodLink, State, queries};
use crate::customers::survivor;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, DAY, Error, MethodLinkId, Micros, Problems, Result, Right, ShopId, locks};
use crate::mail;
use crate::method_setups;
use crate::payments::must_exist;
use crate::subscriptions::followed;

/// How long a link is open, days.
pub const DAYS: i64 = 7;

/// Whom a link is for, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkInput {
    /// Who may add a method by it.
    pub customer: CustomerId,
    /// For which shop; absent: the first of the customer's that keeps methods.
    pub shop: Option<ShopId>,
    /// Empty: the customer's address.
    pub to: String,
    /// Some words of one's own.
    pub message: String,
}

/// Makes a link and puts its mail into the outbox. `origin` is what this installation is called from outside. Needs [`Right::Orders`].
///
/// # Errors
/// Field errors for `shop`, `to`, `message`; `Conflict`: `customer_inactive` for an archived or deleted customer, `customer_gone` for an anonymised one, `no_keeper` when no shop keeps
/// methods.
pub fn send(tx: &mut Tx, ctx: &Ctx, input: &LinkInput, origin: &str) -> Result<MethodLinkId> {
    ctx.must(Right::Orders)?;
    let customer = survivor(tx, ctx, &input.customer)?;
    locks::customers(tx, ctx, &[&customer])?;
    must_exist(tx, ctx, &customer)?.must_be_active()?;
    let all = method_setups::places(tx, &followed(ctx), &customer)?;
    let place = match &input.shop {
        None => all.first(),
        Some(shop) => match all.iter().find(|at| at.shop == *shop) {
            None if !all.is_empty() => return Err(Problems::one("shop", "unknown", "Choose a shop that keeps payment methods.")),
            found => found,
        },
    };
    let place = place
        .ok_or_else(|| Error::conflict("no_keeper", "No shop keeps payment methods. Connect one with Stripe in Settings, Payments."))?;
    let (id, expires_at): (MethodLinkId, Micros) = (ctx.id(), ctx.now + DAYS * DAY);
    let to = mail::method_link_address(tx, ctx, &customer, &input.to, &input.message)?;
    tx.exec(&queries::INSERT, &[&ctx.merchant, &id, &customer, &place.shop, &to, &expires_at, &ctx.now, &ctx.actor.name])?;
    let link = find(tx, ctx, &id)?;
    mail::send_method_link(tx, ctx, &link, &input.message, origin)?;
    Event::new("method.link_sent")
        .of(&customer)
        .on("method_link", id.as_str())
        .data(json!({ "shop": place.shop }))
        .value("to", None, Some(&to))
        .record(tx, ctx)?;
    Ok(id)
}

/// Takes a link back: whoever has it adds nothing by it any more, also on the provider's page if that is open. Gives whose it was. Needs [`Right::Orders`].
///
/// # Errors
/// `Conflict` (`link_state`) unless it is open.
pub fn withdraw(tx: &mut Tx, ctx: &Ctx, id: &MethodLinkId) -> Result<CustomerId> {
    ctx.must(Right::Orders)?;
    let link = locked(tx, ctx, id)?;
    open(&link)?;
    tx.exec(&queries::WITHDRAW, &[&ctx.merchant, id, &ctx.now])?;
    if let Some(setup) = &link.setup {
        method_setups::close(tx, ctx, setup)?;
    }
    Event::new("method.link_withdrawn").of(&link.customer).on("method_link", id.as_str()).record(tx, ctx)?;
    Ok(link.customer)
}

/// Goes on when its customer may use it now. For a mail that waited.
///
/// # Errors
/// `Conflict`: `link_state`, `customer_inactive`, `customer_gone`.
pub(crate) fn must_stand(tx: &mut Tx, ctx: &Ctx, id: &MethodLinkId) -> Result<()> {
    let link = find(tx, ctx, id)?;
    open(&link)?;
    must_exist(tx, ctx, &link.customer)?.must_be_active()
}

fn open(link: &MethodLink) -> Result<()> {
    match link.state {
        State::Open => Ok(()),
        other => Err(Error::conflict("link_state", format!("This link is {}.", other.label().to_lowercase()))),
    }
}
