//! What the roastery's customers want and what its people have to do: tickets with their threads, tasks on customers, orders and tickets.

use jiff::ToSpan as _;
use store::{Db, Tx};

use super::dice::Dice;
use super::{House, Plan};
use crate::customers;
use crate::kit::{Ctx, CustomerId, DAY, Error, IdSource, Micros, PersonId, Result};
use crate::merchants;
use crate::orders::{self, HistoryQuery};
use crate::staff::colleagues;
use crate::tasks::{self, NewTask, On};
use crate::tickets::{self, Edit, EntryKind, NewEntry, NewTicket, Priority, Status};

/// At most so many customers have a ticket, a task, or both.
const MOST: usize = 160;
/// Customers of one transaction.
const SLICE: usize = 20;

/// What is asked, its tag, and what is answered.
const WANTS: [(&str, &str, &str, &str); 8] = [
    (
        "Grinder is louder than before",
        "grinder",
        "Since last week the grinder makes a rattling noise.",
        "Could you check the burrs for a small stone?",
    ),
    ("Parcel not here yet", "shipping", "The tracking has not moved for four days.", "We asked the carrier and write as soon as we hear."),
    ("Beans ground too fine", "mistake", "I ordered for the French press and got espresso.", "Sorry for that. A new bag goes out today."),
    ("Change the delivery address", "address", "We moved. Can the next box go to the new flat?", "It is changed from the next box on."),
    ("Invoice with our VAT number", "invoice", "Our bookkeeper needs the VAT number on it.", "You will have a corrected one this week."),
    ("Which coffee for cold brew", "advice", "What would you take for cold brew this summer?", "The washed Ethiopian, ground coarsely."),
    ("Pause the subscription", "subscription", "We are away in August.", "Paused until September."),
    ("Cup arrived broken", "damage", "The handle was off when I opened the parcel.", "Please send us a picture of it."),
];

const TASKS: [&str; 6] = [
    "Call back",
    "Ask the carrier",
    "Send a sample of the new harvest",
    "Check the delivery address",
    "Offer the wholesale price",
    "Write a thank-you card",
];

/// Makes them, each at the moment at which it would have happened.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn service(db: &Db, house: &House, plan: &Plan) -> Result<()> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(29)), ..house.ctx.clone() }.at(plan.now);
    let many = MOST.min(plan.customers / 8);
    let step = (plan.customers / many.max(1)).max(1);
    let people: Vec<PersonId> = {
        let ctx = ctx.clone();
        db.read_now::<_, Error>(move |tx| Ok(colleagues(tx, &ctx)?.into_iter().filter(|c| c.works).map(|c| c.id).collect()))?
    };
    for from in (0..many).step_by(SLICE) {
        let (ctx, people, seed) = (ctx.clone(), people.clone(), plan.seed);
        db.write_slice_now::<_, Error>(move |tx| {
            for n in from..(from + SLICE).min(many) {
                let mut dice = Dice::new(seed.wrapping_add(71), n as u64);
                tx.next_verb();
                let number = (1001 + n * step).to_string();
                let Some(id) = customers::find_by_number(tx, &ctx, &number)? else { continue };
                if customers::get(tx, &ctx, &id)?.is_active() {
                    one(tx, &ctx, &mut dice, &id, &people)?;
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn one(tx: &mut Tx, ctx: &Ctx, dice: &mut Dice, customer: &CustomerId, people: &[PersonId]) -> Result<()> {
    let mut on = On::Customer(customer.clone());
    if dice.chance(75) {
        let ticket = ticket(tx, ctx, dice, customer, people)?;
        if dice.chance(30) {
            on = On::Ticket(ticket);
        }
    }
    if dice.chance(35)
        && let Some(order) = orders::history(tx, ctx, customer, &HistoryQuery { limit: 1, ..HistoryQuery::default() })?.orders.first()
    {
        on = On::Order(order.id.clone());
    }
    if dice.chance(80) { task(tx, ctx, dice, on, people) } else { Ok(()) }
}

fn someone(dice: &mut Dice, people: &[PersonId], percent: i64) -> Option<PersonId> {
    (!people.is_empty() && dice.chance(percent)).then(|| dice.pick(people).clone())
}

fn ticket(tx: &mut Tx, ctx: &Ctx, dice: &mut Dice, customer: &CustomerId, people: &[PersonId]) -> Result<crate::kit::TicketId> {
    let (subject, tag, asks, answers) = *dice.pick(&WANTS);
    let began: Micros = ctx.now - dice.from(2, 50) * DAY - dice.from(0, 600) * 60_000_000;
    let later = |hours: i64| ctx.at((began + hours * 3_600_000_000).min(ctx.now));
    let new = NewTicket {
        customer: Some(customer.clone()),
        subject: subject.to_owned(),
        priority: *dice.weighed(&[(10, Priority::Low), (70, Priority::Normal), (15, Priority::High), (5, Priority::Urgent)]),
        assignee: someone(dice, people, 80),
        tags: vec![tag.to_owned()],
        first: (EntryKind::Message, asks.to_owned()),
    };
    tx.next_verb();
    let id = tickets::create(tx, &later(0), &new)?;
    if dice.chance(25) {
        say(tx, &later(2), &id, EntryKind::Note, "Asked the roastery floor.", None)?;
    }
    if dice.chance(80) {
        let then = *dice.weighed(&[(40, None), (35, Some(Status::Solved)), (25, Some(Status::Closed))]);
        say(tx, &later(5), &id, EntryKind::Answer, answers, then)?;
    }
    if dice.chance(20) {
        say(tx, &later(30), &id, EntryKind::Message, "Thank you. One more thing: does it take long?", None)?;
    }
    if ctx.now - began > 30 * DAY {
        tx.next_verb();
        tickets::edit(tx, &later(24 * 20), &id, &Edit { status: Some(Status::Closed), ..Edit::default() })?;
    }
    Ok(id)
}

fn say(tx: &mut Tx, ctx: &Ctx, id: &crate::kit::TicketId, kind: EntryKind, body: &str, status: Option<Status>) -> Result<()> {
    tx.next_verb();
    tickets::say(tx, ctx, id, &NewEntry { kind, body: body.to_owned(), status }).map(drop)
}

fn task(tx: &mut Tx, ctx: &Ctx, dice: &mut Dice, on: On, people: &[PersonId]) -> Result<()> {
    let began = ctx.at(ctx.now - dice.from(1, 20) * DAY);
    let today = merchants::settings(tx, ctx)?.zone.date(ctx.now);
    let due = today.checked_add(dice.from(-6, 21).days()).ok();
    let new = NewTask {
        on,
        title: (*dice.pick(&TASKS)).to_owned(),
        note: String::new(),
        due_on: due.filter(|_| dice.chance(85)),
        remind_on: None,
        assignee: someone(dice, people, 90),
    };
    tx.next_verb();
    let id = tasks::create(tx, &began, &new)?;
    if dice.chance(45) {
        tx.next_verb();
        tasks::finish(tx, &ctx.at(ctx.now - dice.from(0, 12) * 3_600_000_000), &id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use crate::testing::NOW;
    use crate::verify;

    store::db_test! {
        crate::migrations();

        fn the_story_has_tickets_of_every_status_and_verify_finds_nothing(db) {
            let plan = Plan { customers: 240, seed: 1, now: NOW };
            let house = demo::open(db, &plan).unwrap();
            demo::fill(db, &house, &plan, |_| {}).unwrap();
            service(db, &house, &plan).unwrap();
            static COUNTS: store::Stmt = store::Stmt::new(
                "counts",
                "SELECT (SELECT COUNT(DISTINCT status) FROM tickets WHERE merchant_id = $1), (SELECT COUNT(*) FROM tasks WHERE merchant_id = $1 AND done_at IS NULL),
                (SELECT COUNT(DISTINCT subject_kind) FROM tasks WHERE merchant_id = $1)",
            );
            let ctx = house.ctx.clone();
            let (statuses, open, kinds) = db
                .read_now::<_, Error>(move |tx| Ok(tx.one(&COUNTS, &[&ctx.merchant], |r| Ok((r.get::<i64>(0)?, r.get::<i64>(1)?, r.get::<i64>(2)?)))?))
                .unwrap();
            assert!(statuses >= 3 && open > 3 && kinds >= 2, "{statuses} {open} {kinds}");
            let mut found = Vec::new();
            verify::merchant_of(db, &house.ctx, &mut |d| found.push(d.clone())).unwrap();
            assert_eq!(found, []);
        }
    }
}
