//! Receipts (SPEC 11.4): what was cleared, what was kept and under which rule. They hold nothing personal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use store::{Row, Tx};

use super::Cause;
use super::columns::{self, Access};
use super::queries as q;
use crate::kit::{Ctx, CustomerId, ErasureId, Error, Micros, Result, Right};

/// Something that stayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What, in words.
    pub what: String,
    /// Under which rule.
    pub rule: String,
    /// How many, where they are counted.
    pub count: Option<u64>,
    /// Until when, microseconds UTC, where it ends.
    pub until: Option<Micros>,
}

/// The receipt of one customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Its id.
    pub id: ErasureId,
    /// Whose.
    pub customer: CustomerId,
    /// Why.
    pub cause: Cause,
    /// By whom.
    pub by: String,
    /// When, microseconds UTC.
    pub at: Micros,
    /// Rows cleared or deleted, by table.
    pub cleared: BTreeMap<String, u64>,
    /// What stayed.
    pub kept: Vec<Kept>,
    /// Since when it stands in the ledger outside of the database: no backup brings the customer back.
    pub noted_at: Option<Micros>,
    /// Since when it is known that no body, answer or journal names the customer any more.
    pub swept_at: Option<Micros>,
    /// Since when the erased bytes are gone from the files of the database too.
    pub scrubbed_at: Option<Micros>,
}

impl Receipt {
    /// What was cleared, by the headings that people know.
    pub fn cleared_words(&self) -> Vec<(String, u64)> {
        let words = |table: &str| match columns::find(table).map(|t| t.access) {
            Some(Access::Shown(heading)) => heading.to_owned(),
            _ => {
                let words = table.replace('_', " ");
                words[..1].to_uppercase() + &words[1..]
            }
        };
        self.cleared.iter().map(|(table, rows)| (words(table), *rows)).collect()
    }
}

/// One receipt.
///
/// # Errors
/// `NotFound` here and for another merchant's.
pub fn find(tx: &mut Tx, ctx: &Ctx, id: &ErasureId) -> Result<Receipt> {
    ctx.must(Right::Read)?;
    tx.opt(&q::RECEIPT, &[&ctx.merchant, id], receipt)?.ok_or(Error::NotFound("receipt"))
}

/// The receipt of a customer, if it was anonymised.
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Option<Receipt>> {
    ctx.must(Right::Read)?;
    Ok(tx.opt(&q::RECEIPT_OF, &[&ctx.merchant, customer], receipt)?)
}

/// Receipts, newest first, below one; at most `limit`.
pub fn list(tx: &mut Tx, ctx: &Ctx, below: Option<&ErasureId>, limit: i64) -> Result<Vec<Receipt>> {
    ctx.must(Right::Read)?;
    let below = below.map_or("~", ErasureId::as_str);
    Ok(tx.rows(&q::RECEIPTS, &[&ctx.merchant, &below, &limit], receipt)?)
}

fn receipt(r: &Row) -> std::result::Result<Receipt, store::Error> {
    Ok(Receipt {
        id: r.get(0)?,
        customer: r.get(1)?,
        cause: r.get(2)?,
        by: r.get(3)?,
        cleared: serde_json::from_str(r.str(4)?).unwrap_or_default(),
        kept: serde_json::from_str(r.str(5)?).unwrap_or_default(),
        at: r.get(6)?,
        noted_at: r.get(7)?,
        swept_at: r.get(8)?,
        scrubbed_at: r.get(9)?,
    })
}
