//! The buyer pays by a link. Two pages open at once: one pays, the other is told that it is paid.

use ::providers::test;
use store::Tx;

use super::follow;
use super::make::open;
use super::read::locked;
use super::{PaymentLink, State, Way, by_link, queries, way};
use crate::blocks;
use crate::charges::purpose;
use crate::kit::{Ctx, Error, Micros, Problems, Result};
use crate::payments::{self, MethodInput, MethodKind, PaymentInput, PaymentStatus, must_exist};
use crate::providers::charge;

/// What a buyer can do with a link.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// Pay it, this way.
    Payable(Way),
    /// A payment is on its way.
    UnderWay,
    /// It is paid by it.
    Paid,
    /// What it is for was paid in another way, or is no longer wanted.
    NothingDue,
    /// Expired, withdrawn, or nothing that can be paid any more.
    Over(State),
}

/// How a link stands for its buyer. In a read transaction.
pub fn standing(tx: &mut Tx, ctx: &Ctx, link: &PaymentLink) -> Result<Standing> {
    match link.state {
        State::Paid => return Ok(Standing::Paid),
        State::Open => {}
        State::Expired if link.is_under_way() => return Ok(Standing::UnderWay),
        over => return Ok(Standing::Over(over)),
    }
    if link.is_under_way() {
        return Ok(Standing::UnderWay);
    }
    if !must_exist(tx, ctx, &link.customer).is_ok_and(|standing| standing.is_active()) || is_blocked(tx, ctx, link, "")? {
        return Ok(Standing::Over(State::Withdrawn));
    }
    if !is_due(tx, ctx, link)? {
        return Ok(Standing::NothingDue);
    }
    Ok(way(tx, ctx, &link.shop, link.price())?.map_or(Standing::Over(State::Withdrawn), Standing::Payable))
}

/// Whoever pays is not told why: a page for buyers says nothing about blocks.
pub(super) fn is_blocked(tx: &mut Tx, ctx: &Ctx, link: &PaymentLink, card: &str) -> Result<bool> {
    Ok(blocks::hit_of(tx, ctx, &link.customer, std::iter::once(card))?.is_some())
}

pub(super) fn is_due(tx: &mut Tx, ctx: &Ctx, link: &PaymentLink) -> Result<bool> {
    let rest = purpose::rest(tx, ctx, link.order.as_ref(), link.invoice.as_ref())?;
    Ok(rest.is_none_or(|rest| rest >= link.amount))
}

/// The link under its locks, and the way it is paid by now.
///
/// # Errors
/// `Conflict`: `link_state`, `payment_under_way`, `customer_inactive`, `nothing_due`, `no_way_to_pay`.
pub(super) fn payable(tx: &mut Tx, secret: &str, now: Micros) -> Result<(Ctx, PaymentLink, Way)> {
    let (ctx, seen) = by_link(tx, secret, now)?;
    let link = locked(tx, &ctx, &seen.id)?;
    open(&link)?;
    must_exist(tx, &ctx, &link.customer)?.must_be_active()?;
    if is_blocked(tx, &ctx, &link, "")? {
        return Err(closed());
    }
    if !is_due(tx, &ctx, &link)? {
        return Err(Error::conflict("nothing_due", "This was paid in another way. Nothing is to be paid."));
    }
    let way = way(tx, &ctx, &link.shop, link.price())?.ok_or_else(closed)?;
    Ok((ctx, link, way))
}

pub(super) fn closed() -> Error {
    Error::conflict("no_way_to_pay", "This cannot be paid here any more. Please ask the shop.")
}

/// Pays with a test card: the number says what happens. Gives what became of it so far.
///
/// # Errors
/// [`Error::NotFound`] for anything but an open door; a field error for `number`; `Conflict`: `link_state`, `payment_under_way`, `nothing_due`,
/// `customer_inactive`, `no_way_to_pay`.
pub fn pay(tx: &mut Tx, secret: &str, number: &str, now: Micros) -> Result<PaymentStatus> {
    let (ctx, link, way) = payable(tx, secret, now)?;
    let Way::Test(account) = way else { return Err(closed()) };
    let play = test::play(number).ok_or_else(|| Problems::one("number", "invalid", "Type the number of a test card."))?;
    if is_blocked(tx, &ctx, &link, &play.fingerprint)? {
        return Err(closed());
    }
    tx.exec(&queries::TRY, &[&ctx.merchant, &link.id, &ctx.now])?;
    let card = MethodInput {
        brand: play.brand.to_owned(),
        last4: play.last4.clone(),
        fingerprint: play.fingerprint.clone(),
        attach: false,
        ..MethodInput::of(MethodKind::Card)
    };
    let payment = PaymentInput {
        order: link.order.clone(),
        customer: Some(link.customer.clone()),
        provider_ref: Some(format!("{}-{}", link.id, link.attempts + 1)),
        live: false,
        method: Some(card),
        note: link.purpose.clone(),
        ..PaymentInput::settled(link.shop.clone(), "test", link.currency, link.amount, now)
    };
    let played = charge::play_saved(tx, &ctx, &account, &play, payment)?;
    follow::note(tx, &ctx, &link.id, &played.payment)?;
    Ok(payments::get(tx, &ctx, &played.payment)?.status)
}
