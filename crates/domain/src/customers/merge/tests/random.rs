//! Random histories: a merge conserves every total, and undone it leaves the database as it was, row by row.

use super::same;
use crate::blocks::{self, BlockInput, Target};
use crate::credit::{self, GrantInput};
use crate::customers::merge::{Choices, Field};
use crate::customers::{self, CustomerEdit, ExternalId, notes};
use crate::invoices;
use crate::kit::{Address, Currency, CustomerId, Micros, OrderId, PaymentId};
use crate::orders::Checkout;
use crate::orders::desk::{Desk, by_card, card, eur};
use crate::payments::refunds::RefundInput;
use crate::payments::{self, PaymentInput};
use crate::subscriptions::SubscriptionStatus;

const HOUR: Micros = 3_600_000_000;

/// A row of numbers that repeats.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// So many acts of a life of some customers. What a verb refuses is a life too.
fn live(desk: &Desk, dice: &mut Dice, ids: &[CustomerId], acts: usize, mark: &str) {
    let (mut payments, mut orders): (Vec<PaymentId>, Vec<OrderId>) = (Vec::new(), Vec::new());
    for n in 0..acts {
        let who = ids[dice.below(ids.len() as u64) as usize].clone();
        let desk = &desk.at(desk.now() + n as i64 * HOUR / 100);
        let money = 100 + dice.below(5000) as i64;
        let currency = if dice.below(4) == 0 { Currency::of("USD").unwrap() } else { eur() };
        let fingerprint = format!("card-{}", dice.below(4));
        match dice.below(13) {
            0 | 1 => {
                payments.extend(desk.put(PaymentInput { currency, method: Some(card(&fingerprint)), ..desk.payment(Some(&who), money) }))
            }
            2 => drop(desk.charge(&who, card(&fingerprint), Some("insufficient_funds"))),
            3 | 4 => {
                let mut basket = desk.basket(&format!("{mark}-{n}"), "");
                basket.buyer.customer = Some(who.clone());
                if dice.below(2) == 0 {
                    basket.payments = vec![by_card(&format!("ch_{mark}_{n}"), 1000, &fingerprint)];
                }
                orders.extend(desk.check_out(&Checkout { ..basket }).map(|done| done.order));
            }
            5 => {
                if let Some(payment) = payments.get(dice.below(payments.len().max(1) as u64) as usize).cloned() {
                    let refund = RefundInput::of(payment, 1 + money % 90, "late");
                    let _ = desk.write(move |tx, ctx| payments::refunds::refund(tx, ctx, &refund).map(drop));
                }
            }
            6 => {
                let input = GrantInput { customer: who.clone(), currency, amount: money, reason: "sorry".into() };
                let take = dice.below(3) == 0;
                let _ = desk
                    .write(move |tx, ctx| if take { credit::take_back(tx, ctx, &input) } else { credit::grant(tx, ctx, &input) }.map(drop));
            }
            7 => {
                let status = if dice.below(2) == 0 { SubscriptionStatus::Active } else { SubscriptionStatus::Ended };
                desk.subscribe(desk.subscription(&who, status, (status == SubscriptionStatus::Ended).then_some(desk.now())));
            }
            8 => {
                let tag = format!("tag {}", dice.below(4));
                let _ = desk.write(move |tx, ctx| customers::add_tags(tx, ctx, &who, std::slice::from_ref(&tag)));
            }
            9 => drop(desk.write(move |tx, ctx| notes::add(tx, ctx, &who, "A note."))),
            10 => {
                let pick = |dice: &mut Dice, all: [&str; 3]| all[dice.below(3) as usize].to_owned();
                let edit = CustomerEdit {
                    name: Some(pick(dice, ["", "Ana Ruiz", "A. Ruiz"])),
                    phone: Some(pick(dice, ["", "+33612345678", "+33612345679"])),
                    emails: Some(vec![format!("more{}@example.com", dice.below(3))]),
                    company: Some(pick(dice, ["", "Ruiz SL", "Ruiz"])),
                    billing: Some(Address {
                        line1: pick(dice, ["", "Calle 1", "Calle 2"]),
                        country: pick(dice, ["", "ES", "FR"]),
                        ..Address::default()
                    }),
                    metadata: Some([(format!("k{}", dice.below(3)), format!("v{}", dice.below(3)))].into()),
                    external_ids: Some(vec![ExternalId { system: "shop".into(), id: format!("{mark}{n}") }]),
                    marketing: Some(dice.below(2) == 0),
                    ..CustomerEdit::default()
                };
                let _ = desk.write(move |tx, ctx| customers::edit(tx, ctx, &who, edit.clone()).map(drop));
            }
            11 => {
                if let Some(order) = orders.get(dice.below(orders.len().max(1) as u64) as usize).cloned() {
                    let _ = desk.write(move |tx, ctx| invoices::of_order_draft(tx, ctx, &order).map(drop));
                }
            }
            _ => {
                let input = BlockInput { target: Target::Customer(who), reason: "disputes".into() };
                let _ = desk.write(move |tx, ctx| blocks::block(tx, ctx, &input).map(drop));
            }
        }
    }
}

/// Paid, refunded, lost, store credit of each currency, and counts, over these customers.
fn totals(desk: &Desk, ids: &[CustomerId]) -> Vec<(String, i64)> {
    let mut all = std::collections::BTreeMap::<String, i64>::new();
    for id in ids {
        let id = id.clone();
        let (c, credit) = desk.read(move |tx, ctx| Ok((customers::get::load(tx, ctx, &id)?, credit::balances(tx, ctx, &id)?))).unwrap();
        for t in &c.totals {
            for (what, n) in [("paid", t.paid), ("refunded", t.refunded), ("lost", t.lost)] {
                *all.entry(format!("{what} {}", t.currency)).or_default() += n;
            }
        }
        credit.iter().for_each(|b| *all.entry(format!("credit {}", b.currency)).or_default() += b.minor);
        for (what, n) in [
            ("orders", c.order_count),
            ("ordered", c.order_total),
            ("payments", c.payment_count),
            ("lifetime", c.lifetime),
            ("disputes", c.dispute_count),
        ] {
            *all.entry(what.to_owned()).or_default() += n;
        }
    }
    all.into_iter().filter(|(_, n)| *n != 0).collect()
}

fn life(desk: &Desk, seed: u64) {
    let mut dice = Dice(seed);
    let ids: Vec<CustomerId> = (0..3).map(|n| desk.customer(&format!("s{seed}c{n}@example.com"))).collect();
    live(desk, &mut dice, &ids, 40, &format!("S{seed}"));
    let desk = desk.at(desk.now() + HOUR);
    desk.verified();
    let (before, sums) = (desk.everything(None), totals(&desk, &ids));
    let (stays, gone) = (&ids[0], [&ids[1], &ids[2]]);
    let mut choices = Choices::new();
    for field in Field::ALL {
        choices.insert(*field, ids[dice.below(3) as usize].clone());
    }
    let done = desk.merge_with(&gone, stays, choices).unwrap();
    desk.verified();
    assert_eq!(totals(&desk, &ids), sums, "seed {seed}: the sums of all");
    assert_eq!(totals(&desk, &ids[..1]), sums, "seed {seed}: all of it is the survivor's");
    for merge in done.iter().rev() {
        desk.undo_merge(&merge.id).unwrap();
    }
    desk.verified();
    same(&before, &desk.everything(Some(&before)));
    // What came since stays, and sums are conserved by what is done after an undo.
    let merge = desk.merge(&[&ids[1]], stays).unwrap().remove(0);
    live(&desk, &mut dice, &ids[..1], 10, &format!("L{seed}"));
    let later = desk.at(desk.now() + 2 * HOUR);
    let sums = totals(&later, &ids);
    match later.undo_merge(&merge.id) {
        Ok(_) => assert_eq!(totals(&later, &ids), sums),
        Err(error) => assert!(matches!(error, crate::Error::Conflict { code: "credit_spent", .. }), "{error:?}"),
    }
    later.verified();
}

store::db_test! {
    crate::migrations();

    fn a_merge_conserves_the_totals_and_undone_it_never_was(db) {
        let desk = Desk::new(db);
        (1..=8).for_each(|seed| life(&desk, seed));
    }
}
