//! API keys: how programs come in. A key belongs to the merchant, not to its maker, so that a shop goes on selling when somebody leaves.
//! Its secret is shown once; the database holds the hash and the last four characters.

use std::sync::Arc;

use serde::Serialize;
use store::{Row, Tx};

use super::members::power;
use super::{Moment, queries};
use crate::events::Event;
use crate::kit::{Actor, ActorKind, ApiKeyId, Ctx, Error, MerchantId, Micros, Problems, Result, Right, Rights, clean, secret, secret_hash};

/// What every secret begins with, so that scanners for leaked secrets find it.
pub const PREFIX: &str = "rk_live_";
/// `last_used_at` is written no more often than this.
pub const TOUCH: Micros = 60_000_000;

/// A key as a person sees it.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// The last four characters of the secret.
    pub hint: String,
    /// What it may.
    pub scopes: Rights,
    /// Who made it, when it was a person.
    pub creator: Option<String>,
    /// Microseconds UTC.
    pub created_at: Micros,
    /// To the minute.
    pub last_used_at: Option<Micros>,
    /// Until when it holds; for ever when absent.
    pub expires_at: Option<Micros>,
    /// Since when it is revoked.
    pub revoked_at: Option<Micros>,
}

impl ApiKey {
    /// Does it let anybody in?
    pub fn holds(&self, now: Micros) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| end > now)
    }
}

impl Serialize for ApiKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> std::result::Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = s.serialize_struct("ApiKey", 8)?;
        out.serialize_field("id", &self.id)?;
        out.serialize_field("name", &self.name)?;
        out.serialize_field("hint", &self.hint)?;
        out.serialize_field("scopes", &self.scopes.names())?;
        out.serialize_field("created_at", &self.created_at)?;
        out.serialize_field("last_used_at", &self.last_used_at)?;
        out.serialize_field("expires_at", &self.expires_at)?;
        out.serialize_field("revoked_at", &self.revoked_at)?;
        out.end()
    }
}

/// What a new key is to be.
#[derive(Clone, Debug, Default)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// What it may: at most what its maker may.
    pub scopes: Rights,
    /// Until when, microseconds UTC.
    pub expires_at: Option<Micros>,
}

/// A key just made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its id.
    pub id: ApiKeyId,
    /// `rk_live_…`; never shown again.
    pub secret: String,
}

/// Makes a key. Needs [`Right::Staff`].
///
/// # Errors
/// Field errors for `name`, `scopes`, `expires_at`.
pub fn create(tx: &mut Tx, ctx: &Ctx, new: &NewKey) -> Result<Made> {
    ctx.must(Right::Staff)?;
    let mut problems = Problems::default();
    let name = clean(&mut problems, "name", &new.name, 80);
    if name.is_empty() {
        problems.add("name", "required", "Say what the key is for.");
    }
    if new.scopes == Rights::NONE {
        problems.add("scopes", "required", "Choose at least one right.");
    } else if !power(tx, ctx)?.rights.covers(new.scopes) {
        problems.add("scopes", "invalid", "A key can’t have rights that you don’t have.");
    }
    if new.expires_at.is_some_and(|end| end <= ctx.now) {
        problems.add("expires_at", "invalid", "Choose a day that has not passed.");
    }
    problems.check()?;
    let (id, secret) = (ctx.id::<ApiKeyId>(), format!("{PREFIX}{}", secret()));
    let hint = secret[secret.len() - 4..].to_owned();
    tx.exec(
        &queries::KEY_INSERT,
        &[&ctx.merchant, &id, &secret_hash(&secret), &name, &hint, &new.scopes.text(), &ctx.actor.id, &ctx.now, &new.expires_at],
    )?;
    Event::new("api_key.created")
        .on("api_key", id.as_str())
        .value("name", None, Some(&name))
        .data(serde_json::json!({ "scopes": new.scopes.names(), "expires_at": new.expires_at }))
        .record(tx, ctx)?;
    Ok(Made { id, secret })
}

/// All keys, newest first, revoked ones too. Needs [`Right::Staff`].
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<ApiKey>> {
    ctx.must(Right::Staff)?;
    Ok(tx.rows(&queries::KEYS, &[&ctx.merchant], row)?)
}

/// One key. Needs [`Right::Staff`].
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &ApiKeyId) -> Result<ApiKey> {
    ctx.must(Right::Staff)?;
    tx.opt(&queries::KEY, &[&ctx.merchant, id], row)?.ok_or(Error::NotFound("API key"))
}

/// Ends a key at once; twice is once. Needs [`Right::Staff`].
pub fn revoke(tx: &mut Tx, ctx: &Ctx, id: &ApiKeyId) -> Result<ApiKey> {
    get(tx, ctx, id)?;
    if tx.exec(&queries::KEY_REVOKE, &[&ctx.merchant, id, &ctx.now])? > 0 {
        Event::new("api_key.revoked").on("api_key", id.as_str()).record(tx, ctx)?;
    }
    get(tx, ctx, id)
}

/// Whom a secret lets in.
#[derive(Clone, Debug)]
pub struct KeyUse {
    /// The key.
    pub id: ApiKeyId,
    /// Its merchant.
    pub merchant: MerchantId,
    /// The key as the one who acts.
    pub actor: Actor,
    /// It was last used a minute ago or more: call [`touch`].
    pub touch: bool,
}

impl KeyUse {
    /// The context of this key.
    pub fn ctx(&self, moment: &Moment) -> Ctx {
        Ctx {
            merchant: self.merchant.clone(),
            actor: Arc::new(self.actor.clone()),
            door: moment.door,
            now: moment.now,
            ids: moment.ids.clone(),
        }
    }
}

/// Whom this secret lets in at `now`; `None` for anything that does not hold (any more). A read.
pub fn resolve(tx: &mut Tx, secret: &str, now: Micros) -> Result<Option<KeyUse>> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    Ok(tx.opt(&queries::KEY_BY_SECRET, &[&secret_hash(secret), &now], |r| {
        let id: String = r.get("id")?;
        let used: Option<i64> = r.get("last_used_at")?;
        let rights = Rights::parse(&r.get::<String>("scopes")?);
        Ok(KeyUse {
            actor: Actor { kind: ActorKind::ApiKey, id: id.clone(), name: r.get("name")?, rights },
            id: ApiKeyId::from_db(id),
            merchant: MerchantId::from_db(r.get("merchant_id")?),
            touch: used.is_none_or(|at| now - at >= TOUCH),
        })
    })?)
}

/// Notes that the key is in use. A write; only needed when [`KeyUse::touch`] says so.
pub fn touch(tx: &mut Tx, used: &KeyUse, now: Micros) -> Result<()> {
    tx.exec(&queries::KEY_TOUCH, &[&used.merchant, &used.id, &now])?;
    Ok(())
}

fn row(r: &Row) -> std::result::Result<ApiKey, store::Error> {
    Ok(ApiKey {
        id: ApiKeyId::from_db(r.get("id")?),
        name: r.get("name")?,
        hint: r.get("hint")?,
        scopes: Rights::parse(&r.get::<String>("scopes")?),
        creator: r.get("creator")?,
        created_at: r.get("created_at")?,
        last_used_at: r.get("last_used_at")?,
        expires_at: r.get("expires_at")?,
        revoked_at: r.get("revoked_at")?,
    })
}
