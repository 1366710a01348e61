//! Workers die anywhere, again and again: at the end every customer has one outcome, and no server was given a mail twice.

use std::collections::BTreeMap;

use super::*;
use crate::kit::IdSource;

/// Rows of chance that repeat.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// A worker of jobs that works some slices and dies, its lease still running.
fn some_slices(desk: &Desk, dice: &mut Dice, name: String, now: Micros) {
    let Some(claimed) = desk.write(move |tx, _| jobs::claim(tx, &name, now)).unwrap() else { return };
    for _ in 0..dice.below(3) {
        let (held, tools) = (claimed.clone(), Tools::default());
        let seen = desk.read(move |tx, _| jobs::look(tx, &kinds(), &Tools::default(), &held, now)).unwrap();
        let (held, tools) = (claimed.clone(), Tools { seen, ..tools });
        if !desk.write(move |tx, _| jobs::slice(tx, &kinds(), &tools, &held, now, &IdSource::System)).unwrap() {
            return;
        }
    }
}

/// A worker of the outbox that sends some and dies before, behind or between.
fn some_mail(desk: &Desk, dice: &mut Dice, name: &str, now: Micros, given: &mut BTreeMap<String, u32>) {
    for _ in 0..dice.below(6) {
        let who = name.to_owned();
        let Some(claimed) = desk.write(move |tx, _| mail::claim(tx, &who, now)).unwrap() else { return };
        if dice.below(6) == 0 {
            return;
        }
        let held = claimed.clone();
        let letter = desk.read(move |tx, _| mail::letter(tx, &held, now)).unwrap();
        let outcome = match dice.below(4) {
            0 => mail::Outcome::Later("451".into()),
            1 => mail::Outcome::Unclear("cut".into()),
            _ => mail::Outcome::Sent,
        };
        if !matches!(outcome, mail::Outcome::Later(_)) {
            *given.entry(letter.to).or_default() += 1;
        }
        if dice.below(6) == 0 {
            return;
        }
        desk.write(move |tx, _| mail::done(tx, &claimed, &outcome, now)).unwrap();
    }
}

store::db_test! {
    crate::migrations();

    fn whatever_dies_every_customer_has_one_outcome_and_no_mail_goes_twice(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        crowd(&desk, 60);
        let copy = desk.customer("C007@example.com");
        for seed in 0..3 {
            let mut dice = Dice(seed);
            let id = begin(&desk, &NewMailing { per_minute: 120, ..to(&template, all()) }).unwrap();
            let (mut now, mut given) = (desk.now() + i64::try_from(seed).unwrap() * 10_000_000_000_000, BTreeMap::new());
            for round in 0..150 {
                some_slices(&desk, &mut dice, format!("jobs {seed} {round}"), now);
                some_mail(&desk, &mut dice, &format!("post {seed} {round}"), now, &mut given);
                // Sometimes the next comes at once, sometimes when every lease is over.
                now += if dice.below(2) == 0 { 5_000_000 } else { 700_000_000 };
            }
            for _ in 0..60 {
                now += 50_000_000_000;
                work(&desk, now);
                for to in post(&desk, now, &mail::Outcome::Sent) {
                    *given.entry(to).or_default() += 1;
                }
            }
            assert!(given.values().all(|n| *n == 1), "{given:?}");
            let found = lines(&desk, &id);
            assert_eq!((found.len(), state(&desk, &id)), (61, State::Done), "seed {seed}");
            assert_eq!(found.iter().filter(|l| l.outcome == Outcome::Queued).count(), 0);
            assert_eq!(found.iter().filter(|l| l.reason == Some(Skip::SameAddress)).count(), 1);
            for line in &found {
                let address = { let id = line.customer.clone(); desk.get(&id).email.to_lowercase() };
                let was_given = given.contains_key(&address) || line.customer == copy;
                match line.outcome {
                    Outcome::Sent => assert!(was_given, "{address} is said to be sent"),
                    Outcome::Skipped | Outcome::Unknown => {}
                    other => panic!("{address}: {other}"),
                }
            }
            desk.verified();
        }
    }
}
