//! The European Central Bank's file of daily reference rates, `eurofxref-hist.csv`: `Date,USD,JPY,…` and a line for each day, with
//! `N/A` or nothing where a currency had no rate, and a comma at the end of each line.

use std::collections::HashMap;

use jiff::civil::Date;
use store::{Bind, Tx, Value};

use super::{parse, queries};
use crate::events::Event;
use crate::kit::{Ctx, Currency, Error, Problems, Result, Right, day_number};
use crate::merchants;

/// The first year of the euro.
const FIRST_YEAR: i16 = 1999;

/// What came of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Imported {
    /// Rates that were not there.
    pub added: u64,
    /// Rates that were there with another value.
    pub changed: u64,
    /// The same again.
    pub unchanged: u64,
    /// Columns whose currency nobody knows any more.
    pub skipped_columns: Vec<String>,
}

/// Keeps all rates of the file. Afterwards the caller runs [`super::refresh_slice`] until it gives nothing.
///
/// # Errors
/// `Invalid` naming the line, when the file has another layout.
pub fn import_ecb(tx: &mut Tx, ctx: &Ctx, text: &str) -> Result<Imported> {
    ctx.must(Right::Settings)?;
    let mut lines = csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut records = lines.records();
    let header = records.next().and_then(std::result::Result::ok).unwrap_or_default();
    if header.get(0).map(|h| h.trim_start_matches('\u{feff}')) != Some("Date") {
        return Err(refused(1, "The first line must begin with Date and name the currencies, as in the ECB's eurofxref-hist.csv."));
    }
    merchants::lock(tx, &ctx.merchant)?;
    let latest = merchants::settings(tx, ctx)?.zone.day(ctx.now) + 1;
    let mut done = Imported::default();
    let (mut new, mut changed): (Vec<Vec<Value>>, Vec<(Currency, i32, String)>) = Default::default();
    // The euro is what all rates are of.
    let columns: Vec<Option<Currency>> = header.iter().map(|h| Currency::of(h).filter(|c| c.code() != "EUR")).collect();
    done.skipped_columns =
        header.iter().zip(&columns).skip(1).filter(|(h, c)| c.is_none() && !h.is_empty()).map(|(h, _)| h.to_owned()).collect();
    let mut kept: HashMap<(&'static str, i32), String> = HashMap::new();
    for currency in columns.iter().flatten() {
        tx.each(&queries::KEPT, &[&ctx.merchant, currency], |r| {
            kept.insert((currency.code(), r.get(0)?), r.get(1)?);
            Ok(())
        })?;
    }
    for (i, record) in records.enumerate() {
        let line = i + 2;
        let record = record.map_err(|_| refused(line, "The line cannot be read."))?;
        let date: Date = record
            .get(0)
            .and_then(|d| d.parse().ok())
            .ok_or_else(|| refused(line, "The line must begin with a date such as 2026-06-15."))?;
        let day = day_number(date);
        if date.year() < FIRST_YEAR || day > latest {
            return Err(refused(line, format!("{date} has no rates: use days from {FIRST_YEAR} to today.")));
        }
        if record.iter().skip(columns.len()).any(|cell| !cell.is_empty()) {
            return Err(refused(line, "The line has more cells than the first one names. Write rates with a decimal point, as in 1.0842."));
        }
        for (cell, currency) in record.iter().zip(&columns).skip(1) {
            let Some(currency) = currency else { continue };
            if cell.is_empty() || cell == "N/A" {
                continue;
            }
            let rate = parse(cell).ok_or_else(|| refused(line, format!("{cell} is no rate for {currency}.")))?;
            let rate = rate.to_string();
            match kept.insert((currency.code(), day), rate.clone()) {
                Some(old) if old == rate => done.unchanged += 1,
                Some(_) => {
                    // The row may still be among the new ones: a file that names a day twice means the later line.
                    changed.push((*currency, day, rate));
                    done.changed += 1;
                }
                None => {
                    new.push(vec![ctx.merchant.value(), currency.value(), i64::from(day).into(), rate.into(), "ecb".into()]);
                    done.added += 1;
                }
            }
        }
    }
    tx.insert_many("rates", &["merchant_id", "currency", "day", "per_euro", "source"], &new)?;
    for (currency, day, rate) in changed {
        tx.exec(&queries::PUT, &[&ctx.merchant, &currency, &day, &rate, &"ecb"])?;
    }
    if done.added + done.changed > 0 {
        Event::new("rate.imported").data(serde_json::json!({ "added": done.added, "changed": done.changed })).record(tx, ctx)?;
    }
    Ok(done)
}

fn refused(line: usize, message: impl AsRef<str>) -> Error {
    Problems::one("file", "invalid", format!("Line {line}: {}", message.as_ref()))
}
