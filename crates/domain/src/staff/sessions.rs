//! Sessions: who is signed in where. A session ends after twelve hours unseen, after thirty days whatever happens, when it is revoked,
//! and as soon as the person or their place in the merchant is disabled. The secret is in the cookie alone.

use serde::Serialize;
use store::Tx;

use super::{Means, Membership, Moment, SignedIn, access_row, devices, person_row, queries, rules};
use crate::events::Event;
use crate::kit::{DAY, Error, MerchantId, Micros, PersonId, Result, SessionId, secret, secret_hash};

/// Unseen for so long, a session is over.
pub const IDLE: Micros = 12 * 3_600_000_000;
/// So long after signing in, it is over whatever happens.
pub const LONGEST: Micros = 30 * DAY;
/// `seen_at` is written no more often than this.
pub const TOUCH: Micros = 60_000_000;

/// What the browser says about itself; kept so that the person recognises the session in the list.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// The User-Agent header.
    pub user_agent: String,
    /// The network address.
    pub address: String,
    /// The secret by which this browser is known again, when it brought one along.
    pub known: Option<String>,
}

/// A session just opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// For the cookie; shown to nobody else and never again.
    pub secret: String,
    /// Its id.
    pub session: SessionId,
    /// The secret of the browser, for a cookie that outlives the session.
    pub device: String,
    /// The person has not come in with this browser before.
    pub new_device: bool,
}

/// A line of the list of sessions.
#[derive(Clone, Debug, Serialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The User-Agent header.
    pub user_agent: String,
    /// The network address at sign-in.
    pub address: String,
    /// When it was opened, microseconds UTC.
    pub created_at: Micros,
    /// When it was last seen, to the minute.
    pub seen_at: Micros,
    /// When it ends at the latest.
    pub expires_at: Micros,
    /// It was the first with its browser, beside those of joining.
    pub new_device: bool,
    /// By which means it was opened, as far as that was written down.
    #[serde(skip)]
    pub means: Option<Means>,
}

/// How a session is opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opening {
    /// What they proved themselves with.
    pub(super) means: Means,
    /// They join: nobody needs to be told of the browser.
    pub(super) joins: bool,
    /// When they proved it.
    pub(super) fresh_at: Micros,
}

impl Opening {
    /// They proved it now.
    pub(super) fn by(means: Means, moment: &Moment) -> Self {
        Self { means, joins: false, fresh_at: moment.now }
    }
}

/// Opens a session for a person who joins: the browser they come with is theirs.
pub fn open(tx: &mut Tx, moment: &Moment, person: &PersonId, device: &Device, means: Means) -> Result<Opened> {
    open_as(tx, moment, person, device, Opening { joins: true, ..Opening::by(means, moment) })
}

/// Opens a session for a person who has proven who they are.
pub(super) fn open_as(tx: &mut Tx, moment: &Moment, person: &PersonId, device: &Device, how: Opening) -> Result<Opened> {
    let person = tx.opt(&queries::PERSON, &[person], person_row)?.ok_or(Error::NotFound("person"))?;
    let all = memberships(tx, &person.id)?;
    let current = all.first().map(|m| m.merchant.clone());
    let (secret, session) = (secret(), moment.id::<SessionId>());
    let cut = |text: &str, n: usize| text.chars().filter(|c| !c.is_control()).take(n).collect::<String>();
    let (agent, address, ends) = (cut(&device.user_agent, 300), cut(&device.address, 60), moment.now + LONGEST);
    tx.exec(&queries::SESSIONS_OLD, &[&person.id, &(moment.now - LONGEST)])?;
    let (known, device) = devices::seen(tx, moment, &person.id, device.known.as_deref())?;
    let new_device = !known && !how.joins;
    let hash = secret_hash(&secret);
    let row: [&dyn store::Bind; 11] =
        [&session, &hash, &person.id, &current, &agent, &address, &moment.now, &ends, &new_device, &how.fresh_at, &how.means];
    tx.exec(&queries::SESSION_INSERT, &row)?;
    if let Some(m) = all.first() {
        let mut data = serde_json::json!({ "means": how.means.name() });
        if new_device {
            data["new_browser"] = true.into();
        }
        Event::new("session.opened").on("session", session.as_str()).data(data).record(tx, &moment.ctx(&m.merchant, &person, m.rights))?;
    }
    Ok(Opened { secret, session, device, new_device })
}

/// Who this secret stands for at `now`; `None` for anything that does not hold (any more). A read.
pub fn resolve(tx: &mut Tx, secret: &str, now: Micros) -> Result<Option<SignedIn>> {
    let found = tx.opt(&queries::SESSION, &[&secret_hash(secret), &now, &(now - IDLE)], |r| {
        let merchant: Option<String> = r.get("merchant_id")?;
        let proven = (r.get::<i64>("fresh_at")?, r.get::<Option<i64>>("factor_at")?.is_some(), r.get::<i64>("passkeys")? > 0);
        let ways =
            (!r.get::<String>("password_hash")?.is_empty(), r.get::<i64>("connections")? > 0, r.get::<String>("means")?.parse().ok());
        Ok((person_row(r)?, SessionId::from_db(r.get("session_id")?), merchant, r.get::<i64>("seen_at")?, proven, ways))
    })?;
    let Some((person, session, merchant, seen, (fresh_at, app, passkeys), (password, connected, means))) = found else { return Ok(None) };
    let memberships = memberships(tx, &person.id)?;
    let chosen = memberships.iter().find(|m| Some(m.merchant.as_str()) == merchant.as_deref());
    let current = chosen.or(memberships.first()).cloned();
    Ok(Some(SignedIn {
        person,
        session,
        current,
        memberships,
        touch: now - seen >= TOUCH,
        fresh_at,
        app,
        passkeys,
        second_factor: app || passkeys,
        password,
        connected,
        means,
    }))
}

/// Notes that the session is in use. A write; only needed when [`SignedIn::touch`] says so.
pub fn touch(tx: &mut Tx, session: &SessionId, now: Micros) -> Result<()> {
    tx.exec(&queries::SESSION_TOUCH, &[session, &now])?;
    Ok(())
}

/// Works in another merchant of the person from now on.
///
/// # Errors
/// [`Error::NotFound`] when the person has no place in it.
pub fn switch(tx: &mut Tx, who: &SignedIn, to: &MerchantId) -> Result<()> {
    if !memberships(tx, &who.person.id)?.iter().any(|m| m.merchant == *to) {
        return Err(Error::NotFound("merchant"));
    }
    tx.exec(&queries::SESSION_MERCHANT, &[&who.session, to])?;
    Ok(())
}

/// The person's own sessions that still hold, last seen first.
pub fn list(tx: &mut Tx, who: &SignedIn, now: Micros) -> Result<Vec<Session>> {
    Ok(tx.rows(&queries::SESSIONS, &[&who.person.id, &now, &(now - IDLE)], |r| {
        Ok(Session {
            id: SessionId::from_db(r.get("id")?),
            user_agent: r.get("user_agent")?,
            address: r.get("address")?,
            created_at: r.get("created_at")?,
            seen_at: r.get("seen_at")?,
            expires_at: r.get("expires_at")?,
            new_device: r.get("new_device")?,
            means: r.get::<String>("means")?.parse().ok(),
        })
    })?)
}

/// Ends one of the person's own sessions: this one (signing out) or another.
///
/// # Errors
/// [`Error::NotFound`] when it is not theirs or has ended.
pub fn revoke(tx: &mut Tx, who: &SignedIn, moment: &Moment, session: &SessionId) -> Result<()> {
    if tx.exec(&queries::SESSION_REVOKE, &[session, &who.person.id, &moment.now])? == 0 {
        return Err(Error::NotFound("session"));
    }
    let kind = if *session == who.session { "session.closed" } else { "session.revoked" };
    note(tx, who, moment, Event::new(kind).on("session", session.as_str()))
}

/// Ends all of the person's sessions but this one; gives how many.
pub fn revoke_others(tx: &mut Tx, who: &SignedIn, moment: &Moment) -> Result<u64> {
    let n = tx.exec(&queries::SESSIONS_REVOKE_OTHERS, &[&who.person.id, &who.session, &moment.now])?;
    if n > 0 {
        note(
            tx,
            who,
            moment,
            Event::new("session.others_revoked").on("person", who.person.id.as_str()).data(serde_json::json!({ "sessions": n })),
        )?;
    }
    Ok(n)
}

/// Records what a person did to their own account, in the audit log of the merchant they work in.
pub(super) fn note(tx: &mut Tx, who: &SignedIn, moment: &Moment, event: Event<'_>) -> Result<()> {
    if let Some(ctx) = who.ctx(moment) {
        event.record(tx, &ctx)?;
    }
    Ok(())
}

/// The merchants a person may come into, by name.
pub(super) fn memberships(tx: &mut Tx, person: &PersonId) -> Result<Vec<Membership>> {
    Ok(tx.rows(&queries::MEMBERSHIPS, &[person], |r| {
        let access = access_row(r)?;
        let asked = r.get::<Option<String>>("required_roles")?.unwrap_or_default();
        let through = r.get::<Option<String>>("provider_roles")?.unwrap_or_default();
        Ok(Membership {
            strong: rules::roles(&asked).contains(&access.role),
            provider: rules::roles(&through).contains(&access.role),
            merchant: MerchantId::from_db(r.get("merchant_id")?),
            name: r.get("name")?,
            demo: r.get("demo")?,
            role: access.role,
            rights: access.rights(),
        })
    })?)
}
