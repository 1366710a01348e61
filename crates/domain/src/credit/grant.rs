//! Credit given and taken back by hand, each with a reason.

use serde::{Deserialize, Serialize};
use store::Tx;

use super::Kind;
use super::ledger::{self, Entry};
use crate::customers::survivor;
use crate::kit::{CreditId, Ctx, Currency, CustomerId, Error, Money, Problems, Result, Right, clean, locks};
use crate::payments::{MAX_MINOR, Standing, must_exist};

/// An amount given or taken by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantInput {
    /// Whose.
    pub customer: CustomerId,
    /// ISO 4217.
    pub currency: Currency,
    /// Minor units, above zero.
    pub amount: i64,
    /// Why; needed.
    pub reason: String,
}

/// Gives credit.
///
/// # Errors
/// `Invalid` for the amount or without a reason; `Conflict` (`customer_inactive`) for a deleted customer.
pub fn grant(tx: &mut Tx, ctx: &Ctx, input: &GrantInput) -> Result<CreditId> {
    ctx.must(Right::Refund)?;
    let input = &GrantInput { customer: survivor(tx, ctx, &input.customer)?, ..input.clone() };
    locks::customers(tx, ctx, &[&input.customer])?;
    may_receive(tx, ctx, &input.customer)?;
    let (mut problems, reason) = checked(input);
    let room = MAX_MINOR - ledger::balance(tx, ctx, &input.customer, input.currency)?;
    if input.amount > room {
        problems.add("amount", "too_much", "That is more than anybody’s balance may be.");
    }
    problems.check()?;
    write(tx, ctx, input, Kind::Grant, input.amount, &reason)
}

/// Takes credit back, at most what is there.
///
/// # Errors
/// `Invalid` on `amount` with what is there, or without a reason.
pub fn take_back(tx: &mut Tx, ctx: &Ctx, input: &GrantInput) -> Result<CreditId> {
    ctx.must(Right::Refund)?;
    let input = &GrantInput { customer: survivor(tx, ctx, &input.customer)?, ..input.clone() };
    locks::customers(tx, ctx, &[&input.customer])?;
    must_exist(tx, ctx, &input.customer)?;
    let (mut problems, reason) = checked(input);
    let there = ledger::balance(tx, ctx, &input.customer, input.currency)?;
    if input.amount > there {
        problems.add("amount", "too_much", too_much(there, input.currency));
    }
    problems.check()?;
    write(tx, ctx, input, Kind::TakeBack, -input.amount, &reason)
}

/// Nobody who is deleted is given anything: it could not be spent.
pub(super) fn may_receive(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<()> {
    match must_exist(tx, ctx, customer)? {
        Standing::Deleted => Err(Error::conflict("customer_inactive", "This customer is deleted. Restore it first.")),
        Standing::Active | Standing::Archived => Ok(()),
    }
}

fn too_much(there: i64, currency: Currency) -> String {
    match there {
        0 => format!("There is no store credit in {currency}."),
        _ => format!("At most {} is there.", Money::new(there, currency)),
    }
}

fn checked(input: &GrantInput) -> (Problems, String) {
    let mut problems = Problems::default();
    if input.amount <= 0 {
        problems.add("amount", "invalid", "Use an amount above zero.");
    }
    let reason = clean(&mut problems, "reason", &input.reason, 500);
    if reason.is_empty() {
        problems.add("reason", "required", "Say why: whoever reads the ledger will ask.");
    }
    (problems, reason)
}

fn write(tx: &mut Tx, ctx: &Ctx, input: &GrantInput, kind: Kind, amount: i64, reason: &str) -> Result<CreditId> {
    let entry =
        Entry { customer: &input.customer, kind, amount, currency: input.currency, reason, payment: None, refund: None, order: None };
    ledger::write(tx, ctx, &entry)
}
