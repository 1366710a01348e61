//! Contracts of the demo: one of each state, so that their list and topic show what they are for.

use jiff::ToSpan as _;
use jiff::civil::Date;
use store::{Db, Tx};

use super::{House, Plan, zone};
use crate::contracts::{self, GivenNotice, Input, NewContract, Span};
use crate::customers::list::{self, Indexes, ListQuery};
use crate::kit::{Ctx, CustomerId, DAY, Error, IdSource, Result};
use crate::shops;
use crate::subscriptions::Unit;

/// Writes them.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn contracts(db: &Db, house: &House, plan: &Plan) -> Result<()> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(23)), ..house.ctx.clone() }.at(plan.now);
    let reader = ctx.clone();
    let people: Vec<CustomerId> = db.read_now::<_, Error>(move |tx| {
        let found = list::page_only(tx, &reader, &Indexes::default(), &ListQuery::default())?;
        Ok(found.rows.into_iter().map(|row| row.id).collect())
    })?;
    db.write_slice_now::<_, Error>(move |tx| {
        for (n, customer) in people.iter().skip(2).step_by(4).take(6).enumerate() {
            contract(tx, &ctx, customer, n)?;
        }
        Ok(())
    })
}

/// What was agreed with the `n`th: coffee for an office by the month, or a machine on loan for a year that renews.
fn agreed(n: usize, from: Date) -> Input {
    let months = |count| Some(Span { count, unit: Unit::Month });
    let year = from.saturating_add(12.months()).saturating_sub(1.day());
    let coffee = Input {
        title: "Coffee for the office".to_owned(),
        note: "Twelve kilos a month, delivered in the first week.".to_owned(),
        amount: 24_000,
        cycle: months(1),
        starts_on: from,
        ends_on: None,
        renew_months: 0,
        notice: months(1),
        remind_days: None,
        assignee: None,
    };
    match n % 3 {
        0 => coffee,
        1 => Input {
            title: "Machine on loan, with service".to_owned(),
            note: String::new(),
            amount: 9_900,
            ends_on: Some(year),
            renew_months: 12,
            notice: months(3),
            remind_days: Some(14),
            ..coffee
        },
        _ => Input {
            title: "Tastings for a year".to_owned(),
            note: String::new(),
            amount: 120_000,
            cycle: None,
            ends_on: Some(year),
            ..coffee
        },
    }
}

fn contract(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, n: usize) -> Result<()> {
    let shop = shops::list(tx, ctx)?.into_iter().find(|s| s.archived_at.is_none()).ok_or(Error::NotFound("shop"))?.id;
    // The third is so old that it has ended.
    let begun = ctx.at(ctx.now - [40, 200, 420, 3, 90, 60][n % 6] * DAY);
    let from = zone().date(begun.now);
    tx.next_verb();
    let new = NewContract { customer: customer.clone(), shop, currency: None, input: agreed(n, from) };
    let id = contracts::create(tx, &begun, &new)?;
    if n == 3 {
        return Ok(());
    }
    tx.next_verb();
    contracts::start(tx, &begun, &id)?;
    tx.next_verb();
    match n {
        1 => contracts::attach(tx, &begun, &id, "machine-on-loan.pdf", PAPER),
        4 => contracts::give_notice(tx, ctx, &id, &GivenNotice { ends_on: None, reason: "They are moving house.".to_owned() }),
        5 => contracts::cancel(tx, ctx, &id, "Agreed anew by telephone."),
        _ => Ok(()),
    }
}

/// An empty sheet of A4.
const PAPER: &[u8] = b"%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
%%EOF
";
