//! Retention: the longest rule holds, a dry run says what the run does.

use std::collections::BTreeMap;

use super::*;
use crate::customers::{self, NewCustomer, Rules};
use crate::kit::{JobId, Right, ShopId};
use crate::orders::desk::refusal;
use crate::testing::NOW;

fn set(desk: &Desk, shop: &ShopId, months: Option<i64>) -> Result<()> {
    let shop = shop.clone();
    desk.write(move |tx, ctx| rule::set_rule(tx, ctx, &shop, months))
}

fn of_shop(desk: &Desk, email: &str, shop: &ShopId) -> CustomerId {
    let new = NewCustomer { email: email.into(), shop: Some(shop.clone()), ..NewCustomer::default() };
    desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id
}

fn reasons(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs.iter().map(|(why, n)| ((*why).to_owned(), *n)).collect()
}

store::db_test! {
    crate::migrations();

    fn the_longest_rule_holds_and_a_dry_run_says_what_the_run_does(db) {
        let desk = Desk::new(db);
        let online = desk.f.shop.clone();
        let new = crate::shops::ShopInput { name: "Market".into(), currency: "EUR".into(), country: String::new(), url: String::new() };
        let market: ShopId = desk.write(move |tx, ctx| crate::shops::create(tx, ctx, &new)).unwrap().id;
        let (old, both, kept) = (of_shop(&desk, "old@example.com", &online), of_shop(&desk, "both@example.com", &online), of_shop(&desk, "kept@example.com", &online));
        let nowhere = desk.customer("nowhere@example.com");
        let elsewhere = of_shop(&desk, "elsewhere@example.com", &market);
        change(&desk, &format!("INSERT INTO customer_shops (merchant_id, customer_id, shop_id) VALUES ('{}', '{both}', '{market}')", desk.ctx.merchant));
        set(&desk, &online, Some(12)).unwrap();
        let who = kept.clone();
        desk.write(move |tx, ctx| rule::set_enabled(tx, ctx, &who, false)).unwrap();
        let later = desk.days(400);
        let fresh = of_shop(&later, "fresh@example.com", &online);
        let dry = later.read(rule::dry_run).unwrap();
        let expected = [("Obfuscate enabled is unticked", 1), ("a shop of theirs has no rule", 2), ("heard of not long ago", 1), ("of no shop", 1)];
        assert_eq!((dry.looked, dry.will, &dry.refused), (6, 1, &reasons(&expected)));
        let job: JobId = later.write(rule::start).unwrap();
        work(db, later.now());
        let done = later.read(move |tx, ctx| jobs::load(tx, ctx, &job)).unwrap();
        assert_eq!(done.result, serde_json::json!({ "done": dry.will, "refused": dry.refused }));
        assert_eq!(receipt(&later, &old).cause, Cause::Retention);
        for one in [&both, &kept, &nowhere, &elsewhere, &fresh] {
            assert!(later.get(one).email.ends_with("@example.com"));
        }
        set(&desk, &market, Some(24)).unwrap();
        assert_eq!(later.read(rule::dry_run).unwrap().will, 0, "24 months is longer than 12");
        assert_eq!(desk.days(800).read(rule::dry_run).unwrap().will, 3);
    }

    fn the_run_of_the_day_comes_by_itself_and_once(db) {
        let desk = Desk::new(db);
        let jobs = || count(&desk, "SELECT COUNT(*) FROM jobs WHERE kind = 'retention'");
        desk.write(rule::daily).unwrap();
        assert_eq!(jobs(), 0, "no shop has a rule");
        assert_eq!(refusal(desk.write(rule::start)), "no_rule");
        set(&desk, &desk.f.shop, Some(12)).unwrap();
        desk.write(rule::daily).unwrap();
        desk.write(rule::daily).unwrap();
        assert_eq!(jobs(), 1);
        desk.days(1).write(rule::daily).unwrap();
        assert_eq!(jobs(), 2);
        work(db, NOW + 2 * crate::kit::DAY);
        assert_eq!(refusal(set(&desk, &desk.f.shop, Some(0))), "months:invalid");
        let without = Desk { ctx: desk.f.without(Right::Anonymise), ..desk.clone() };
        assert_eq!(refusal(set(&without, &desk.f.shop, None)), "forbidden anonymise");
        assert_eq!(refusal(without.read(rule::dry_run)), "forbidden anonymise");
    }
}
