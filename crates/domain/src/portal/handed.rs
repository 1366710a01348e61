//! The portal of a customer as it stands, to be handed over in a merge and put back when that is undone (SPEC 10.1).

use serde::{Deserialize, Serialize};
use store::Tx;

use super::queries;
use crate::kit::{Ctx, CustomerId, Micros, Result};

/// What is kept of a customer's portal. With the hash of the password: it is shown to nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    password_hash: String,
    invited_at: Micros,
    invited_by: String,
    activated_at: Option<Micros>,
    closed_at: Option<Micros>,
    signed_in_at: Option<Micros>,
}

impl Kept {
    /// May somebody come in?
    pub(crate) fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// The same, whenever they came in first or last: that alone makes it no other.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let bare = |kept: &Self| Self { activated_at: None, signed_in_at: None, ..kept.clone() };
        bare(self) == bare(other)
    }
}

/// As it stands; `None` for somebody who was never invited.
pub(crate) fn kept(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Option<Kept>> {
    Ok(tx.opt(&queries::KEPT, &[&ctx.merchant, customer], |r| {
        Ok(Kept {
            password_hash: r.get(0)?,
            invited_at: r.get(1)?,
            invited_by: r.get(2)?,
            activated_at: r.get(3)?,
            closed_at: r.get(4)?,
            signed_in_at: r.get(5)?,
        })
    })?)
}

/// Puts it in the place of what there is; sessions and links of that end. The customer is locked.
pub(crate) fn put(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, kept: Option<&Kept>) -> Result<()> {
    tx.exec(&queries::DROP_ALL_LINKS, &[&ctx.merchant, customer])?;
    tx.exec(&queries::DROP_SESSIONS, &[&ctx.merchant, customer, &""])?;
    tx.exec(&queries::FORGET, &[&ctx.merchant, customer])?;
    if let Some(k) = kept {
        let row: [&dyn store::Bind; 8] =
            [&ctx.merchant, customer, &k.password_hash, &k.invited_at, &k.invited_by, &k.activated_at, &k.closed_at, &k.signed_in_at];
        tx.exec(&queries::KEEP, &row)?;
    }
    Ok(())
}
