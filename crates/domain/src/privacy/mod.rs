//! What is personal, and what becomes of it (SPEC 11): the register of every column that says which rows are whose, all data of one person as
//! a file, and the register of what people ask about their data.

pub mod columns;
pub mod data;
pub mod queries;
pub mod requests;
pub(crate) mod whose;

use store::Tx;

use crate::kit::{Ctx, CustomerId, Result};

/// Who was merged into a customer, and into those, nearest first: they are the same person.
pub(crate) fn merged_into(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<CustomerId>> {
    let mut all = vec![customer.clone()];
    let mut at = 0;
    while let Some(id) = all.get(at).cloned() {
        let merged: Vec<CustomerId> = tx.rows(&queries::MERGED_INTO, &[&ctx.merchant, &id], |r| r.get(0))?;
        let fresh: Vec<CustomerId> = merged.into_iter().filter(|m| !all.contains(m)).collect();
        all.extend(fresh);
        at += 1;
    }
    all.remove(0);
    Ok(all)
}
