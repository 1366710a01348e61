//! Affiliates made, changed, archived.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::{Affiliate, Terms, WHOLE, get, queries};
use crate::events::Event;
use crate::kit::{AffiliateId, Ctx, Currency, Error, Micros, Problems, Result, Right, clean, locks, name_key};
use crate::payments::MAX_MINOR;

const TAKEN: &str = "Another affiliate has this code. Choose a different one.";

/// What an affiliate is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AffiliateInput {
    /// What people call it.
    pub name: String,
    /// What a checkout names it by: letters, digits, `-` and `_`; unique whatever the case.
    pub code: String,
    /// Percent or a fixed amount.
    pub terms: Terms,
    /// Hundredths of a percent, or minor units of `currency`.
    pub rate: i64,
    /// Needed for a fixed amount.
    pub currency: Option<Currency>,
}

/// A new one.
///
/// # Errors
/// Field errors for `name`, `code` (also when taken), `rate`, `currency`.
pub fn create(tx: &mut Tx, ctx: &Ctx, input: &AffiliateInput) -> Result<Affiliate> {
    ctx.must(Right::Settings)?;
    let id: AffiliateId = ctx.id();
    let new = checked(tx, ctx, &id, input)?;
    let values: [&dyn store::Bind; 10] = [
        &ctx.merchant,
        &id,
        &new.name,
        &name_key(&new.name),
        &new.code,
        &key(&new.code),
        &new.terms,
        &new.rate,
        &code(new.currency),
        &ctx.now,
    ];
    tx.exec(&queries::INSERT, &values).map_err(taken)?;
    Event::new("affiliate.created").on("affiliate", id.as_str()).value("name", None, Some(&new.name)).record(tx, ctx)?;
    get(tx, ctx, &id)
}

/// Changes one. What was agreed on payments before stays as it was.
///
/// # Errors
/// As [`create`].
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &AffiliateId, input: &AffiliateInput) -> Result<Affiliate> {
    ctx.must(Right::Settings)?;
    locks::affiliates(tx, ctx, &[id])?;
    let old = get(tx, ctx, id)?;
    let new = checked(tx, ctx, id, input)?;
    let values: [&dyn store::Bind; 10] = [
        &ctx.merchant,
        id,
        &new.name,
        &name_key(&new.name),
        &new.code,
        &key(&new.code),
        &new.terms,
        &new.rate,
        &code(new.currency),
        &ctx.now,
    ];
    tx.exec(&queries::UPDATE, &values).map_err(taken)?;
    let now = get(tx, ctx, id)?;
    let old_terms = old.terms_words();
    let fields = [("name", old.name, now.name.clone()), ("code", old.code, now.code.clone()), ("commission", old_terms, now.terms_words())];
    let mut event = Event::new("affiliate.edited").on("affiliate", id.as_str());
    let changed: Vec<_> = fields.iter().filter(|(_, a, b)| a != b).collect();
    for (field, a, b) in &changed {
        event = event.value(*field, Some(a), Some(b));
    }
    if !changed.is_empty() {
        event.record(tx, ctx)?;
    }
    Ok(now)
}

/// Earns nothing new from now on; twice is once.
pub fn archive(tx: &mut Tx, ctx: &Ctx, id: &AffiliateId) -> Result<Affiliate> {
    switch(tx, ctx, id, Some(ctx.now), "affiliate.archived")
}

/// Earns again; twice is once.
pub fn unarchive(tx: &mut Tx, ctx: &Ctx, id: &AffiliateId) -> Result<Affiliate> {
    switch(tx, ctx, id, None, "affiliate.unarchived")
}

fn switch(tx: &mut Tx, ctx: &Ctx, id: &AffiliateId, at: Option<Micros>, kind: &'static str) -> Result<Affiliate> {
    ctx.must(Right::Settings)?;
    locks::affiliates(tx, ctx, &[id])?;
    let old = get(tx, ctx, id)?;
    if old.archived_at.is_some() == at.is_some() {
        return Ok(old);
    }
    tx.exec(&queries::ARCHIVE, &[&ctx.merchant, id, &at, &ctx.now])?;
    Event::new(kind).on("affiliate", id.as_str()).record(tx, ctx)?;
    get(tx, ctx, id)
}

/// By this two codes are the same.
pub(super) fn key(code: &str) -> String {
    code.trim().to_lowercase()
}

fn code(currency: Option<Currency>) -> &'static str {
    currency.map_or("", Currency::code)
}

fn checked(tx: &mut Tx, ctx: &Ctx, id: &AffiliateId, input: &AffiliateInput) -> Result<AffiliateInput> {
    let mut problems = Problems::default();
    let name = clean(&mut problems, "name", &input.name, 100);
    if name.is_empty() {
        problems.add("name", "required", "Give the affiliate a name.");
    }
    let code = clean(&mut problems, "code", &input.code, 40);
    if code.is_empty() {
        problems.add("code", "required", "Give it a code, such as ANNA10.");
    } else if !code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        problems.add("code", "invalid", "Use letters, digits, - and _.");
    } else if tx.opt(&queries::TAKEN, &[&ctx.merchant, &key(&code), id], |_| Ok(()))?.is_some() {
        problems.add("code", "taken", TAKEN);
    }
    let (most, words) = match input.terms {
        Terms::Percent => (WHOLE, "Use a share from 0 to 100 percent, such as 7.5."),
        Terms::Amount => (MAX_MINOR, "Use an amount of zero or more."),
    };
    if !(0..=most).contains(&input.rate) {
        problems.add("rate", "invalid", words);
    }
    if input.terms == Terms::Amount && input.currency.is_none() {
        problems.add("currency", "required", "Choose the currency of the amount.");
    }
    problems.check()?;
    let currency = input.currency.filter(|_| input.terms == Terms::Amount);
    Ok(AffiliateInput { name, code, currency, ..input.clone() })
}

fn taken(error: store::Error) -> Error {
    Error::from(error).or_taken("affiliates", "code", TAKEN)
}
