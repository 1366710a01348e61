//! The tokens of a connection. Of all processes one refreshes at a time: the refresh token is a new one each time and the old one dies with it, so a
//! second refresh would lose the sign-in. Whoever wants to refresh takes the row, by the version of the tokens it has seen.

use ::providers::accounting::{Keys, Session, Tokens, Trouble};
use store::Tx;

use super::connections::{Pair, owner, read};
use super::sign_in::{app, seal, session};
use super::{Addresses, Service, State, context, queries};
use crate::kit::{AccountingId, Error, MerchantId, Micros, Result};
use crate::providers::Vault;

/// How long a refresh may take before another one may try, microseconds: longer than the longest wait for an answer.
const LEASE: Micros = 60_000_000;
/// A token that ends so soon is not used any more.
const EARLY: Micros = 30_000_000;
/// Peace after a refresh that came to nothing.
const PAUSE: Micros = 30_000_000;

/// How a connection can be asked now.
#[derive(Clone, Debug)]
pub enum Ready {
    /// So.
    Good(Session, Service),
    /// The caller refreshes, and nobody else.
    Refresh(Box<Refreshing>),
    /// Somebody else refreshes at this moment.
    Wait,
    /// Not before this moment.
    Later(Micros),
    /// Not until somebody signs in there, in words.
    Lost(String),
}

/// A refresh that the caller holds.
#[derive(Clone, Debug)]
pub struct Refreshing {
    merchant: MerchantId,
    connection: AccountingId,
    by: String,
    /// Which service.
    pub service: Service,
    /// Where it is asked.
    pub login: String,
    /// The app.
    pub keys: Keys,
    /// What the next pair is given for.
    pub refresh: String,
}

/// How the connection can be asked; takes the refresh when one is due. `by` names the caller.
pub fn ready(tx: &mut Tx, vault: &Vault, at: &Addresses, merchant: &MerchantId, id: &AccountingId, by: &str, now: Micros) -> Result<Ready> {
    let ctx = context(merchant, now);
    let kept = tx.opt(&queries::TOKENS, &[merchant, id], |r| {
        Ok((read(r)?, r.get::<String>(17)?, r.get::<i64>(18)?, r.get::<Micros>(19)?, r.get::<Micros>(20)?, r.get::<Micros>(21)?))
    })?;
    let (connection, sealed, version, expires, refreshed, held) = kept.ok_or(Error::NotFound("accounting connection"))?;
    if connection.state != State::On {
        return Ok(Ready::Lost(format!("{}: {}.", connection.service.label(), connection.state.label().to_lowercase())));
    }
    let opened = vault.open(&owner(merchant, id, "tokens"), &sealed).and_then(|text| serde_json::from_str::<Pair>(&text).ok());
    let Some(pair) = opened else {
        return Ok(Ready::Lost("The sign-in was stored with another secrets key. Sign in again.".to_owned()));
    };
    if now < expires - EARLY {
        return Ok(Ready::Good(session(at, &connection, &pair.access), connection.service));
    }
    let earliest = refreshed + connection.service.books().peace() * 1_000_000;
    if now < earliest {
        return Ok(Ready::Later(earliest));
    }
    let keys = match app(tx, &ctx, vault, id, "") {
        Ok((_, keys)) => keys,
        Err(Error::Conflict { message, .. }) => return Ok(Ready::Lost(message)),
        Err(other) => return Err(other),
    };
    if held > now || tx.exec(&queries::TAKE_REFRESH, &[merchant, id, &version, &held, &(now + LEASE), &by])? == 0 {
        return Ok(Ready::Wait);
    }
    let login = at.login(connection.service, &connection.site);
    let (merchant, id, by) = (merchant.clone(), id.clone(), by.to_owned());
    Ok(Ready::Refresh(Box::new(Refreshing {
        merchant,
        connection: id,
        by,
        service: connection.service,
        login,
        keys,
        refresh: pair.refresh,
    })))
}

/// What came of a refresh. One that somebody else took over meanwhile changes nothing. `mail`: somebody is there who sends mail, so owners are told by mail
/// of a sign-in that is lost.
pub fn refreshed(
    tx: &mut Tx,
    vault: &Vault,
    held: &Refreshing,
    answer: &std::result::Result<Tokens, Trouble>,
    mail: bool,
    now: Micros,
) -> Result<()> {
    let ctx = context(&held.merchant, now);
    match answer {
        Ok(tokens) => {
            let pair = Pair { access: tokens.access.clone(), refresh: tokens.refresh.clone() };
            let sealed = seal(vault, &ctx, &held.connection, &pair)?;
            let until = now + tokens.seconds.max(0) * 1_000_000;
            tx.exec(&queries::REFRESHED, &[&held.merchant, &held.connection, &held.by, &sealed, &until, &now])?;
        }
        Err(Trouble::SignIn(words) | Trouble::Refused(words)) => {
            let words = format!("The sign-in is lost: {words}");
            if tx.exec(&queries::REFRESH_LOST, &[&held.merchant, &held.connection, &held.by, &words, &now])? > 0 {
                let c = super::connections::find(tx, &ctx, &held.connection)?;
                super::lost::tell(tx, &ctx, &c, &words, mail)?;
            }
        }
        Err(trouble) => {
            let after = if let Trouble::Later(_, Some(seconds)) = trouble { seconds * 1_000_000 } else { PAUSE };
            let words = trouble.words();
            tx.exec(&queries::REFRESH_LATER, &[&held.merchant, &held.connection, &held.by, &words, &(now + after)])?;
        }
    }
    Ok(())
}
