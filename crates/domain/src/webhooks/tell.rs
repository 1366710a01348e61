//! The owners learn by mail that an endpoint was switched off; Home says it in any case.

use store::Tx;

use super::{Endpoint, OffReason};
use crate::kit::{Ctx, Result, Role};
use crate::mail;
use crate::staff::members;

pub(super) fn owners(tx: &mut Tx, ctx: &Ctx, endpoint: &Endpoint, reason: OffReason) -> Result<()> {
    let why = match reason {
        OffReason::Gone => "It answered that it is gone (410).",
        _ => "Every try failed for five days.",
    };
    let subject = "A webhook endpoint was switched off";
    for owner in members::list(tx, ctx)?.into_iter().filter(|m| m.access.role == Role::Owner && m.disabled_at.is_none()) {
        let body = format!(
            "Hello {},\n\nmessages to this endpoint were given up, and it is switched off:\n\n{}\n\n{why}\n\nWhen it works again, switch it on under Settings, Webhooks, and \
             replay what it missed.\n",
            owner.name, endpoint.url
        );
        mail::to_staff(tx, ctx, &owner.email, subject, &body)?;
    }
    Ok(())
}
