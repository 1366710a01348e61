//! Lines as they come in and as they are kept.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Category;
use crate::kit::{Discount, Problems, clean};

/// More lines than any invoice has.
pub const MAX_LINES: usize = 500;

/// One line as it comes in. Quantity, price and rate are exact decimal text; the price in major units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LineInput {
    /// What it is called.
    pub title: String,
    /// Article number; may be empty.
    pub sku: String,
    /// `2`, `0.5`; below zero takes back.
    pub quantity: String,
    /// `12.95`.
    pub unit_price: String,
    /// Taken off this line: `10%` of it, or an amount off the whole line, `5.00`; empty: nothing.
    pub discount: String,
    /// How it is taxed; empty: the merchant's usual way.
    pub category: String,
    /// Percent: `20`, `5.5`; empty: the merchant's usual rate.
    pub rate: String,
}

/// One line as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// From 1.
    pub position: i64,
    /// What it is called.
    pub title: String,
    /// Article number.
    pub sku: String,
    /// Exact.
    #[serde(serialize_with = "plain")]
    pub quantity: Decimal,
    /// Exact, major units.
    #[serde(serialize_with = "plain")]
    pub unit_price: Decimal,
    /// What is taken off it.
    pub discount: Option<Discount>,
    /// How it is taxed.
    pub category: Category,
    /// Percent.
    #[serde(serialize_with = "plain")]
    pub rate: Decimal,
    /// Without tax, minor units.
    pub net: i64,
    /// What the page shows: net, or with tax where prices hold it; minor units.
    pub shown: i64,
    /// The line of the invoice that this line of a credit note takes back.
    pub source: Option<i64>,
}

/// What was taxed with one rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaxGroup {
    /// How.
    pub category: Category,
    /// Percent.
    #[serde(serialize_with = "plain")]
    pub rate: Decimal,
    /// Without tax, minor units.
    pub net: i64,
    /// The tax, minor units.
    pub tax: i64,
}

fn plain<S: serde::Serializer>(number: &Decimal, s: S) -> std::result::Result<S::Ok, S::Error> {
    s.serialize_str(&number.normalize().to_string())
}

/// Reads lines, noting everything that is wrong; amounts are worked out by [`super::sums`].
pub(super) fn read(lines: &[LineInput], category: Category, rate: Decimal, problems: &mut Problems) -> Vec<Line> {
    if lines.len() > MAX_LINES {
        problems.add("lines", "too_long", format!("Use at most {MAX_LINES} lines."));
        return Vec::new();
    }
    lines.iter().enumerate().map(|(i, line)| one(i, line, category, rate, problems)).collect()
}

fn one(i: usize, line: &LineInput, category: Category, rate: Decimal, problems: &mut Problems) -> Line {
    let at = |field: &str| format!("lines.{i}.{field}");
    let title = clean(problems, &at("title"), &line.title, 500);
    let sku = clean(problems, &at("sku"), &line.sku, 100);
    if title.is_empty() && sku.is_empty() {
        problems.add(at("title"), "required", "Say what it is.");
    }
    let quantity = decimal(&line.quantity, 1_000_000_000, 6);
    if quantity.is_none_or(|q| q.is_zero()) {
        problems.add(at("quantity"), "invalid", "Use a plain number such as 2 or 0.5, not zero.");
    }
    let unit_price = decimal(&line.unit_price, 1_000_000_000_000, 6);
    if unit_price.is_none() {
        problems.add(at("unit_price"), "invalid", "Use a plain number such as 12.95.");
    }
    let amount = quantity.zip(unit_price).and_then(|(q, p)| q.checked_mul(p));
    let off = Discount::of_line(&line.discount, amount, &at("discount"), problems);
    let category = match line.category.trim() {
        "" => category,
        word => word.parse().unwrap_or_else(|()| {
            problems.add(at("category"), "unknown", "Choose how it is taxed.");
            category
        }),
    };
    let rate = tax_rate(&line.rate, category, rate).unwrap_or_else(|| {
        let message =
            if category == Category::Standard { "Use a rate above 0 and up to 100, such as 20." } else { "Use 0: nothing is taxed." };
        problems.add(at("rate"), "invalid", message);
        Decimal::ZERO
    });
    let (quantity, unit_price) = (quantity.unwrap_or_default(), unit_price.unwrap_or_default());
    Line { position: i as i64 + 1, title, sku, quantity, unit_price, discount: off, category, rate, net: 0, shown: 0, source: None }
}

/// A percentage that goes with the category; empty takes the usual one.
pub(super) fn tax_rate(text: &str, category: Category, usual: Decimal) -> Option<Decimal> {
    let rate = match (text.trim(), category) {
        ("", Category::Standard) => usual,
        ("", _) => Decimal::ZERO,
        (text, _) => decimal(text, 100, 6)?,
    };
    let taxed = category == Category::Standard;
    (!rate.is_sign_negative() && taxed != rate.is_zero()).then_some(rate)
}

/// An exact plain number of sane size.
pub(super) fn decimal(text: &str, most: i64, scale: u32) -> Option<Decimal> {
    let text = text.trim();
    let text = if text.contains('.') { text.to_owned() } else { text.replacen(',', ".", 1) };
    let plain = !text.is_empty()
        && text.len() <= 30
        && text.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || b == b'.' || (b == b'-' && i == 0));
    let number = plain.then(|| Decimal::from_str_exact(&text).ok())??.normalize();
    (number.abs() <= Decimal::from(most) && number.scale() <= scale).then_some(number)
}
