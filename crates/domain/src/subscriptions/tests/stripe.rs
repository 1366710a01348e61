//! Money asked of Stripe for what Regulars runs: one call for one try, whoever tells of it first and whoever dies in between; and what Stripe runs itself.

use serde_json::{Value, json};

use super::*;
use crate::orders::desk::refusal;
use crate::providers::tests::desk::{Shop, charge, customer, event, subscription};
use crate::providers::{Addresses, Asked, CallState, calls};
use crate::subscriptions::{cancel_at_period_end, cancel_now, pause, resume, take_back};
use ::providers::wire::{Refusal, Reply};

/// Ana with a card at Stripe, on 15 June 2026.
fn club(db: &Db) -> (Shop, Club, MethodId) {
    let shop = Shop::new(db);
    shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana", "ana@example.es")));
    shop.tell(&event("evt_2", "charge.succeeded", 2, charge("ch_1", Some("cus_1"), 1000, 2)));
    let ana = shop.by_email("ana@example.es").unwrap();
    let club = Club { desk: shop.desk.clone(), ana: ana.clone() };
    let all = club.desk.read(move |tx, ctx| methods::of_customer(tx, ctx, &ana)).unwrap();
    (shop, club, all[0].id.clone())
}

fn claim(club: &Club) -> Option<calls::Claimed> {
    let now = club.desk.now();
    club.desk.write(move |tx, _| calls::claim(tx, now)).unwrap()
}

fn request(shop: &Shop, held: &calls::Claimed) -> (Asked, calls::Call, String) {
    let (vault, claimed, now) = (shop.vault.clone(), held.clone(), shop.desk.now());
    let (call, account) = shop.desk.read(move |tx, _| calls::open(tx, &vault, &claimed, now)).unwrap();
    let asked = Asked::of(&account, &Addresses::default()).unwrap();
    let request = asked.request(&call, "").unwrap();
    let body = String::from_utf8(request.body).unwrap();
    (asked, call, format!("{} {} {body}", request.method, request.url))
}

fn answer(shop: &Shop, club: &Club, held: &calls::Claimed, status: u16, body: &Value) {
    let (asked, call, _) = request(shop, held);
    let outcome = asked.answer(&call, &Reply { status, headers: Vec::new(), body: body.to_string().into_bytes() });
    note(club, held, outcome);
}

fn note(club: &Club, held: &calls::Claimed, outcome: std::result::Result<crate::providers::Answer, Refusal>) {
    let (held, now) = (held.clone(), club.desk.now());
    club.desk.write(move |tx, _| calls::answered(tx, &held, &outcome, now)).unwrap();
}

fn intent(status: &str, charge: &str, mark: &str) -> Value {
    json!({ "id": format!("pi_{charge}"), "object": "payment_intent", "status": status, "amount": 1900, "amount_received": 1900, "currency": "eur",
        "customer": "cus_1", "latest_charge": charge, "metadata": { "regulars_period": mark } })
}

fn declined(charge: &str, mark: &str, code: &str) -> Value {
    let mut intent = intent("requires_payment_method", charge, mark);
    intent["amount_received"] = 0.into();
    json!({ "error": { "type": "card_error", "code": "card_declined", "decline_code": code, "message": "The card was declined.", "payment_intent": intent } })
}

store::db_test! {
    crate::migrations();

    fn stripe_is_asked_once_for_a_period_and_its_answer_is_the_payment(db) {
        let (shop, club, method) = club(db);
        let id = club.start(club.input(Some(method)));
        assert_eq!((club.pass(), club.pass()), (1, 0));
        let held = claim(&club).unwrap();
        let (_, call, said) = request(&shop, &held);
        let mark = format!("{id}:0:1");
        let body = format!("amount=1900&currency=eur&customer=cus_1&payment_method=pm_ch_1&off_session=true&confirm=true&description=Roastery+Club&metadata%5Bregulars_period%5D={}", mark.replace(':', "%3A"));
        assert_eq!(said, format!("POST https://api.stripe.com/v1/payment_intents {body}"));
        assert_eq!(refusal(club.act(&id, cancel_now)), "payment_under_way", "it may be on its way");
        // The answer is lost on the way: the same call goes out again, with the same key.
        note(&club, &held, Err(Refusal::Later { message: "No answer within 15 seconds.".into(), after: None }));
        let later = Club { desk: club.desk.at(club.desk.now() + 60_000_000), ..club.clone() };
        let again = claim(&later).unwrap();
        assert_eq!(request(&shop, &again).1.id, call.id);
        answer(&shop, &later, &again, 200, &intent("succeeded", "ch_9", &mark));
        assert_eq!((later.periods(&id).len(), later.periods(&id)[0].1, later.status(&id)), (1, PeriodState::Paid, SubscriptionStatus::Active));
        // And the webhook of it comes too, twice.
        let mut told = charge("ch_9", Some("cus_1"), 1900, 20);
        told["metadata"] = json!({ "regulars_period": mark });
        let shop = Shop { desk: later.desk.clone(), ..shop };
        shop.tell(&event("evt_9", "charge.succeeded", 20, told.clone()));
        shop.tell(&event("evt_10", "charge.succeeded", 21, told));
        assert_eq!(later.payments(&id).len(), 1);
        assert_eq!(later.desk.get(&club.ana).lifetime, 2900);
        assert_eq!(claim(&later.on(date(2026, 6, 20))).map(|c| c.call), None);
        later.desk.verified();
    }

    fn a_webhook_that_is_faster_than_the_answer_settles_it_and_the_answer_changes_nothing(db) {
        let (shop, club, method) = club(db);
        let id = club.start(club.input(Some(method)));
        club.pass();
        let held = claim(&club).unwrap();
        let mark = format!("{id}:0:1");
        let mut told = charge("ch_9", Some("cus_1"), 1900, 20);
        told["metadata"] = json!({ "regulars_period": mark });
        shop.tell(&event("evt_9", "charge.succeeded", 20, told));
        assert_eq!(club.periods(&id)[0].1, PeriodState::Paid);
        answer(&shop, &club, &held, 200, &intent("succeeded", "ch_9", &mark));
        assert_eq!((club.payments(&id).len(), club.periods(&id).len()), (1, 1));
        club.desk.verified();
    }

    fn a_decline_is_an_attempt_and_a_refusal_of_the_call_too(db) {
        let (shop, club, method) = club(db);
        let id = club.start(club.input(Some(method)));
        club.pass();
        answer(&shop, &club, &claim(&club).unwrap(), 402, &declined("ch_9", &format!("{id}:0:1"), "insufficient_funds"));
        assert_eq!((club.status(&id), club.next(&id).as_str(), club.payments(&id).len()), (SubscriptionStatus::PastDue, "2026-06-16", 1));
        let next = club.on(date(2026, 6, 16));
        next.pass();
        let held = claim(&next).unwrap();
        answer(&shop, &next, &held, 400, &json!({ "error": { "type": "invalid_request_error", "message": "No such payment method." } }));
        assert_eq!((next.status(&id), next.next(&id).as_str(), next.payments(&id).len()), (SubscriptionStatus::PastDue, "2026-06-18", 1));
        assert_eq!(next.course(&id).runs.unwrap().current.unwrap().failure, "No such payment method.");
        let third = next.on(date(2026, 6, 18));
        third.pass();
        answer(&shop, &third, &claim(&third).unwrap(), 402, &declined("ch_10", &format!("{id}:0:3"), "stolen_card"));
        assert_eq!((third.next(&id).as_str(), third.payments(&id).len()), ("never", 2), "refused for good");
        third.desk.verified();
        assert_eq!(third.days_to(date(2026, 6, 22)).status(&id), SubscriptionStatus::Ended);
    }

    fn when_nobody_knows_whether_it_was_paid_nothing_is_asked_again_by_itself(db) {
        let (shop, club, method) = club(db);
        let id = club.start(club.input(Some(method)));
        club.pass();
        let held = claim(&club).unwrap();
        let much_later = Club { desk: club.desk.at(club.desk.now() + 21 * 3_600_000_000), ..club.clone() };
        note(&much_later, &held, Err(Refusal::Later { message: "No answer within 15 seconds.".into(), after: None }));
        assert_eq!((much_later.status(&id), much_later.next(&id).as_str()), (SubscriptionStatus::PastDue, "never"));
        let weeks = much_later.days_to(date(2026, 7, 10));
        assert!(claim(&weeks).is_none() && weeks.status(&id) == SubscriptionStatus::PastDue);
        weeks.desk.verified();
        let mut told = charge("ch_9", Some("cus_1"), 1900, 20);
        told["metadata"] = json!({ "regulars_period": format!("{id}:0:1") });
        let shop = Shop { desk: weeks.desk.clone(), ..shop };
        shop.tell(&event("evt_9", "charge.succeeded", 20, told));
        assert_eq!((weeks.periods(&id)[0].1, weeks.status(&id)), (PeriodState::Paid, SubscriptionStatus::Active));
        weeks.desk.verified();
    }

    fn a_charge_that_nobody_has_begun_to_send_is_taken_back(db) {
        let (_, club, method) = club(db);
        let id = club.start(club.input(Some(method)));
        club.pass();
        club.act(&id, pause).unwrap();
        assert!(claim(&club).is_none());
        club.act(&id, |tx, ctx, id| resume(tx, ctx, id, None)).unwrap();
        club.pass();
        assert!(claim(&club).is_some());
        club.desk.verified();
        let other = club.start(club.input(club.course(&id).subscription.method));
        club.pass();
        club.act(&other, cancel_now).unwrap();
        assert_eq!(club.status(&other), SubscriptionStatus::Ended);
        assert!(claim(&club).is_none());
        club.desk.verified();
    }

    fn what_stripe_runs_is_asked_of_stripe_and_changes_when_it_answers(db) {
        let (shop, club, _) = club(db);
        shop.tell(&event("evt_3", "customer.subscription.created", 3, subscription("sub_1", "cus_1", "active", 3)));
        let id = club.desk.read(|tx, ctx| crate::subscriptions::by_ref(tx, ctx, "stripe", "sub_1")).unwrap().unwrap().id;
        let refused = json!({ "error": { "message": "Not now." } });
        let said = |club: &Club, status: u16, body: &Value| {
            let held = claim(club).unwrap();
            let said = request(&shop, &held).2;
            answer(&shop, club, &held, status, body);
            said.split_once("/v1/").unwrap().1.to_owned()
        };
        club.act(&id, cancel_at_period_end).unwrap();
        club.act(&id, cancel_at_period_end).unwrap();
        assert_eq!((club.status(&id), club.course(&id).asked.unwrap().state), (SubscriptionStatus::Active, CallState::Waiting), "being cancelled");
        assert_eq!(said(&club, 400, &refused), "subscriptions/sub_1 cancel_at_period_end=true");
        let asked = club.course(&id).asked.unwrap();
        assert_eq!((asked.state, asked.error.as_str(), club.status(&id)), (CallState::Refused, "Not now.", SubscriptionStatus::Active));
        club.act(&id, cancel_at_period_end).unwrap();
        let mut leaving = subscription("sub_1", "cus_1", "active", 3);
        leaving["cancel_at_period_end"] = true.into();
        said(&club, 200, &leaving);
        assert_eq!((club.status(&id), club.course(&id).asked.is_none()), (SubscriptionStatus::Cancelled, true));
        club.act(&id, take_back).unwrap();
        assert_eq!(said(&club, 200, &subscription("sub_1", "cus_1", "active", 3)), "subscriptions/sub_1 cancel_at_period_end=false");
        assert_eq!(club.status(&id), SubscriptionStatus::Active);
        club.act(&id, pause).unwrap();
        let mut paused = subscription("sub_1", "cus_1", "active", 3);
        paused["pause_collection"] = json!({ "behavior": "void" });
        assert_eq!(said(&club, 200, &paused), "subscriptions/sub_1 pause_collection%5Bbehavior%5D=void");
        assert_eq!(club.status(&id), SubscriptionStatus::Paused);
        club.act(&id, |tx, ctx, id| resume(tx, ctx, id, None)).unwrap();
        assert_eq!(said(&club, 200, &subscription("sub_1", "cus_1", "active", 3)), "subscriptions/sub_1 pause_collection=");
        club.act(&id, cancel_now).unwrap();
        assert!(said(&club, 200, &subscription("sub_1", "cus_1", "canceled", 3)).starts_with("subscriptions/sub_1 "));
        assert_eq!((club.status(&id), club.on(date(2030, 1, 1)).pass()), (SubscriptionStatus::Ended, 0), "never renewed from here");
        club.desk.verified();
    }
}
