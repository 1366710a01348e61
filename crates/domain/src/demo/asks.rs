//! What people of the demo ask about their data: one late, one to be answered, one of somebody unknown, one done.

use jiff::ToSpan as _;
use jiff::civil::Date;
use store::{Db, Tx};

use super::{House, Plan};
use crate::customers::list::{self, Indexes, ListQuery};
use crate::kit::{Ctx, CustomerId, Error, IdSource, Result};
use crate::merchants;
use crate::privacy::requests::{self, Kind, NewRequest, State};

/// Writes them down.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn asks(db: &Db, house: &House, plan: &Plan) -> Result<()> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(13)), ..house.ctx.clone() }.at(plan.now);
    let reader = ctx.clone();
    let newest = db.read_now::<_, Error>(move |tx| {
        let found = list::page_only(tx, &reader, &Indexes::default(), &ListQuery::default())?;
        Ok(found.rows.into_iter().map(|row| row.id).collect::<Vec<CustomerId>>())
    })?;
    db.write_now::<_, Error>(move |tx| {
        let today = merchants::settings(tx, &ctx)?.zone.date(ctx.now);
        let some = |n: usize| newest.get(n).cloned();
        ask(tx, &ctx, Kind::Access, some(3), "", "Called about it twice.", before(today, 36))?;
        ask(tx, &ctx, Kind::Erasure, some(7), "Her daughter, by e-mail", "", before(today, 20))?;
        ask(
            tx,
            &ctx,
            Kind::Access,
            None,
            "A. Holm, by letter",
            "No customer of this name so far. Asked for the address used.",
            before(today, 4),
        )?;
        let done = ask(tx, &ctx, Kind::Correction, some(11), "", "The street was misspelt.", before(today, 12))?;
        tx.next_verb();
        requests::close(tx, &ctx, &done, State::Done, "Put right on the same day.")
    })
}

fn before(today: Date, days: i64) -> Date {
    today.checked_sub(days.days()).unwrap_or(today)
}

fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: Kind,
    customer: Option<CustomerId>,
    who: &str,
    note: &str,
    received: Date,
) -> Result<crate::kit::RequestId> {
    tx.next_verb();
    let who = if customer.is_none() && who.is_empty() { "Somebody" } else { who };
    let new = NewRequest { kind, customer, who: who.to_owned(), note: note.to_owned(), received_on: Some(received) };
    requests::create(tx, ctx, &new)
}
