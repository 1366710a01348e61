//! Accounts with Twilio that tell of calls (SPEC 7.2), one for a shop: the token is sealed and signs what Twilio sends to an address that nobody can guess.
//!
//! Only the end of a call is kept, by the rule of every call (`record_call`): told in any order and twice, it stands once.

pub mod queries;

use ::providers::twilio::{self, End};
use store::{Row, Tx};

use super::{CallInput, Direction, Outcome, record_call};
use crate::events::Event;
use crate::kit::{Actor, Ctx, Door, EntryId, Error, MerchantId, Micros, PhoneAccountId, Problems, Result, Right, ShopId, clean, secret};
use crate::providers::{Vault, seal_name};
use crate::shops;

/// An account; its token is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneAccount {
    /// Its id.
    pub id: PhoneAccountId,
    /// Of which shop.
    pub shop: ShopId,
    /// The shop's name.
    pub shop_name: String,
    /// The unguessable end of the address that Twilio sends to: `/hooks/calls/…`.
    pub address: String,
    /// When it was set up, microseconds UTC.
    pub created_at: Micros,
    /// Since when it is switched off.
    pub disabled_at: Option<Micros>,
    /// When Twilio last told something.
    pub told_at: Option<Micros>,
}

/// An account with its token.
#[derive(Clone)]
pub struct Opened {
    /// Whose.
    pub merchant: MerchantId,
    /// The account.
    pub account: PhoneAccount,
    /// What signs.
    pub token: String,
}

/// A token is not printed.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("account", &self.account).finish_non_exhaustive()
    }
}

/// All of them, by shop; those that are switched off too. Needs [`Right::Settings`].
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<PhoneAccount>> {
    ctx.must(Right::Settings)?;
    Ok(tx.rows(&queries::LIST, &[&ctx.merchant], read)?)
}

/// Sets up the account of a shop, or changes its token; one that was switched off is on again, at the same address. Needs [`Right::Settings`].
///
/// # Errors
/// Field errors for `shop` and `token`.
pub fn put(tx: &mut Tx, ctx: &Ctx, vault: &Vault, shop: &ShopId, token: &str) -> Result<PhoneAccountId> {
    ctx.must(Right::Settings)?;
    shops::get(tx, ctx, shop).map_err(|_| Problems::one("shop", "unknown", "Choose one of your shops."))?;
    let mut problems = Problems::default();
    let token = clean(&mut problems, "token", token, 200);
    if token.len() < 16 || !token.bytes().all(|b| b.is_ascii_graphic()) {
        problems.add("token", "invalid", "Copy the auth token from Twilio: 32 letters and digits.");
    }
    problems.check()?;
    let known = tx.opt(&queries::OF_SHOP, &[&ctx.merchant, shop], |r| r.get::<PhoneAccountId>(0))?;
    let id = known.clone().unwrap_or_else(|| ctx.id());
    let sealed = vault.seal(&seal_name(&ctx.merchant, &id), &token)?;
    match known {
        Some(_) => tx.exec(&queries::SET_TOKEN, &[&ctx.merchant, &id, &sealed, &ctx.now])?,
        None => tx.exec(&queries::INSERT, &[&ctx.merchant, &id, shop, &secret(), &sealed, &ctx.now])?,
    };
    Event::new("phone_account.set_up").on("phone_account", id.as_str()).data(serde_json::json!({ "shop": shop })).record(tx, ctx)?;
    Ok(id)
}

/// Switches one off and forgets its token. What it told stays. Needs [`Right::Settings`].
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's.
pub fn disable(tx: &mut Tx, ctx: &Ctx, id: &PhoneAccountId) -> Result<()> {
    ctx.must(Right::Settings)?;
    let found = tx.opt(&queries::FIND, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("phone account"))?;
    if tx.exec(&queries::DISABLE, &[&ctx.merchant, id, &ctx.now])? > 0 {
        let what = serde_json::json!({ "shop": found.shop });
        Event::new("phone_account.switched_off").on("phone_account", id.as_str()).data(what).record(tx, ctx)?;
    }
    Ok(())
}

/// The account that an address belongs to; `None` when there is none or its token cannot be opened. Before there is a merchant.
pub fn by_address(tx: &mut Tx, vault: &Vault, address: &str) -> Result<Option<Opened>> {
    let found = tx.opt(&queries::BY_ADDRESS, &[&address], |r| Ok((read(r)?, r.get::<String>(7)?, r.get::<MerchantId>(8)?)))?;
    Ok(found.and_then(|(account, sealed, merchant)| {
        let token = vault.open(&seal_name(&merchant, &account.id), &sealed)?;
        Some(Opened { merchant, account, token })
    }))
}

/// Keeps a call that Twilio told the end of, and that it told something. It is told when the call is over, so it began that long before.
///
/// # Errors
/// As [`record_call`].
pub fn told(tx: &mut Tx, opened: &Opened, call: &twilio::Call, now: Micros) -> Result<(EntryId, bool)> {
    let ctx = Ctx::new(opened.merchant.clone(), Actor::system("Twilio"), Door::Api, now);
    let seconds = call.seconds.clamp(0, 86_400);
    let outcome = match call.end {
        End::Answered => Outcome::Answered,
        End::Machine => Outcome::Voicemail,
        End::Missed => Outcome::Missed,
        End::Busy => Outcome::Busy,
        End::Failed => Outcome::Failed,
    };
    let input = CallInput {
        customer: None,
        phone: call.other.clone(),
        direction: if call.inbound { Direction::In } else { Direction::Out },
        outcome,
        started_at: now - seconds * 1_000_000,
        seconds,
        author: String::new(),
        note: String::new(),
        external_id: call.sid.clone(),
    };
    let kept = record_call(tx, &ctx, &input)?;
    tx.exec(&queries::TOLD, &[&ctx.merchant, &opened.account.id, &now])?;
    Ok(kept)
}

fn read(r: &Row<'_>) -> std::result::Result<PhoneAccount, store::Error> {
    Ok(PhoneAccount {
        id: r.get(0)?,
        shop: r.get(1)?,
        shop_name: r.get(2)?,
        address: r.get(3)?,
        created_at: r.get(4)?,
        disabled_at: r.get(5)?,
        told_at: r.get(6)?,
    })
}
