//! Who is signed in to a portal: one customer of one merchant.

use std::sync::Arc;

use store::Tx;

use super::Portal;
use crate::customers::state;
use crate::kit::{Actor, Ctx, CustomerId, Door, Error, PortalSessionId, Result, Right, Rights};
use crate::staff::Moment;

/// A customer, signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Where.
    pub portal: Portal,
    /// Who.
    pub customer: CustomerId,
    /// What the merchant calls them.
    pub name: String,
    /// The session (its id, not its secret).
    pub session: PortalSessionId,
    /// Archived: they read, and begin nothing new (SPEC 10.2).
    pub archived: bool,
    /// The session was last seen a minute ago or more: call [`super::touch`].
    pub touch: bool,
    pub(super) ctx: Ctx,
}

impl Visitor {
    /// The context of this customer: without any right. What they may is decided verb by verb.
    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// The same with what one verb needs. What is asked for with it is the visitor's own: whoever calls this has made sure.
    pub(super) fn with(&self, rights: &[Right]) -> Ctx {
        Ctx { actor: Arc::new(Actor::customer(&self.customer, Rights::of(rights))), ..self.ctx.clone() }
    }

    /// To read what is theirs.
    pub(super) fn reads(&self) -> Ctx {
        self.with(&[Right::Read])
    }

    /// Locks the customer, who still has a portal: how every verb that writes begins.
    ///
    /// # Errors
    /// `NotFound` once they were deleted, merged or anonymised.
    pub(super) fn locked(&self, tx: &mut Tx) -> Result<()> {
        let state = state::locked(tx, &self.ctx, &self.customer)?;
        if state.is_gone() { Err(Error::NotFound("page")) } else { Ok(()) }
    }

    /// The same for what begins something new or changes what is known of them.
    ///
    /// # Errors
    /// `Conflict` (`customer_inactive`) for one that is archived: they read, and end what runs (SPEC 10.2).
    pub(super) fn begins(&self, tx: &mut Tx) -> Result<()> {
        let state = state::locked(tx, &self.ctx, &self.customer)?;
        if state.is_gone() {
            return Err(Error::NotFound("page"));
        }
        if state.archived_at.is_some() { Err(closed()) } else { Ok(()) }
    }

    /// Goes on when this is the visitor's: what is another's is not there.
    pub(super) fn own<T>(&self, whose: Option<&CustomerId>, what: T, noun: &'static str) -> Result<T> {
        if whose == Some(&self.customer) { Ok(what) } else { Err(Error::NotFound(noun)) }
    }

    /// Goes on when the merchant allows it.
    pub(super) fn allowed(&self, allowed: bool) -> Result<()> {
        if allowed { Ok(()) } else { Err(Error::NotFound("page")) }
    }
}

/// What an archived customer is told: not why.
fn closed() -> Error {
    Error::conflict("customer_inactive", "Your account can only be read at the moment. Please ask the shop.")
}

/// The context of a customer of a portal who is not signed in (yet).
pub(super) fn ctx_of(portal: &Portal, customer: &CustomerId, moment: &Moment, rights: Rights) -> Ctx {
    Ctx {
        merchant: portal.merchant.clone(),
        actor: Arc::new(Actor::customer(customer, rights)),
        door: Door::Portal,
        now: moment.now,
        ids: moment.ids.clone(),
    }
}
