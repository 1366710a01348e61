//! How long the law wants issued invoices, by country; a merchant may say otherwise.

use serde::Serialize;
use store::Tx;

use super::queries as q;
use crate::events::Event;
use crate::kit::{Ctx, Problems, Result, Right};
use crate::merchants;

/// Years from the end of the year of issue, where they are not ten.
const TERMS: [(&str, i64); 17] = [
    ("AT", 7),
    ("CH", 10),
    ("CY", 6),
    ("DK", 5),
    ("EE", 7),
    ("ES", 6),
    ("FI", 6),
    ("GB", 6),
    ("GR", 5),
    ("HU", 8),
    ("IE", 6),
    ("LV", 5),
    ("MT", 9),
    ("NL", 7),
    ("PL", 5),
    ("SE", 7),
    ("US", 7),
];

/// What a merchant's privacy goes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// The merchant's country.
    pub country: String,
    /// What the country wants as far as we know it.
    pub usual: i64,
    /// What somebody set instead.
    pub own: Option<i64>,
    /// What counts.
    pub years: i64,
}

/// Years a country wants issued invoices for: ten, where we know of no other term.
pub fn years_of(country: &str) -> i64 {
    TERMS.iter().find(|(code, _)| *code == country).map_or(10, |(_, years)| *years)
}

/// As they are. Needs [`Right::Read`].
pub fn settings(tx: &mut Tx, ctx: &Ctx) -> Result<Settings> {
    ctx.must(Right::Read)?;
    let merchant = merchants::settings(tx, ctx)?;
    settings_of(tx, ctx, &merchant)
}

pub(super) fn settings_of(tx: &mut Tx, ctx: &Ctx, merchant: &merchants::Settings) -> Result<Settings> {
    let own = tx.opt(&q::SETTINGS, &[&ctx.merchant], |r| r.get::<Option<i64>>(0))?.flatten();
    let usual = years_of(&merchant.country);
    Ok(Settings { country: merchant.country.clone(), usual, own, years: own.unwrap_or(usual) })
}

/// Sets the years for what is anonymised from now on; `None` goes by the country. Needs [`Right::Settings`].
///
/// # Errors
/// `Invalid` below 1 or above 30.
pub fn save_settings(tx: &mut Tx, ctx: &Ctx, years: Option<i64>) -> Result<()> {
    ctx.must(Right::Settings)?;
    if years.is_some_and(|y| !(1..=30).contains(&y)) {
        return Err(Problems::one("years", "invalid", "Use 1 to 30 years, or nothing to go by the country."));
    }
    let before = settings(tx, ctx)?.own;
    if before == years {
        return Ok(());
    }
    tx.exec(&q::SAVE_YEARS, &[&ctx.merchant, &years, &ctx.now])?;
    Event::new("privacy.settings_changed").data(serde_json::json!({ "years": years, "before": before })).record(tx, ctx)?;
    Ok(())
}
