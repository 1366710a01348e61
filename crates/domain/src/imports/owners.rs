//! Whose an order of a file is. A number or an address leads to the customer who stands for it today: the survivor of a merge; of somebody who
//! was anonymised the order is kept and nothing of the person (SPEC 10.1, 10.4).

use store::Tx;

use super::invoice::Buyer;
use super::orders_run::Place;
use super::spool::Seen;
use crate::customers::{self, NewCustomer, Ready, Rules, state};
use crate::kit::{Address, Ctx, CustomerId, Error, Micros, Result};
use crate::privacy::ErasedNumbers;

/// Whose it is.
#[derive(Debug)]
pub(super) enum Owner {
    /// Nobody is named.
    Guest,
    /// This customer's; since when nothing new may come to it, if so (SPEC 10.2).
    Of(CustomerId, Option<Micros>),
    /// Of somebody whose data was erased: what was paid before can still be taken back.
    Erased(CustomerId),
    /// Of somebody who was not taken up, and why.
    Refused(String),
}

impl Owner {
    /// Who owns what is new.
    pub(super) fn live(&self) -> Option<&CustomerId> {
        if let Self::Of(id, _) = self { Some(id) } else { None }
    }

    /// Whose earlier payments these are.
    pub(super) fn paid(&self) -> Option<&CustomerId> {
        if let Self::Of(id, _) | Self::Erased(id) = self { Some(id) } else { None }
    }

    /// Did the customer get nothing new any more at this moment?
    pub(super) fn was_inactive(&self, at: Micros) -> bool {
        matches!(self, Self::Of(_, Some(since)) if *since <= at)
    }
}

/// The customer with this number; where the file gives none, the one with this address. Money that was taken is never refused (SPEC 10.2): an archived or deleted customer
/// keeps its history.
pub(super) fn find(tx: &mut Tx, ctx: &Ctx, buyer: &Buyer) -> Result<Option<CustomerId>> {
    if !buyer.number.is_empty() {
        return match customers::find_by_number(tx, ctx, &buyer.number)? {
            None => ErasedNumbers::of(tx, ctx)?.find(tx, ctx, &buyer.number),
            found => Ok(found),
        };
    }
    if buyer.email.is_empty() { Ok(None) } else { customers::find_by_email(tx, ctx, &buyer.email) }
}

/// Whose it is, when `found` is who was found and locked.
pub(super) fn of(tx: &mut Tx, ctx: &Ctx, place: &Place, buyer: &Buyer, found: Option<&CustomerId>) -> Result<Owner> {
    let Some(id) = found else {
        if buyer.key().is_empty() {
            return Ok(Owner::Guest);
        }
        // Customers come before their orders: who is not here was refused.
        return match new(ctx, place, &Seen { buyer: buyer.clone(), first: ctx.now, last: ctx.now }) {
            Ok(_) => Ok(Owner::Guest),
            Err(error @ (Error::Invalid(_) | Error::Conflict { .. })) => Ok(Owner::Refused(super::said(&error))),
            Err(error) => Err(error),
        };
    };
    let state = state::load(tx, ctx, id)?;
    Ok(match (state.merged_into, state.anonymised_at) {
        (Some(_), _) => Owner::Refused("The customer was merged at this moment. Import the row again.".to_owned()),
        (None, Some(_)) => Owner::Erased(id.clone()),
        (None, None) => Owner::Of(id.clone(), state.deleted_at.into_iter().chain(state.archived_at).min()),
    })
}

/// A customer as a file of orders knows it, checked.
pub(super) fn new(ctx: &Ctx, place: &Place, seen: &Seen) -> Result<Ready> {
    let buyer = &seen.buyer;
    let new = NewCustomer {
        number: Some(buyer.number.clone()).filter(|n| !n.is_empty()),
        email: buyer.email.clone(),
        name: buyer.name.clone(),
        billing: Address { country: buyer.country.clone(), ..Address::default() },
        shop: Some(place.shop.clone()),
        created_at: Some(seen.first),
        ..NewCustomer::default()
    };
    customers::ready(new, Rules::Import, &place.settings, ctx.now)
}
