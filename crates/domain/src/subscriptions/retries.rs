//! When a payment that failed is tried again: days behind the due day, of the merchant or of a plan (SPEC 6.4).

use serde::Serialize;
use store::Tx;

use super::queries;
use crate::events::Event;
use crate::kit::{Ctx, Error, Problems, Result, Right};
use crate::merchants;

/// What counts until somebody says otherwise.
const USUAL: [i64; 4] = [1, 3, 5, 7];
/// The furthest day.
const FURTHEST: i64 = 60;
/// How many tries at most.
const MOST: usize = 10;

/// Rising days behind the due day. None of them: a payment that failed is not tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct RetryDays(Vec<i64>);

impl Default for RetryDays {
    fn default() -> Self {
        Self(USUAL.to_vec())
    }
}

impl RetryDays {
    /// These days.
    ///
    /// # Errors
    /// `Invalid` on `retry_days` unless they rise, from 1 to 60, at most ten of them.
    pub fn of(days: &[i64]) -> Result<Self> {
        let rising = days.windows(2).all(|pair| pair[0] < pair[1]);
        if days.len() > MOST || !rising || days.iter().any(|d| !(1..=FURTHEST).contains(d)) {
            return Err(wrong());
        }
        Ok(Self(days.to_vec()))
    }

    /// From `1, 3, 5, 7`; `none` for no days at all.
    ///
    /// # Errors
    /// As [`RetryDays::of`].
    pub fn parse(text: &str) -> Result<Self> {
        if text.trim() == "none" {
            return Ok(Self(Vec::new()));
        }
        let words = text.split([',', ' ', ';']).filter(|w| !w.is_empty());
        let days: Vec<i64> = words.map(|w| w.parse().map_err(|_| wrong())).collect::<Result<_>>()?;
        if days.is_empty() { Err(wrong()) } else { Self::of(&days) }
    }

    /// As people type it and as the database keeps it: `1, 3, 5, 7`.
    pub fn text(&self) -> String {
        if self.0.is_empty() { "none".to_owned() } else { self.0.iter().map(i64::to_string).collect::<Vec<_>>().join(", ") }
    }

    /// The days.
    pub fn days(&self) -> &[i64] {
        &self.0
    }

    /// The next day (days since 1970) on which a payment first tried on `base` is tried, when today's try failed.
    pub(super) fn behind(&self, base: i64, today: i64) -> Option<i64> {
        self.0.iter().map(|d| base + d).find(|day| *day > today)
    }

    /// The last such day; `base` itself without any.
    pub(super) fn last(&self, base: i64) -> i64 {
        base + self.0.last().copied().unwrap_or(0)
    }

    /// In words: "on days 1, 3, 5 and 7".
    pub fn words(&self) -> String {
        match self.0.as_slice() {
            [] => "not at all".to_owned(),
            [one] => format!("on day {one}"),
            [first @ .., last] => format!("on days {} and {last}", first.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")),
        }
    }
}

fn wrong() -> Error {
    Problems::one("retry_days", "invalid", format!("Use rising days from 1 to {FURTHEST}, such as 1, 3, 5, 7; at most {MOST}."))
}

/// The merchant's days.
pub fn settings(tx: &mut Tx, ctx: &Ctx) -> Result<RetryDays> {
    let kept = tx.opt(&queries::RETRY_DAYS, &[&ctx.merchant], |r| r.get::<String>(0))?;
    kept.map_or_else(|| Ok(RetryDays::default()), |text| RetryDays::parse(&text))
}

/// Changes them, for payments that fail from now on.
pub fn edit_settings(tx: &mut Tx, ctx: &Ctx, days: &RetryDays) -> Result<()> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    let old = settings(tx, ctx)?;
    if old == *days {
        return Ok(());
    }
    tx.exec(&queries::PUT_RETRY_DAYS, &[&ctx.merchant, &days.text(), &ctx.now])?;
    Event::new("subscription_settings.edited").value("retry_days", Some(&old.text()), Some(&days.text())).record(tx, ctx)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_rise_and_a_late_first_try_moves_them_along() {
        let usual = RetryDays::default();
        assert_eq!((usual.text(), usual.words()), ("1, 3, 5, 7".to_owned(), "on days 1, 3, 5 and 7".to_owned()));
        let tries: Vec<_> = [100, 101, 102, 106, 107].map(|today| usual.behind(100, today)).into();
        assert_eq!(tries, [Some(101), Some(103), Some(103), Some(107), None]);
        assert_eq!(RetryDays::parse(" 2;4 ").unwrap().days(), [2, 4]);
        assert_eq!(RetryDays::parse("none").unwrap().behind(1, 1), None);
        for wrong in ["", "3, 1", "0", "61", "1, 1", "x", "1 2 3 4 5 6 7 8 9 10 11"] {
            assert!(RetryDays::parse(wrong).is_err(), "{wrong}");
        }
    }
}
