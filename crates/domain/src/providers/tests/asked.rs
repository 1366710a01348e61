//! What providers are asked: once, also when somebody dies in between, and never forgotten.

use ::providers::wire::{Refusal, Reply, Request};
use serde_json::{Value, json};

use super::desk::*;
use crate::customers::{self, CustomerEdit};
use crate::kit::{CustomerId, DAY, Right};
use crate::orders::desk::{Desk, refusal};
use crate::payments::{self, MethodKind};
use crate::providers::evidence::{self, ProofKind};
use crate::providers::{Addresses, Asked, CallState, Provider, TestPayment, billing, calls, play};

fn ask(shop: &Shop, claimed: &calls::Claimed) -> (Asked, calls::Call, Request) {
    let (vault, held, now) = (shop.vault.clone(), claimed.clone(), shop.desk.now());
    let (call, account) = shop.desk.read(move |tx, _| calls::open(tx, &vault, &held, now)).unwrap();
    let asked = Asked::of(&account, &Addresses::default()).unwrap();
    let request = asked.request(&call, "").unwrap();
    (asked, call, request)
}

fn claim(shop: &Shop, later: i64) -> Option<calls::Claimed> {
    let now = shop.desk.now() + later;
    shop.desk.write(move |tx, _| calls::claim(tx, now)).unwrap()
}

fn answer(shop: &Shop, claimed: &calls::Claimed, status: u16, body: Value, later: i64) {
    let (asked, call, _) = ask(shop, claimed);
    let outcome = asked.answer(&call, &Reply { status, headers: Vec::new(), body: body.to_string().into_bytes() });
    tell(shop, claimed, outcome, later);
}

fn tell(shop: &Shop, claimed: &calls::Claimed, outcome: Result<crate::providers::Answer, Refusal>, later: i64) {
    let (held, now) = (claimed.clone(), shop.desk.now() + later);
    shop.desk.write(move |tx, _| calls::answered(tx, &held, &outcome, now)).unwrap();
}

fn give_back(shop: &Shop, reference: &str, minor: i64) -> crate::Result<crate::kit::RefundId> {
    let id = shop.payment_id(reference);
    shop.desk.write(move |tx, ctx| crate::providers::refund(tx, ctx, &id, minor, "sorry"))
}

fn paid(db: &store::Db) -> Shop {
    let shop = Shop::new(db);
    shop.tell(&event("evt_1", "customer.created", 1, customer("cus_1", "Ana", "ana@example.es")));
    shop.tell(&event("evt_2", "charge.succeeded", 2, charge("ch_1", Some("cus_1"), 1000, 2)));
    shop
}

fn edit(shop: &Shop, id: &CustomerId, name: &str) {
    let (id, edit) = (id.clone(), CustomerEdit { name: Some(name.into()), ..CustomerEdit::default() });
    shop.desk.write(move |tx, ctx| customers::edit(tx, ctx, &id, edit.clone())).unwrap();
}

fn synchronised(shop: &Shop, id: &CustomerId) -> (Option<CallState>, String) {
    let id = id.clone();
    let mut all = shop.desk.read(move |tx, ctx| billing::of_customer(tx, ctx, &id)).unwrap();
    let b = all.remove(0);
    (b.state, b.error)
}

store::db_test! {
    crate::migrations();

    fn who_paid_is_told_when_the_provider_gave_it_back_and_never_when_it_did_not(db) {
        let shop = paid(db);
        let mails = || shop.desk.read(|tx, _| Ok(tx.scalar::<i64>(&store::Stmt::built("SELECT COUNT(*) FROM mails".into()), &[])?)).unwrap();
        let told = |minor: i64| {
            let payment = shop.payment_id("ch_1");
            shop.desk.write(move |tx, ctx| {
                let id = crate::providers::refund(tx, ctx, &payment, minor, "")?;
                crate::payments::refunds::tell_payer(tx, ctx, &id)?;
                Ok(id)
            }).unwrap()
        };
        let first = told(400);
        assert_eq!(mails(), 0, "it is pending");
        let held = claim(&shop, 0).unwrap();
        let done = json!({ "id": "re_1", "object": "refund", "charge": "ch_1", "amount": 400, "currency": "eur", "status": "succeeded", "metadata": { "regulars_refund": first } });
        answer(&shop, &held, 200, done, 1);
        assert_eq!(mails(), 1);
        told(100);
        let held = claim(&shop, 2).unwrap();
        answer(&shop, &held, 400, json!({ "error": { "message": "no" } }), 3);
        assert_eq!(mails(), 1, "it failed");
    }

    fn a_refund_is_pending_until_the_provider_answers_and_is_asked_for_once(db) {
        let shop = paid(db);
        give_back(&shop, "ch_1", 600).unwrap();
        assert_eq!((shop.payment("ch_1").refund_pending, shop.payment("ch_1").refundable), (600, 400));
        assert_eq!(refusal(give_back(&shop, "ch_1", 401)), "amount:too_much", "what is on its way is not left");
        let first = claim(&shop, 0).unwrap();
        let (_, call, request) = ask(&shop, &first);
        assert!(claim(&shop, 0).is_none(), "one sender holds it");
        // The sender dies behind the call and before the commit: the next one sends the very same.
        let second = claim(&shop, 200_000_000).unwrap();
        assert_eq!(ask(&shop, &second).2, request);
        let done = json!({ "id": "re_1", "object": "refund", "charge": "ch_1", "amount": 600, "currency": "eur", "status": "succeeded",
            "metadata": { "regulars_refund": call.subject } });
        // The webhook may be faster than the answer.
        let mut told = done.clone();
        told["created"] = (at(3) / 1_000_000).into();
        shop.tell(&event("evt_9", "refund.created", 3, told));
        let outcome = |held| {
            let (asked, call, _) = ask(&shop, held);
            asked.answer(&call, &Reply { status: 200, headers: Vec::new(), body: done.to_string().into_bytes() })
        };
        let (one, two) = (outcome(&first), outcome(&second));
        tell(&shop, &second, two, 1);
        tell(&shop, &first, one, 1);
        let p = shop.payment("ch_1");
        assert_eq!((p.refunded, p.refund_pending, p.refunds.len(), p.refunds[0].status.as_str()), (600, 0, 1, "done"));
        assert!(claim(&shop, DAY).is_none());
        shop.desk.verified();
    }

    fn a_refusal_is_shown_in_the_providers_words_and_gives_the_money_back_to_refund(db) {
        let shop = paid(db);
        give_back(&shop, "ch_1", 600).unwrap();
        let held = claim(&shop, 0).unwrap();
        answer(&shop, &held, 400, json!({ "error": { "code": "charge_disputed", "message": "This charge is disputed." } }), 0);
        let p = shop.payment("ch_1");
        assert_eq!((p.refunded, p.refund_pending, p.refundable), (0, 0, 1000));
        assert_eq!((p.refunds[0].status.as_str(), p.refunds[0].failure.as_str()), ("failed", "This charge is disputed."));
        give_back(&shop, "ch_1", 1000).unwrap();
        shop.desk.verified();
    }

    fn a_provider_that_is_down_is_asked_again_with_growing_pauses_and_not_for_ever(db) {
        let shop = paid(db);
        give_back(&shop, "ch_1", 600).unwrap();
        let (mut later, mut sent) = (0, 0);
        while let Some(held) = (0..24 * 60).find_map(|m| claim(&shop, later + m * 60_000_000).inspect(|_| later += m * 60_000_000)) {
            answer(&shop, &held, 503, json!("down"), later);
            sent += 1;
            assert!(sent < 100);
        }
        assert!(sent > 20 && later > 20 * 3_600_000_000, "{sent} {later}");
        let p = shop.payment("ch_1");
        assert_eq!((p.refund_pending, p.refunds[0].status.as_str()), (0, "failed"));
        assert!(p.refunds[0].failure.contains("could not be reached for 20 hours"), "{}", p.refunds[0].failure);
        let ours = p.refunds[0].id.to_string();
        let mut done = refund("re_1", "ch_1", 600, "succeeded", 3);
        done["metadata"] = json!({ "regulars_refund": ours });
        shop.tell(&event("evt_9", "refund.created", 3, done));
        assert_eq!((shop.payment("ch_1").refunded, shop.payment("ch_1").refunds.len()), (600, 1), "it was done after all");
        shop.desk.verified();
    }

    fn an_edit_is_queued_with_it_and_only_the_last_is_sent(db) {
        let shop = paid(db);
        let ana = shop.by_email("ana@example.es").unwrap();
        assert!(claim(&shop, 0).is_none(), "what the provider told is not sent back");
        edit(&shop, &ana, "Ana R.");
        edit(&shop, &ana, "Ana Ruiz");
        assert_eq!(synchronised(&shop, &ana).0, Some(CallState::Waiting));
        let held = claim(&shop, 0).unwrap();
        let (_, _, request) = ask(&shop, &held);
        assert!(request.url.ends_with("/v1/customers/cus_1") && String::from_utf8(request.body).unwrap().starts_with("name=Ana+Ruiz&"));
        edit(&shop, &ana, "Ana the third");
        assert!(claim(&shop, 0).is_none(), "edits of one customer arrive in their order");
        answer(&shop, &held, 404, json!({ "error": { "code": "resource_missing", "message": "No such customer: 'cus_1'" } }), 0);
        let held = claim(&shop, 0).unwrap();
        answer(&shop, &held, 500, json!({}), 0);
        assert_eq!(synchronised(&shop, &ana), (Some(CallState::Waiting), "Stripe answered with 500 and nothing that can be read.".to_owned()));
        let id = ana.clone();
        shop.desk.write(move |tx, ctx| billing::retry(tx, ctx, &id)).unwrap();
        let held = claim(&shop, 0).expect("at once");
        answer(&shop, &held, 200, json!({ "id": "cus_1", "object": "customer" }), 0);
        if let Some(held) = claim(&shop, 0) {
            answer(&shop, &held, 200, json!({ "id": "cus_1", "object": "customer" }), 0);
        }
        assert_eq!(synchronised(&shop, &ana), (Some(CallState::Done), String::new()));
    }

    fn a_cancellation_here_is_one_there(db) {
        let shop = paid(db);
        shop.tell(&event("evt_3", "customer.subscription.created", 3, subscription("sub_1", "cus_1", "active", 3)));
        let s = shop.desk.read(|tx, ctx| crate::subscriptions::by_ref(tx, ctx, "stripe", "sub_1")).unwrap().unwrap();
        shop.desk.write(move |tx, ctx| crate::subscriptions::cancel_at_period_end(tx, ctx, &s.id)).unwrap();
        let held = claim(&shop, 0).unwrap();
        let (_, _, request) = ask(&shop, &held);
        assert_eq!((request.url.as_str(), request.body.as_slice()), ("https://api.stripe.com/v1/subscriptions/sub_1", b"cancel_at_period_end=true".as_slice()));
        tell(&shop, &held, Ok(crate::providers::Answer::Done), 0);
        shop.tell(&event("evt_4", "customer.subscription.deleted", 9, subscription("sub_1", "cus_1", "canceled", 9)));
        assert!(claim(&shop, DAY).is_none(), "what the provider told is not sent back");
    }

    fn evidence_is_collected_and_sent_file_by_file_and_once(db) {
        let shop = paid(db);
        shop.tell(&event("evt_5", "charge.dispute.created", 5, dispute("dp_1", "ch_1", 1000, "needs_response", 5)));
        let id = shop.payment("ch_1").disputes[0].id.clone();
        let with = |f: fn(&mut store::Tx, &crate::Ctx, &crate::kit::DisputeId) -> crate::Result<()>| {
            let id = id.clone();
            shop.desk.write(move |tx, ctx| f(tx, ctx, &id))
        };
        assert_eq!(refusal(with(evidence::submit)), "words:required");
        with(|tx, ctx, id| evidence::save(tx, ctx, id, "Delivered on 3 June.")).unwrap();
        assert_eq!(refusal(with(|tx, ctx, id| evidence::add_file(tx, ctx, id, ProofKind::Receipt, "x.exe", b"MZ"))), "file:invalid");
        with(|tx, ctx, id| evidence::add_file(tx, ctx, id, ProofKind::Receipt, "C:\\old.pdf", b"%PDF-old")).unwrap();
        with(|tx, ctx, id| evidence::add_file(tx, ctx, id, ProofKind::Receipt, "receipt.pdf", b"%PDF-new")).unwrap();
        with(|tx, ctx, id| evidence::add_file(tx, ctx, id, ProofKind::Shipping, "signed.png", b"\x89PNG")).unwrap();
        let big = |tx: &mut store::Tx, ctx: &crate::Ctx, id: &crate::kit::DisputeId| {
            evidence::add_file(tx, ctx, id, ProofKind::Other, "big.pdf", &[b"%PDF-".as_slice(), &vec![0; 4_500_000]].concat())
        };
        assert_eq!(refusal(with(big)), "file:too_large");
        with(evidence::submit).unwrap();
        assert_eq!(refusal(with(evidence::submit)), "dispute_state", "once");
        assert_eq!(refusal(with(|tx, ctx, id| evidence::save(tx, ctx, id, "other"))), "dispute_state");
        for (n, file) in ["receipt.pdf", "signed.png"].into_iter().enumerate() {
            let held = claim(&shop, 0).unwrap();
            let request = ask(&shop, &held).2;
            assert!(request.url.ends_with("/v1/files") && String::from_utf8_lossy(&request.body).contains(file), "{file}");
            answer(&shop, &held, 200, json!({ "id": format!("file_{n}") }), 0);
        }
        let held = claim(&shop, 0).unwrap();
        let body = String::from_utf8(ask(&shop, &held).2.body).unwrap();
        assert!(body.contains("Delivered+on+3+June.") && body.contains("evidence%5Breceipt%5D=file_0&evidence%5Bshipping_documentation%5D=file_1"), "{body}");
        answer(&shop, &held, 200, json!({ "id": "dp_1", "object": "dispute" }), 0);
        let which = id.clone();
        let e = shop.desk.read(move |tx, ctx| evidence::get(tx, ctx, &which)).unwrap();
        assert_eq!((e.state, e.files.len(), e.is_open(shop.desk.now())), (Some(CallState::Done), 2, false));
        assert!(claim(&shop, DAY).is_none());
    }

    fn without_an_account_a_refund_is_recorded(db) {
        let shop = paid(db);
        let id = shop.account.clone();
        shop.desk.write(move |tx, ctx| crate::providers::accounts::disable(tx, ctx, &id)).unwrap();
        give_back(&shop, "ch_1", 600).unwrap();
        assert_eq!((shop.payment("ch_1").refunded, claim(&shop, 0).is_none()), (600, true));
        let without = Desk { ctx: shop.desk.f.without(Right::Refund), ..shop.desk.clone() };
        assert_eq!(refusal(give_back(&Shop { desk: without, ..shop.clone() }, "ch_1", 1)), "forbidden refund");
    }

    fn the_test_provider_plays_and_never_counts(db) {
        let shop = Shop::with(db, Provider::Test);
        let ana = shop.desk.customer("ana@example.es");
        let pay = |number: &str| {
            let asked = TestPayment { customer: ana.clone(), shop: shop.desk.f.shop.clone(), currency: crate::orders::desk::eur(), amount: 1000, number: number.into() };
            shop.desk.write(move |tx, ctx| play(tx, ctx, &asked))
        };
        let ends: Vec<_> = ::providers::test::CARDS.iter().map(|(n, _)| pay(n).unwrap().name()).collect();
        assert_eq!(ends, ["settled", "failed", "failed", "failed", "settled", "pending"]);
        assert_eq!(refusal(pay("4242")), "number:invalid");
        let later = Shop { desk: shop.desk.at(shop.desk.now() + 31_000_000), ..shop.clone() };
        later.work();
        let whose = ana.clone();
        let all = shop.desk.read(move |tx, ctx| payments::of_customer(tx, ctx, &whose, None, 50)).unwrap();
        assert!(all.iter().all(|p| !p.live && p.status != payments::PaymentStatus::Pending && p.kind == MethodKind::Card.name()), "{all:?}");
        assert_eq!(all.iter().map(|p| p.disputes.len()).sum::<usize>(), 1);
        let c = shop.desk.get(&ana);
        assert_eq!((c.lifetime, c.status), (0, crate::customers::Status::Prospect));
        shop.desk.verified();
        let id = shop.account.clone();
        shop.desk.write(move |tx, ctx| crate::providers::accounts::disable(tx, ctx, &id)).unwrap();
        assert_eq!(refusal(pay("4242 4242 4242 4242")), "no_test_provider");
    }
}
