//! The accounts of a merchant's shops. A secret goes in and never comes out again but to sign, check and ask.

use serde::{Deserialize, Serialize};
use store::{Row, Tx};

use super::{Provider, Vault, queries, seal_name};
use crate::events::Event;
use crate::kit::{AccountId, Ctx, Error, MerchantId, Micros, Problems, Result, Right, ShopId, clean, secret};
use crate::{merchants, shops};

/// How soon a new account is looked through for events that were missed, microseconds.
const FIRST_CATCH_UP: Micros = 0;

/// An account as pages and the API show it: no secrets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Of which shop.
    pub shop: ShopId,
    /// The shop's name.
    pub shop_name: String,
    /// Who.
    pub provider: Provider,
    /// Real money.
    pub live: bool,
    /// The unguessable end of the address that the provider sends to: `/hooks/…`.
    pub address: String,
    /// The end of the secret, by which a person knows it again; empty for the test provider.
    pub hint: String,
    /// When it was set up.
    pub created_at: Micros,
    /// Since when it is switched off.
    pub disabled_at: Option<Micros>,
    /// When the keys were last tried.
    pub tested_at: Option<Micros>,
    /// What came of it, in words.
    pub tested_words: String,
    /// It worked.
    pub tested_ok: bool,
    /// When the provider last told something.
    pub told_at: Option<Micros>,
}

/// What a person or program says about an account.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountInput {
    /// Of which shop.
    pub shop: ShopId,
    /// Who.
    pub provider: Provider,
    /// Real money; the test provider never has any.
    #[serde(default)]
    pub live: bool,
    /// PayPal's client id.
    #[serde(default)]
    pub client: String,
    /// Stripe's secret key, PayPal's secret; blank keeps the one that is there.
    #[serde(default)]
    pub secret: String,
    /// Stripe's signing secret, PayPal's webhook id; blank keeps the one that is there.
    #[serde(default)]
    pub webhook: String,
}

/// The secrets of an account, as they are sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// PayPal's client id.
    pub client: String,
    /// Stripe's secret key, PayPal's secret.
    pub secret: String,
    /// Stripe's signing secret, PayPal's webhook id.
    pub webhook: String,
}

/// A secret is not printed.
impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

/// An account with its secrets, for whoever signs, checks and asks.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Whose.
    pub merchant: MerchantId,
    /// The account.
    pub account: Account,
    /// Its secrets.
    pub secrets: Secrets,
}

/// The end of a webhook's address, as it stands in a path.
#[derive(Clone, Debug)]
pub struct Address(pub String);

/// All accounts, by shop; those that are switched off too.
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Account>> {
    ctx.must(Right::Settings)?;
    Ok(tx.rows(&queries::ACCOUNTS, &[&ctx.merchant], read)?)
}

/// One account.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &AccountId) -> Result<Account> {
    ctx.must(Right::Settings)?;
    find(tx, ctx, id)
}

/// Sets up the account of a shop with a provider, or changes its keys. One that was switched off is switched on again.
///
/// # Errors
/// `Invalid` for keys that cannot be this provider's, and for a merchant of the demo, which never calls a network (SPEC 4.1).
pub fn put(tx: &mut Tx, ctx: &Ctx, vault: &Vault, input: &AccountInput) -> Result<AccountId> {
    ctx.must(Right::Settings)?;
    let mut problems = Problems::default();
    if input.provider.is_outside() && merchants::settings(tx, ctx)?.demo {
        return Err(Problems::one("provider", "invalid", "This is a demo: it never calls a provider. Use the test provider."));
    }
    shops::get(tx, ctx, &input.shop).map_err(|_| Problems::one("shop", "unknown", "Choose one of your shops."))?;
    let live = input.live && input.provider.is_outside();
    let known =
        tx.opt(&queries::OF_SHOP, &[&ctx.merchant, &input.shop, &input.provider, &live], |r| Ok((read(r)?, r.get::<String>(7)?)))?;
    let old = known.as_ref().and_then(|(a, sealed)| open(vault, &ctx.merchant, &a.id, sealed)).unwrap_or_default();
    let secrets = check(input, live, &old, &mut problems);
    problems.check()?;
    let id = known.as_ref().map_or_else(|| ctx.id::<AccountId>(), |(a, _)| a.id.clone());
    let sealed = if input.provider.is_outside() { seal(vault, &ctx.merchant, &id, &secrets)? } else { String::new() };
    let hint: String = if input.provider.is_outside() { tail(&secrets.secret) } else { String::new() };
    match known {
        Some(_) => tx.exec(&queries::SET_SECRETS, &[&ctx.merchant, &id, &sealed, &hint, &ctx.now])?,
        None => tx.exec(
            &queries::INSERT_ACCOUNT,
            &[&ctx.merchant, &id, &input.shop, &input.provider, &live, &secret(), &sealed, &hint, &ctx.now, &(ctx.now + FIRST_CATCH_UP)],
        )?,
    };
    let what = serde_json::json!({ "provider": input.provider, "shop": input.shop, "live": live });
    Event::new("provider.set_up").on("provider_account", id.as_str()).data(what).record(tx, ctx)?;
    Ok(id)
}

/// The test provider of a shop, for the demo: it has no secrets.
pub(crate) fn add_test(tx: &mut Tx, ctx: &Ctx, shop: &ShopId) -> Result<()> {
    let id: AccountId = ctx.id();
    let key: [&dyn store::Bind; 4] = [&ctx.merchant, &id, shop, &Provider::Test];
    let rest: [&dyn store::Bind; 6] = [&false, &id, &"", &"", &ctx.now, &ctx.now];
    tx.exec(&queries::INSERT_ACCOUNT, &[key.as_slice(), &rest].concat())?;
    Ok(())
}

/// Switches an account off and forgets its keys. What it brought stays.
pub fn disable(tx: &mut Tx, ctx: &Ctx, id: &AccountId) -> Result<()> {
    ctx.must(Right::Settings)?;
    let account = find(tx, ctx, id)?;
    if account.disabled_at.is_none() {
        tx.exec(&queries::DISABLE, &[&ctx.merchant, id, &ctx.now])?;
        let what = serde_json::json!({ "provider": account.provider, "shop": account.shop, "live": account.live });
        Event::new("provider.switched_off").on("provider_account", id.as_str()).data(what).record(tx, ctx)?;
    }
    Ok(())
}

/// Notes what a try of the keys came to.
pub fn tested(tx: &mut Tx, ctx: &Ctx, id: &AccountId, ok: bool, words: &str) -> Result<()> {
    ctx.must(Right::Settings)?;
    let words: String = words.chars().take(500).collect();
    tx.exec(&queries::SET_TESTED, &[&ctx.merchant, id, &ctx.now, &words, &ok])?;
    Ok(())
}

/// The account with its secrets, when they can be opened with the key of the configuration.
///
/// # Errors
/// `NotFound`; `Conflict` (`keys_unreadable`) when they were sealed with another key, `Conflict` (`switched_off`).
pub fn opened(tx: &mut Tx, ctx: &Ctx, vault: &Vault, id: &AccountId) -> Result<Opened> {
    let found = tx.opt(&queries::ACCOUNT, &[&ctx.merchant, id], |r| Ok((read(r)?, r.get::<String>(7)?)))?;
    let (account, sealed) = found.ok_or(Error::NotFound("provider account"))?;
    if account.disabled_at.is_some() {
        return Err(Error::conflict("switched_off", "This account is switched off."));
    }
    let secrets = open(vault, &ctx.merchant, id, &sealed)
        .ok_or_else(|| Error::conflict("keys_unreadable", "The keys were stored with another secrets key. Enter them again."))?;
    Ok(Opened { merchant: ctx.merchant.clone(), account, secrets })
}

/// The account that a webhook's address belongs to; `None` when there is none or its keys cannot be opened. Before there is a merchant.
pub fn by_address(tx: &mut Tx, vault: &Vault, address: &Address) -> Result<Option<Opened>> {
    let found = tx.opt(&queries::BY_ADDRESS, &[&address.0], |r| Ok((read(r)?, r.get::<String>(7)?, r.get::<MerchantId>(14)?)))?;
    Ok(found.and_then(|(account, sealed, merchant)| {
        let secrets = open(vault, &merchant, &account.id, &sealed)?;
        Some(Opened { merchant, account, secrets })
    }))
}

/// The account that is in use for a shop, provider and mode.
pub(crate) fn in_use(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, provider: Provider, live: bool) -> Result<Option<Account>> {
    let found = tx.opt(&queries::OF_SHOP, &[&ctx.merchant, shop, &provider, &live], read)?;
    Ok(found.filter(|a| a.disabled_at.is_none()))
}

pub(crate) fn find(tx: &mut Tx, ctx: &Ctx, id: &AccountId) -> Result<Account> {
    tx.opt(&queries::ACCOUNT, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("provider account"))
}

fn check(input: &AccountInput, live: bool, old: &Secrets, problems: &mut Problems) -> Secrets {
    let mut take = |field: &str, new: &str, old: &str, words: &str| {
        let new = clean(problems, field, new, 300);
        let kept = if new.is_empty() { old.to_owned() } else { new };
        if kept.is_empty() || !kept.bytes().all(|b| b.is_ascii_graphic()) {
            problems.add(field, "required", words);
        }
        kept
    };
    let secrets = match input.provider {
        Provider::Test => return Secrets::default(),
        Provider::Stripe => Secrets {
            client: String::new(),
            secret: take("secret", &input.secret, &old.secret, "Copy the secret key from Stripe: it begins with sk_ or rk_."),
            webhook: take(
                "webhook",
                &input.webhook,
                &old.webhook,
                "Copy the signing secret of the webhook from Stripe: it begins with whsec_.",
            ),
        },
        Provider::Paypal => Secrets {
            client: take("client", &input.client, &old.client, "Copy the client id of the app from PayPal."),
            secret: take("secret", &input.secret, &old.secret, "Copy the secret of the app from PayPal."),
            webhook: take("webhook", &input.webhook, &old.webhook, "Copy the id of the webhook from PayPal."),
        },
    };
    let other = if live { "_test_" } else { "_live_" };
    if input.provider == Provider::Stripe && secrets.secret.contains(other) {
        let words = if live {
            "This is a key of test mode. Choose test mode, or copy the live key."
        } else {
            "This is a live key. Choose live mode, or copy the test key."
        };
        problems.add("secret", "invalid", words);
    }
    secrets
}

/// The last four characters, of a secret long enough that they say nothing.
fn tail(secret: &str) -> String {
    let all: Vec<char> = secret.chars().collect();
    if all.len() < 12 { String::new() } else { all[all.len() - 4..].iter().collect() }
}

fn seal(vault: &Vault, merchant: &MerchantId, id: &AccountId, secrets: &Secrets) -> Result<String> {
    let plain = serde_json::to_string(secrets).map_err(|e| Error::Internal(e.to_string()))?;
    vault.seal(&seal_name(merchant, id), &plain)
}

fn open(vault: &Vault, merchant: &MerchantId, id: &AccountId, sealed: &str) -> Option<Secrets> {
    serde_json::from_str(&vault.open(&seal_name(merchant, id), sealed)?).ok()
}

fn read(r: &Row<'_>) -> std::result::Result<Account, store::Error> {
    Ok(Account {
        id: r.get(0)?,
        shop: r.get(1)?,
        shop_name: r.get(2)?,
        provider: r.get(3)?,
        live: r.get(4)?,
        address: r.get(5)?,
        hint: r.get(6)?,
        created_at: r.get(8)?,
        disabled_at: r.get(9)?,
        tested_at: r.get(10)?,
        tested_words: r.get(11)?,
        tested_ok: r.get(12)?,
        told_at: r.get(13)?,
    })
}
