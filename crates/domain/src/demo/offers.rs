//! Offers and returns of the demo: one of each state, so that their lists and topics show what they are for.

use store::{Db, Tx};

use super::{House, Plan};
use crate::customers::list::{self, Indexes, ListQuery};
use crate::kit::{Ctx, CustomerId, DAY, Error, IdSource, Result, ReturnId};
use crate::lists::{self, Query};
use crate::offers::{self, NewOffer};
use crate::orders::{Line, OrderSummary, State, listed};
use crate::returns::{self, LineBack, NewReturn, Reason};
use crate::shops;

/// Orders that are looked through for some of which something comes back.
const LOOKED_AT: usize = 60;

/// Writes them.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn offers(db: &Db, house: &House, plan: &Plan) -> Result<()> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(17)), ..house.ctx.clone() }.at(plan.now);
    let reader = ctx.clone();
    let (people, sold) = db.read_now::<_, Error>(move |tx| {
        let found = list::page_only(tx, &reader, &Indexes::default(), &ListQuery::default())?;
        let people: Vec<CustomerId> = found.rows.into_iter().map(|row| row.id).collect();
        let found = lists::pick(tx, &reader, &Indexes::default(), &Query::everything(&listed::LIST), None, LOOKED_AT)?;
        Ok((people, listed::rows(tx, &reader, &found.ids)?))
    })?;
    db.write_slice_now::<_, Error>(move |tx| {
        for (n, customer) in people.iter().skip(4).step_by(5).take(6).enumerate() {
            offer(tx, &ctx, customer, n)?;
        }
        let done =
            |o: &&OrderSummary| matches!(o.state, State::Paid | State::Fulfilled | State::Closed) && o.customer.is_some() && o.total > 0;
        for (n, order) in sold.iter().filter(done).take(5).enumerate() {
            back(tx, &ctx, order, n)?;
        }
        Ok(())
    })
}

fn offer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, n: usize) -> Result<()> {
    let shop = shops::list(tx, ctx)?.into_iter().find(|s| s.archived_at.is_none()).ok_or(Error::NotFound("shop"))?.id;
    let line = |title: &str, sku: &str, quantity: &str, unit_price: &str| Line {
        sku: sku.to_owned(),
        title: title.to_owned(),
        quantity: quantity.to_owned(),
        unit_price: unit_price.to_owned(),
        ..Line::default()
    };
    let new = NewOffer {
        customer: customer.clone(),
        shop,
        currency: None,
        lines: vec![
            Line { discount: "10%".to_owned(), ..line("Espresso blend, 5 kg for the office", "OFF-5000", "4", "89") },
            line("Grinder, on loan", "LOAN-1", "1", "0"),
        ],
        discount: 0,
        shipping: 1500,
        tax: 0,
        note: "Delivered in the first week of each month.".to_owned(),
        valid_until: None,
    };
    // The fourth was sent so long ago that it has expired.
    let begun = ctx.at(ctx.now - if n == 3 { 50 } else { 3 } * DAY);
    tx.next_verb();
    let id = offers::create(tx, &begun, &new)?;
    if n == 0 {
        return Ok(());
    }
    tx.next_verb();
    offers::ready(tx, &begun, &id)?;
    tx.next_verb();
    match n {
        1 => offers::accept(tx, ctx, &id).map(drop),
        2 => offers::decline(tx, ctx, &id, "We bought a machine of our own."),
        4 => offers::withdraw(tx, ctx, &id),
        _ => Ok(()),
    }
}

type Step = fn(&mut Tx, &Ctx, &ReturnId) -> Result<()>;

/// How far the first, the second and the third return came, and those behind it.
const STEPS: [&[Step]; 4] =
    [&[], &[returns::approve], &[returns::approve, returns::receive], &[returns::approve, returns::receive, replaced, returns::close]];

fn replaced(tx: &mut Tx, ctx: &Ctx, id: &ReturnId) -> Result<()> {
    returns::replace(tx, ctx, id).map(drop)
}

fn back(tx: &mut Tx, ctx: &Ctx, order: &OrderSummary, n: usize) -> Result<()> {
    let reason = [Reason::Damaged, Reason::Unwanted, Reason::Wrong, Reason::Late, Reason::Defective][n % 5];
    let new = NewReturn { lines: vec![LineBack { line: 1, quantity: "1".to_owned(), reason }], note: "The bag was open.".to_owned() };
    let left = returns::left(tx, ctx, &order.id)?;
    if left.first().is_none_or(|l| l.left < rust_decimal::Decimal::ONE) {
        return Ok(());
    }
    tx.next_verb();
    let id = returns::request(tx, ctx, &order.id, &new)?;
    for step in STEPS[n.min(STEPS.len() - 1)] {
        tx.next_verb();
        match step(tx, ctx, &id) {
            // A customer of the story may be archived: nothing new is sent to them.
            Err(Error::Conflict { code: "customer_inactive", .. }) => {}
            done => done?,
        }
    }
    Ok(())
}
