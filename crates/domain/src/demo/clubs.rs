//! Subscriptions of the demo that run by themselves, on cards of the test provider: each state once, at the days at which it would have come about.

use store::{Db, Tx};

use super::{House, Plan};
use crate::customers::list::Indexes;
use crate::kit::{Ctx, CustomerId, DAY, Error, FixedClock, IdSource, MethodId, PlanId, Result, SubscriptionId};
use crate::lists::{self, Query};
use crate::orders::listed;
use crate::payments::{MethodInput, MethodKind, methods};
use crate::subscriptions::{self, PlanInput, StartInput, Unit, renew};

/// A subscription: begun so many days ago with this card, and what was done with it so many days ago.
struct Club {
    began: i64,
    card: &'static str,
    plan: usize,
    then: Option<(i64, Act)>,
}

/// Something that is done with it.
type Act = fn(&mut Tx, &Ctx, &SubscriptionId) -> Result<()>;

const PAID: &str = "4242 4242 4242 4242";
const POOR: &str = "4000 0000 0000 9995";
const STOLEN: &str = "4000 0000 0000 9979";

/// Active, on trial, past due, refused for good, paused, leaving, ended unpaid, and one that is paid by hand.
const CLUBS: [Club; 8] = [
    Club { began: 75, card: PAID, plan: 0, then: None },
    Club { began: 4, card: PAID, plan: 2, then: None },
    Club { began: 2, card: POOR, plan: 0, then: None },
    Club { began: 3, card: STOLEN, plan: 1, then: None },
    Club { began: 40, card: PAID, plan: 1, then: Some((12, subscriptions::pause)) },
    Club { began: 20, card: PAID, plan: 0, then: Some((3, leave)) },
    Club { began: 30, card: POOR, plan: 0, then: None },
    Club { began: 3, card: "", plan: 1, then: None },
];

fn leave(tx: &mut Tx, ctx: &Ctx, id: &SubscriptionId) -> Result<()> {
    subscriptions::cancel_at_period_end(tx, ctx, id).map(drop)
}

/// Makes plans and subscriptions, and lets the days pass.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn clubs(db: &Db, house: &House, plan: &Plan) -> Result<()> {
    let ids = IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(10));
    let ctx = Ctx { ids: ids.clone(), ..house.ctx.clone() };
    let plans = plans(db, &ctx.at(plan.now - 100 * DAY), house)?;
    let mut members = members(db, &ctx)?.into_iter();
    let mut begun: Vec<(&Club, SubscriptionId)> = Vec::new();
    for ago in (0..=80).rev() {
        let today = ctx.at(plan.now - ago * DAY);
        for club in CLUBS.iter().filter(|c| c.began == ago) {
            let Some(customer) = members.next() else { continue };
            let (today, plan) = (today.clone(), plans[club.plan].clone());
            let id = db.write_now::<_, Error>(move |tx| begin(tx, &today, &customer, club.card, plan.clone()))?;
            begun.push((club, id));
        }
        for (club, id) in &begun {
            if let Some((_, act)) = club.then.filter(|(then, _)| *then == ago) {
                let (today, id) = (today.clone(), id.clone());
                db.write_now::<_, Error>(move |tx| act(tx, &today, &id))?;
            }
        }
        renew::work(db, &FixedClock(today.now), &ids, &|| false)?;
    }
    Ok(())
}

fn begin(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, card: &str, plan: PlanId) -> Result<SubscriptionId> {
    let method = if card.is_empty() { None } else { Some(keep(tx, ctx, customer, card)?) };
    tx.next_verb();
    subscriptions::start(tx, ctx, &StartInput { method, ..StartInput::of_plan(customer.clone(), plan) })
}

fn keep(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, number: &str) -> Result<MethodId> {
    let play = ::providers::test::play(number).ok_or_else(|| Error::Internal(format!("no card {number}")))?;
    let card =
        MethodInput { brand: play.brand.to_owned(), last4: play.last4, fingerprint: play.fingerprint, ..MethodInput::of(MethodKind::Card) };
    methods::attach(tx, ctx, customer, "test", &card)
}

fn plans(db: &Db, ctx: &Ctx, house: &House) -> Result<Vec<PlanId>> {
    let input = |name: &str, amount, cycle_count, cycle_unit, trial_days| PlanInput {
        shop: house.shops[0].clone(),
        name: name.to_owned(),
        currency: None,
        amount,
        cycle_count,
        cycle_unit,
        trial_days,
        retry_days: None,
    };
    let all = [
        input("Kilde Club", 1900, 1, Unit::Month, 0),
        input("Office beans", 8900, 2, Unit::Week, 0),
        input("Kilde Club, first fortnight free", 1900, 1, Unit::Month, 14),
    ];
    let ctx = ctx.clone();
    db.write_now::<_, Error>(move |tx| all.iter().map(|p| Ok(subscriptions::create_plan(tx, &ctx, p)?.id)).collect())
}

/// Customers with whom something may begin: those who ordered last.
fn members(db: &Db, ctx: &Ctx) -> Result<Vec<CustomerId>> {
    let ctx = ctx.clone();
    db.read_now::<_, Error>(move |tx| {
        let found = lists::pick(tx, &ctx, &Indexes::default(), &Query::everything(&listed::LIST), None, 200)?;
        let mut all: Vec<CustomerId> = Vec::new();
        for customer in listed::rows(tx, &ctx, &found.ids)?.into_iter().filter_map(|o| o.customer) {
            let active = crate::payments::must_exist(tx, &ctx, &customer)?.is_active();
            // Who came lately was not there when the first of these began.
            if active && !all.contains(&customer) && crate::customers::get(tx, &ctx, &customer)?.created_at < ctx.now - 90 * DAY {
                all.push(customer);
            }
        }
        Ok(all)
    })
}
