//! Any sequence of charges, refunds and disputes, in any order and told any number of times, ends in the same state; refunds never take more than was
//! captured, and what is kept is what the facts give.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::desk::*;
use crate::payments::methods;
use crate::subscriptions;

/// What happened to one charge.
#[derive(Clone, Debug)]
struct Story {
    minor: i64,
    /// Percent of it that is captured; the rest is let go.
    captured: i64,
    known: bool,
    failed_first: bool,
    /// Amounts in percent of what is left, and how each ends.
    refunds: Vec<(i64, &'static str)>,
    sum_told: bool,
    dispute: Option<&'static str>,
    /// It is opened once more, over so much percent, and ends so.
    appeal: Option<(i64, &'static str)>,
    renews: bool,
}

fn story() -> impl Strategy<Value = Story> {
    let ends = prop::sample::select(vec!["pending", "succeeded", "failed"]);
    let decided = prop::option::of(prop::sample::select(vec!["needs_response", "won", "lost"]));
    let appeal = prop::option::of((1..=100_i64, prop::sample::select(vec!["under_review", "won", "lost"])));
    (
        (100..100_000_i64, prop_oneof![Just(100_i64), 1..=100_i64]),
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec((1..=100_i64, ends), 0..4),
        any::<bool>(),
        (decided, appeal),
        any::<bool>(),
    )
        .prop_map(|((minor, captured), known, failed_first, refunds, sum_told, (dispute, appeal), renews)| Story {
            minor,
            captured,
            appeal,
            known,
            failed_first,
            refunds,
            sum_told,
            dispute,
            renews,
        })
}

#[derive(Clone, Debug)]
struct World {
    stories: Vec<Story>,
    renamed: bool,
    detached: bool,
    subscription: &'static str,
    shuffle: Vec<prop::sample::Index>,
}

fn world() -> impl Strategy<Value = World> {
    let ends = prop::sample::select(vec!["active", "past_due", "canceled"]);
    (prop::collection::vec(story(), 1..4), any::<bool>(), any::<bool>(), ends, prop::collection::vec(any::<prop::sample::Index>(), 60))
        .prop_map(|(stories, renamed, detached, subscription, shuffle)| World { stories, renamed, detached, subscription, shuffle })
}

/// All events of it in the order in which they happened; every id begins with `run`.
fn events(run: &str, w: &World) -> Vec<Value> {
    let (mut all, mut second) = (Vec::new(), 0);
    let mut tell = |kind: &str, object: Value| {
        second += 10;
        all.push(event(&format!("{run}_evt_{}", all.len()), kind, second, object));
    };
    let (cus, sub) = (format!("{run}_cus"), format!("{run}_sub"));
    let email = format!("{run}@example.es");
    tell("customer.created", customer(&cus, "Ana", &email));
    if w.renamed {
        tell("customer.updated", customer(&cus, "Ana Ruiz", &email));
    }
    tell("customer.subscription.created", subscription(&sub, &cus, "active", 1));
    for (n, s) in w.stories.iter().enumerate() {
        let ch = format!("{run}_ch_{n}");
        let owner = s.known.then_some(cus.as_str());
        let mut paid = charge(&ch, owner, s.minor, 100 + n as i64);
        paid["payment_method"] = format!("{run}_pm").into();
        let captured = (s.minor * s.captured / 100).max(1);
        let released = s.minor - captured;
        paid["amount_captured"] = captured.into();
        if s.failed_first {
            let mut failed = paid.clone();
            failed["id"] = format!("{ch}_f").into();
            failed["status"] = "failed".into();
            failed["failure_code"] = "insufficient_funds".into();
            failed["created"] = (at(50) / 1_000_000).into();
            tell("charge.failed", failed);
        }
        tell("charge.succeeded", paid.clone());
        tell(
            "payment_intent.succeeded",
            json!({ "id": format!("pi_{ch}"), "amount": s.minor, "amount_received": captured, "currency": "eur",
            "latest_charge": ch, "customer": owner }),
        );
        if s.renews && s.known {
            let parent = json!({ "subscription_details": { "subscription": sub } });
            tell("invoice.paid", json!({ "id": format!("{run}_in_{n}"), "parent": parent }));
            tell(
                "invoice_payment.paid",
                json!({ "invoice": format!("{run}_in_{n}"), "payment": { "payment_intent": format!("pi_{ch}") } }),
            );
        }
        let (mut left, mut sum) = (captured, 0);
        for (m, (percent, end)) in s.refunds.iter().enumerate() {
            let amount = (left * percent / 100).max(1).min(left);
            if amount == 0 {
                break;
            }
            left -= amount;
            sum += amount;
            let re = format!("{run}_re_{n}_{m}");
            tell("refund.created", refund(&re, &ch, amount, "pending", 200));
            if s.sum_told {
                let mut c = paid.clone();
                c["amount_refunded"] = (released + sum).into();
                tell("charge.refunded", c);
            }
            match *end {
                "failed" => {
                    // What did not go is there to be given back again.
                    left += amount;
                    sum -= amount;
                    tell("refund.failed", refund(&re, &ch, amount, "failed", 200));
                }
                end => tell("refund.updated", refund(&re, &ch, amount, end, 200)),
            }
        }
        if let Some(end) = s.dispute {
            let dp = format!("{run}_dp_{n}");
            tell("charge.dispute.created", dispute(&dp, &ch, s.minor, "needs_response", 300));
            tell("charge.dispute.closed", dispute(&dp, &ch, s.minor, end, 300));
            if let Some((percent, end)) = s.appeal {
                tell("charge.dispute.updated", dispute(&dp, &ch, s.minor, "needs_response", 300));
                tell("charge.dispute.closed", dispute(&dp, &ch, (captured * percent / 100).max(1), end, 300));
            }
        }
    }
    if w.detached {
        tell("payment_method.detached", json!({ "id": format!("{run}_pm") }));
    }
    tell("customer.subscription.updated", subscription(&sub, &cus, w.subscription, 400));
    tell("never.heard.of", json!({ "id": "x" }));
    all
}

/// Shuffled, with some told twice under the same id and some under another.
fn stirred(mut all: Vec<Value>, shuffle: &[prop::sample::Index]) -> Vec<Value> {
    for pick in &shuffle[..10] {
        let mut again = all[pick.index(all.len())].clone();
        again["id"] = format!("{}_again", again["id"].as_str().unwrap()).into();
        all.push(again);
    }
    for (i, pick) in shuffle.iter().enumerate() {
        let n = all.len();
        all.swap(i % n, pick.index(n));
    }
    all
}

/// Everything that a person could see of it.
fn state(shop: &Shop, run: &str, w: &World) -> Vec<String> {
    let mut lines = Vec::new();
    let ana = shop.by_email(&format!("{run}@example.es")).unwrap();
    let c = shop.desk.get(&ana);
    lines.push(format!("{} {} {:?} {:?} {} {:?}", c.name, c.lifetime, c.status, c.method_status, c.payment_count, c.totals));
    for n in 0..w.stories.len() {
        for reference in [format!("{run}_ch_{n}"), format!("{run}_ch_{n}_f")] {
            if reference.ends_with("_f") && !w.stories[n].failed_first {
                continue;
            }
            let p = shop.payment(&reference);
            assert!(p.refunded + p.refund_pending <= p.amount && p.refunded + p.lost <= p.amount, "{p:?}");
            lines.push(format!(
                "{n} {:?} {} {} {} {} {} {} {} {} {}",
                p.status,
                p.amount,
                p.refunded,
                p.refund_pending,
                p.lost,
                p.paid_at,
                p.last4,
                p.method.is_some(),
                p.customer == Some(ana.clone()),
                p.subscription.is_some()
            ));
            let mut refunds: Vec<_> = p.refunds.iter().map(|r| format!("{} {}", r.amount, r.status)).collect();
            refunds.sort();
            lines.extend(refunds);
            lines.extend(p.disputes.iter().map(|d| format!("{} {:?} {:?}", d.amount, d.status, d.closed_at)));
        }
    }
    let (whose, owner) = (ana.clone(), ana);
    for m in shop.desk.read(move |tx, ctx| methods::of_customer(tx, ctx, &whose)).unwrap() {
        lines.push(format!("{:?} {:?} {} {:?}", m.last_outcome, m.detached_at, m.added_at, m.expires_year));
    }
    for s in shop.desk.read(move |tx, ctx| subscriptions::of_customer(tx, ctx, &owner)).unwrap() {
        lines.push(format!("{:?} {} {:?}", s.status, s.amount, s.ends_at));
    }
    lines
}

store::db_test! {
    crate::migrations();

    fn any_order_and_any_repetition_end_the_same(db) {
        let shop = Shop::new(db);
        let count = std::cell::Cell::new(0);
        let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, max_shrink_iters: 60, ..Config::default() });
        runner
            .run(&world(), |w| {
                count.set(count.get() + 1);
                let (a, b) = (format!("a{}", count.get()), format!("b{}", count.get()));
                for told in events(&a, &w) {
                    shop.send(&told);
                }
                shop.work();
                for told in stirred(events(&b, &w), &w.shuffle) {
                    shop.send(&told);
                }
                shop.work();
                prop_assert_eq!(state(&shop, &a, &w), state(&shop, &b, &w));
                prop_assert_eq!(shop.desk.differences(), []);
                Ok(())
            })
            .unwrap();
    }
}
