//! Payment links of the demo, one in each state, and charges of test cards that members of the club keep.

use store::{Db, Tx};

use super::{House, Plan};
use crate::charges::{self, ChargeInput};
use crate::customers::list::{self, Indexes, ListQuery};
use crate::kit::{Ctx, CustomerId, DAY, Error, IdSource, Result, ShopId};
use crate::payment_links::{self, LinkInput, VALID_DAYS};
use crate::payments::{MethodKind, methods};
use crate::providers;

/// Writes them.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn charges(db: &Db, house: &House, plan: &Plan) -> Result<()> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(24)), ..house.ctx.clone() }.at(plan.now);
    let reader = ctx.clone();
    let people: Vec<CustomerId> = db.read_now::<_, Error>(move |tx| {
        let found = list::page_only(tx, &reader, &Indexes::default(), &ListQuery::default())?;
        Ok(found.rows.into_iter().map(|row| row.id).collect())
    })?;
    db.write_slice_now::<_, Error>(move |tx| {
        let Some(shop) = providers::test_shops(tx, &ctx)?.into_iter().next().map(|s| s.id) else { return Ok(()) };
        for (n, customer) in people.iter().skip(6).step_by(7).take(4).enumerate() {
            link(tx, &ctx, &shop, customer, n)?;
        }
        for customer in &people {
            charge(tx, &ctx, &shop, customer)?;
        }
        Ok(())
    })
}

fn link(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, customer: &CustomerId, n: usize) -> Result<()> {
    // The fourth was made so long ago that it has expired.
    let begun = ctx.at(ctx.now - if n == 3 { 40 } else { 4 } * DAY);
    let input = LinkInput {
        customer: customer.clone(),
        shop: Some(shop.clone()),
        currency: None,
        amount: Some(4500),
        purpose: "Barista course in May".to_owned(),
        order: None,
        invoice: None,
        days: VALID_DAYS,
    };
    tx.next_verb();
    let id = match payment_links::create(tx, &begun, &input) {
        Ok(id) => id,
        // Some of the story's people are archived.
        Err(Error::Conflict { .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    tx.next_verb();
    match n {
        1 => payment_links::receive(tx, ctx, &id, MethodKind::Transfer, None).map(drop),
        2 => payment_links::withdraw(tx, ctx, &id),
        _ => Ok(()),
    }
}

fn charge(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, customer: &CustomerId) -> Result<()> {
    let kept = methods::of_customer(tx, ctx, customer)?.into_iter().find(|m| m.provider == "test" && m.detached_at.is_none());
    let Some(method) = kept.map(|m| m.id) else { return Ok(()) };
    let input = ChargeInput {
        customer: customer.clone(),
        method,
        shop: Some(shop.clone()),
        currency: None,
        amount: Some(800),
        purpose: "Repair of a grinder".to_owned(),
        order: None,
        invoice: None,
    };
    tx.next_verb();
    match charges::charge(tx, ctx, &input) {
        Ok(_) | Err(Error::Conflict { .. } | Error::Invalid(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
