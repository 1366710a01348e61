//! What of ours is what there: the journal, an account of what is owed, and for each way of taxing a VAT code and an account of revenue; a shop may
//! have an account of its own.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use store::Tx;

use super::connections::{find, record};
use super::{Service, queries};
use crate::invoices::{self, Category, text};
use crate::kit::{AccountingId, Ctx, Problems, Result, Right, ShopId, clean};
use crate::shops;

/// The longest code.
const LONGEST: usize = 60;

/// The mapping of a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// The journal that entries are booked in.
    pub journal: String,
    /// Twinfield: the account of what customers owe.
    pub receivable: String,
    /// What was issued on this day or later is exported; days since 1970 where the merchant lives.
    pub since: Option<i64>,
    /// For each way of taxing.
    pub taxes: Vec<Tax>,
    /// Shops whose revenue has an account of its own.
    pub shops: Vec<Shop>,
}

/// A way of taxing, there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tax {
    /// How.
    pub category: Category,
    /// Percent, in its shortest spelling: `21`, `5.5`.
    pub rate: String,
    /// The VAT code.
    pub vat_code: String,
    /// The account of revenue.
    pub ledger: String,
}

/// A shop, there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// Which.
    pub shop: ShopId,
    /// The account of its revenue.
    pub ledger: String,
}

impl Mapping {
    /// The line of a way of taxing.
    pub fn tax(&self, category: Category, rate: &str) -> Option<&Tax> {
        self.taxes.iter().find(|t| t.category == category && t.rate == rate)
    }

    /// A shop's own account; empty when it has none.
    pub fn shop(&self, id: &ShopId) -> &str {
        self.shops.iter().find(|s| s.shop == *id).map_or("", |s| &s.ledger)
    }

    /// Can anything be exported?
    pub fn is_ready(&self) -> bool {
        !self.journal.is_empty() && !self.taxes.is_empty()
    }
}

/// A rate in its one spelling.
pub fn rate(rate: Decimal) -> String {
    rate.normalize().to_string()
}

/// Ways of taxing that a mapping should know: those of the latest invoices and of refused exports, the usual one, and those it knows.
pub fn known_taxes(tx: &mut Tx, ctx: &Ctx, id: &AccountingId) -> Result<Vec<(Category, String)>> {
    ctx.must(Right::Settings)?;
    let (mapping, own) = (find(tx, ctx, id)?.mapping, invoices::settings(tx, ctx)?);
    let mut all: Vec<(Category, String)> = mapping.taxes.iter().map(|t| (t.category, t.rate.clone())).collect();
    all.push((own.category, rate(own.rate)));
    let found = tx.rows(&queries::TAXES, &[&ctx.merchant, id], |r| Ok((r.get::<Category>(0)?, r.get::<String>(1)?)))?;
    all.extend(found.into_iter().filter_map(|(category, text)| Some((category, rate(text.parse().ok()?)))));
    all.sort_by_key(|(category, text)| (*category, std::cmp::Reverse(text.parse::<Decimal>().unwrap_or_default())));
    all.dedup();
    Ok(all)
}

/// Keeps the mapping. `daily`: a run begins by itself each day. Needs [`Right::Settings`].
///
/// # Errors
/// Field errors: `journal`, `receivable`, `vat.standard.21`, `ledger.standard.21`, `shop.shp_…`.
pub fn save(tx: &mut Tx, ctx: &Ctx, id: &AccountingId, mapping: &Mapping, daily: bool) -> Result<()> {
    ctx.must(Right::Settings)?;
    let connection = find(tx, ctx, id)?;
    let kept = check(tx, ctx, connection.service, mapping)?;
    if kept == connection.mapping && daily == connection.daily {
        return Ok(());
    }
    // What lies before the day that was said before is looked through again.
    let again = kept.since != connection.mapping.since;
    tx.exec(&queries::SET_MAPPING, &[&ctx.merchant, id, &text(&kept), &daily, &again, &ctx.now])?;
    record(tx, ctx, "accounting.mapped", id, serde_json::json!({ "journal": kept.journal, "taxes": kept.taxes.len(), "daily": daily }))
}

fn check(tx: &mut Tx, ctx: &Ctx, service: Service, m: &Mapping) -> Result<Mapping> {
    let mut problems = Problems::default();
    let journal = clean(&mut problems, "journal", &m.journal, LONGEST);
    if journal.is_empty() {
        problems.add("journal", "required", "Choose the journal for sales.");
    }
    let receivable = clean(&mut problems, "receivable", &m.receivable, LONGEST);
    if service == Service::Twinfield && receivable.is_empty() {
        problems.add("receivable", "required", "Choose the account of what customers owe.");
    }
    let mut taxes: Vec<Tax> = Vec::new();
    for tax in &m.taxes {
        let Some(rate) = tax.rate.parse().ok().filter(|r: &Decimal| !r.is_sign_negative()).map(rate) else {
            problems.add("taxes", "invalid", "A rate is a percentage such as 21 or 5.5.");
            continue;
        };
        let (vat, ledger) = (format!("vat.{}.{rate}", tax.category.name()), format!("ledger.{}.{rate}", tax.category.name()));
        let kept = Tax {
            category: tax.category,
            vat_code: clean(&mut problems, &vat, &tax.vat_code, LONGEST),
            ledger: clean(&mut problems, &ledger, &tax.ledger, LONGEST),
            rate,
        };
        match (kept.vat_code.is_empty(), kept.ledger.is_empty()) {
            (true, true) => {}
            (true, false) => problems.add(vat, "required", "Choose its VAT code."),
            (false, true) => problems.add(ledger, "required", "Choose its account."),
            (false, false) => taxes.push(kept),
        }
    }
    if taxes.is_empty() {
        problems.add("taxes", "required", "Choose VAT code and account of at least one rate.");
    }
    taxes.sort_by(|a, b| (a.category, &a.rate).cmp(&(b.category, &b.rate)));
    taxes.dedup_by(|a, b| (a.category, &a.rate) == (b.category, &b.rate));
    let mut own = Vec::new();
    for shop in m.shops.iter().filter(|s| !s.ledger.trim().is_empty()) {
        let field = format!("shop.{}", shop.shop);
        if shops::get(tx, ctx, &shop.shop).is_err() {
            problems.add(&field, "unknown", "This is none of your shops.");
        }
        own.push(Shop { shop: shop.shop.clone(), ledger: clean(&mut problems, &field, &shop.ledger, LONGEST) });
    }
    problems.check()?;
    Ok(Mapping { journal, receivable, since: m.since, taxes, shops: own })
}
