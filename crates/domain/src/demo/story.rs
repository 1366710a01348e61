//! What becomes of one customer, thrown before anything is written: when they came, what they bought, how they paid, and how it ended.

use super::Plan;
use super::dice::Dice;
use super::people::{self, Person};
use crate::kit::{DAY, Micros};

/// The ending decides the status; the rest of the story leads there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Bought lately.
    Active,
    /// Bought long ago.
    Idle,
    /// A subscription runs.
    Subscriber,
    /// A subscription ended and nothing came after.
    Churned,
    /// Never paid.
    Prospect,
    /// Archived.
    Archived,
    /// Deleted.
    Deleted,
}

/// How the default payment method stands in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Card {
    /// No method, no payment by hand.
    None,
    /// Pays by hand.
    Manual,
    /// A card, debit or wallet that works.
    Fine,
    /// Ends this month.
    Soon,
    /// Ended.
    Expired,
    /// The last attempt lacked funds.
    Insufficient,
    /// The last attempt failed hard.
    Invalid,
}

/// One customer's story.
#[derive(Clone, Debug)]
pub struct Story {
    pub n: usize,
    pub person: Person,
    pub company: Option<&'static str>,
    pub london: bool,
    pub ending: Ending,
    pub card: Card,
    /// Came, microseconds UTC.
    pub came: Micros,
    /// Bought, oldest first.
    pub bought: Vec<Micros>,
    pub dice: Dice,
}

/// A few are there twice: the one before, typed again with a slip.
fn is_twice(n: usize) -> bool {
    n % 397 == 396
}

/// Throws the story of customer `n` of `plan`.
pub fn throw(plan: &Plan, n: usize) -> Story {
    let mut dice = Dice::new(plan.seed, n as u64 + 1);
    let thrown = people::person(&mut dice, n);
    let person = if is_twice(n) { people::again(people::person(&mut Dice::new(plan.seed, n as u64), n - 1), n) } else { thrown };
    let ending = *dice.weighed(&[
        (34, Ending::Active),
        (27, Ending::Idle),
        (9, Ending::Subscriber),
        (5, Ending::Churned),
        (19, Ending::Prospect),
        (4, Ending::Archived),
        (2, Ending::Deleted),
    ]);
    let card = match ending {
        Ending::Prospect => *dice.weighed(&[(92, Card::None), (6, Card::Fine), (2, Card::Invalid)]),
        Ending::Subscriber => {
            *dice.weighed(&[(72, Card::Fine), (9, Card::Soon), (5, Card::Expired), (9, Card::Insufficient), (5, Card::Invalid)])
        }
        _ => *dice.weighed(&[
            (56, Card::Fine),
            (16, Card::Manual),
            (5, Card::Soon),
            (15, Card::Expired),
            (4, Card::Insufficient),
            (4, Card::Invalid),
        ]),
    };
    let came = came(&mut dice, plan.now, ending);
    let bought = if matches!(ending, Ending::Prospect) { Vec::new() } else { purchases(&mut dice, plan.now, came, ending) };
    let company = dice.chance(9).then(|| *dice.pick(&people::COMPANIES));
    let london = if person.address.country == "GB" { dice.chance(85) } else { dice.chance(4) };
    Story { n, person, company, london, ending, card, came, bought, dice }
}

/// More come each year than the year before.
fn came(dice: &mut Dice, now: Micros, ending: Ending) -> Micros {
    let oldest = 3 * 365;
    let days = dice.from(0, oldest).min(dice.from(0, oldest));
    let days = match ending {
        Ending::Idle | Ending::Churned => days.max(100),
        Ending::Subscriber => days.max(35),
        Ending::Archived | Ending::Deleted => days.max(20),
        Ending::Active | Ending::Prospect => days,
    };
    moment(dice, now, days)
}

/// Some hour of the day so many days ago, never later than now.
pub fn moment(dice: &mut Dice, now: Micros, days: i64) -> Micros {
    let minute = dice.from(7 * 60, 22 * 60) * 60_000_000 + dice.from(0, 59) * 1_000_000;
    ((now - days * DAY) / DAY * DAY + minute).min(now - 60_000_000)
}

fn purchases(dice: &mut Dice, now: Micros, came: Micros, ending: Ending) -> Vec<Micros> {
    let age = (now - came) / DAY;
    let (from, to) = match ending {
        Ending::Active | Ending::Subscriber => (0, age),
        Ending::Idle => (62, age),
        Ending::Churned => (age - 2, age),
        Ending::Archived | Ending::Deleted | Ending::Prospect => (15.min(age), age),
    };
    let many = *dice.weighed(&[(30, 1), (22, 2), (16, 3), (12, 5), (9, 8), (7, 13), (4, 24)]);
    let many = many.min(1 + (to - from).max(0) / 9);
    let mut days: Vec<i64> = (0..many).map(|_| dice.from(from, to.max(from))).collect();
    if ending == Ending::Active {
        days[0] = dice.from(0, 58.min(age));
    }
    days.sort_unstable_by(|a, b| b.cmp(a));
    // November and December are the roastery's months: a part of what fell into summer did not happen.
    let mut moments: Vec<Micros> = days.into_iter().map(|d| moment(dice, now, d).max(came + 60_000_000).min(now - 30_000_000)).collect();
    moments.sort_unstable();
    moments
}
