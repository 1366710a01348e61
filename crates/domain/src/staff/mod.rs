//! People, what they may in which merchant, and how they and programs come in (SPEC 14.1): passwords, second factors,
//! passkeys, an identity provider, sessions, invitations, API keys.
//!
//! Secrets of sessions, links and keys leave this room once, when they are made; the database holds their hashes. Hashing a password
//! takes tens of milliseconds and memory, so it never happens inside a transaction: [`password`] first, then the verb. Nobody gives rights
//! they do not have, only owners make owners, and the last owner of a merchant stays.

pub mod account;
pub mod api_keys;
mod colleagues;
mod commonest;
pub mod devices;
pub mod factor;
pub mod fresh;
pub mod halves;
pub mod invitations;
pub mod means;
pub mod members;
pub mod oidc;
pub mod passkeys;
pub mod password;
pub mod queries;
mod recovery;
pub mod resets;
pub mod rules;
pub mod sessions;
pub mod set_up;
pub mod sign_in;
#[cfg(test)]
mod strong;
#[cfg(test)]
mod tests;
mod totp;

use std::sync::Arc;

use serde::Serialize;
use store::Row;

use crate::kit::{Actor, ActorKind, Ctx, Door, IdSource, Locale, MerchantId, Micros, PersonId, Rights, Role, SessionId};

pub use account::{Density, Look, Theme};
pub use colleagues::{Colleague, colleagues};
pub(crate) use colleagues::{assignable, is_colleague};
pub use means::Means;
pub use members::{Access, Member};
pub use password::Hashed;
pub use sessions::resolve as resolve_session;
pub use set_up::{NewOwner, create_merchant, set_up};

/// When, through which door, and where ids come from: what a verb needs before there is a merchant and so a [`Ctx`].
#[derive(Clone, Debug)]
pub struct Moment {
    /// Microseconds UTC.
    pub now: Micros,
    /// Through which door.
    pub door: Door,
    /// Where new ids come from.
    pub ids: IdSource,
}

impl Moment {
    /// The system's chance at this moment.
    pub fn new(now: Micros, door: Door) -> Self {
        Self { now, door, ids: IdSource::System }
    }

    /// The moment of a context.
    pub(crate) fn of(ctx: &Ctx) -> Self {
        Self { now: ctx.now, door: ctx.door, ids: ctx.ids.clone() }
    }

    /// A new id.
    pub fn id<I: From<[u8; 16]>>(&self) -> I {
        I::from(self.ids.next(self.now))
    }

    /// The context of a person in a merchant.
    pub(crate) fn ctx(&self, merchant: &MerchantId, person: &Person, rights: Rights) -> Ctx {
        Ctx { merchant: merchant.clone(), actor: Arc::new(person.actor(rights)), door: self.door, now: self.now, ids: self.ids.clone() }
    }
}

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Person {
    /// Its id.
    pub id: PersonId,
    /// As typed.
    pub email: String,
    /// What the timeline shows.
    pub name: String,
    /// How pages look to this person.
    pub look: Look,
    /// Microseconds UTC.
    pub created_at: Micros,
}

impl Person {
    /// As the one who acts.
    pub fn actor(&self, rights: Rights) -> Actor {
        Actor { kind: ActorKind::Staff, id: self.id.to_string(), name: self.name.clone(), rights }
    }
}

/// A merchant a person may come into, and what they may there.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    /// The merchant.
    pub merchant: MerchantId,
    /// Its name.
    pub name: String,
    /// Made by `regulars demo`.
    pub demo: bool,
    /// The role.
    pub role: Role,
    /// Role, plus granted, minus withdrawn.
    pub rights: Rights,
    /// The merchant wants a second factor of this role.
    pub strong: bool,
    /// The merchant wants this role to sign in through the identity provider.
    pub provider: bool,
}

/// Who a session's secret stands for, now.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The person.
    pub person: Person,
    /// The session (its id, not its secret).
    pub session: SessionId,
    /// All merchants of the person, by name.
    pub memberships: Vec<Membership>,
    /// The one worked in: the session's, else the first; `None` when the person has none left.
    pub current: Option<Membership>,
    /// The session was last seen a minute ago or more: call [`sessions::touch`].
    pub touch: bool,
    /// When they last proved who they are in this session, microseconds UTC.
    pub fresh_at: Micros,
    /// An authenticator app is their second factor.
    pub app: bool,
    /// They have a passkey.
    pub passkeys: bool,
    /// They have a second factor: one of the two.
    pub second_factor: bool,
    /// They have a password.
    pub password: bool,
    /// An account at the identity provider is connected.
    pub connected: bool,
    /// By which means the session was opened; none for what was opened before that was written down.
    pub means: Option<Means>,
}

impl SignedIn {
    /// The merchant they work in wants a second factor of them, and they have none: it comes before anything else.
    pub fn must_set_up(&self) -> bool {
        !self.second_factor && self.means != Some(Means::ProviderStrong) && self.current.as_ref().is_some_and(|m| m.strong)
    }

    /// The merchant they work in wants them to come in through the identity provider, and they came in otherwise: nothing else opens. Only where there
    /// is one.
    pub fn must_use_provider(&self) -> bool {
        !self.means.is_some_and(Means::is_provider) && self.current.as_ref().is_some_and(|m| m.provider)
    }

    /// The context of this person in the current merchant.
    pub fn ctx(&self, moment: &Moment) -> Option<Ctx> {
        self.current.as_ref().map(|m| moment.ctx(&m.merchant, &self.person, m.rights))
    }
}

/// A person, of a row that has all of its columns under their own names.
pub(crate) fn person_row(r: &Row) -> Result<Person, store::Error> {
    Ok(Person {
        id: PersonId::from_db(r.get("id")?),
        email: r.get("email")?,
        name: r.get("name")?,
        look: Look {
            shortcuts: r.get("shortcuts")?,
            theme: r.get::<String>("theme")?.parse().unwrap_or_default(),
            density: r.get::<String>("density")?.parse().unwrap_or_default(),
            locale: Locale::of(&r.get::<String>("locale")?),
        },
        created_at: r.get("created_at")?,
    })
}

/// Role and rights, of a row with `role`, `granted`, `withdrawn`. A role nobody knows any more only looks.
pub(crate) fn access_row(r: &Row) -> Result<Access, store::Error> {
    Ok(Access {
        role: r.get::<String>("role")?.parse().unwrap_or(Role::ReadOnly),
        granted: Rights::parse(&r.get::<String>("granted")?),
        withdrawn: Rights::parse(&r.get::<String>("withdrawn")?),
    })
}
