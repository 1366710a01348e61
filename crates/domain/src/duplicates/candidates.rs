//! Who may be the same as somebody who is typed or imported: each look-up walks an index of its own and gives a bounded number.

use likeness::Record;
use store::{Stmt, Tx};

use super::queries as q;
use super::resemble::record_of;
use super::sheet::Sheet;
use crate::customers::index::fold;
use crate::files::Target;
use crate::kit::{Ctx, CustomerId, Result, email_key};

/// Of one zip or company no more are compared by themselves; of a fuller one those whose name begins alike.
const TOGETHER: i64 = 150;
/// Of those with the same phone, address or tax id.
const SAME: i64 = 20;

type Candidates = Vec<(CustomerId, Record)>;

/// Those with the same zip, phone, e-mail address, tax id or company, each once.
pub(super) fn candidates(tx: &mut Tx, ctx: &Ctx, sheet: &Sheet) -> Result<Candidates> {
    let mut all = beside(tx, ctx, sheet, sheet.typed(&Target::Zip), (&q::IN_ZIP, &q::IN_ZIP_NAMED))?;
    let mut add = |some: Candidates| {
        some.into_iter().for_each(|one| {
            if all.iter().all(|(known, _)| *known != one.0) {
                all.push(one);
            }
        })
    };
    add(same(tx, ctx, sheet.get(&Target::Phone), &q::SAME_PHONE)?);
    add(same(tx, ctx, &email_key(sheet.typed(&Target::Email)), &q::SAME_EMAIL)?);
    for id in [Target::VatNumber, Target::TaxId].iter().map(|target| sheet.typed(target)) {
        add(same(tx, ctx, id, &q::SAME_VAT)?);
        add(same(tx, ctx, id, &q::SAME_TAX)?);
    }
    add(beside(tx, ctx, sheet, sheet.typed(&Target::Company), (&q::IN_COMPANY, &q::IN_COMPANY_NAMED))?);
    Ok(all)
}

/// Those with this tax id or VAT number, however it is written.
pub(crate) fn same_tax(tx: &mut Tx, ctx: &Ctx, id: &str) -> Result<Vec<CustomerId>> {
    let mut all = same(tx, ctx, id.trim(), &q::SAME_VAT)?;
    all.extend(same(tx, ctx, id.trim(), &q::SAME_TAX)?);
    Ok(all.into_iter().map(|(id, _)| id).collect())
}

/// Those of this company, by their name.
pub(crate) fn same_company(tx: &mut Tx, ctx: &Ctx, company: &str) -> Result<Vec<CustomerId>> {
    Ok(same(tx, ctx, company.trim(), &q::IN_COMPANY)?.into_iter().map(|(id, _)| id).collect())
}

fn same(tx: &mut Tx, ctx: &Ctx, value: &str, statement: &Stmt) -> Result<Candidates> {
    if value.is_empty() || value.contains('\0') {
        return Ok(Vec::new());
    }
    Ok(tx.rows(statement, &[&ctx.merchant, &value, &SAME], record_of)?)
}

fn beside(tx: &mut Tx, ctx: &Ctx, sheet: &Sheet, value: &str, (all, named): (&Stmt, &Stmt)) -> Result<Candidates> {
    if value.is_empty() || value.contains('\0') {
        return Ok(Vec::new());
    }
    let found = tx.rows(all, &[&ctx.merchant, &value, &(TOGETHER + 1)], record_of)?;
    let first: String = fold(sheet.typed_name()).chars().take(1).collect();
    if found.len() as i64 <= TOGETHER || first.is_empty() {
        return Ok(found);
    }
    let end = format!("{first}\u{10ffff}");
    Ok(tx.rows(named, &[&ctx.merchant, &value, &TOGETHER, &first, &end], record_of)?)
}
