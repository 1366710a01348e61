//! Whether a customer has a portal: not invited, invited, in use, closed.

use serde::Serialize;
use store::Tx;

use super::queries;
use crate::customers::{self, state};
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Micros, Result, Right, words};

words! {
    /// How far a customer's portal came.
    pub enum State {
        /// Nobody invited them.
        None = "none", "Not invited";
        /// Invited, and not been there yet.
        Invited = "invited", "Invited";
        /// They have been there.
        Active = "active", "In use";
        /// Closed by somebody of the staff, or because they were deleted or merged away.
        Closed = "closed", "Closed";
    }
}

/// A customer's portal as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Access {
    /// How far it came.
    pub state: State,
    /// They chose a password; else they come in by links that are mailed to them.
    pub password: bool,
    /// When they were invited last, microseconds UTC.
    pub invited_at: Option<Micros>,
    /// By whom.
    pub invited_by: String,
    /// When they first came in.
    pub activated_at: Option<Micros>,
    /// When it was closed.
    pub closed_at: Option<Micros>,
}

/// How it stands. Needs [`Right::Read`].
///
/// # Errors
/// `NotFound` for a customer who is not here.
pub fn access(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Access> {
    ctx.must(Right::Read)?;
    state::load(tx, ctx, customer)?;
    let found = tx.opt(&queries::ACCESS, &[&ctx.merchant, customer], |r| {
        let (activated, closed): (Option<Micros>, Option<Micros>) = (r.get(2)?, r.get(3)?);
        let state = match (closed, activated) {
            (Some(_), _) => State::Closed,
            (None, Some(_)) => State::Active,
            (None, None) => State::Invited,
        };
        let invited_at = Some(r.get(0)?);
        Ok(Access { state, password: r.get(4)?, invited_at, invited_by: r.get(1)?, activated_at: activated, closed_at: closed })
    })?;
    let none =
        Access { state: State::None, password: false, invited_at: None, invited_by: String::new(), activated_at: None, closed_at: None };
    Ok(found.unwrap_or(none))
}

/// Closes it: every session ends, no link holds, the password is forgotten. Twice is once. Needs [`Right::Write`].
///
/// # Errors
/// `NotFound` for a customer who is not here.
pub fn close(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    ctx.must(Right::Write)?;
    let customer = customers::survivor(tx, ctx, customer)?;
    state::locked(tx, ctx, &customer)?;
    shut(tx, ctx, &customer)
}

/// The same with the customer locked, for what ends a customer; the right is the caller's.
pub(crate) fn shut(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    tx.exec(&queries::DROP_ALL_LINKS, &[&ctx.merchant, customer])?;
    tx.exec(&queries::DROP_SESSIONS, &[&ctx.merchant, customer, &""])?;
    if tx.exec(&queries::CLOSE, &[&ctx.merchant, customer, &ctx.now])? > 0 {
        Event::new("portal.closed").of(customer).record(tx, ctx)?;
    }
    Ok(())
}
