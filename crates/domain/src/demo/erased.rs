//! A few who asked to be forgotten.

use store::Db;

use super::{House, Plan};
use crate::customers;
use crate::kit::{Error, Result};
use crate::privacy::{self, Cause};
use crate::providers::Vault;

/// How many.
const FEW: usize = 3;

/// Anonymises a few of whom nothing is active.
///
/// # Errors
/// What the database says.
pub fn erased(db: &Db, house: &House, plan: &Plan, vault: &Vault) -> Result<()> {
    let (house, last, vault) = (house.clone(), 1_000 + plan.customers, vault.clone());
    db.write_slice_now::<_, Error>(move |tx| {
        let mut done = 0;
        for number in (1_020..=last).step_by(37) {
            if done == FEW {
                break;
            }
            tx.next_verb();
            let ctx = &house.ctx;
            let Some(id) = customers::find_by_number(tx, ctx, &number.to_string())? else { continue };
            match privacy::anonymise(tx, ctx, &vault, &id, Cause::Hand) {
                Ok(_) => done += 1,
                Err(Error::Conflict { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(())
    })
}
