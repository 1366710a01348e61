//! What a merchant asks of its staff: a second factor of some roles, the identity provider of some, and a fresh sign-in before refunds above a limit (SPEC 14.1).

use store::Tx;

use super::{members, oidc, queries};
use crate::events::Event;
use crate::kit::{ALL_ROLES, Ctx, Currency, DAY, Error, Micros, Money, PersonId, Problems, Result, Right, Role};
use crate::merchants;
use crate::payments::refunds;
use crate::rates::Converter;

/// The rules of a merchant; none until somebody sets them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Roles that need a second factor.
    pub required: Vec<Role>,
    /// Roles that come in through the identity provider alone.
    pub provider: Vec<Role>,
    /// Refunds above this amount need a fresh sign-in; none of them when absent.
    pub refund_limit: Option<Money>,
}

/// The rules of the context's merchant.
pub fn get(tx: &mut Tx, ctx: &Ctx) -> Result<Rules> {
    let found = tx.opt(&queries::RULES, &[&ctx.merchant], |r| {
        let (limit, currency): (Option<i64>, String) = (r.get(1)?, r.get(2)?);
        let refund_limit = limit.zip(Currency::of(&currency)).map(|(minor, currency)| Money::new(minor, currency));
        Ok(Rules { required: roles(&r.get::<String>(0)?), provider: roles(&r.get::<String>(3)?), refund_limit })
    })?;
    Ok(found.unwrap_or_default())
}

/// The roles of a text such as `owner,manager`.
pub(super) fn roles(text: &str) -> Vec<Role> {
    text.split(',').filter_map(|word| word.parse().ok()).collect()
}

/// Changes the rules. Needs [`Right::Staff`]; owners alone.
///
/// # Errors
/// [`Error::Conflict`] `owners_only`; a field error for `provider` while whoever changes it would shut themselves out.
pub fn set(tx: &mut Tx, ctx: &Ctx, new: &Rules) -> Result<()> {
    ctx.must(Right::Staff)?;
    merchants::lock(tx, &ctx.merchant)?;
    if !members::power(tx, ctx)?.owner {
        return Err(Error::conflict("owners_only", "Only an owner can change how people sign in."));
    }
    let old = get(tx, ctx)?;
    let (required, provider) = (names(&new.required), names(&new.provider));
    not_oneself(tx, ctx, &old, new)?;
    let (limit, currency) = (new.refund_limit.map(|m| m.minor.max(0)), new.refund_limit.map_or("", |m| m.currency.code()));
    tx.exec(&queries::RULES_PUT, &[&ctx.merchant, &required, &limit, &currency, &ctx.now, &provider])?;
    let text = |limit: Option<Money>| limit.map(|m| m.to_string());
    let mut event = Event::new("staff.sign_in_rules_changed").on("merchant", ctx.merchant.as_str());
    let (before, through) = (names(&old.required), names(&old.provider));
    if before != required {
        event = event.value("required_roles", Some(&before), Some(&required));
    }
    if through != provider {
        event = event.value("provider_roles", Some(&through), Some(&provider));
    }
    let (a, b) = (text(old.refund_limit), text(new.refund_limit));
    if a != b {
        event = event.value("refund_limit", a.as_deref(), b.as_deref());
    }
    if before != required || through != provider || a != b { event.record(tx, ctx).map(|_| ()) } else { Ok(()) }
}

/// Refuses that somebody wants their own role to come in by a door that they do not have.
fn not_oneself(tx: &mut Tx, ctx: &Ctx, old: &Rules, new: &Rules) -> Result<()> {
    let Ok(person) = ctx.actor.id.parse::<PersonId>() else { return Ok(()) };
    let own = members::get(tx, ctx, &person)?.access.role;
    if new.provider.contains(&own) && !old.provider.contains(&own) && !oidc::is_connected(tx, &person)? {
        let words = "Connect your own account first, under Your account: you would shut yourself out.";
        return Err(Problems::one("provider", "not_connected", words));
    }
    Ok(())
}

fn names(of: &[Role]) -> String {
    let all = ALL_ROLES.into_iter().filter(|r| of.contains(r)).map(Role::name);
    all.collect::<Vec<_>>().join(",")
}

/// Is this refund above the merchant's limit, together with what the same person gave back within a day and behind `proven`, until when their last
/// proof of who they are held? One whose worth nobody knows, for want of a rate, is.
pub fn is_large_refund(tx: &mut Tx, ctx: &Ctx, amount: Money, proven: Micros) -> Result<bool> {
    let Some(limit) = get(tx, ctx)?.refund_limit else { return Ok(false) };
    let today = merchants::settings(tx, ctx)?.zone.day(ctx.now);
    let mut converter = Converter::to(limit.currency);
    let mut all: i64 = 0;
    for part in refunds::made_since(tx, ctx, proven.max(ctx.now - DAY))?.into_iter().chain([amount]) {
        match converter.convert(tx, ctx, part, today)? {
            Some(worth) => all = all.saturating_add(worth),
            None => return Ok(true),
        }
    }
    Ok(all > limit.minor)
}
