//! Signing in at the service: the way there with a state that belongs to one session, and the way back with a code.
//!
//! The state is kept as a hash, is good once, for a quarter of an hour, and only for the session that began.

use ::providers::accounting::{Keys, Session, Tokens};
use store::Tx;

use super::connections::{Pair, SECRET, find, owner, read, record};
use super::{Addresses, Connection, Service, State, queries};
use crate::kit::{AccountingId, Ctx, Error, Micros, Result, Right, SessionId, secret, secret_hash};
use crate::providers::Vault;

/// How long a sign-in may take, microseconds.
const PATIENCE: Micros = 15 * 60_000_000;

/// What the code is exchanged with.
#[derive(Clone, Debug)]
pub struct Coming {
    /// Which connection.
    pub connection: Connection,
    /// The app.
    pub keys: Keys,
    /// Where the service is asked for tokens.
    pub login: String,
}

/// Begins a sign-in; gives where to go. Needs [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`]; a conflict `keys_unreadable`.
pub fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    vault: &Vault,
    at: &Addresses,
    id: &AccountingId,
    session: &SessionId,
    redirect: &str,
) -> Result<String> {
    ctx.must(Right::Settings)?;
    let (connection, keys) = app(tx, ctx, vault, id, redirect)?;
    let state = secret();
    tx.exec(&queries::BEGIN, &[&ctx.merchant, id, &secret_hash(&state), session, &(ctx.now + PATIENCE)])?;
    let login = at.login(connection.service, &connection.site);
    Ok(connection.service.books().sign_in(&login, &keys, &state))
}

/// Somebody comes back with a state: it is used up. Needs [`Right::Settings`].
///
/// # Errors
/// A conflict `sign_in_over` for a state that is unknown, over, or another session's.
pub fn come_back(
    tx: &mut Tx,
    ctx: &Ctx,
    vault: &Vault,
    at: &Addresses,
    session: &SessionId,
    state: &str,
    redirect: &str,
) -> Result<Coming> {
    ctx.must(Right::Settings)?;
    let over = || Error::conflict("sign_in_over", "This sign-in is over or was begun elsewhere. Begin again.");
    let found = tx.opt(&queries::COMING, &[&ctx.merchant, &secret_hash(state), session, &ctx.now], |r| r.get::<AccountingId>(0))?;
    let id = found.ok_or_else(over)?;
    if tx.exec(&queries::USED_UP, &[&ctx.merchant, &id, &secret_hash(state)])? == 0 {
        return Err(over());
    }
    let (connection, keys) = app(tx, ctx, vault, &id, redirect)?;
    let login = at.login(connection.service, &connection.site);
    Ok(Coming { connection, keys, login })
}

/// The service gave tokens and said where the books are. Needs [`Right::Settings`].
///
/// # Errors
/// A conflict `other_books` when the books are others than those that hold exports already, `untrusted` for a cluster that is none of Twinfield's.
pub fn signed_in(tx: &mut Tx, ctx: &Ctx, vault: &Vault, at: &Addresses, id: &AccountingId, tokens: &Tokens, place: &str) -> Result<()> {
    ctx.must(Right::Settings)?;
    let connection = find(tx, ctx, id)?;
    let office = match connection.service {
        Service::Exact if connection.office.is_empty() => place.to_owned(),
        _ => connection.office.clone(),
    };
    if connection.service == Service::Twinfield && !at.trusts(place) {
        return Err(Error::conflict("untrusted", "The address that Twinfield named is not one of Twinfield."));
    }
    let pair = Pair { access: tokens.access.clone(), refresh: tokens.refresh.clone() };
    let sealed = seal(vault, ctx, id, &pair)?;
    let until = ctx.now + tokens.seconds.max(0) * 1_000_000;
    tx.exec(&queries::SIGNED_IN, &[&ctx.merchant, id, &office, &place, &sealed, &until, &ctx.now])?;
    record(tx, ctx, "accounting.connected", id, serde_json::json!({ "service": connection.service, "office": office }))
}

/// How a connection is asked with these tokens.
pub(super) fn session(at: &Addresses, connection: &Connection, access: &str) -> Session {
    let base = match connection.service {
        Service::Exact => at.login(connection.service, &connection.site),
        Service::Twinfield => connection.place.clone(),
    };
    Session { base, token: access.to_owned(), office: connection.office.clone() }
}

pub(super) fn seal(vault: &Vault, ctx: &Ctx, id: &AccountingId, pair: &Pair) -> Result<String> {
    let plain = serde_json::to_string(pair).map_err(|e| Error::Internal(e.to_string()))?;
    vault.seal(&owner(&ctx.merchant, id, "tokens"), &plain)
}

/// A connection with the keys of its app.
pub(super) fn app(tx: &mut Tx, ctx: &Ctx, vault: &Vault, id: &AccountingId, redirect: &str) -> Result<(Connection, Keys)> {
    let found = tx.opt(&queries::CONNECTION, &[&ctx.merchant, id], |r| Ok((read(r)?, r.get::<String>(SECRET)?)))?;
    let (connection, sealed) = found.ok_or(Error::NotFound("accounting connection"))?;
    if connection.state == State::Off && redirect.is_empty() {
        return Err(Error::conflict("switched_off", "This connection is switched off."));
    }
    let unreadable = || Error::conflict("keys_unreadable", "The client secret was stored with another secrets key. Enter it again.");
    let secret = vault.open(&owner(&ctx.merchant, id, "app"), &sealed).ok_or_else(unreadable)?;
    let keys = Keys { client: connection.client.clone(), secret, redirect: redirect.to_owned() };
    Ok((connection, keys))
}
