//! A buyer who was anonymised or deleted for good while money was taken in their name. Money is never refused (SPEC 10.2), and who was asked to be
//! forgotten is not written down anew (SPEC 11): the order and its payments are recorded without a word of who it was, and flagged.

use store::Tx;

use super::checkout::{Buyer, Checkout};
use super::{OrderRow, queries};
use crate::credit;
use crate::customers::{state, survivor};
use crate::kit::{Ctx, CustomerId, Error, Result, locks};
use crate::payments::must_exist;

/// What such an order and its payments are flagged with.
pub const FLAG: &str = "customer_gone";

/// The checkout as it may be recorded, where it is one of a customer who is gone; `None` for all others.
///
/// # Errors
/// `Conflict` (`customer_gone`) for a new order that took no money.
pub(super) fn nameless(tx: &mut Tx, ctx: &Ctx, input: &Checkout, known: Option<&OrderRow>) -> Result<Option<Checkout>> {
    if let Some(owner) = known.and_then(|order| order.customer.as_ref()) {
        locks::customers(tx, ctx, &[owner])?;
        let gone = state::load(tx, ctx, owner)?.anonymised_at.is_some();
        return Ok(gone.then(|| input.without_a_name(false)));
    }
    let Some(named) = &input.buyer.customer else { return Ok(None) };
    if !is_gone(tx, ctx, named)? {
        return Ok(None);
    }
    if known.is_none() && !input.took_money() {
        return Err(Error::conflict(
            FLAG,
            "This customer was anonymised or deleted for good. Send the checkout without the customer’s id.",
        ));
    }
    // Who comes with an address of their own is somebody new, as with that address alone.
    if !input.buyer.email.trim().is_empty() {
        return Ok(Some(Checkout { buyer: Buyer { customer: None, ..input.buyer.clone() }, ..input.clone() }));
    }
    Ok(Some(input.without_a_name(true)))
}

fn is_gone(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<bool> {
    let customer = survivor(tx, ctx, customer)?;
    match must_exist(tx, ctx, &customer) {
        Ok(_) => Ok(false),
        Err(Error::Conflict { code: FLAG, .. }) => Ok(true),
        Err(Error::NotFound(_)) => Ok(tx.opt(&queries::ERASED, &[&ctx.merchant, &customer], |_| Ok(()))?.is_some()),
        Err(other) => Err(other),
    }
}

impl Checkout {
    /// What was sold and paid alone. `of_nobody`: it becomes a guest's, who has no store credit.
    fn without_a_name(&self, of_nobody: bool) -> Self {
        let mut bare = Self { buyer: Buyer::default(), note: String::new(), guest: of_nobody, ..self.clone() };
        if of_nobody {
            bare.payments.retain(|p| p.provider.trim() != credit::PROVIDER);
        }
        for payment in &mut bare.payments {
            payment.method = payment.method.as_ref().map(|m| m.without_a_name());
            payment.failure_message = String::new();
        }
        bare
    }
}
