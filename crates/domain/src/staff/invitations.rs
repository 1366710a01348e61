//! Invitations of staff by link. The link is shown once to whoever invites, holds seven days, works once and only for the address it was
//! made for: somebody with that address signs in and accepts, somebody new chooses a name and a password.
//!
//! What the link gives is checked again when it is used: an inviter who has lost the rights meanwhile gives nothing.

use store::{Row, Tx};

use super::account::person_name;
use super::members::{power, power_of};
use super::password::{self, Hashed};
use super::set_up::{insert_person, insert_staff};
use super::{Access, Moment, access_row, person_row, queries};
use crate::events::Event;
use crate::kit::{
    Ctx, DAY, Email, Error, InvitationId, MerchantId, Micros, PersonId, Problems, Result, Right, Rights, secret, secret_hash,
};
use crate::merchants;

/// How long a link holds.
pub const HOLDS: Micros = 7 * DAY;

/// An invitation nobody has used yet.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The merchant it leads to.
    pub merchant: MerchantId,
    /// The merchant's name; empty in [`list`].
    pub merchant_name: String,
    /// Whom it is for.
    pub email: String,
    /// What it gives.
    pub access: Access,
    /// Who invites: the id of a person, a key or a word of the system.
    pub invited_by: String,
    /// Their name, when it is a person.
    pub inviter: Option<String>,
    /// Microseconds UTC.
    pub created_at: Micros,
    /// Until when it holds.
    pub expires_at: Micros,
}

/// A link just made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The invitation.
    pub id: InvitationId,
    /// The last part of the link; never shown again.
    pub secret: String,
    /// Until when it holds.
    pub expires_at: Micros,
}

/// Makes a link; an older one for the same address stops working. Needs [`Right::Staff`].
///
/// # Errors
/// Field errors for `email` (also when they are here already) and `rights`; [`Error::Conflict`] `owners_only`.
pub fn invite(tx: &mut Tx, ctx: &Ctx, email: &str, access: Access) -> Result<Made> {
    ctx.must(Right::Staff)?;
    let Some(email) = Email::parse(email) else {
        return Err(Problems::one("email", "invalid", "Fill in an e-mail address such as name@example.com."));
    };
    merchants::lock(tx, &ctx.merchant)?;
    let access = Access::exactly(access.role, access.rights());
    power(tx, ctx)?.may_give(access)?;
    match tx.opt(&queries::MEMBER_BY_EMAIL, &[&ctx.merchant, &email.key], |r| r.get::<Option<i64>>(0))? {
        Some(None) => return Err(Problems::one("email", "taken", "This person belongs to the staff already.")),
        Some(Some(_)) => {
            return Err(Problems::one("email", "taken", "This person is disabled here. Enable them in the list of staff instead."));
        }
        None => {}
    }
    tx.exec(&queries::INVITATIONS_REPLACE, &[&ctx.merchant, &email.key, &ctx.now])?;
    let (id, secret, expires_at) = (ctx.id::<InvitationId>(), secret(), ctx.now + HOLDS);
    let (granted, withdrawn) = (access.granted.text(), access.withdrawn.text());
    tx.exec(
        &queries::INVITE,
        &[
            &ctx.merchant,
            &id,
            &secret_hash(&secret),
            &email.typed,
            &email.key,
            &access.role.name(),
            &granted,
            &withdrawn,
            &ctx.actor.id,
            &ctx.now,
            &expires_at,
        ],
    )?;
    let data = serde_json::json!({ "role": access.role.name(), "rights": access.rights().names() });
    Event::new("staff.invited").on("invitation", id.as_str()).value("email", None, Some(&email.typed)).data(data).record(tx, ctx)?;
    Ok(Made { id, secret, expires_at })
}

/// Those that still hold, newest first. Needs [`Right::Staff`].
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Invitation>> {
    ctx.must(Right::Staff)?;
    Ok(tx.rows(&queries::INVITATIONS, &[&ctx.merchant, &ctx.now], |r| row(r, ctx.merchant.clone(), String::new()))?)
}

/// Takes a link back. Needs [`Right::Staff`].
///
/// # Errors
/// [`Error::NotFound`] when it was used, taken back, or never there.
pub fn revoke(tx: &mut Tx, ctx: &Ctx, id: &InvitationId) -> Result<()> {
    ctx.must(Right::Staff)?;
    if tx.exec(&queries::INVITATION_REVOKE, &[&ctx.merchant, id, &ctx.now])? == 0 {
        return Err(Error::NotFound("invitation"));
    }
    Event::new("staff.invitation_revoked").on("invitation", id.as_str()).record(tx, ctx)?;
    Ok(())
}

/// What a link leads to, and whether its address has an account already (then they sign in to accept).
///
/// # Errors
/// [`Error::NotFound`] for a link that does not hold (any more).
pub fn look(tx: &mut Tx, secret: &str, now: Micros) -> Result<(Invitation, Option<PersonId>)> {
    look_hashed(tx, &secret_hash(secret), now)
}

/// The same, by the hash of the link's secret.
pub(super) fn look_hashed(tx: &mut Tx, hash: &str, now: Micros) -> Result<(Invitation, Option<PersonId>)> {
    let found = tx.opt(&queries::INVITATION, &[&hash, &now], |r| row(r, MerchantId::from_db(r.get("merchant_id")?), r.get("merchant")?))?;
    let invitation = found.ok_or(Error::NotFound("invitation"))?;
    let known = tx.opt(&queries::PERSON_BY_EMAIL, &[&crate::kit::email_key(&invitation.email)], person_row)?;
    Ok((invitation, known.map(|p| p.id)))
}

/// Who comes in by a link.
#[derive(Clone, Debug)]
pub enum Comer {
    /// Signed in already.
    Known(PersonId),
    /// Somebody new.
    New(NewPerson),
}

/// Name and hashed password of somebody new.
#[derive(Clone, Debug)]
pub struct NewPerson {
    name: String,
    hashed: Hashed,
}

impl NewPerson {
    /// Checks and hashes. Slow; outside of transactions. `email` is the invitation's.
    ///
    /// # Errors
    /// Field errors for `name` and `password`.
    pub fn prepare(email: &str, name: &str, password: &str) -> Result<Self> {
        let mut problems = Problems::default();
        let own = person_name(&mut problems, name);
        password::check(&mut problems, "password", password, email, name);
        problems.check()?;
        Ok(Self { name: own, hashed: password::hash(password)? })
    }

    /// Somebody whom the identity provider names; they have no password. Without a name that can be kept they are called by their address.
    pub(super) fn of_provider(name: &str, email: &str) -> Self {
        let kept: String = name.chars().filter(|c| !c.is_control()).take(super::account::NAME_MAX).collect();
        let name = if kept.trim().is_empty() { email.split('@').next().unwrap_or(email) } else { kept.trim() };
        Self { name: name.to_owned(), hashed: Hashed::none() }
    }

    /// Somebody whose password was hashed before.
    #[cfg(feature = "testing")]
    pub fn ready(name: &str, hashed: Hashed) -> Self {
        Self { name: name.to_owned(), hashed }
    }
}

/// Uses the link: the comer belongs to the merchant from now on. Gives the merchant and the person.
///
/// # Errors
/// [`Error::NotFound`] when the link does not hold (any more); [`Error::Conflict`] `other_person` when somebody else is signed in,
/// `inviter_lost_rights`; a field error for `email` when the person is here already.
pub fn accept(tx: &mut Tx, moment: &Moment, secret: &str, comer: &Comer) -> Result<(MerchantId, PersonId)> {
    accept_hashed(tx, moment, &secret_hash(secret), comer)
}

/// The same, by the hash of the link's secret.
pub(super) fn accept_hashed(tx: &mut Tx, moment: &Moment, hash: &str, comer: &Comer) -> Result<(MerchantId, PersonId)> {
    let (invitation, known) = look_hashed(tx, hash, moment.now)?;
    merchants::lock(tx, &invitation.merchant)?;
    if tx.exec(&queries::INVITATION_ACCEPT, &[&hash, &moment.now])? == 0 {
        return Err(Error::NotFound("invitation"));
    }
    let person = match (comer, known) {
        (Comer::Known(id), Some(known)) if *id == known => known,
        (Comer::Known(_), _) => {
            let message = format!("This invitation is for {}. Sign out, then open the link again.", invitation.email);
            return Err(Error::conflict("other_person", message));
        }
        (Comer::New(new), _) => {
            let Some(email) = Email::parse(&invitation.email) else { return Err(Error::NotFound("invitation")) };
            insert_person(tx, moment, &email, &new.name, &new.hashed)?
        }
    };
    let person = tx.one(&queries::PERSON, &[&person], person_row)?;
    let ctx = moment.ctx(&invitation.merchant, &person, Rights::NONE);
    still_given(tx, &ctx, &invitation)?;
    let a = invitation.access;
    insert_staff(tx, &invitation.merchant, &person.id, a.role.name(), &a.granted.text(), &a.withdrawn.text(), moment.now)?;
    Event::new("staff.joined")
        .on("person", person.id.as_str())
        .data(serde_json::json!({ "invitation": invitation.id, "role": a.role.name() }))
        .record(tx, &ctx)?;
    Ok((invitation.merchant, person.id))
}

/// May the inviter, if it is a person, still give what the link gives?
fn still_given(tx: &mut Tx, ctx: &Ctx, invitation: &Invitation) -> Result<()> {
    if invitation.invited_by.parse::<PersonId>().is_err() {
        return Ok(());
    }
    let power = power_of(tx, ctx, &invitation.invited_by)?;
    let may = power.rights.has(Right::Staff) && power.may_give(invitation.access).is_ok();
    if may {
        Ok(())
    } else {
        Err(Error::conflict("inviter_lost_rights", "Whoever invited you can’t give these rights any more. Ask for a new invitation."))
    }
}

fn row(r: &Row, merchant: MerchantId, merchant_name: String) -> std::result::Result<Invitation, store::Error> {
    Ok(Invitation {
        id: InvitationId::from_db(r.get("id")?),
        merchant,
        merchant_name,
        email: r.get("email")?,
        access: access_row(r)?,
        invited_by: r.get("invited_by")?,
        inviter: r.get("inviter")?,
        created_at: r.get("created_at")?,
        expires_at: r.get("expires_at")?,
    })
}
