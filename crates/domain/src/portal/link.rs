//! Links that open a door once. Nobody can guess them, only their hashes are kept, and looking at one uses nothing up: programs open links in mails.

use store::Tx;

use super::{Portal, queries};
use crate::kit::{Ctx, CustomerId, DAY, Error, Micros, PortalLinkId, Result, secret, secret_hash, words};
use crate::staff::Moment;

/// What stands in the text of a mail that waits where its link will be: the link itself is made when the mail is handed to a server.
pub(crate) const LINK: &str = "{link-to-the-portal}";

words! {
    /// What a link opens.
    pub enum Kind {
        /// The portal, for the first time: with it a password can be chosen.
        Invite = "invite", "Invitation";
        /// The portal, instead of a password.
        SignIn = "sign_in", "Sign-in";
        /// Nothing; it proves that an address is theirs.
        Email = "email", "New e-mail address";
    }
}

impl Kind {
    /// How long it holds, microseconds.
    pub fn holds(self) -> Micros {
        match self {
            Self::Invite => 7 * DAY,
            Self::SignIn => 15 * 60_000_000,
            Self::Email => DAY,
        }
    }
}

/// What a link leads to.
#[derive(Clone, Debug)]
pub struct Looked {
    /// What it opens.
    pub kind: Kind,
    /// The customer's address, or the new one that it proves.
    pub email: String,
    pub(super) id: PortalLinkId,
    pub(super) customer: CustomerId,
}

/// Makes one that waits in a mail, in the place of those of its kind before. `email`: the new address it proves; else empty.
pub(super) fn waiting(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, kind: Kind, email: &str) -> Result<PortalLinkId> {
    insert(tx, ctx, customer, kind, email, None)
}

/// Makes one that is told at once; gives its secret, which is shown once, and until when it holds.
pub(super) fn told(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, kind: Kind) -> Result<(String, Micros)> {
    let (secret, until) = (secret(), ctx.now + kind.holds());
    insert(tx, ctx, customer, kind, "", Some((secret_hash(&secret), until)))?;
    Ok((secret, until))
}

fn insert(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, kind: Kind, email: &str, armed: Option<(String, Micros)>) -> Result<PortalLinkId> {
    tx.exec(&queries::DROP_LINKS, &[&ctx.merchant, customer, &kind])?;
    let id: PortalLinkId = ctx.id();
    let (hash, until) = armed.unzip();
    tx.exec(&queries::INSERT_LINK, &[&ctx.merchant, &id, customer, &kind, &email, &hash, &ctx.now, &until])?;
    Ok(id)
}

/// The secret that a mail carries, made when it is handed to a server: what waits in the outbox opens no door. Of a link that another took the place
/// of it leads nowhere.
pub(crate) fn for_mail(tx: &mut Tx, ctx: &Ctx, id: &PortalLinkId) -> Result<String> {
    let secret = secret();
    if let Some(kind) = tx.opt(&queries::LINK_KIND, &[&ctx.merchant, id], |r| r.get::<Kind>(0))? {
        tx.exec(&queries::ARM_LINK, &[&ctx.merchant, id, &secret_hash(&secret), &(ctx.now + kind.holds())])?;
    }
    Ok(secret)
}

/// What a link leads to, without using it.
///
/// # Errors
/// [`Error::NotFound`] for anything that does not hold (any more).
pub fn look(tx: &mut Tx, portal: &Portal, secret: &str, moment: &Moment) -> Result<Looked> {
    let found = tx.opt(&queries::LINK, &[&portal.merchant, &secret_hash(secret), &moment.now], |r| {
        let (kind, new, own): (Kind, String, String) = (r.get(2)?, r.get(3)?, r.get(4)?);
        Ok(Looked { id: r.get(0)?, customer: r.get(1)?, email: if kind == Kind::Email { new } else { own }, kind })
    })?;
    found.ok_or(Error::NotFound("link"))
}

/// Uses it up, under the lock of its customer: of two who do so at once one goes on.
///
/// # Errors
/// [`Error::NotFound`] when it was used meanwhile.
pub(super) fn take(tx: &mut Tx, ctx: &Ctx, looked: &Looked) -> Result<()> {
    match tx.exec(&queries::USE_LINK, &[&ctx.merchant, &looked.id])? {
        0 => Err(Error::NotFound("link")),
        _ => Ok(()),
    }
}
