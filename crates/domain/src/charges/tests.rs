//! A charge is taken once, says what became of it, and never takes more than is due.

use serde_json::json;

use super::*;
use crate::kit::{Ctx, Error, Result, Right, Rights};
use crate::orders::desk::{Desk, eur, refusal};
use crate::orders::{self, NewOrder};
use crate::payments::{self, MethodInput, MethodKind, PaymentInput, PaymentStatus, methods};
use crate::providers::accounts;
use crate::providers::tests::desk::{Shop, charge as told_charge, customer as told_customer, event};
use crate::providers::{Addresses, Answer, Asked, calls};
use ::providers::wire::{Refusal, Reply};

pub(crate) const PAID: &str = "4242 4242 4242 4242";
pub(crate) const POOR: &str = "4000 0000 0000 9995";
pub(crate) const ASKING: &str = "4000 0000 0000 3220";
pub(crate) const SLOW: &str = "4000 0000 0000 0077";

/// A desk whose shop has the test provider.
pub(crate) fn desk(db: &store::Db) -> Desk {
    let desk = Desk::new(db);
    let shop = desk.f.shop.clone();
    desk.write(move |tx, ctx| accounts::add_test(tx, ctx, &shop)).unwrap();
    desk
}

impl Desk {
    pub(crate) fn test_card(&self, customer: &CustomerId, number: &str) -> MethodId {
        let play = ::providers::test::play(number).unwrap();
        let card =
            MethodInput { brand: play.brand.into(), last4: play.last4, fingerprint: play.fingerprint, ..MethodInput::of(MethodKind::Card) };
        let whose = customer.clone();
        self.write(move |tx, ctx| methods::attach(tx, ctx, &whose, "test", &card)).unwrap()
    }

    pub(crate) fn open_order(&self, customer: &CustomerId, price: &str) -> OrderId {
        let new = NewOrder {
            customer: customer.clone(),
            shop: self.f.shop.clone(),
            state: orders::State::Open,
            currency: Some(eur()),
            lines: vec![orders::desk::line("TEE", "1", price)],
            discount: 0,
            shipping: 0,
            tax: 0,
            note: String::new(),
        };
        self.write(move |tx, ctx| orders::create(tx, ctx, &new)).unwrap()
    }

    fn wish(&self, customer: &CustomerId, method: &MethodId, amount: i64) -> ChargeInput {
        ChargeInput {
            customer: customer.clone(),
            method: method.clone(),
            shop: Some(self.f.shop.clone()),
            currency: None,
            amount: Some(amount),
            purpose: "A course".into(),
            order: None,
            invoice: None,
        }
    }

    fn take(&self, input: &ChargeInput) -> Result<Charge> {
        let input = input.clone();
        self.write(move |tx, ctx| {
            let id = charge(tx, ctx, &input)?;
            get(tx, ctx, &id)
        })
    }

    fn again(&self, id: &ChargeId) -> Charge {
        let id = id.clone();
        self.read(move |tx, ctx| get(tx, ctx, &id)).unwrap()
    }

    fn paid(&self, c: &Charge) -> payments::PaymentView {
        let id = c.payment.clone().unwrap();
        self.read(move |tx, ctx| payments::get(tx, ctx, &id)).unwrap()
    }
}

store::db_test! {
    crate::migrations();

    fn each_test_card_says_what_becomes_of_a_charge(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let ends: Vec<_> = [PAID, POOR, ASKING, SLOW].iter().map(|number| {
            let card = desk.test_card(&ana, number);
            let c = desk.take(&desk.wish(&ana, &card, 1900)).unwrap();
            let p = desk.paid(&c);
            assert_eq!((p.amount, p.note.as_str(), p.live, p.customer.as_ref()), (1900, "A course", false, Some(&ana)));
            (c.state, p.status, c.needs_buyer(), c.failure.is_empty())
        }).collect();
        assert_eq!(ends, [
            (State::Paid, PaymentStatus::Settled, false, true),
            (State::Failed, PaymentStatus::Failed, false, false),
            (State::Failed, PaymentStatus::Failed, true, false),
            (State::Asked, PaymentStatus::Pending, false, true),
        ]);
        // The slow answer comes as an event.
        let later = desk.at(desk.now() + 31_000_000);
        crate::providers::inbox::work(&later.f.db, &crate::kit::FixedClock(later.now()), &|| false).unwrap();
        let whose = ana.clone();
        let all = later.read(move |tx, ctx| of_customer(tx, ctx, &whose, 10)).unwrap();
        assert_eq!(all.iter().filter(|c| c.state == State::Paid).count(), 2);
        assert_eq!(later.get(&ana).lifetime, 0, "test money counts nowhere");
        later.verified();
    }

    fn what_cannot_be_charged_is_refused_in_words(db) {
        let desk = desk(db);
        let (ana, bob) = (desk.customer("ana@example.es"), desk.customer("bob@example.es"));
        let card = desk.test_card(&ana, PAID);
        let good = desk.wish(&ana, &card, 1900);
        let refused = |change: &dyn Fn(&mut ChargeInput)| {
            let mut input = good.clone();
            change(&mut input);
            refusal(desk.take(&input))
        };
        assert_eq!(refused(&|c| c.amount = Some(0)), "amount:invalid");
        assert_eq!(refused(&|c| c.amount = None), "amount:invalid");
        assert_eq!(refused(&|c| c.purpose = " ".into()), "purpose:required");
        assert_eq!(refused(&|c| c.shop = None), "shop:required");
        assert_eq!(refused(&|c| c.customer = bob.clone()), "method:unknown");
        let whose = ana.clone();
        let cash = desk.write(move |tx, ctx| methods::attach(tx, ctx, &whose, "manual", &MethodInput::of(MethodKind::Transfer))).unwrap();
        assert_eq!(refused(&|c| c.method = cash.clone()), "method:unusable");
        desk.archive(&ana, true);
        assert_eq!(refused(&|_| ()), "customer_inactive");
        desk.archive(&ana, false);
        let (input, nobody) = (good.clone(), Ctx { actor: crate::kit::Actor { rights: Rights::all().without(Right::Payments), ..(*desk.ctx.actor).clone() }.into(), ..desk.ctx.clone() });
        let done = desk.f.db.write_now::<_, Error>(move |tx| charge(tx, &nobody, &input));
        assert!(matches!(done, Err(Error::Forbidden(_))));
        let other = desk.f.other().ctx;
        let input = good.clone();
        assert!(matches!(desk.f.db.write_now::<_, Error>(move |tx| charge(tx, &other, &input)), Err(Error::NotFound(_))));
        desk.verified();
    }

    fn an_order_is_charged_up_to_what_is_due_and_not_twice(db) {
        let desk = desk(db);
        let ana = desk.customer("ana@example.es");
        let card = desk.test_card(&ana, PAID);
        let order = desk.open_order(&ana, "30");
        let of = |card: &MethodId, amount| ChargeInput { order: Some(order.clone()), shop: None, amount, purpose: String::new(), ..desk.wish(&ana, card, 1) };
        assert_eq!(refusal(desk.take(&of(&card, Some(3001)))), "amount:too_much");
        let came = |reference: &str, amount, status| { desk.put(PaymentInput { order: Some(order.clone()), provider_ref: Some(reference.into()), status, ..desk.payment(Some(&ana), amount) }).unwrap(); };
        came("pi_1", 1000, PaymentStatus::Pending);
        assert_eq!(refusal(desk.take(&of(&card, Some(2001)))), "amount:too_much", "what is on its way is counted in");
        let test = desk.take(&of(&card, None)).unwrap();
        assert_eq!((test.amount, test.state, test.purpose.as_str()), (2000, State::Paid, "Order 1001"));
        assert_eq!(desk.take(&of(&card, None)).unwrap().amount, 2000, "a test pays nothing of it");
        came("pi_2", 2000, PaymentStatus::Settled);
        assert_eq!(refusal(desk.take(&of(&card, Some(1)))), "amount:too_much");
        came("pi_1", 1000, PaymentStatus::Settled);
        let later = desk.at(desk.now() + 31_000_000);
        assert_eq!(refusal(later.take(&of(&card, Some(1)))), "order_state");
        let bob = later.customer("bob@example.es");
        let theirs = later.open_order(&bob, "5");
        assert_eq!(refusal(later.take(&ChargeInput { order: Some(theirs), ..of(&card, None) })), "other_customer");
        later.verified();
    }

    fn stripe_is_asked_once_and_its_answer_its_webhook_and_its_refusal_end_alike(db) {
        let shop = Shop::new(db);
        let desk = &shop.desk;
        shop.tell(&event("evt_1", "customer.created", 1, told_customer("cus_1", "Ana", "ana@example.es")));
        shop.tell(&event("evt_2", "charge.succeeded", 2, told_charge("ch_1", Some("cus_1"), 1000, 2)));
        let ana = shop.by_email("ana@example.es").unwrap();
        let whose = ana.clone();
        let card = desk.read(move |tx, ctx| methods::of_customer(tx, ctx, &whose)).unwrap()[0].id.clone();
        let c = desk.take(&desk.wish(&ana, &card, 1900)).unwrap();
        assert_eq!((c.state, c.payment.is_none(), c.live), (State::Asked, true, true));
        let now = desk.now();
        let held = desk.write(move |tx, _| calls::claim(tx, now)).unwrap().unwrap();
        let (vault, claimed) = (shop.vault.clone(), held.clone());
        let (call, account) = desk.read(move |tx, _| calls::open(tx, &vault, &claimed, now)).unwrap();
        let asked = Asked::of(&account, &Addresses::default()).unwrap();
        let body = String::from_utf8(asked.request(&call, "").unwrap().body).unwrap();
        assert_eq!(body, format!("amount=1900&currency=eur&customer=cus_1&payment_method=pm_ch_1&off_session=true&confirm=true&description=A+course&metadata%5Bregulars_period%5D={}", c.id));
        let note = |outcome: std::result::Result<Answer, Refusal>, at: i64| {
            let held = held.clone();
            desk.write(move |tx, _| calls::answered(tx, &held, &outcome, at)).unwrap();
        };
        note(Err(Refusal::Later { message: "No answer within 15 seconds.".into(), after: None }), now);
        assert_eq!(desk.again(&c.id).state, State::Asked, "tried again with the same key");
        // The webhook is faster than the answer.
        let mut told = told_charge("ch_9", Some("cus_1"), 1900, 20);
        told["metadata"] = json!({ "regulars_period": c.id });
        shop.tell(&event("evt_9", "charge.succeeded", 20, told.clone()));
        assert_eq!(desk.again(&c.id).state, State::Paid);
        let intent = json!({ "id": "pi_ch_9", "object": "payment_intent", "status": "succeeded", "amount": 1900, "amount_received": 1900, "currency": "eur",
            "customer": "cus_1", "latest_charge": "ch_9", "metadata": { "regulars_period": c.id } });
        note(asked.answer(&call, &Reply { status: 200, headers: Vec::new(), body: intent.to_string().into_bytes() }), now + 9);
        shop.tell(&event("evt_10", "charge.succeeded", 21, told));
        let paid = desk.paid(&desk.again(&c.id));
        assert_eq!((paid.amount, paid.note.as_str(), paid.provider_ref.as_deref()), (1900, "A course", Some("ch_9")));
        assert_eq!(desk.get(&ana).lifetime, 2900);
        // One that Stripe does not want, and one of which nobody knows.
        for (words, at, state) in [("No such customer.", 0, State::Failed), ("", 21 * 3_600_000_000, State::Unclear)] {
            let c = desk.take(&desk.wish(&ana, &card, 700)).unwrap();
            let held = desk.write(move |tx, _| calls::claim(tx, now)).unwrap().unwrap();
            let refusal = match at {
                0 => Refusal::Refused { code: "resource_missing".into(), message: words.into() },
                _ => Refusal::Later { message: "No answer.".into(), after: None },
            };
            desk.write(move |tx, _| calls::answered(tx, &held, &Err(refusal.clone()), now + at)).unwrap();
            let ended = desk.again(&c.id);
            assert_eq!((ended.state, ended.payment.is_none(), ended.failure.is_empty()), (state, true, false));
        }
        assert_eq!(desk.get(&ana).lifetime, 2900);
        desk.verified();
    }
}
