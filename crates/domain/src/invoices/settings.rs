//! Who sells and how invoices are made: what the settings page keeps. Without it, the merchant's name and country stand in.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::{Row, Tx};

use super::lines::tax_rate;
use super::party::{bank, party};
use super::{Bank, Category, Party, Prices, Rounding, queries};
use crate::events::Event;
use crate::kit::{Address, Ctx, LogoId, Problems, Result, Right, clean};
use crate::merchants;

/// What invoices of this merchant begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who sells.
    pub seller: Party,
    /// Where the money goes.
    pub bank: Bank,
    /// Terms of payment, in words.
    pub terms: String,
    /// Days until an invoice is due.
    pub terms_days: i64,
    /// At the foot of each page.
    pub footer: String,
    /// How numbers look: `INV-{year}-{number}`.
    pub format: String,
    /// The same for credit notes.
    pub credit_format: String,
    /// Where amounts are rounded.
    pub rounding: Rounding,
    /// Whether prices of orders hold the tax.
    pub prices: Prices,
    /// How things are usually taxed.
    pub category: Category,
    /// The usual rate, percent.
    pub rate: Decimal,
    /// Why nothing is taxed, where it is so.
    pub exemption: String,
    /// The logo.
    pub logo: Option<LogoId>,
}

/// All settings, as the page and the API send them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettingsEdit {
    /// Who sells.
    pub seller: Party,
    /// Where the money goes.
    pub bank: Bank,
    /// Terms of payment, in words.
    pub terms: String,
    /// 0 to 365.
    pub terms_days: i64,
    /// At the foot of each page.
    pub footer: String,
    /// Holds `{number}`, perhaps `{year}`.
    pub format: String,
    /// The same for credit notes; another one.
    pub credit_format: String,
    /// `line` or `document`.
    pub rounding: String,
    /// `net` or `gross`.
    pub prices: String,
    /// How things are usually taxed.
    pub category: String,
    /// Percent.
    pub rate: String,
    /// Why nothing is taxed.
    pub exemption: String,
}

/// The settings as they are.
pub fn settings(tx: &mut Tx, ctx: &Ctx) -> Result<Settings> {
    let kept = tx.opt(&queries::SETTINGS, &[&ctx.merchant], row)?;
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let merchant = merchants::settings(tx, ctx)?;
    let address = Address { country: merchant.country.clone(), ..Address::default() };
    Ok(Settings {
        seller: Party { name: merchant.name, address, ..Party::default() },
        bank: Bank::default(),
        terms: String::new(),
        terms_days: 14,
        footer: String::new(),
        format: "INV-{year}-{number}".to_owned(),
        credit_format: "CN-{year}-{number}".to_owned(),
        rounding: Rounding::Document,
        prices: Prices::Gross,
        category: Category::Standard,
        rate: Decimal::from(20),
        exemption: String::new(),
        logo: None,
    })
}

fn row(r: &Row<'_>) -> std::result::Result<Settings, store::Error> {
    Ok(Settings {
        seller: json(r.str(0)?),
        bank: json(r.str(1)?),
        terms: r.get(2)?,
        terms_days: r.get(3)?,
        footer: r.get(4)?,
        format: r.get(5)?,
        credit_format: r.get(6)?,
        rounding: r.get(7)?,
        prices: r.get(8)?,
        category: r.get(9)?,
        rate: r.str(10)?.parse().unwrap_or_default(),
        exemption: r.get(11)?,
        logo: r.get(12)?,
    })
}

/// What was written as JSON by this room.
pub(crate) fn json<T: Default + serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_default()
}

/// The way there.
pub(crate) fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Changes them. Issued invoices stay as they are. Needs [`Right::Settings`].
///
/// # Errors
/// Field errors under the names of [`SettingsEdit`].
pub fn edit_settings(tx: &mut Tx, ctx: &Ctx, edit: &SettingsEdit) -> Result<Settings> {
    ctx.must(Right::Settings)?;
    let mut problems = Problems::default();
    let new = checked(edit, &mut problems);
    problems.check()?;
    merchants::lock(tx, &ctx.merchant)?;
    let old = settings(tx, ctx)?;
    tx.exec(
        &queries::PUT_SETTINGS,
        &[
            &ctx.merchant,
            &text(&new.seller),
            &text(&new.bank),
            &new.terms,
            &new.terms_days,
            &new.footer,
            &new.format,
            &new.credit_format,
            &new.rounding,
            &new.prices,
            &new.category,
            &new.rate.normalize().to_string(),
            &new.exemption,
            &ctx.now,
        ],
    )?;
    record(tx, ctx, &old, &new)?;
    settings(tx, ctx)
}

fn record(tx: &mut Tx, ctx: &Ctx, old: &Settings, new: &Settings) -> Result<()> {
    let fields = |s: &Settings| {
        [
            ("seller", text(&s.seller)),
            ("bank", text(&s.bank)),
            ("terms", s.terms.clone()),
            ("terms_days", s.terms_days.to_string()),
            ("footer", s.footer.clone()),
            ("format", s.format.clone()),
            ("credit_format", s.credit_format.clone()),
            ("rounding", s.rounding.name().to_owned()),
            ("prices", s.prices.name().to_owned()),
            ("category", s.category.name().to_owned()),
            ("rate", s.rate.normalize().to_string()),
            ("exemption", s.exemption.clone()),
        ]
    };
    let mut event = Event::new("merchant.invoices_edited").on("merchant", ctx.merchant.as_str());
    let changed: Vec<_> = fields(old).into_iter().zip(fields(new)).filter(|(a, b)| a.1 != b.1).collect();
    for ((field, a), (_, b)) in &changed {
        event = event.value(*field, Some(a), Some(b));
    }
    if !changed.is_empty() {
        event.record(tx, ctx)?;
    }
    Ok(())
}

fn checked(edit: &SettingsEdit, problems: &mut Problems) -> Settings {
    let format = format(&edit.format, "format", problems);
    let credit_format = self::format(&edit.credit_format, "credit_format", problems);
    if format == credit_format {
        problems.add("credit_format", "taken", "Use another form than for invoices, so that no two numbers are the same.");
    }
    if !(0..=365).contains(&edit.terms_days) {
        problems.add("terms_days", "invalid", "Choose 0 to 365 days.");
    }
    let category: Category = choice(&edit.category, "category", problems).unwrap_or(Category::Standard);
    let rate = tax_rate(&edit.rate, category, Decimal::ZERO).unwrap_or_else(|| {
        problems.add(
            "rate",
            "invalid",
            if category == Category::Standard { "Use a rate above 0 and up to 100, such as 20." } else { "Use 0: nothing is taxed." },
        );
        Decimal::ZERO
    });
    let mut seller = party(&edit.seller, "seller.", problems);
    if seller.name.is_empty() {
        problems.add("seller.name", "required", "Give the name that stands on invoices.");
    }
    if seller.address.country.is_empty() {
        problems.add("seller.address.country", "required", "Choose your country.");
    }
    seller.language = String::new();
    Settings {
        seller,
        bank: bank(&edit.bank, problems),
        terms: clean(problems, "terms", &edit.terms, 500),
        terms_days: edit.terms_days,
        footer: clean(problems, "footer", &edit.footer, 500),
        format,
        credit_format,
        rounding: choice(&edit.rounding, "rounding", problems).unwrap_or(Rounding::Document),
        prices: choice(&edit.prices, "prices", problems).unwrap_or(Prices::Gross),
        category,
        rate,
        exemption: clean(problems, "exemption", &edit.exemption, 300),
        logo: None,
    }
}

pub(super) fn choice<T: std::str::FromStr>(word: &str, field: &str, problems: &mut Problems) -> Option<T> {
    let found = word.trim().parse().ok();
    if found.is_none() {
        problems.add(field, "unknown", "Choose one of those offered.");
    }
    found
}

fn format(text: &str, field: &str, problems: &mut Problems) -> String {
    let text = clean(problems, field, text, 40);
    let rest = text.replacen("{number}", "", 1).replacen("{year}", "", 1);
    let sane = rest.chars().all(|c| c.is_alphanumeric() || " -_/.".contains(c));
    if !text.contains("{number}") || !sane {
        problems.add(field, "invalid", "Use letters, digits and - _ / . with {number} in it, and {year} if it begins anew each year.");
    }
    text
}
