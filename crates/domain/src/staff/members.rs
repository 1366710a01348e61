//! The staff of a merchant: who they are, their role and rights, and shutting them out.
//!
//! Three walls: nobody gives or takes what is above their own rights, only owners make or change owners, and the last owner who can come in
//! stays an owner. All three are checked under the merchant's lock, against the rights in the database rather than those of the request.

use serde::Serialize;
use store::{Row, Tx};

use super::{access_row, queries};
use crate::events::Event;
use crate::kit::{ActorKind, Ctx, Error, Micros, PersonId, Problems, Result, Right, Rights, Role};
use crate::merchants;

/// A role with the rights added to it and taken from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The role.
    pub role: Role,
    /// Rights beyond the role's.
    pub granted: Rights,
    /// Rights of the role that are taken away.
    pub withdrawn: Rights,
}

impl Access {
    /// A role as it is.
    pub fn role(role: Role) -> Self {
        Self { role, granted: Rights::NONE, withdrawn: Rights::NONE }
    }

    /// A role brought to exactly these rights. An owner has all of them, whatever is asked.
    pub fn exactly(role: Role, rights: Rights) -> Self {
        match role {
            Role::Owner => Self::role(role),
            _ => Self { role, granted: rights.minus(role.rights()), withdrawn: role.rights().minus(rights) },
        }
    }

    /// What it comes to: the role's, plus granted, minus withdrawn.
    pub fn rights(self) -> Rights {
        match self.role {
            Role::Owner => Rights::all(),
            role => role.rights().plus(self.granted).minus(self.withdrawn),
        }
    }
}

/// Somebody of the staff.
#[derive(Clone, Debug)]
pub struct Member {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Role and rights.
    pub access: Access,
    /// Since when they belong to the merchant.
    pub created_at: Micros,
    /// Since when they are shut out.
    pub disabled_at: Option<Micros>,
    /// When a session of theirs worked in this merchant last.
    pub last_seen: Option<Micros>,
    /// They have a second factor: an authenticator app or a passkey.
    pub second_factor: bool,
}

impl Serialize for Member {
    fn serialize<S: serde::Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = s.serialize_struct("Member", 8)?;
        out.serialize_field("id", &self.person)?;
        out.serialize_field("name", &self.name)?;
        out.serialize_field("email", &self.email)?;
        out.serialize_field("role", self.access.role.name())?;
        out.serialize_field("rights", &self.access.rights().names())?;
        out.serialize_field("created_at", &self.created_at)?;
        out.serialize_field("disabled_at", &self.disabled_at)?;
        out.serialize_field("last_seen", &self.last_seen)?;
        out.end()
    }
}

/// What whoever acts may hand on.
#[derive(Clone, Copy, Debug)]
pub struct Power {
    /// Is an owner, or the system.
    pub owner: bool,
    /// Their rights now.
    pub rights: Rights,
}

impl Power {
    /// Refuses to give what the giver does not have.
    ///
    /// # Errors
    /// [`Error::Conflict`] `owners_only`; a field error for `rights` that names what is too much.
    pub fn may_give(self, access: Access) -> Result<()> {
        if access.role == Role::Owner && !self.owner {
            return Err(Error::conflict("owners_only", "Only an owner can make or change owners."));
        }
        let above = access.rights().minus(self.rights);
        if above == Rights::NONE {
            return Ok(());
        }
        let words: Vec<_> = crate::kit::ALL_RIGHTS.into_iter().filter(|r| above.has(*r)).map(Right::words).collect();
        Err(Problems::one("rights", "invalid", format!("You can’t give rights that you don’t have: {}.", words.join(", "))))
    }

    /// Refuses to change somebody who stands higher.
    fn may_change(self, access: Access) -> Result<()> {
        if access.role == Role::Owner && !self.owner {
            return Err(Error::conflict("owners_only", "Only an owner can make or change owners."));
        }
        if !self.rights.covers(access.rights()) {
            return Err(Error::conflict("above_you", "This person has rights that you don’t have, so you can’t change theirs."));
        }
        Ok(())
    }
}

/// The power of the actor, as the database knows it now.
pub(super) fn power(tx: &mut Tx, ctx: &Ctx) -> Result<Power> {
    match ctx.actor.kind {
        ActorKind::System => Ok(Power { owner: true, rights: Rights::all() }),
        ActorKind::ApiKey => Ok(Power { owner: false, rights: ctx.actor.rights }),
        ActorKind::Customer => Ok(Power { owner: false, rights: Rights::NONE }),
        ActorKind::Staff => power_of(tx, ctx, &ctx.actor.id),
    }
}

/// The power of a person in the context's merchant; none when they are shut out.
pub(super) fn power_of(tx: &mut Tx, ctx: &Ctx, person: &str) -> Result<Power> {
    let member = tx.opt(&queries::MEMBER, &[&ctx.merchant, &person], row)?.filter(|m| m.disabled_at.is_none());
    Ok(member
        .map_or(Power { owner: false, rights: Rights::NONE }, |m| Power { owner: m.access.role == Role::Owner, rights: m.access.rights() }))
}

/// The staff by name, shut out ones too. Needs [`Right::Staff`].
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Member>> {
    ctx.must(Right::Staff)?;
    Ok(tx.rows(&queries::MEMBERS, &[&ctx.merchant], row)?)
}

/// One of them. Needs [`Right::Staff`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(tx: &mut Tx, ctx: &Ctx, person: &PersonId) -> Result<Member> {
    ctx.must(Right::Staff)?;
    tx.opt(&queries::MEMBER, &[&ctx.merchant, person], row)?.ok_or(Error::NotFound("person"))
}

/// Gives another role or other rights; they hold from the next request on.
///
/// # Errors
/// [`Error::Conflict`] `owners_only`, `above_you`, `last_owner`; a field error for `rights`.
pub fn change(tx: &mut Tx, ctx: &Ctx, person: &PersonId, access: Access) -> Result<Member> {
    let (member, power) = locked(tx, ctx, person)?;
    let access = Access::exactly(access.role, access.rights());
    power.may_give(access)?;
    if access == member.access {
        return Ok(member);
    }
    if access.role != Role::Owner {
        another_owner(tx, ctx, &member)?;
    }
    let old = member.access;
    tx.exec(&queries::MEMBER_ACCESS, &[&ctx.merchant, person, &access.role.name(), &access.granted.text(), &access.withdrawn.text()])?;
    let data = serde_json::json!({
        "role": [old.role.name(), access.role.name()],
        "given": access.rights().minus(old.rights()).names(),
        "taken": old.rights().minus(access.rights()).names(),
    });
    Event::new("staff.changed").on("person", person.as_str()).data(data).record(tx, ctx)?;
    get(tx, ctx, person)
}

/// Shuts somebody out of this merchant, at once; twice is once. API keys they made go on: they belong to the merchant.
///
/// # Errors
/// [`Error::Conflict`] `yourself`, `owners_only`, `above_you`, `last_owner`.
pub fn disable(tx: &mut Tx, ctx: &Ctx, person: &PersonId) -> Result<Member> {
    let (member, _) = locked(tx, ctx, person)?;
    if member.disabled_at.is_some() {
        return Ok(member);
    }
    if ctx.actor.id == person.as_str() {
        return Err(Error::conflict("yourself", "You can’t shut yourself out. Ask another owner."));
    }
    another_owner(tx, ctx, &member)?;
    set_disabled(tx, ctx, person, Some(ctx.now), "staff.disabled")
}

/// Lets somebody in again, with the role and rights they had.
///
/// # Errors
/// As in [`change`]: what they get back must not be above the one who gives it.
pub fn enable(tx: &mut Tx, ctx: &Ctx, person: &PersonId) -> Result<Member> {
    let (member, power) = locked(tx, ctx, person)?;
    if member.disabled_at.is_none() {
        return Ok(member);
    }
    power.may_give(member.access)?;
    set_disabled(tx, ctx, person, None, "staff.enabled")
}

fn set_disabled(tx: &mut Tx, ctx: &Ctx, person: &PersonId, at: Option<Micros>, kind: &'static str) -> Result<Member> {
    tx.exec(&queries::MEMBER_DISABLED, &[&ctx.merchant, person, &at])?;
    Event::new(kind).on("person", person.as_str()).record(tx, ctx)?;
    get(tx, ctx, person)
}

/// The member under the merchant's lock, when the actor may change them.
pub(super) fn locked(tx: &mut Tx, ctx: &Ctx, person: &PersonId) -> Result<(Member, Power)> {
    ctx.must(Right::Staff)?;
    merchants::lock(tx, &ctx.merchant)?;
    let power = power(tx, ctx)?;
    if !power.rights.has(Right::Staff) {
        return Err(Error::Forbidden(Right::Staff));
    }
    let member = get(tx, ctx, person)?;
    power.may_change(member.access)?;
    Ok((member, power))
}

fn another_owner(tx: &mut Tx, ctx: &Ctx, member: &Member) -> Result<()> {
    let owner = member.access.role == Role::Owner && member.disabled_at.is_none();
    if owner && tx.one(&queries::OTHER_OWNERS, &[&ctx.merchant, &member.person], |r| r.get::<i64>(0))? == 0 {
        return Err(Error::conflict("last_owner", "This is the last owner. Make somebody else an owner first."));
    }
    Ok(())
}

fn row(r: &Row) -> std::result::Result<Member, store::Error> {
    Ok(Member {
        person: PersonId::from_db(r.get("person_id")?),
        name: r.get("name")?,
        email: r.get("email")?,
        access: access_row(r)?,
        created_at: r.get("created_at")?,
        disabled_at: r.get("disabled_at")?,
        last_seen: r.get("last_seen")?,
        second_factor: r.get::<Option<Micros>>("factor_at")?.is_some() || r.get::<i64>("passkeys")? > 0,
    })
}
