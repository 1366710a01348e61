//! A new password by a link: asked for on the sign-in page and mailed, or made by hand by an owner or the operator. A link holds half an hour and
//! works once. It ends all sessions and leaves the second factor as it is. Whether an address is known is told to nobody.

use store::Tx;

use super::password::{self, Hashed};
use super::sessions::memberships;
use super::sign_in;
use super::{Moment, Person, devices, halves, members, person_row, queries};
use crate::events::Event;
use crate::kit::{
    Actor, ActorKind, Ctx, Error, MailId, Micros, PersonId, Problems, ResetId, Result, Rights, email_key, secret, secret_hash,
};
use crate::mail;

/// How long a link holds.
pub const HOLDS: Micros = 30 * 60_000_000;
/// Links to one e-mail address in fifteen minutes; who asks for more gets the same answer and no mail.
pub const PER_EMAIL: i64 = 3;
/// Asked from one network address in fifteen minutes.
pub const PER_ADDRESS: i64 = 20;
/// What stands in the text of a mail that waits where its link will be.
pub(crate) const LINK: &str = "{link-to-a-new-password}";

/// Mails a link, if somebody has this address. Gives until when one has to wait, when too much was asked from this network address; `site` is what
/// this installation is called from outside.
pub fn ask(tx: &mut Tx, moment: &Moment, email: &str, address: &str, site: &str) -> Result<Option<Micros>> {
    let mail = email_key(email);
    if let Some(until) = sign_in::slowed(tx, moment.now, &[(secret_hash(&format!("reset from {address}")), PER_ADDRESS)])? {
        return Ok(Some(until));
    }
    let often = sign_in::slowed(tx, moment.now, &[(secret_hash(&format!("reset of {mail}")), PER_EMAIL)])?.is_some();
    let person = tx.opt(&queries::PERSON_BY_EMAIL, &[&mail], person_row)?;
    if let Some(person) = person.filter(|_| !often) {
        send(tx, moment, &person, site)?;
    }
    Ok(None)
}

fn send(tx: &mut Tx, moment: &Moment, person: &Person, site: &str) -> Result<()> {
    let all = memberships(tx, &person.id)?;
    let Some(m) = all.first() else { return Ok(()) };
    let ctx = Ctx { actor: Actor::system("sign-in").into(), ..moment.ctx(&m.merchant, person, Rights::NONE) };
    let body = format!(
        "Hello {},\n\nsomebody asked for a new password for your account. If it was you, choose one here within half an hour:\n{site}/new-password/{LINK}\n\n\
         If it was not you, there is nothing to do: your password stays.\n\nRegulars\n",
        person.name
    );
    let mail = mail::to_staff(tx, &ctx, &person.email, "A new password for Regulars", &body)?;
    let none: Option<String> = None;
    tx.exec(&queries::RESET_INSERT, &[&moment.id::<ResetId>(), &person.id, &none, &Some(mail), &moment.now, &(moment.now + HOLDS)])?;
    Event::new("person.password_reset_asked").on("person", person.id.as_str()).record(tx, &ctx)?;
    Ok(())
}

/// The secret of the link of a mail that is handed to a server now; none when the mail carries no such link.
pub(crate) fn for_mail(tx: &mut Tx, mail: &MailId) -> Result<Option<String>> {
    let secret = secret();
    Ok((tx.exec(&queries::RESET_MAILED, &[mail, &secret_hash(&secret)])? > 0).then_some(secret))
}

/// A link made by hand.
#[derive(Clone, Debug)]
pub struct Made {
    /// The last part of the link; never shown again.
    pub secret: String,
    /// Whose.
    pub person: Person,
}

/// Makes a link for somebody of the staff, to be handed over. Owners alone, and only for who works for their merchants alone.
///
/// # Errors
/// [`Error::Conflict`] `owners_only`, `yourself`, `other_merchants`.
pub fn by_owner(tx: &mut Tx, ctx: &Ctx, person: &PersonId) -> Result<Made> {
    let person = of_staff(tx, ctx, person)?;
    Event::new("staff.password_link_made").on("person", person.id.as_str()).record(tx, ctx)?;
    made(tx, &Moment::of(ctx), person)
}

/// Makes a link for anybody, as the operator of the installation.
///
/// # Errors
/// [`Error::NotFound`].
pub fn by_operator(tx: &mut Tx, moment: &Moment, email: &str) -> Result<Made> {
    let person = tx.opt(&queries::PERSON_BY_EMAIL, &[&email_key(email)], person_row)?.ok_or(Error::NotFound("person"))?;
    note_everywhere(tx, moment, &person, "staff.password_link_made")?;
    made(tx, moment, person)
}

fn made(tx: &mut Tx, moment: &Moment, person: Person) -> Result<Made> {
    let (secret, no_mail): (String, Option<MailId>) = (secret(), None);
    let ends = moment.now + HOLDS;
    tx.exec(&queries::RESET_INSERT, &[&moment.id::<ResetId>(), &person.id, &Some(secret_hash(&secret)), &no_mail, &moment.now, &ends])?;
    Ok(Made { secret, person })
}

/// Somebody of the staff whose account the actor may open again: an owner, for others, and not when they work elsewhere too, because an account
/// is one for all merchants.
pub(super) fn of_staff(tx: &mut Tx, ctx: &Ctx, person: &PersonId) -> Result<Person> {
    let (member, power) = members::locked(tx, ctx, person)?;
    if !power.owner || ctx.actor.kind != ActorKind::Staff {
        return Err(Error::conflict("owners_only", "Only an owner can help somebody back in."));
    }
    if ctx.actor.id == person.as_str() {
        return Err(Error::conflict("yourself", "Change your own password and second factor in your account."));
    }
    if tx.one(&queries::ELSEWHERE, &[person, &ctx.actor.id], |r| r.get::<i64>(0))? > 0 {
        let words = format!("{} works for a merchant that you don’t own, too. Ask whoever runs this installation.", member.name);
        return Err(Error::conflict("other_merchants", words));
    }
    tx.opt(&queries::PERSON, &[person], person_row)?.ok_or(Error::NotFound("person"))
}

/// Writes the same event into the audit log of every merchant of a person, as the operator.
pub(super) fn note_everywhere(tx: &mut Tx, moment: &Moment, person: &Person, kind: &'static str) -> Result<()> {
    for m in memberships(tx, &person.id)? {
        let ctx = Ctx { actor: Actor::system("operator").into(), ..moment.ctx(&m.merchant, person, Rights::NONE) };
        Event::new(kind).on("person", person.id.as_str()).record(tx, &ctx)?;
    }
    Ok(())
}

/// Whose password a link sets. A read.
///
/// # Errors
/// [`Error::NotFound`] for a link that does not hold (any more).
pub fn look(tx: &mut Tx, secret: &str, now: Micros) -> Result<Person> {
    tx.opt(&queries::RESET, &[&secret_hash(secret), &now], person_row)?.ok_or(Error::NotFound("link"))
}

/// Checks and hashes a new password. Slow; outside of transactions.
///
/// # Errors
/// Field errors for `password`.
pub fn prepare(person: &Person, new: &str) -> Result<Hashed> {
    let mut problems = Problems::default();
    password::check(&mut problems, "password", new, &person.email, &person.name);
    problems.check()?;
    password::hash(new)
}

/// Uses the link: the password is new, all sessions and all other links end, the second factor stays.
///
/// # Errors
/// [`Error::NotFound`] when the link does not hold (any more).
pub fn finish(tx: &mut Tx, moment: &Moment, secret: &str, new: &Hashed, site: Option<&str>) -> Result<()> {
    let person = look(tx, secret, moment.now)?;
    if tx.exec(&queries::RESET_USE, &[&secret_hash(secret), &moment.now])? == 0 {
        return Err(Error::NotFound("link"));
    }
    tx.exec(&queries::PERSON_PASSWORD_RESET, &[&person.id, &new.as_str()])?;
    tx.exec(&queries::RESETS_VOID, &[&person.id, &moment.now])?;
    tx.exec(&queries::SESSIONS_REVOKE_ALL, &[&person.id, &moment.now])?;
    halves::forget(tx, &person.id)?;
    for m in memberships(tx, &person.id)? {
        let ctx = moment.ctx(&m.merchant, &person, m.rights);
        Event::new("person.password_reset").on("person", person.id.as_str()).record(tx, &ctx)?;
    }
    devices::tell(tx, moment, &person, site, "Your password was changed", "the password of your account was changed by a link.")
}
