//! A customer is invited (SPEC 12.1): by a mail with a link, or by a link that is shown once to whoever invites.

use store::Tx;

use super::{LinkKind, letters, link, queries, settings};
use crate::customers;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, MailId, Micros, Result, Right, email_key, locks};

/// How the link gets there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By mail. What this installation is called from outside: `https://desk.example.com`.
    Mail(String),
    /// It is handed over by whoever invites.
    Link,
}

/// What an invitation gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invited {
    /// The mail in the outbox.
    Mailed(MailId),
    /// The way from the root of this installation (`/portal/…`), shown once, and until when it holds.
    Link(String, Micros),
}

/// Invites a customer; a link of an invitation before stops working. One who has been there keeps their password until they choose another.
/// Needs [`Right::Write`].
///
/// # Errors
/// [`Error::NotFound`]; conflicts `portal_off`, `customer_inactive` (also for who is deleted), `no_address`, `portal_taken` when another customer comes
/// in with the same address.
pub fn invite(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, way: &Way) -> Result<Invited> {
    ctx.must(Right::Write)?;
    let customer = customers::survivor(tx, ctx, customer)?;
    locks::customers(tx, ctx, &[&customer])?;
    customers::ensure_active_id(tx, ctx, &customer)?;
    let portal = settings::of(tx, &ctx.merchant, ctx.now).map_err(|error| match error {
        Error::NotFound(_) => Error::conflict("portal_off", "The portal is switched off. Switch it on in Settings first."),
        other => other,
    })?;
    let c = customers::load(tx, ctx, &customer)?;
    if c.email.is_empty() {
        return Err(Error::conflict("no_address", format!("{} has no e-mail address to come in with. Add one first.", c.display_name)));
    }
    let other: Option<CustomerId> = tx.opt(&queries::BY_EMAIL, &[&ctx.merchant, &email_key(&c.email)], |r| r.get(0))?;
    if other.is_some_and(|other| other != customer) {
        return Err(Error::conflict(
            "portal_taken",
            "Another customer with this e-mail address has a portal. Merge the two, or close that one.",
        ));
    }
    tx.exec(&queries::INVITE, &[&ctx.merchant, &customer, &ctx.now, &ctx.actor.name])?;
    let done = match way {
        Way::Mail(origin) => {
            let id = link::waiting(tx, ctx, &customer, LinkKind::Invite, "")?;
            Invited::Mailed(letters::invitation(tx, ctx, &portal, &c, origin, &id)?)
        }
        Way::Link => {
            let (secret, until) = link::told(tx, ctx, &customer, LinkKind::Invite)?;
            Invited::Link(format!("{}/links/{secret}", portal.at()), until)
        }
    };
    let by = if matches!(done, Invited::Mailed(_)) { "mail" } else { "link" };
    Event::new("portal.invited").of(&customer).data(serde_json::json!({ "by": by })).record(tx, ctx)?;
    Ok(done)
}
