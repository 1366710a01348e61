//! The mails of the portal: short, plain, in the merchant's name. Their links are made when they are handed to a server.

use store::Tx;

use super::{LINK, LinkKind, Portal};
use crate::customers::Customer;
use crate::kit::{Ctx, CustomerId, MailId, PortalLinkId, Result};
use crate::mail::{Draft, put};

fn line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn way(portal: &Portal, origin: &str) -> String {
    format!("{origin}{}/links/{LINK}", portal.at())
}

pub(super) fn invitation(tx: &mut Tx, ctx: &Ctx, portal: &Portal, c: &Customer, origin: &str, link: &PortalLinkId) -> Result<MailId> {
    let (shop, days) = (line(&portal.name), LinkKind::Invite.holds() / crate::kit::DAY);
    let body = format!(
        "Hello {},\n\nyou can now see your orders, invoices and subscriptions with {shop} on pages of your own.\n\nOpen them here:\n{}\n\nThe link works once and holds for {days} days.\n\n{shop}\n",
        c.display_name,
        way(portal, origin)
    );
    let subject = format!("Your pages at {shop}");
    put(tx, ctx, &Draft { customer: Some(&c.id), portal_link: Some(link), ..Draft::new(&c.email, &subject, &body) })
}

pub(super) fn sign_in(
    tx: &mut Tx,
    ctx: &Ctx,
    portal: &Portal,
    (customer, to): (&CustomerId, &str),
    origin: &str,
    link: &PortalLinkId,
) -> Result<MailId> {
    let shop = line(&portal.name);
    let body = format!(
        "Hello,\n\nsign in to your pages at {shop} with this link:\n{}\n\nIt works once and holds for 15 minutes. If you did not ask for it, leave it: nothing happens.\n\n{shop}\n",
        way(portal, origin)
    );
    let subject = format!("Sign in to {shop}");
    put(tx, ctx, &Draft { customer: Some(customer), portal_link: Some(link), ..Draft::new(to, &subject, &body) })
}

pub(super) fn confirm(
    tx: &mut Tx,
    ctx: &Ctx,
    portal: &Portal,
    (customer, to): (&CustomerId, &str),
    origin: &str,
    link: &PortalLinkId,
) -> Result<MailId> {
    let shop = line(&portal.name);
    let body = format!(
        "Hello,\n\nyou want {shop} to use this e-mail address from now on. Confirm that it is yours:\n{}\n\nThe link holds for one day. If it was not you, leave it: nothing changes.\n\n{shop}\n",
        way(portal, origin)
    );
    let subject = format!("Confirm your e-mail address for {shop}");
    put(tx, ctx, &Draft { customer: Some(customer), portal_link: Some(link), ..Draft::new(to, &subject, &body) })
}

/// To the old address: somebody who took over a mailbox or a session cannot do it unseen.
pub(super) fn moved(tx: &mut Tx, ctx: &Ctx, portal: &Portal, customer: &CustomerId, to: &str) -> Result<MailId> {
    let shop = line(&portal.name);
    let body = format!(
        "Hello,\n\nyour e-mail address at {shop} was changed on your pages there. From now on mail goes to the new one.\n\nIf this was not you, answer this mail at once.\n\n{shop}\n"
    );
    let subject = format!("Your e-mail address at {shop} was changed");
    put(tx, ctx, &Draft { customer: Some(customer), ..Draft::new(to, &subject, &body) })
}
