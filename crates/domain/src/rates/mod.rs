//! Daily rates of currencies for one euro, and amounts turned into the merchant's own currency (SPEC 5.2).
//!
//! A rate that is missing is never guessed: the amount is left out, and whoever shows the sum says so.

mod ecb;
mod file;
pub mod queries;
#[cfg(test)]
mod tests_db;

use std::collections::HashMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use store::Tx;

pub use ecb::{Imported, import_ecb};
pub use file::text_of;

use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, Currency, CustomerId, Money, Problems, Result, Right, day_number, exact_to_minor};
use crate::merchants;

/// How many days back a missing day may look.
const DAYS_BACK: i32 = 7;

/// Units of the currency for one euro on a day (days since 1970-01-01), else of the latest of the seven days before. One for the euro.
pub fn rate_of(tx: &mut Tx, ctx: &Ctx, currency: Currency, day: i32) -> Result<Option<Decimal>> {
    if currency.code() == "EUR" {
        return Ok(Some(Decimal::ONE));
    }
    let text = tx.opt(&queries::LATEST, &[&ctx.merchant, &currency, &day, &(day - DAYS_BACK)], |r| r.get::<String>(0))?;
    Ok(text.and_then(|t| Decimal::from_str_exact(&t).ok()))
}

/// An amount in another currency, rounded once, half away from zero. `None` when it does not fit.
pub fn convert(amount: Money, from_per_euro: Decimal, to_per_euro: Decimal, to: Currency) -> Option<i64> {
    exact_to_minor(amount.decimal().checked_mul(to_per_euro)?.checked_div(from_per_euro)?, to)
}

/// Turns amounts into one currency, and remembers the rates it has looked up.
#[derive(Debug)]
pub struct Converter {
    to: Currency,
    known: HashMap<(Currency, i32), Option<Decimal>>,
}

impl Converter {
    /// Into this currency.
    pub fn to(currency: Currency) -> Self {
        Self { to: currency, known: HashMap::new() }
    }

    /// The amount at the rate of that day, or `None` where a rate is missing.
    pub fn convert(&mut self, tx: &mut Tx, ctx: &Ctx, amount: Money, day: i32) -> Result<Option<i64>> {
        if amount.currency == self.to {
            return Ok(Some(amount.minor));
        }
        let from = self.rate(tx, ctx, amount.currency, day)?;
        let to = self.rate(tx, ctx, self.to, day)?;
        Ok(from.zip(to).and_then(|(from, to)| convert(amount, from, to, self.to)))
    }

    fn rate(&mut self, tx: &mut Tx, ctx: &Ctx, currency: Currency, day: i32) -> Result<Option<Decimal>> {
        if let Some(rate) = self.known.get(&(currency, day)) {
            return Ok(*rate);
        }
        let rate = rate_of(tx, ctx, currency, day)?;
        self.known.insert((currency, day), rate);
        Ok(rate)
    }
}

/// A rate as the settings page shows it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rate {
    /// ISO 4217.
    pub currency: Currency,
    /// Days since 1970-01-01.
    pub day: i32,
    /// Units for one euro.
    pub per_euro: String,
    /// `ecb` or `hand`.
    pub source: String,
}

/// The rates of a currency, newest first; at most `limit`.
pub fn list(tx: &mut Tx, ctx: &Ctx, currency: Currency, limit: i64) -> Result<Vec<Rate>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::LIST, &[&ctx.merchant, &currency, &limit], |r| {
        Ok(Rate { currency: r.get(0)?, day: r.get(1)?, per_euro: r.get(2)?, source: r.get(3)? })
    })?)
}

/// The newest rate of each currency and how many days it has rates for, by code.
pub fn newest(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<(Rate, i64)>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::NEWEST, &[&ctx.merchant], |r| {
        Ok((Rate { currency: r.get(0)?, day: r.get(1)?, per_euro: r.get(2)?, source: r.get(3)? }, r.get(4)?))
    })?)
}

/// Keeps a rate typed by hand. Values that it touches are worked out anew by [`refresh_slice`], which the caller runs until it gives
/// nothing: the first slice here, the rest as a job.
///
/// # Errors
/// `Invalid` for the euro, for what is no positive number, and for a day in the future.
pub fn put_rate(tx: &mut Tx, ctx: &Ctx, currency: Currency, date: Date, per_euro: &str) -> Result<Option<CustomerId>> {
    ctx.must(Right::Settings)?;
    let settings = merchants::settings(tx, ctx)?;
    let mut problems = Problems::default();
    let rate = parse(per_euro);
    if rate.is_none() {
        problems.add("rate", "invalid", "Type how many units make one euro, such as 1.0842.");
    }
    if currency.code() == "EUR" {
        problems.add("currency", "invalid", "Choose another currency: rates are for one euro.");
    }
    let day = day_number(date);
    if day > settings.zone.day(ctx.now) {
        problems.add("day", "invalid", "Choose a day that is not in the future.");
    }
    problems.check()?;
    let text = rate.unwrap_or_default().to_string();
    merchants::lock(tx, &ctx.merchant)?;
    let old = tx.opt(&queries::EXACT, &[&ctx.merchant, &currency, &day], |r| r.get::<String>(0))?;
    if old.as_deref() == Some(text.as_str()) {
        return Ok(None);
    }
    tx.exec(&queries::PUT, &[&ctx.merchant, &currency, &day, &text, &"hand"])?;
    Event::new("rate.set")
        .on("rate", currency.code())
        .data(serde_json::json!({ "day": date.to_string(), "per_euro": text, "before": old }))
        .record(tx, ctx)?;
    refresh_slice(tx, ctx, None, 200)
}

/// Works out anew a slice of the customers who have money in another currency than the merchant's, behind `after`. Gives the last of
/// them, or `None` when there are no more.
pub fn refresh_slice(tx: &mut Tx, ctx: &Ctx, after: Option<&CustomerId>, limit: i64) -> Result<Option<CustomerId>> {
    let own = merchants::settings(tx, ctx)?.currency;
    let after = after.map_or("", CustomerId::as_str);
    let ids: Vec<CustomerId> = tx.rows(&queries::TOUCHED, &[&ctx.merchant, &after, &own, &limit], |r| r.get(0))?;
    crate::kit::locks::customers(tx, ctx, &ids.iter().collect::<Vec<_>>())?;
    facts::refresh(tx, ctx, &ids, "a rate was added")?;
    Ok(if ids.len() as i64 == limit { ids.into_iter().next_back() } else { None })
}

/// A positive rate, exact.
fn parse(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let plain = !text.is_empty() && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let rate = plain.then(|| Decimal::from_str_exact(text).ok())??;
    let sane = rate > Decimal::ZERO && rate < Decimal::from(1_000_000_000) && rate.scale() <= 12;
    sane.then(|| rate.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_convert_exactly_and_round_half_away_from_zero() {
        let of = |code: &str| Currency::of(code).unwrap();
        let d = |text: &str| Decimal::from_str_exact(text).unwrap();
        assert_eq!(convert(Money::new(1085, of("USD")), d("1.085"), Decimal::ONE, of("EUR")), Some(1000));
        assert_eq!(convert(Money::new(1, of("USD")), d("2"), Decimal::ONE, of("EUR")), Some(1));
        assert_eq!(convert(Money::new(-1, of("USD")), d("2"), Decimal::ONE, of("EUR")), Some(-1));
        assert_eq!(convert(Money::new(100, of("JPY")), d("160"), d("0.85"), of("GBP")), Some(53));
        assert_eq!(convert(Money::new(10_000, of("KWD")), d("0.333"), d("1.1"), of("USD")), Some(3303));
        assert_eq!(convert(Money::new(i64::MAX, of("JPY")), d("0.000000000001"), d("999999999"), of("KWD")), None);
    }

    #[test]
    fn a_rate_is_a_plain_positive_number() {
        assert_eq!(parse(" 1.0800 "), Some(Decimal::new(108, 2)));
        for bad in ["", "0", "-1", "1e3", "1_0", "N/A", ".", "1.2.3", "99999999999999999999"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
