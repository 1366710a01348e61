//! Legal copies (SPEC 11.3): buyer and note of issued invoices, sealed with a key of their own that is not in the database, readable with a right of its
//! own, gone when the term of the country ends.

use serde::{Deserialize, Serialize};
use store::{Row, Tx};

use super::read::Kept;
use super::{queries as q, settings};
use crate::events::Event;
use crate::invoices::{self, Paper, Party};
use crate::kit::{Ctx, CustomerId, Error, InvoiceId, Micros, Result, Right};
use crate::merchants;
use crate::providers::{Vault, seal_name};

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    buyer: String,
    note: String,
}

/// That there is a copy, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LegalCopy {
    /// Of which invoice.
    pub invoice: InvoiceId,
    /// Its number.
    pub number: String,
    /// Whose term it is, ISO 3166.
    pub country: String,
    /// So many years from the end of the year of issue.
    pub years: i64,
    /// Deleted then, microseconds UTC.
    pub keep_until: Micros,
}

/// Seals a copy of each issued invoice of these customers whose term has not ended.
pub(super) fn seal(tx: &mut Tx, ctx: &Ctx, vault: &Vault, all: &[CustomerId], kept: &mut Vec<Kept>) -> Result<()> {
    let merchant = merchants::settings(tx, ctx)?;
    let years = settings::settings_of(tx, ctx, &merchant)?.years;
    let (mut count, mut last) = (0, 0);
    for id in all {
        let issued =
            tx.rows(&q::ISSUED, &[&ctx.merchant, id], |r| Ok((r.get::<InvoiceId>(0)?, r.get(1)?, r.get(2)?, r.get::<Micros>(3)?)))?;
        for (invoice, buyer, note, at) in issued {
            let until = end_of_term(&merchant, at, years);
            if until <= ctx.now {
                continue;
            }
            let plain = serde_json::to_string(&Sealed { buyer, note }).map_err(|e| Error::Internal(e.to_string()))?;
            let sealed = vault.seal_legal(&owner(ctx, &invoice), &plain)?;
            tx.exec(&q::KEEP_COPY, &[&ctx.merchant, &invoice, id, &merchant.country, &years, &until, &sealed, &ctx.now])?;
            count += 1;
            last = last.max(until);
        }
    }
    if count > 0 {
        let place = if merchant.country.is_empty() { "the country".to_owned() } else { merchant.country.clone() };
        kept.push(Kept {
            what: "Legal copies of issued invoices, sealed".to_owned(),
            rule: format!(
                "The law of {place} wants issued invoices for {years} years. They are read with a right of its own and deleted then."
            ),
            count: Some(count),
            until: Some(last),
        });
    }
    Ok(())
}

/// The end of the calendar year of issue, so many years later, where the merchant lives.
fn end_of_term(merchant: &merchants::Settings, issued: Micros, years: i64) -> Micros {
    let year = merchant.zone.date(issued).year();
    let last = i16::try_from(i64::from(year) + years).unwrap_or(i16::MAX).min(9_000);
    merchant.zone.end_of(jiff::civil::date(last, 12, 31))
}

fn owner(ctx: &Ctx, invoice: &InvoiceId) -> String {
    seal_name(&ctx.merchant, invoice)
}

/// The copies of a customer. Needs [`Right::LegalCopies`].
pub fn copies(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<LegalCopy>> {
    ctx.must(Right::LegalCopies)?;
    Ok(tx.rows(&q::COPIES, &[&ctx.merchant, customer], |r: &Row| {
        Ok(LegalCopy {
            invoice: r.get(0)?,
            number: r.get::<Option<String>>(1)?.unwrap_or_default(),
            country: r.get(2)?,
            years: r.get(3)?,
            keep_until: r.get(4)?,
        })
    })?)
}

/// Buyer and note as issued. Needs [`Right::LegalCopies`], and is told in the audit log.
///
/// # Errors
/// `NotFound` without a copy; a conflict `sealed` when the key of this installation does not open it.
pub fn legal_buyer(tx: &mut Tx, ctx: &Ctx, vault: &Vault, invoice: &InvoiceId) -> Result<(Party, String)> {
    ctx.must(Right::LegalCopies)?;
    let sealed: String = tx.opt(&q::COPY, &[&ctx.merchant, invoice], |r| r.get(0))?.ok_or(Error::NotFound("legal copy"))?;
    let opened = vault.open_legal(&owner(ctx, invoice), &sealed).and_then(|plain| serde_json::from_str::<Sealed>(&plain).ok());
    let Some(Sealed { buyer, note }) = opened else {
        return Err(Error::conflict("sealed", "The key of this installation does not open this copy. Use the key it was sealed with."));
    };
    Event::new("legal_copy.read").on("invoice", invoice.as_str()).record(tx, ctx)?;
    Ok((serde_json::from_str(&buyer).unwrap_or_default(), note))
}

/// The paper as issued, with its buyer. As [`legal_buyer`].
pub fn legal_paper(tx: &mut Tx, ctx: &Ctx, vault: &Vault, invoice: &InvoiceId) -> Result<Paper> {
    let (buyer, note) = legal_buyer(tx, ctx, vault, invoice)?;
    invoices::paper_for(tx, ctx, invoice, &buyer, &note)
}

/// Deletes copies whose term has ended.
pub fn expire(tx: &mut Tx, ctx: &Ctx) -> Result<u64> {
    let gone = tx.exec(&q::EXPIRE, &[&ctx.merchant, &ctx.now])?;
    if gone > 0 {
        Event::new("legal_copies.expired").data(serde_json::json!({ "count": gone })).record(tx, ctx)?;
    }
    Ok(gone)
}
