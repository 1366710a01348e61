//! Making a merchant and changing its settings.
//!
//! What statuses and lifetime values depend on (N, currency, time zone) raises the rule version, so that everything kept is worked out
//! anew under one set of rules.

use store::Tx;

use super::{ACTIVE_DAYS, RECOMPUTE, Settings, lock, queries, settings};
use crate::customers::facts;
use crate::events::Event;
use crate::files::countries;
use crate::jobs;
use crate::kit::{Ctx, Currency, MerchantId, Problems, Result, Right, Zone, clean};

/// What a new merchant needs. Country may be empty.
#[derive(Clone, Debug, Default)]
pub struct NewMerchant {
    /// What the merchant is called.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA name.
    pub time_zone: String,
    /// ISO 3166 alpha-2 or empty.
    pub country: String,
    /// The name of its first shop.
    pub shop: String,
    /// Made by `regulars demo`.
    pub demo: bool,
}

/// All settings of a merchant, as the page sends them.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct MerchantEdit {
    /// What the merchant is called.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA name.
    pub time_zone: String,
    /// ISO 3166 alpha-2 or empty.
    pub country: String,
    /// N of SPEC 4: 1 to 730.
    pub active_days: i64,
}

/// Settings that were read and found good.
struct Checked {
    name: String,
    currency: String,
    time_zone: String,
    country: String,
}

fn checked(problems: &mut Problems, name: &str, currency: &str, time_zone: &str, country: &str) -> Checked {
    let name = required(problems, "name", name, "Give the merchant a name.");
    let code = currency.trim().to_ascii_uppercase();
    if Currency::of(&code).is_none() {
        problems.add("currency", "unknown", "Choose a currency of ISO 4217, such as EUR.");
    }
    let zone = time_zone.trim();
    if zone.is_empty() || Zone::named(zone).is_none() {
        problems.add("time_zone", "unknown", "Choose a time zone such as Europe/Paris.");
    }
    Checked { name, currency: code, time_zone: zone.to_owned(), country: country_code(problems, "country", country) }
}

/// A name that must be there: at most 120 characters.
pub(crate) fn required(problems: &mut Problems, field: &str, text: &str, message: &str) -> String {
    let text = clean(problems, field, text, 120);
    if text.is_empty() {
        problems.add(field, "required", message);
    }
    text
}

/// The two letters of a country given by code or name, or nothing.
pub(crate) fn country_code(problems: &mut Problems, field: &str, text: &str) -> String {
    let text = text.trim();
    let code = countries::code_of(text);
    if code.is_none() && !text.is_empty() {
        problems.add(field, "unknown", "Choose a country, or use its two letters, such as FR.");
    }
    code.unwrap_or_default().to_owned()
}

impl NewMerchant {
    /// Notes all that is wrong, under the names of [`crate::staff::NewOwner`]'s form.
    pub(crate) fn check(&self, problems: &mut Problems) {
        let mut own = Problems::default();
        checked(&mut own, &self.name, &self.currency, &self.time_zone, &self.country);
        required(&mut own, "shop", &self.shop, "Give the first shop a name.");
        for problem in own.0 {
            let field = if problem.field == "name" { "merchant" } else { &problem.field };
            problems.add(field, problem.code, problem.message);
        }
    }

    /// Writes the merchant alone, without staff and shop.
    pub(crate) fn insert(&self, tx: &mut Tx, id: &MerchantId, now: i64) -> Result<()> {
        let mut problems = Problems::default();
        self.check(&mut problems);
        problems.check()?;
        let c = checked(&mut Problems::default(), &self.name, &self.currency, &self.time_zone, &self.country);
        tx.exec(&queries::INSERT, &[id, &c.name, &c.currency, &c.time_zone, &c.country, &ACTIVE_DAYS, &self.demo, &now])?;
        Ok(())
    }
}

/// Changes the settings; gives what they are now. A new N, currency or zone raises the rule version. Needs [`Right::Settings`].
///
/// # Errors
/// Field errors for `name`, `currency`, `time_zone`, `country`, `active_days`.
pub fn edit(tx: &mut Tx, ctx: &Ctx, edit: &MerchantEdit) -> Result<Settings> {
    ctx.must(Right::Settings)?;
    let mut problems = Problems::default();
    let new = checked(&mut problems, &edit.name, &edit.currency, &edit.time_zone, &edit.country);
    if !(1..=730).contains(&edit.active_days) {
        problems.add("active_days", "invalid", "Choose 1 to 730 days.");
    }
    problems.check()?;
    lock(tx, &ctx.merchant)?;
    let old = settings(tx, ctx)?;
    let rules_change = old.active_days != edit.active_days || old.currency.code() != new.currency || old.zone_name != new.time_zone;
    let version = old.rule_version + i64::from(rules_change);
    tx.exec(&queries::UPDATE, &[&ctx.merchant, &new.name, &new.currency, &new.time_zone, &new.country, &edit.active_days, &version])?;
    record(tx, ctx, &old, &new, edit.active_days)?;
    if rules_change {
        anew(tx, ctx, version, old.currency.code() != new.currency)?;
    }
    settings(tx, ctx)
}

/// Customers that are worked out with the setting itself, so that a shop of usual size never shows what held before.
pub(super) const AT_ONCE: i64 = 500;

/// Works out what is kept about customers under the new rules: the first at once, all by a job. Until that is through no amount stands under a
/// currency that it is not in: lifetime values are left out rather than guessed (SPEC 5.2). Pages say meanwhile how far it is ([`super::anew`]).
fn anew(tx: &mut Tx, ctx: &Ctx, version: i64, other_currency: bool) -> Result<()> {
    if let (Some(last), true) = (facts::recompute(tx, ctx, None, AT_ONCE)?, other_currency) {
        let stamp = tx.stamp()?;
        tx.exec(&queries::LEAVE_OUT, &[&ctx.merchant, &last, &stamp])?;
    }
    let total: i64 = tx.scalar(&queries::CUSTOMERS, &[&ctx.merchant])?;
    jobs::enqueue(tx, ctx, RECOMPUTE, &serde_json::json!({ "rule_version": version }), total)?;
    Ok(())
}

/// One event with the fields that changed; none when nothing did.
fn record(tx: &mut Tx, ctx: &Ctx, old: &Settings, new: &Checked, days: i64) -> Result<()> {
    let (old_days, new_days) = (old.active_days.to_string(), days.to_string());
    let fields = [
        ("name", old.name.as_str(), new.name.as_str()),
        ("currency", old.currency.code(), &new.currency),
        ("time_zone", &old.zone_name, &new.time_zone),
        ("country", &old.country, &new.country),
        ("active_days", &old_days, &new_days),
    ];
    let mut event = Event::new("merchant.edited").on("merchant", ctx.merchant.as_str());
    let changed: Vec<_> = fields.into_iter().filter(|(_, a, b)| a != b).collect();
    for (field, a, b) in &changed {
        event = event.value(*field, Some(a), Some(b));
    }
    if !changed.is_empty() {
        event.record(tx, ctx)?;
    }
    Ok(())
}
