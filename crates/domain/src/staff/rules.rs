//! What a merchant asks of its staff: a second factor of some roles, and a fresh sign-in before refunds above a limit (SPEC 14.1).

use store::Tx;

use super::{members, queries};
use crate::events::Event;
use crate::kit::{ALL_ROLES, Ctx, Currency, DAY, Error, Micros, Money, Result, Right, Role};
use crate::merchants;
use crate::payments::refunds;
use crate::rates::Converter;

/// The rules of a merchant; none until somebody sets them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Roles that need a second factor.
    pub required: Vec<Role>,
    /// Refunds above this amount need a fresh sign-in; none of them when absent.
    pub refund_limit: Option<Money>,
}

/// The rules of the context's merchant.
pub fn get(tx: &mut Tx, ctx: &Ctx) -> Result<Rules> {
    let found = tx.opt(&queries::RULES, &[&ctx.merchant], |r| {
        let (limit, currency): (Option<i64>, String) = (r.get(1)?, r.get(2)?);
        let refund_limit = limit.zip(Currency::of(&currency)).map(|(minor, currency)| Money::new(minor, currency));
        Ok(Rules { required: roles(&r.get::<String>(0)?), refund_limit })
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
/// [`Error::Conflict`] `owners_only`.
pub fn set(tx: &mut Tx, ctx: &Ctx, new: &Rules) -> Result<()> {
    ctx.must(Right::Staff)?;
    merchants::lock(tx, &ctx.merchant)?;
    if !members::power(tx, ctx)?.owner {
        return Err(Error::conflict("owners_only", "Only an owner can change how people sign in."));
    }
    let old = get(tx, ctx)?;
    let required = names(new);
    let (limit, currency) = (new.refund_limit.map(|m| m.minor.max(0)), new.refund_limit.map_or("", |m| m.currency.code()));
    tx.exec(&queries::RULES_PUT, &[&ctx.merchant, &required, &limit, &currency, &ctx.now])?;
    let text = |limit: Option<Money>| limit.map(|m| m.to_string());
    let mut event = Event::new("staff.sign_in_rules_changed").on("merchant", ctx.merchant.as_str());
    let before = names(&old);
    if before != required {
        event = event.value("required_roles", Some(&before), Some(&required));
    }
    let (a, b) = (text(old.refund_limit), text(new.refund_limit));
    if a != b {
        event = event.value("refund_limit", a.as_deref(), b.as_deref());
    }
    if before != required || a != b { event.record(tx, ctx).map(|_| ()) } else { Ok(()) }
}

fn names(rules: &Rules) -> String {
    let all = ALL_ROLES.into_iter().filter(|r| rules.required.contains(r)).map(Role::name);
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
