//! What there is to choose from at the service, as it was fetched last.

use ::providers::accounting::{Item, Sheet};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::connections::find;
use super::queries;
use crate::invoices::text;
use crate::kit::{AccountingId, Ctx, Result, Right};

/// The most rows of one sheet that are kept.
pub const MOST: usize = 2000;

/// Pairs of what the service wants to be told and what people call it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sheets {
    /// Journals of sales; empty where the service gives none.
    pub journals: Vec<(String, String)>,
    /// Accounts of revenue.
    pub ledgers: Vec<(String, String)>,
    /// Accounts of what is owed.
    pub receivables: Vec<(String, String)>,
    /// VAT codes.
    pub vat_codes: Vec<(String, String)>,
}

impl Sheets {
    /// Of one sheet.
    pub fn set(&mut self, sheet: Sheet, items: Vec<Item>) {
        let pairs = items.into_iter().take(MOST).map(|i| (i.value, i.name)).collect();
        match sheet {
            Sheet::Journals => self.journals = pairs,
            Sheet::Ledgers => self.ledgers = pairs,
            Sheet::Receivables => self.receivables = pairs,
            Sheet::VatCodes => self.vat_codes = pairs,
        }
    }
}

/// Keeps what was fetched. Needs [`Right::Settings`].
pub fn keep(tx: &mut Tx, ctx: &Ctx, id: &AccountingId, sheets: &Sheets) -> Result<()> {
    ctx.must(Right::Settings)?;
    find(tx, ctx, id)?;
    tx.exec(&queries::SET_SHEETS, &[&ctx.merchant, id, &text(sheets), &ctx.now])?;
    Ok(())
}
