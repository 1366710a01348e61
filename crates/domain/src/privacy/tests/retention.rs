//! Retention: the longest rule holds, a dry run says what the run does.

use std::collections::BTreeMap;

use super::*;
use crate::customers::{self, NewCustomer, Rules};
use crate::kit::{JobId, Right, ShopId};
use crate::orders::desk::refusal;
use crate::testing::NOW;

fn set(desk: &Desk, shop: &ShopId, months: Option<i64>) -> Result<()> {
    let shop = shop.clone();
    desk.write(move |tx, ctx| rule::set_rule(tx, ctx, &shop, months, None))
}

fn of_shop(desk: &Desk, email: &str, shop: &ShopId) -> CustomerId {
    let new = NewCustomer { email: email.into(), shop: Some(shop.clone()), ..NewCustomer::default() };
    desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id
}

fn reasons(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs.iter().map(|(why, n)| ((*why).to_owned(), *n)).collect()
}

fn warning(desk: &Desk, months: i64, days: i64) {
    let shop = desk.f.shop.clone();
    desk.write(move |tx, ctx| rule::set_rule(tx, ctx, &shop, Some(months), Some(days))).unwrap();
}

fn mails(desk: &Desk) -> i64 {
    count(desk, "SELECT COUNT(*) FROM mails")
}

/// The run of that day; what it did: gone, warned.
fn day(db: &TestDb, desk: &Desk) -> (u64, u64) {
    let dry = desk.read(rule::dry_run).unwrap();
    let job: JobId = desk.write(rule::start).unwrap();
    work(db, desk.now());
    let done = desk.read(move |tx, ctx| jobs::load(tx, ctx, &job)).unwrap().result;
    assert_eq!((done["done"].as_u64(), done["warned"].as_u64()), (Some(dry.will), Some(dry.warn)), "the dry run says what the run does");
    (dry.will, dry.warn)
}

store::db_test! {
    crate::migrations();

    fn who_is_near_the_end_is_warned_once_given_the_days_and_then_goes(db) {
        let desk = Desk::new(db);
        let ana = of_shop(&desk, "ana@example.es", &desk.f.shop);
        warning(&desk, 12, 30);
        assert_eq!(day(db, &desk.days(334)), (0, 0), "31 days before");
        assert_eq!(day(db, &desk.days(335)), (0, 1));
        let (to, body): (String, String) = desk.read(|tx, _| Ok(tx.rows(&store::Stmt::built("SELECT recipient, body FROM mails".into()), &[], |r| Ok((r.get(0)?, r.get(1)?)))?.remove(0))).unwrap();
        assert_eq!(to, "ana@example.es");
        assert!(body.contains("From 2027-06-15 on we erase"), "{body}");
        assert_eq!(day(db, &desk.days(336)), (0, 0));
        assert_eq!(desk.days(336).read(rule::dry_run).unwrap().refused, reasons(&[("warned, and given time", 1)]));
        assert_eq!(mails(&desk), 1, "once for each approach");
        assert_eq!(day(db, &desk.days(365)), (1, 0));
        assert_eq!(receipt(&desk.days(365), &ana).cause, Cause::Retention);
        assert_eq!((mails(&desk), count(&desk, "SELECT COUNT(*) FROM retention_warnings")), (0, 0), "what warned goes too");
    }

    fn a_rule_that_comes_late_gives_the_days_too(db) {
        let desk = Desk::new(db);
        of_shop(&desk, "ana@example.es", &desk.f.shop);
        let late = desk.days(800);
        warning(&late, 12, 30);
        assert_eq!(day(db, &late), (0, 1));
        assert_eq!(day(db, &desk.days(829)), (0, 0));
        assert_eq!(day(db, &desk.days(830)), (1, 0));
    }

    fn who_comes_back_after_the_warning_stays_and_is_warned_anew_another_time(db) {
        let desk = Desk::new(db);
        let (ordered, came, wrote) = (of_shop(&desk, "ordered@example.es", &desk.f.shop), of_shop(&desk, "came@example.es", &desk.f.shop), of_shop(&desk, "wrote@example.es", &desk.f.shop));
        warning(&desk, 12, 30);
        assert_eq!(day(db, &desk.days(340)), (0, 3));
        let back = desk.days(350);
        back.pay(&ordered, 1000);
        change(&back, &format!("INSERT INTO portal_access (merchant_id, customer_id, password_hash, invited_at, invited_by, signed_in_at)
            VALUES ('{}', '{came}', '', {NOW}, 'Olivia', {})", back.ctx.merchant, back.now()));
        change(&back, &format!("UPDATE entries SET direction = 'in', at = {} WHERE customer_id = '{wrote}'", back.now()));
        assert_eq!(day(db, &desk.days(400)), (0, 0));
        for one in [&ordered, &came, &wrote] {
            assert!(desk.get(one).email.ends_with("@example.es"));
        }
        assert_eq!(day(db, &desk.days(350 + 340)), (0, 3), "a year later they are warned anew");
        assert_eq!(day(db, &desk.days(350 + 341)), (0, 0));
        assert_eq!(day(db, &desk.days(350 + 370)), (3, 0));
    }

    fn who_has_no_address_that_takes_mail_is_not_warned_and_goes_on_the_day(db) {
        let desk = Desk::new(db);
        let nobody = of_shop(&desk, "nobody@example.es", &desk.f.shop);
        change(&desk, &format!("UPDATE customers SET email = '', email_key = '' WHERE id = '{nobody}'"));
        of_shop(&desk, "gone@example.es", &desk.f.shop);
        desk.write(|tx, ctx| crate::addresses::bounced(tx, ctx, "gone@example.es", "5.1.1")).unwrap();
        warning(&desk, 12, 30);
        assert_eq!(day(db, &desk.days(360)), (0, 0));
        assert_eq!(mails(&desk), 0);
        assert_eq!(day(db, &desk.days(365)), (2, 0));
    }

    fn the_shops_template_speaks_and_a_warning_has_bounds(db) {
        use crate::templates::{self, TemplateInput, letters::{self, Letter}};
        let desk = Desk::new(db);
        of_shop(&desk, "ana@example.es", &desk.f.shop);
        warning(&desk, 12, 30);
        let shop = desk.f.shop.clone();
        let made = desk.write(move |tx, ctx| {
            let input = TemplateInput { name: "Bye".into(), subject: "Bye, {{ customer.email }}".into(), body: "On {{ retention.day }}.".into() };
            let made = templates::create(tx, ctx, &shop, &input)?;
            letters::choose(tx, ctx, &shop, Letter::Retention, Some(&made.id))?;
            Ok(made.id)
        }).unwrap();
        assert_eq!(day(db, &desk.days(340)), (0, 1));
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM mails WHERE subject = 'Bye, ana@example.es' AND body = 'On 2027-06-20.'"), 1);
        let other = crate::shops::ShopInput { name: "Market".into(), ..crate::shops::ShopInput::default() };
        let market = desk.write(move |tx, ctx| crate::shops::create(tx, ctx, &other)).unwrap().id;
        assert_eq!(refusal(desk.write({ let made = made.clone(); move |tx, ctx| letters::choose(tx, ctx, &market, Letter::Retention, Some(&made)) })), "retention:unknown", "another shop's");
        let (without, shop) = (Desk { ctx: desk.f.without(Right::Settings), ..desk.clone() }, desk.f.shop.clone());
        assert_eq!(refusal(without.write(move |tx, ctx| letters::choose(tx, ctx, &shop, Letter::Retention, None))), "forbidden settings");
        let shop = desk.f.shop.clone();
        for (months, days) in [(Some(12), Some(0)), (Some(12), Some(91)), (None, Some(7))] {
            let shop = shop.clone();
            assert_eq!(refusal(desk.write(move |tx, ctx| rule::set_rule(tx, ctx, &shop, months, days))), "warn_days:invalid");
        }
    }

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
        assert_eq!(done.result, serde_json::json!({ "done": dry.will, "warned": 0, "refused": dry.refused }));
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
