//! An order at no charge that takes the place of goods that came back (SPEC 2.10).

use store::Tx;

use super::put::{self, OrderInput};
use super::totals::Extras;
use super::{Line, Order, State};
use crate::customers::facts;
use crate::kit::{Ctx, OrderId, Problems, Result};
use crate::merchants;
use crate::payments::{Payer, must_exist};

/// A new open order for the buyer of `old`, of these lines at a price of zero. Right and locks are the caller's.
///
/// # Errors
/// `Conflict` (`customer_inactive`) for an archived or deleted customer (SPEC 10.2).
pub(crate) fn replacement(tx: &mut Tx, ctx: &Ctx, old: &Order, lines: Vec<Line>, note: String) -> Result<OrderId> {
    let s = &old.summary;
    if let Some(customer) = &s.customer {
        must_exist(tx, ctx, customer)?.must_be_active()?;
    }
    let input = OrderInput {
        shop: s.shop.clone(),
        external_id: None,
        number: None,
        customer: s.customer.clone(),
        guest: s.guest,
        state: State::Open,
        abandoned: false,
        currency: s.currency,
        lines: lines.into_iter().map(|l| Line { unit_price: "0".to_owned(), discount: String::new(), ..l }).collect(),
        extras: Extras::default(),
        payer: Payer { name: s.name.clone(), email: s.email.clone(), phone: old.phone.clone() },
        company: s.company.clone(),
        billing: old.billing.clone(),
        delivery: old.delivery.clone(),
        note,
        flag: "",
        ordered_at: ctx.now,
        paid_at: None,
        import_id: None,
    };
    let mut problems = Problems::default();
    let checked = put::check(ctx, &input, &mut problems);
    problems.check()?;
    let country = merchants::settings(tx, ctx)?.country;
    let id = put::write(tx, ctx, &input, &checked, &country, None)?.id;
    facts::refresh(tx, ctx, s.customer.as_slice(), "replacement ordered")?;
    put::number(tx, ctx, &id)?;
    Ok(id)
}
