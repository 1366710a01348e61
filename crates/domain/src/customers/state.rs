//! What a verb needs to know of a customer before it acts, and what every verb does when it has acted.

use store::Tx;

use super::model::{Customer, display_name};
use super::queries as q;
use crate::kit::{AvatarId, Ctx, CustomerId, Error, GroupId, Link, Result, locks};

/// A customer in short.
#[derive(Clone, Debug)]
pub(crate) struct State {
    pub display_name: String,
    pub archived_at: Option<i64>,
    pub deleted_at: Option<i64>,
    pub anonymised_at: Option<i64>,
    pub merged_into: Option<CustomerId>,
    pub group: Option<GroupId>,
    pub avatar: Option<AvatarId>,
}

impl State {
    /// Deleted, merged or anonymised: nothing may be written on it but its restoring.
    pub(crate) fn is_gone(&self) -> bool {
        self.deleted_at.is_some() || self.anonymised_at.is_some() || self.merged_into.is_some()
    }

    /// Goes on when the customer may still be changed.
    pub(crate) fn ensure_here(&self) -> Result<()> {
        let message = match self {
            s if s.merged_into.is_some() => "was merged into another customer. Work on that one.",
            s if s.anonymised_at.is_some() => "was anonymised. Nothing can be changed any more.",
            s if s.deleted_at.is_some() => "is deleted. Restore it first.",
            _ => return Ok(()),
        };
        Err(Error::conflict("customer_deleted", format!("{} {message}", self.display_name)))
    }
}

/// Reads it; without a lock.
pub(crate) fn load(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<State> {
    let found = tx.opt(&q::STATE, &[&ctx.merchant, id], |r| {
        Ok(State {
            display_name: display_name(r.str(1)?, r.str(2)?, r.str(3)?, r.str(4)?, r.str(5)?, r.str(0)?),
            archived_at: r.get("archived_at")?,
            deleted_at: r.get("deleted_at")?,
            anonymised_at: r.get("anonymised_at")?,
            merged_into: r.get("merged_into")?,
            group: r.get("group_id")?,
            avatar: r.get("avatar_id")?,
        })
    })?;
    found.ok_or(Error::NotFound("customer"))
}

/// Whom an id leads to (SPEC 10.1): the customer itself, or the one it was merged into, also by way of others. What is not here stays as it is:
/// the verb says so.
pub fn survivor(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<CustomerId> {
    let mut id = id.clone();
    // A ring cannot come about, but nothing must hang if it did.
    for _ in 0..32 {
        match tx.opt(&q::MERGED_INTO, &[&ctx.merchant, &id], |r| r.get::<Option<CustomerId>>(0))?.flatten() {
            Some(next) => id = next,
            None => break,
        }
    }
    Ok(id)
}

/// Locks the row, then reads it: how every writing verb begins.
pub(crate) fn locked(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<State> {
    locks::customers(tx, ctx, &[id])?;
    load(tx, ctx, id)
}

/// Raises version and stamp: how every writing verb ends.
pub(crate) fn touch(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    let stamp = tx.stamp()?;
    tx.exec(&q::TOUCH, &[&ctx.merchant, id, &ctx.now, &stamp])?;
    Ok(())
}

/// Goes on when the customer may get new orders, offers, subscriptions (SPEC 10.2).
///
/// # Errors
/// [`Error::Conflict`] `customer_inactive`.
pub fn ensure_active(customer: &Customer) -> Result<()> {
    if customer.is_active() { Ok(()) } else { Err(inactive(&customer.id, &customer.display_name)) }
}

/// The same by id, without reading the whole customer.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] `customer_inactive`.
pub fn ensure_active_id(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    let state = load(tx, ctx, id)?;
    if state.is_gone() || state.archived_at.is_some() { Err(inactive(id, &state.display_name)) } else { Ok(()) }
}

fn inactive(id: &CustomerId, name: &str) -> Error {
    Error::Conflict {
        code: "customer_inactive",
        message: format!("{name} is not active. Unarchive or restore the customer first."),
        links: vec![Link { kind: "customer", id: id.to_string(), label: name.to_owned() }],
    }
}
